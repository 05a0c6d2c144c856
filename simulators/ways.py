"""Ways through the hills from one place to another, and how a vehicle drives along them.

Roads are not shipped: a way is the straight line between two places, bent at three scales as
valleys bend a road, and driven slowly in towns and bends. Metres north and east of its beginning.
"""

import math
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate, pairwise
from typing import Final, NamedTuple, Self

from simulators.fleet import Spot
from simulators.noise import between, key_of, unit, wave

METRES_PER_DEGREE: Final = 111_195.0
_LEG_METRES: Final = 250.0
_TOWN_METRES: Final = 1500.0
_TOWN_SPEED: Final = 8.0
_SPEEDS: Final = (8.0, 18.0)
_SLOWEST: Final = 5.0
_LONG_ENOUGH_METRES: Final = (9_000.0, 25_000.0)
"""For one tunnel, and for two."""


class Fix(NamedTuple):
    """Where somebody is; headings count from north, speeds are m/s."""

    spot: Spot
    heading_degrees: float
    speed_metres_per_second: float
    metres: float = 0.0
    is_in_tunnel: bool = False


class Way:
    """One direction of a way, from standing to standing; the way back has the same tunnels."""

    def __init__(
        self, points: Sequence[Spot], tunnels: Sequence[tuple[float, float]], key: int
    ) -> None:
        self._points = points
        self._tunnels = tunnels
        self._key = key
        self._marks = list(accumulate(map(_apart, pairwise(points)), initial=0.0))
        self._headings = [_heading(here, there) for here, there in pairwise(points)]
        self._speeds = self._driven()
        self._arrives, self._leaves = self._timed()

    @classmethod
    def between(cls, start: Spot, end: Spot, key: int) -> Self:
        """A way that nobody has built, but that might be one."""
        points = _bent(start, end, key)
        length = sum(map(_apart, pairwise(points)))
        return cls(points, list(_tunnels(length, key)), key)

    def back(self) -> "Way":
        """The same way in the other direction."""
        length = self.metres
        tunnels = [(length - end, length - begin) for begin, end in reversed(self._tunnels)]
        return Way(self._points[::-1], tunnels, key_of(self._key, "back"))

    @property
    def metres(self) -> float:
        return self._marks[-1]

    @property
    def seconds(self) -> float:
        """How long it takes from end to end."""
        return self._arrives[-1]

    def at(self, seconds: float) -> Fix:
        """Where a vehicle is so long after it left."""
        if seconds <= 0.0 or seconds >= self.seconds:
            return Fix(self._points[-1 if seconds > 0.0 else 0], 0.0, 0.0)
        leg = bisect_right(self._leaves, seconds) - 1
        begins, speed, then = self._leaves[leg], self._speeds[leg], self._speeds[leg + 1]
        gone = seconds - begins
        lasts = self._arrives[leg + 1] - begins
        if gone >= lasts:  # a halt at the end of the leg
            gone, now = lasts, 0.0
        else:
            now = speed + (then - speed) * gone / lasts
        length = self._marks[leg + 1] - self._marks[leg]
        part = min(gone * (speed + now) / 2 / length, 1.0) if now else 1.0
        metres = self._marks[leg] + part * length
        return Fix(
            _along(self._points[leg], self._points[leg + 1], part),
            self._headings[leg],
            now,
            metres,
            any(begin <= metres <= end for begin, end in self._tunnels),
        )

    def _driven(self) -> list[float]:
        """Speeds at the points: by the road's mood and bends; 0 is a halt."""
        last = len(self._points) - 1
        speeds = [0.0] * (last + 1)
        halted = True
        for at in range(1, last):
            from_end = min(self._marks[at], self._marks[-1] - self._marks[at])
            in_town = from_end < _TOWN_METRES
            if in_town and not halted and at < last - 1 and unit(self._key, 7000 + at) < 0.25:
                halted = True
                continue
            halted = False
            slow, fast = _SPEEDS
            speed = slow + (fast - slow) * wave(self._key + 4, self._marks[at] / 2500.0)
            turn = abs(math.radians(_turn(self._headings[at - 1], self._headings[at])))
            speed = min(speed, max(_SLOWEST, fast - 12.0 * turn))
            speeds[at] = min(speed, _TOWN_SPEED) if in_town else speed
        return speeds

    def _timed(self) -> tuple[list[float], list[float]]:
        """When each point is reached and left; speed changes evenly along a leg."""
        arrives, leaves = [0.0], [0.0]
        for at, (speed, then) in enumerate(pairwise(self._speeds)):
            length = self._marks[at + 1] - self._marks[at]
            arrives.append(leaves[-1] + 2 * length / (speed + then))
            halt = between(15, 45, self._key, 9000 + at) if then == 0.0 else 0.0
            leaves.append(arrives[-1] + halt)
        return arrives, leaves


def _bent(start: Spot, end: Spot, key: int) -> list[Spot]:
    stretch = math.cos(math.radians((start.latitude_degrees + end.latitude_degrees) / 2))
    north = (end.latitude_degrees - start.latitude_degrees) * METRES_PER_DEGREE
    east = (end.longitude_degrees - start.longitude_degrees) * METRES_PER_DEGREE * stretch
    length = math.hypot(north, east)
    legs = max(8, round(length / _LEG_METRES))
    points = []
    for at in range(legs + 1):
        part = at / legs
        calm = min(1.0, 6 * part, 6 * (1 - part))
        aside = calm * (
            0.26 * length * (wave(key + 1, 2.5 * part) - 0.5)
            + min(0.09 * length, 1800.0) * (wave(key + 2, part * length / 4000.0) - 0.5)
            + 320.0 * (wave(key + 3, part * length / 900.0) - 0.5)
        )
        hills = calm * (60.0 + 420.0 * wave(key + 5, part * length / 6000.0))
        climb = end.altitude_metres - start.altitude_metres
        points.append(
            Spot(
                start.latitude_degrees + (part * north - aside * east / length) / METRES_PER_DEGREE,
                start.longitude_degrees
                + (part * east + aside * north / length) / (METRES_PER_DEGREE * stretch),
                start.altitude_metres + part * climb + hills,
            )
        )
    return points


def _tunnels(length: float, key: int) -> list[tuple[float, float]]:
    """Where they begin and end, in metres; a minute or so of driving each."""
    found = []
    for at in range(sum(length > enough for enough in _LONG_ENOUGH_METRES)):
        begins = length * (between(0.3, 0.42, key, 50 + at) + 0.3 * at)
        found.append((begins, begins + between(650, 1100, key, 60 + at)))
    return found


def metres_apart(here: Spot, there: Spot) -> float:
    """Over the ground; good for some ten kilometres."""
    stretch = math.cos(math.radians(here.latitude_degrees))
    return METRES_PER_DEGREE * math.hypot(
        there.latitude_degrees - here.latitude_degrees,
        (there.longitude_degrees - here.longitude_degrees) * stretch,
    )


def _apart(ends: tuple[Spot, Spot]) -> float:
    return metres_apart(*ends)


def _heading(here: Spot, there: Spot) -> float:
    stretch = math.cos(math.radians(here.latitude_degrees))
    east = (there.longitude_degrees - here.longitude_degrees) * stretch
    return math.degrees(math.atan2(east, there.latitude_degrees - here.latitude_degrees)) % 360.0


def _turn(before: float, after: float) -> float:
    """From one heading to the other, -180 to 180 degrees."""
    return (after - before + 180.0) % 360.0 - 180.0


def _along(here: Spot, there: Spot, part: float) -> Spot:
    return Spot(*(a + part * (b - a) for a, b in zip(here, there, strict=True)))
