"""What became of record numbers, day by day."""
