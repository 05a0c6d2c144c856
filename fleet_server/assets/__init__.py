"""The assets: what is in the field, and whose it is."""
