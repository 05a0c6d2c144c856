"""What a fleet lived through before anybody watched: real reports of real agents, measured then.

No time is spent: an agent is ticked with moments of the past and readings that its devices had
then, and keeps the reports in its outbox until it connects.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from edge_agent.inputs import Moment, Reading
from simulators.asset import SimulatedAsset, witnessed
from simulators.feeds import WorldFeed
from simulators.witness import Witness

_TICK_SECONDS: Final = 1800.0
_ENDS_SECONDS: Final = 5.0
"""So long before it connects the last report of its past is measured."""


@dataclass(slots=True)
class History:
    """The past of a fleet: a report every so many seconds, standing and on the road."""

    seconds: float
    standing_seconds: float
    moving_seconds: float
    witness: Witness
    reports: int = 0

    def live_through(self, asset: SimulatedAsset, feed: WorldFeed, now: Moment) -> None:
        """All of it for one asset, up to `now`; what its agent took is committed on return."""
        at = now.up - self.seconds
        asset.agent.tick(feed.own(_before(now, at)), [])
        readings: list[Reading] = []
        ticks_at = at + _TICK_SECONDS
        while at < now.up - _ENDS_SECONDS:
            then = _before(now, at)
            readings.append(feed.reading(then))
            if at >= ticks_at:
                self._tick(asset, feed, then, readings)
                ticks_at = at + _TICK_SECONDS
                readings = []
            at += self.moving_seconds if feed.is_moving(then) else self.standing_seconds
        self._tick(asset, feed, _before(now, now.up - _ENDS_SECONDS), readings)

    def _tick(
        self, asset: SimulatedAsset, feed: WorldFeed, now: Moment, readings: list[Reading]
    ) -> None:
        """The devices' memory of half an hour or so, in one tick."""
        seen = witnessed(asset, readings, now)
        self.witness.offered(seen)
        asset.agent.tick(feed.own(now), readings)
        self.witness.accepted(seen)
        self.reports += len(readings)


def _before(now: Moment, up: float) -> Moment:
    """The moment at another uptime of the same boot."""
    up = round(up, 3)
    return Moment(now.wall + timedelta(seconds=up - now.up), up, now.boot, now.trust)
