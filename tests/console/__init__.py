"""The console in a real browser; a package, because its browsers live as long as it is at work."""
