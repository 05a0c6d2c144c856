"""Names on the map: seats of the districts, cities around, towns and villages."""

from collections.abc import Sequence
from typing import Final, NamedTuple

import shapely

from tools.basemap import names
from tools.basemap.areas import Area
from tools.basemap.sources import Place, Town

BOX: Final = shapely.box(103.9, 26.5, 111.4, 33.2)
_CITY_PEOPLE: Final = 200_000  # from here on a place outside of Chongqing is worth its name
_APART_DEGREES: Final = 0.12  # two cities outside are not nearer than this
_TOWN_PEOPLE: Final = 8_000
_LARGE_PEOPLE: Final = 30_000
_SEAT_DEGREES: Final = 0.03  # what is nearer to a seat is a part of that town


class Named(NamedTuple):
    """`rank` 1 seats and cities, 2 large towns, 3 towns: the smaller, the sooner shown."""

    name_zh: str
    name_en: str
    kind: str
    rank: int
    at: Place


def made(towns: Sequence[Town], districts: Sequence[Area]) -> list[Named]:
    """Places in the order in which a map should give them room."""
    seats = [Named(*names.seat(one.division), "seat", 1, one.label) for one in districts]
    whole = shapely.coverage_union_all([one.shape for one in districts])
    inside: list[Town] = []
    outside: list[Town] = []
    for town in sorted(towns, key=lambda one: (-one.people, one.name, one.at)):
        (inside if shapely.contains_xy(whole, *town.at) else outside).append(town)
    divisions = {one.division.name_zh for one in districts} | set(names.RENAMED)
    villages = [town for town in inside if divisions.isdisjoint(town.other_names)]
    return [*seats, *_cities(outside), *_towns(villages, seats)]


def _cities(towns: Sequence[Town]) -> list[Named]:
    found: list[Named] = []
    for town in towns:
        name = _city_name(town)
        far = all(_distance(town.at, one.at) > _APART_DEGREES for one in found)
        if town.people >= _CITY_PEOPLE and name and far:
            found.append(Named(name, _english(town.name), "city", 1, town.at))
    return found


def _towns(towns: Sequence[Town], seats: Sequence[Named]) -> list[Named]:
    found = []
    for town in towns:
        name = _town_name(town)
        far = all(_distance(town.at, seat.at) > _SEAT_DEGREES for seat in seats)
        if town.people >= _TOWN_PEOPLE and name and far:
            rank = 2 if town.people >= _LARGE_PEOPLE else 3
            found.append(Named(name, _english(town.name), "town", rank, town.at))
    return found


def _town_name(town: Town) -> str | None:
    """X when the data have X and X镇 or X乡 as names; another name may be of something else."""
    chinese = {name for name in town.other_names if _is_chinese(name)}
    for name in sorted(chinese):
        if name + "镇" in chinese or name + "乡" in chinese:
            return name
    return None


def _city_name(town: Town) -> str | None:
    """X when the data know the place as X市, or have one Chinese name only."""
    chinese = sorted(name for name in town.other_names if _is_chinese(name))
    of_cities = [name for name in chinese if name.endswith("市")]
    if of_cities:
        return of_cities[0].removesuffix("市")
    return chinese[0] if len(chinese) == 1 else None


def _is_chinese(name: str) -> bool:
    """Whether it is written in simplified characters, which are those that GB 2312 has."""
    if not all("\u4e00" <= letter <= "\u9fff" for letter in name):
        return False
    try:
        return bool(name.encode("gb2312"))
    except UnicodeEncodeError:
        return False


def _english(name: str) -> str:
    return name.replace("’", "'")


def _distance(one: Place, other: Place) -> float:
    """In degrees of latitude, near 30° N."""
    return float(((one[0] - other[0]) ** 2 * 0.75 + (one[1] - other[1]) ** 2) ** 0.5)
