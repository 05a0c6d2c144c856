"""Desired documents: what each asset should hold, versioned, signed, sent until it is held."""
