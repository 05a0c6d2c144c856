"""Rivers with their names, and in the city where its districts say they are."""

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

import shapely

from tools.basemap.areas import DIGITS, Area
from tools.basemap.sources import Course

BOX: Final = shapely.box(104.5, 27.5, 111.0, 33.0)
_SIMPLE_DEGREES: Final = 0.001
_SHORT_DEGREES: Final = 0.02


class Name(NamedTuple):
    zh: str
    en: str


class River(NamedTuple):
    """`size` is 1 for the largest; without a name when nobody could say it for sure."""

    name: Name | None
    size: int
    shape: shapely.MultiLineString


class _Banks(NamedTuple):
    """Districts on either side: where they meet, the river is."""

    one: frozenset[str]
    other: frozenset[str]


# The data carry no names. These pieces were told by the towns that lie on them; the test of the
# committed file has a list of such towns.
_NAMED: Final = {
    Name("长江", "Yangtze"): {*range(1470, 1473), *range(1507, 1513), 1559, 1560, 1561, 1602, 1605},
    Name("金沙江", "Jinsha"): {1604},
    Name("嘉陵江", "Jialing"): {
        *(4540, 4598, 4599, 4657, 4658, 4659, 4708, 4709, 4710, 4740, 4741),
    },
    Name("乌江", "Wu"): {*(4742, 4743, 4744, 4768, 4769, 4799, 4800)},
    Name("岷江", "Min"): {4767},
    Name("汉江", "Han"): {4543, *range(4600, 4606)},
    Name("沅江", "Yuan"): {4770, 4771, 4804},
    Name("涪江", "Fu"): {
        *(10415, 10417, 10523, 10524, 10607, 10608, 10610, 10611, 10612, 10667, 10668),
    },
    Name("渠江", "Qu"): {10609, 10613},
    Name("沱江", "Tuo"): {10605, *range(10661, 10667), 10737},
    Name("白龙江", "Bailong"): {10308, 10416, 10418},
    Name("酉水", "You"): {10614, 10670, 10671, 10672, 10740, 10742},
    Name("澧水", "Li"): {10669, 10673, 10674},
    Name("赤水河", "Chishui"): {10738, 10739, 10839, *range(10841, 10845)},
    Name("清江", "Qing"): {*range(19013, 19017)},
    Name("芙蓉江", "Furong"): {19097, 19174},
}
# The data are up to a kilometre off, which in the city is the other side of a peninsula. There the
# borders run in the middle of the rivers and are drawn more finely.
_CITY: Final = {
    "长江": _Banks(
        frozenset({"大渡口区", "九龙坡区", "渝中区", "江北区", "渝北区"}),
        frozenset({"南岸区", "巴南区"}),
    ),
    "嘉陵江": _Banks(frozenset({"沙坪坝区", "渝中区"}), frozenset({"江北区", "渝北区"})),
}
_LARGEST: Final = (4_000, 10_000, 18_000)  # the data's numbers at which smaller rivers begin


def made(courses: Sequence[Course], districts: Sequence[Area]) -> list[River]:
    """Named rivers in the order of the table, then the others by size."""
    rivers = []
    for name, numbers in _NAMED.items():
        line = _tidied(_joined(one.line for one in courses if one.number in numbers))
        banks = _CITY.get(name.zh)
        if banks is not None:
            # After tidying: a river beside its own border would look like two.
            line = _aligned(line, _border(banks, districts))
        rivers.append(River(name, _size(min(numbers)), line))
    known = {number for numbers in _NAMED.values() for number in numbers}
    for size in range(1, len(_LARGEST) + 2):
        rest = [one for one in courses if one.number not in known and _size(one.number) == size]
        if rest:
            rivers.append(River(None, size, _tidied(_joined(one.line for one in rest))))
    return rivers


def _size(number: int) -> int:
    return 1 + sum(number > first for first in _LARGEST)


def _joined(lines: Iterable[shapely.LineString]) -> shapely.MultiLineString:
    merged = shapely.line_merge(shapely.MultiLineString(list(lines)))
    return shapely.MultiLineString(list(shapely.get_parts(merged)))


def _border(banks: _Banks, districts: Sequence[Area]) -> shapely.LineString:
    """The longest line along which the two banks meet."""
    one, other = (
        shapely.coverage_union_all([x.shape for x in districts if x.division.name_zh in side])
        for side in banks
    )
    met = shapely.line_merge(shapely.intersection(one, other))
    lines = [part for part in shapely.get_parts(met) if part.geom_type == "LineString"]
    return max(lines, key=lambda line: line.length)


def _aligned(river: shapely.MultiLineString, border: shapely.LineString) -> shapely.MultiLineString:
    """The river with its part beside the border replaced by the border."""
    lines = list(river.geoms)
    near = min(lines, key=lambda line: line.distance(border.centroid))
    ends = [near.project(shapely.Point(border.coords[at])) for at in (0, -1)]
    if ends[0] > ends[1]:
        border = shapely.reverse(border)
    before = _part(near, 0, min(ends))
    after = _part(near, max(ends), near.length)
    through = shapely.LineString([*before, *border.coords, *after])
    return shapely.MultiLineString([through if line is near else line for line in lines])


def _part(line: shapely.LineString, start: float, end: float) -> list[tuple[float, float]]:
    """The points of a line between two distances along it; none of a mere stump."""
    if end - start < _SHORT_DEGREES:
        return []
    return [at for at in line.coords if start < line.project(shapely.Point(at)) < end]


def _tidied(lines: shapely.MultiLineString) -> shapely.MultiLineString:
    simple = shapely.simplify(list(lines.geoms), _SIMPLE_DEGREES)
    rounded = shapely.transform(simple, lambda points: points.round(DIGITS))
    return shapely.MultiLineString(list(rounded))
