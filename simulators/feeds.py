"""What the pretended devices of one asset say: from the pretended world, or from a recording."""

import math
from collections.abc import Mapping, Sequence
from datetime import timedelta
from itertools import accumulate

from msgspec.structs import replace

from edge_agent.inputs import Moment, Reading
from simulators.asset import Feed
from simulators.courtroom import LOOKED_EVERY_SECONDS, power_minutes
from simulators.fleet import Member
from simulators.noise import between, key_of
from simulators.recordings import Recording, Row
from simulators.world import World
from telemetry.wire.messages import Value

RECORDING = "recording"
_TEST_SECONDS = 15.0
_BURST_SECONDS = 1500.0


class WorldFeed:
    """Answers whenever the agent asks, until it is stopped.

    `has_instruments`: its link is tested, and courtroom devices and platforms are looked at.
    `is_silenced`: no network at all, as with a modem that has died. `wrong_by`: what the asset's
    clock is off by, until its GNSS receiver tells the time from `gnss_from` world seconds on.
    """

    def __init__(
        self, world: World, member: Member, began_up: float, *, has_instruments: bool = True
    ) -> None:
        self._has_instruments = has_instruments
        self._world = world
        self._member = member
        self._began_up = began_up
        self._is_asked = False
        self._is_stopped = False
        self._turn: int | None = None
        self._phase = between(0.0, LOOKED_EVERY_SECONDS, key_of(member.asset, "looked at"))
        self._tested_at = -math.inf
        self._burst_at = -math.inf
        self.is_silenced = False
        self.wrong_by = timedelta(0)
        self.gnss_from = math.inf

    def ask(self, name: str) -> None:
        self._is_asked = not self._is_stopped

    def take(self, now: Moment) -> Sequence[Reading]:
        if not self._is_asked:
            return ()
        self._is_asked = False
        return (self.reading(now),)

    def reading(self, now: Moment) -> Reading:
        """What the devices say at that moment, past or present."""
        seconds = now.up - self._began_up
        said = self._world.reading(self._member, seconds)
        metrics = dict(said.metrics)
        devices = dict(said.devices)
        if self._has_instruments:
            metrics |= self._link_test(seconds) | _power_left(metrics)
            devices |= self._instruments(seconds)
        if seconds >= self.gnss_from:
            metrics["gnss_unix_seconds"] = round(now.wall.timestamp())
            metrics["gnss_time_wrapped"] = False
        return Reading(said.probe, metrics, devices, self.own(now), reports=True)

    def _instruments(self, seconds: float) -> dict[str, dict[str, Value]]:
        """Each asset at a moment of its own, as in a fleet that did not start all at once."""
        turn = int((seconds + self._phase) // LOOKED_EVERY_SECONDS)
        is_due = self._turn is not None and turn != self._turn
        self._turn = turn
        return self._world.instruments(self._member, seconds) if is_due else {}

    def _link_test(self, seconds: float) -> dict[str, Value]:
        """Less often than a real agent, so that reports stay small; a burst where it stands."""
        if seconds - self._tested_at < _TEST_SECONDS:
            return {}
        self._tested_at = seconds
        if self._world.is_moving(self._member, seconds):
            self._burst_at = -math.inf
            return self._world.link_test(self._member, seconds, with_burst=False)
        with_burst = seconds - self._burst_at >= _BURST_SECONDS
        if with_burst:
            self._burst_at = seconds
        return self._world.link_test(self._member, seconds, with_burst=with_burst)

    def due(self) -> float:
        return 0.0 if self._is_asked else math.inf

    def own(self, now: Moment) -> Moment:
        return replace(now, wall=now.wall + self.wrong_by) if self.wrong_by else now

    def is_cut_off(self, now: Moment) -> bool:
        if self._is_stopped:
            return False
        seconds = now.up - self._began_up
        return self.is_silenced or self._world.is_cut_off(self._member, seconds)

    def is_moving(self, now: Moment) -> bool:
        """Whether the asset drives at that moment."""
        return self._world.is_moving(self._member, now.up - self._began_up)

    def stop(self) -> None:
        """From now on the devices are silent, and nothing is between the asset and the network."""
        self._is_asked = False
        self._is_stopped = True


class HushedFeed:
    """Silent devices in the place of `feed`, with nothing between the asset and the network."""

    def __init__(self, feed: Feed) -> None:
        self._feed = feed

    def ask(self, name: str) -> None: ...

    def take(self, now: Moment) -> Sequence[Reading]:
        return ()

    def due(self) -> float:
        return math.inf

    def own(self, now: Moment) -> Moment:
        return self._feed.own(now)

    def is_cut_off(self, now: Moment) -> bool:
        return False


def _power_left(metrics: Mapping[str, Value]) -> dict[str, Value]:
    """How long an asset with a battery can go on without mains."""
    charge = metrics.get("battery_percent")
    return {"power_minutes": power_minutes(charge)} if isinstance(charge, int | float) else {}


class RecordedFeed:
    """Says each row of a recording when its time has come, `speed` times as fast as it was.

    Measured times are shifted so that the recording ends when its replay does: at speed 60 the
    first row of an hour is an hour old minus a minute. `from_row` skips rows that were said before.
    """

    def __init__(
        self, recording: Recording, began_up: float, speed: float, from_row: int = 0
    ) -> None:
        self._rows = recording.rows
        self._ends_up = began_up + recording.seconds / speed
        self._seconds = recording.seconds
        # A recorder's clock may have gone back; the order of the file stands all the same.
        played = accumulate((row.offset_seconds for row in recording.rows), max)
        self._due = [began_up + seconds / speed for seconds in played]
        self.next_row = from_row

    def ask(self, name: str) -> None:
        """Nothing can ask a recording."""

    def take(self, now: Moment) -> Sequence[Reading]:
        found: list[Reading] = []
        while self.due() <= now.up:
            found.append(self._reading(self._rows[self.next_row], now))
            self.next_row += 1
        return found

    def due(self) -> float:
        return self._due[self.next_row] if self.next_row < len(self._due) else math.inf

    def own(self, now: Moment) -> Moment:
        return now

    def is_cut_off(self, now: Moment) -> bool:
        return False

    def up_ms(self, row: Row) -> int:
        """When a row says that it was measured, in milliseconds since the pretended boot."""
        return round((self._ends_up - (self._seconds - row.offset_seconds)) * 1000)

    def _reading(self, row: Row, now: Moment) -> Reading:
        up = self.up_ms(row) / 1000
        taken = Moment(now.wall + timedelta(seconds=up - now.up), up, now.boot, now.trust)
        return Reading(RECORDING, row.metrics, taken=taken, reports=True)
