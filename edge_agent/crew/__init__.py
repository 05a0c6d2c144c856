"""What the crew sees and does on the vehicle's own screen."""
