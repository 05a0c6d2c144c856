"""Seeded trouble for the demo: a planted bug shows itself in it, a sound system loses nothing.

The server is killed (-9) at a store commit: before it for bugs that forget too early, after it for
those that write down too late. Where a repeat must be told from a fork, one asset's disk is put
back to an older copy while it has no link, so that it gives the same numbers to other reports.
"""

import random
import sys
from collections.abc import Sequence
from enum import Enum, auto
from typing import Final

from simulators.depot import Depot
from simulators.faults import Bug
from simulators.rig import SERVE, Rig

_EARLY_COMMITS: Final = (3, 9)
_COPIED_AT: Final = 0.25
_WENT_BACK_AT: Final = 0.5


class _Disk(Enum):
    """What happens to the one disk, in order."""

    WAITING = auto()
    COPIED = auto()
    HUSHED = auto()
    OFFLINE = auto()
    DONE = auto()


class Trouble:
    """What `bug` is to be found by; without one (None) nothing happens.

    `seconds` is how long the fleet runs, `victim` whose disk it is.
    """

    def __init__(self, bug: Bug | None, seed: int, seconds: float, victim: str) -> None:
        self._victim = victim
        self._bug = bug
        self._seconds = seconds
        self._random = random.Random(seed)
        self._kills = _kills(bug)
        self._disk = _Disk.WAITING if bug in {Bug.DEDUPE_WITHOUT_CRC, Bug.NONE} else _Disk.DONE
        self._given = 0
        self._announced = ""
        self.said: list[str] = []

    def command(self) -> Sequence[str]:
        """What to start the server with now: each start has the next kill in it."""
        if self._bug is None:
            return SERVE
        moment, number = "before", 0
        if self._kills:
            moment, number = self._kills[0], self._random.randrange(*_EARLY_COMMITS)
            self._announced = f"kill -9 of the server {moment} its commit {number}"
        return (sys.executable, "-m", "simulators.faults", self._bug, moment, str(number))

    def step(self, rig: Rig, depot: Depot, seconds: float) -> None:
        """Called all the time; `seconds` since the fleet started."""
        if self._bug is None:
            return
        if rig.has_died() and self._kills:
            self._kills.pop(0)
            self.said.append(self._announced)
            rig.launch(self.command())
        if self._disk is not _Disk.DONE:
            self._turn_back_a_disk(depot, seconds / self._seconds)

    def end(self, depot: Depot) -> None:
        """The fleet has stopped: whatever has no link gets it back."""
        if self._disk is _Disk.OFFLINE:
            depot.restart(self._victim, is_online=True)
            self._disk = _Disk.DONE

    @property
    def is_over(self) -> bool:
        """Whether all of it has happened."""
        return not self._kills and self._disk is _Disk.DONE

    def _turn_back_a_disk(self, depot: Depot, part: float) -> None:
        victim = self._victim
        if self._disk is _Disk.WAITING and part > _COPIED_AT:
            depot.copy_outbox(victim)
            self._given = depot.head(victim)
            self._disk = _Disk.COPIED
        elif self._disk is _Disk.COPIED and part > _WENT_BACK_AT:
            # Only what is acked may go with the disk; an asset that goes on reporting
            # may never be seen without anything under way.
            depot.hush(victim)
            self._disk = _Disk.HUSHED
        elif self._disk is _Disk.HUSHED and depot.is_drained(victim):
            self._given, since = depot.head(victim), self._given
            self.said.append(f"the disk of {victim} goes back by {self._given - since} reports")
            depot.put_back_outbox(victim)
            self._disk = _Disk.OFFLINE
        elif self._disk is _Disk.OFFLINE and depot.head(victim) > self._given:
            depot.restart(victim, is_online=True)
            self._disk = _Disk.DONE


def _kills(bug: Bug | None) -> list[str]:
    if bug in {Bug.ACK_BEFORE_COMMIT, Bug.FORGET_ON_PUBACK}:
        return ["before"]
    if bug is Bug.LEDGER_OUTSIDE_TRANSACTION:
        return ["after"]
    return ["before", "after"] if bug is Bug.NONE else []
