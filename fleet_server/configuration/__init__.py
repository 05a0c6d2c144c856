"""How machines are to be set up: layers, merged for each asset, versioned, and kept so."""
