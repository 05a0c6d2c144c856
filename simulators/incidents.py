"""What goes wrong in the shown fleet, so that its screen has something to say.

Mild, and always the same: one agent stops, one goes silent, one has a wrong clock until it has a
fix, one was invited and never came. The world itself has a full disk and a slow link. All who are
away come back before the balance is drawn up.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from simulators.depot import Depot
from simulators.feeds import WorldFeed
from simulators.fleet import Member
from telemetry.words import AssetKind

_AT_LEAST: Final = 40
_SILENT_AT: Final = 15.0
_STOPS_AT: Final = 20.0
_CLOCK_IS_OFF: Final = timedelta(minutes=11)
_FIX_AT: Final = 240.0
_VEHICLES: Final = (8 / 26, 15 / 26, 18 / 26)


@dataclass(frozen=True, slots=True)
class Cast:
    """Whom it happens to, by asset id; empty: nobody."""

    silent: str = ""
    stops: str = ""
    wrong_clock: str = ""
    never_comes: str = ""


def cast(members: Sequence[Member]) -> Cast:
    """Vehicles that are on the road, and a station; a small fleet is spared."""
    first = members[:115]
    vehicles = [one.asset for one in first if one.kind is AssetKind.VEHICLE]
    stations = [one.asset for one in first if one.kind is AssetKind.STATION]
    if len(first) < _AT_LEAST or not stations:
        return Cast()
    silent, stops, wrong = (vehicles[int(len(vehicles) * part)] for part in _VEHICLES)
    return Cast(silent, stops, wrong, stations[-1])


class Incidents:
    """Lets them happen; `feeds` by asset id."""

    def __init__(self, who: Cast, feeds: Mapping[str, WorldFeed]) -> None:
        self._who = who
        self._feeds = feeds
        self._has_stopped = False
        if who.wrong_clock:
            feeds[who.wrong_clock].wrong_by = _CLOCK_IS_OFF
            feeds[who.wrong_clock].gnss_from = _FIX_AT

    def step(self, depot: Depot, seconds: float) -> None:
        """Called all the time; `seconds` since the fleet started."""
        who = self._who
        if who.silent and seconds > _SILENT_AT:
            self._feeds[who.silent].is_silenced = True
        if who.stops and seconds > _STOPS_AT and not self._has_stopped:
            self._has_stopped = True
            depot.kill(who.stops)

    def end(self, depot: Depot) -> None:
        """Who was away comes back, so that everything is counted."""
        depot.bring_back()
