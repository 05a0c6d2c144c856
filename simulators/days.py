"""Where the members of the fleet are through the day: at the court, on the way, in a village.

A vehicle leaves its court in the morning, holds court in one village or two, and is back in the
afternoon; each day has other villages. All of it is a function of seed, member and time.
"""

from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from simulators.districts import District
from simulators.fleet import Member, Spot, seat, spot_of
from simulators.noise import between, key_of, unit
from simulators.townships import ACROSS_THE_BORDER, Township
from simulators.ways import Fix, Way
from telemetry.words import AssetKind

BEGINS_SECONDS: Final = 9 * 3600 + 20 * 60
"""The world's clock at second 0: a working morning, some are on their way already."""

DAY_SECONDS: Final = 86_400
_LEAVES: Final = (8 * 3600 + 10 * 60, 9 * 3600 + 45 * 60)
_LEAVES_FOR_AFAR: Final = 8 * 3600 + 20 * 60
_STANDS: Final = {1: (3_600, 12_600), 2: (2_700, 7_200)}
"""How long court is held in a village, by how many villages there are."""

_AT_NOON: Final = (1_800, 5_400)
_LAST_LEAVES: Final = 15 * 3600

_TWO_VILLAGES: Final = 0.4


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where a member is, and if it is there to hold court."""

    fix: Fix
    is_in_village: bool = False


@dataclass(frozen=True, slots=True)
class _Stage:
    """From `begins` (second of the day) on: a drive, or a stand where the stage before ended."""

    begins: float
    way: Way | None
    spot: Spot
    is_in_village: bool


class Days:
    """All whereabouts of a fleet; `seconds` count from `BEGINS_SECONDS` of the first day."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._tour = lru_cache(maxsize=4096)(self._toured)

    def whereabouts(self, member: Member, seconds: float) -> Whereabouts:
        """Where a member is."""
        traveller = _traveller(member)
        if traveller is None:
            return Whereabouts(Fix(member.home, 0.0, 0.0))
        day, second = divmod(BEGINS_SECONDS + seconds, DAY_SECONDS)
        stages = self._tour(member.district, traveller, int(day))
        stage = stages[bisect_right(stages, second, key=lambda stage: stage.begins) - 1]
        if stage.way is None:
            return Whereabouts(Fix(stage.spot, 0.0, 0.0), stage.is_in_village)
        return Whereabouts(stage.way.at(second - stage.begins))

    def _toured(self, district: District, traveller: str, day: int) -> tuple[_Stage, ...]:
        key = key_of(self._seed, "tour", district.code, traveller, day)
        stages = [_Stage(0.0, None, seat(district), False)]
        places = self._places(district, key)
        is_far = places[0] in ACROSS_THE_BORDER.values()
        self._add_outing(stages, _LEAVES_FOR_AFAR if is_far else between(*_LEAVES, key, 1), places)
        again = stages[-1].begins + between(*_AT_NOON, key, 3)
        if again < _LAST_LEAVES:
            self._add_outing(stages, again, self._places(district, key + 1)[:1])
        return tuple(stages)

    def _add_outing(self, stages: list[_Stage], leaves: float, places: list[Township]) -> None:
        """Out to these villages and back, from where the last stage stands."""
        home = here = stages[-1].spot
        second = leaves
        for place in places:
            there = spot_of(place)
            way = self._way(here, there)
            stages.append(_Stage(second, way, there, False))
            second += way.seconds
            stages.append(_Stage(second, None, there, True))
            second += between(*_STANDS[len(places)], key_of(self._seed, place.name, round(leaves)))
            here = there
        way = self._way(home, here).back()
        stages.append(_Stage(second, way, home, False))
        stages.append(_Stage(second + way.seconds, None, home, False))

    def _places(self, district: District, key: int) -> list[Township]:
        """The villages of a day, in order."""
        if district.code in ACROSS_THE_BORDER:
            return [ACROSS_THE_BORDER[district.code]]
        wanted = 2 if unit(key, 2) < _TWO_VILLAGES else 1
        townships = sorted(
            enumerate(district.townships), key=lambda numbered: unit(key, 20 + numbered[0])
        )
        return [township for _, township in townships[:wanted]]

    def _way(self, here: Spot, there: Spot) -> Way:
        # The same between two places for everybody: it is the road that they have.
        return Way.between(here, there, key_of(self._seed, "way", *here[:2], *there[:2]))


def _traveller(member: Member) -> str | None:
    """Whose tour a member goes on; None: it stays where it is.

    Of four backpacks two ride on their court's vehicle, one goes by private car, and one lies in
    its cupboard.
    """
    if member.kind is AssetKind.VEHICLE:
        return f"vehicle {member.number}"
    if member.kind is not AssetKind.BACKPACK or member.number % 4 == 3:
        return None
    return f"car {member.number}" if member.number % 4 == 1 else f"vehicle {member.number}"
