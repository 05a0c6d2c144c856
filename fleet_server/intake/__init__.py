"""Taking in what assets send: every record stored once, answered, counted, and shown."""
