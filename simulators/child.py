"""One simulated asset in a process of its own, to be killed: python -m simulators.child SETTINGS

It says a recording's rows in their rhythm. Started again, it goes on with the row after the last
one that its witness was offered, a second later. It ends when all rows are said and acked.
"""

import math
import sys
import time
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from edge_agent.inputs import Moment
from simulators.asset import Clock, Fleet
from simulators.demo import interrupts
from simulators.depot import Depot
from simulators.feeds import RecordedFeed
from simulators.recordings import read
from simulators.witness import Witness, offered_count
from telemetry.words import ClockTrust

_UP_OFFSET: Final = 100_000.0
_LEAD_SECONDS: Final = 1.0


class Settings(Struct, frozen=True):
    """What to do; all texts but `asset` and `boot` are paths.

    `assets` is the depot's folder, `clock` a file with a `WrongClock` or none.
    """

    asset: str
    assets: str
    recording: str
    witness: str
    clock: str
    speed: float
    boot: str = "chaos001"
    synchronous: str = "FULL"


class WrongClock(Struct, frozen=True):
    """What is wrong with the machine's clock."""

    off_seconds: float
    trust: ClockTrust


class ChildClock(Clock):
    """Goes on over restarts of the process, as a machine's does, and is as wrong as a file says."""

    def __init__(self, boot: str, wrong: Path) -> None:
        super().__init__(boot, time.monotonic() + _UP_OFFSET)
        self._wrong = wrong

    def now(self) -> Moment:
        if self._wrong.exists():
            found = msgspec.json.decode(self._wrong.read_bytes(), type=WrongClock)
            self.wall_offset = timedelta(seconds=found.off_seconds)
            self.trust = found.trust
        return super().now()


def main(argv: Sequence[str]) -> int:
    """Run until everything is said and acked, or somebody says stop."""
    settings = msgspec.json.decode(Path(argv[0]).read_bytes(), type=Settings)
    from_row = offered_count(Path(settings.witness), settings.asset)
    recording = read(Path(settings.recording))
    clock = ChildClock(settings.boot, Path(settings.clock))
    # What was said until now took no longer than it does: a slow start makes no heap of rows.
    said_seconds = max((row.offset_seconds for row in recording.rows[:from_row]), default=0.0)
    began_up = clock.up() + _LEAD_SECONDS - said_seconds / settings.speed
    feed = RecordedFeed(recording, began_up, settings.speed, from_row)
    with interrupts() as stopped, Witness(Path(settings.witness)) as witness:
        fleet = Fleet(clock, witness)
        with Depot(Path(settings.assets), fleet, synchronous=settings.synchronous) as depot:
            depot.start(settings.asset, feed)
            fleet.run(lambda: stopped.is_set() or (feed.due() == math.inf and depot.all_drained()))
            return 0 if depot.all_drained() else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
