"""Tries things out on demand, which a probe may not: a picture, a sound, a printed page."""
