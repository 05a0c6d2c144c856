"""Self-check: a browser tries out what a clinic or station has where no agent runs."""
