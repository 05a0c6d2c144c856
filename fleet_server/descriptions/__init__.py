"""What services need and what assets carry, as files that people write."""
