"""Asking a simulation to stop, however often: two signals at once must not hold it for ever."""

import subprocess
import sys

from tests.services.waiting import PATIENCE_SECONDS

# A second signal comes at each of the first calls that the handler of the first one makes.
ASKED_IN_THE_MIDST = """
import os, signal, sys
from simulators.demo import interrupts

more = [signal.SIGTERM] * 5

def interrupt(frame, event, arg):
    if event == "call" and more:
        os.kill(os.getpid(), more.pop())

with interrupts() as stopped:
    sys.setprofile(interrupt)
    signal.raise_signal(signal.SIGINT)
    sys.setprofile(None)
    print(stopped.is_set())
"""


def test_a_signal_that_interrupts_another_is_the_same_wish_to_stop() -> None:
    done = subprocess.run(
        [sys.executable, "-c", ASKED_IN_THE_MIDST],
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )

    assert done.stdout == "True\n", done.stderr
