"""What the agent speaks of the Internet Printing Protocol: its messages, and how they travel."""
