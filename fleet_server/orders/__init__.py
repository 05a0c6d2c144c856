"""Orders: what an asset does once; placed here, numbered when sent, told back by events."""
