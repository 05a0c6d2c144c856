"""Routes that show: what is known of each asset now, what it reported, what became of it."""
