"""The courts that own assets, as records."""
