"""Rules that agent and server must agree on: values in, values out."""
