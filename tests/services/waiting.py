"""Waiting for what a real program does in its own time."""

import time
from collections.abc import Callable
from typing import Final

PATIENCE_SECONDS: Final = 300.0
"""Only what hangs takes longer, on a machine ten times slower than this one too."""

_PAUSE_SECONDS: Final = (0.05, 0.5)


def wait_for(fact: Callable[[], bool], seconds: float = PATIENCE_SECONDS) -> None:
    """Return once it is so; a test that waits longer fails.

    It looks less and less often: what is waited for needs the machine, too.
    """
    until = time.monotonic() + seconds
    pause, longest = _PAUSE_SECONDS
    while not fact():
        assert time.monotonic() < until, "it did not come about"
        time.sleep(pause)
        pause = min(longest, 1.25 * pause)
