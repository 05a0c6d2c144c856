"""The agent on every vehicle, backpack and clinic: reads, keeps, reports, obeys."""
