"""The far end of the active link test: answers STAMP packets, counts bursts."""
