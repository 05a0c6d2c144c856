"""Base maps: what a court imports instead of the bundled one, and the datums it may come in."""
