"""Waiting for what a real program does in its own time."""

import time
from collections.abc import Callable
from typing import Final

PATIENCE_SECONDS: Final = 180.0
"""Only what hangs takes longer, on a machine ten times slower than this one too."""


def wait_for(fact: Callable[[], bool], seconds: float = PATIENCE_SECONDS) -> None:
    """Return once it is so; a test that waits longer fails."""
    until = time.monotonic() + seconds
    while not fact():
        assert time.monotonic() < until, "it did not come about"
        time.sleep(0.1)
