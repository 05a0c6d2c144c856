"""Waiting for what a real program does in its own time."""

import time
from collections.abc import Callable


def wait_for(fact: Callable[[], bool], seconds: float = 60.0) -> None:
    """Return once it is so; a test that waits longer fails."""
    until = time.monotonic() + seconds
    while not fact():
        assert time.monotonic() < until, "it did not come about"
        time.sleep(0.1)
