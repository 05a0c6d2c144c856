"""The real agent with pretended devices: the demo fleet, recorded drives, and planted bugs."""
