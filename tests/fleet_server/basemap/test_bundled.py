"""The base map that the console carries: complete, whole, named, small, and where it belongs."""

from collections import Counter
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
import pytest

from fleet_server.basemap import rules
from fleet_server.basemap.rules import Layer, Position, distance_metres
from simulators.districts import EVERYWHERE, District

GEO = Path(__file__).parents[3] / "fleet_server" / "console" / "public" / "geo"
# Towns that lie on a river, as any atlas says.
ON_THE_RIVER = {
    "长江": ["江津", "涪陵", "丰都", "万州", "云阳", "奉节", "巫山"],
    "嘉陵江": ["合川", "北碚", "渝中", "南充"],
    "乌江": ["武隆", "彭水", "涪陵"],
    "涪江": ["潼南", "合川", "遂宁"],
    "沱江": ["内江", "泸州"],
    "汉江": ["安康"],
    "清江": ["恩施"],
}

Ring = list[Position]


@cache
def _features(layer: str) -> list[dict[str, Any]]:
    collection = msgspec.json.decode((GEO / f"{layer}.geojson").read_bytes())
    features: list[dict[str, Any]] = collection["features"]
    return features


def _ring(feature: dict[str, Any]) -> Ring:
    """The outer ring of a polygon, which here has no other."""
    assert feature["geometry"]["type"] == "Polygon"
    (ring,) = feature["geometry"]["coordinates"]
    return [Position(*at) for at in ring]


def _named(layer: str) -> dict[str, dict[str, Any]]:
    named = [one for one in _features(layer) if "name_zh" in one["properties"]]
    return {one["properties"]["name_zh"]: one for one in named}


def _seats() -> dict[str, Position]:
    """Where seats and cities lie; the small towns have some names twice."""
    return {
        one["properties"]["name_zh"]: Position(*one["geometry"]["coordinates"])
        for one in _features("places")
        if one["properties"]["kind"] in {"seat", "city"}
    }


def _lines(river: str) -> list[list[Position]]:
    geometry = _named("rivers")[river]["geometry"]
    is_one = geometry["type"] == "LineString"
    lines = [geometry["coordinates"]] if is_one else geometry["coordinates"]
    return [[Position(*at) for at in line] for line in lines]


def _metres_to(river: str, at: Position) -> float:
    edges = [edge for line in _lines(river) for edge in pairwise(line)]
    return min(distance_metres(at, _nearest(*edge, at)) for edge in edges)


def _nearest(a: Position, b: Position, at: Position) -> Position:
    """The point of an edge that is nearest to `at`, good enough for metres here."""
    squeeze = 0.75  # cos² of 30°
    along = (b[0] - a[0]) * (at[0] - a[0]) * squeeze + (b[1] - a[1]) * (at[1] - a[1])
    length = (b[0] - a[0]) ** 2 * squeeze + (b[1] - a[1]) ** 2
    share = min(1.0, max(0.0, along / length))
    return Position(a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1]))


def _area(ring: Ring) -> float:
    """Square degrees; positive when it runs against the clock."""
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(ring)) / 2


def _is_inside(ring: Ring, longitude: float, latitude: float) -> bool:
    crossings = 0
    for (x, y), (to_x, to_y) in pairwise(ring):
        if (y > latitude) != (to_y > latitude):
            crossings += longitude < x + (latitude - y) / (to_y - y) * (to_x - x)
    return crossings % 2 == 1


def _crosses(a: Position, b: Position, c: Position, d: Position) -> bool:
    """Whether two edges without a common end meet, when their extents in longitude do."""

    def side(p: Position, q: Position, r: Position) -> float:
        return (q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0])

    if max(a[1], b[1]) < min(c[1], d[1]) or max(c[1], d[1]) < min(a[1], b[1]):
        return False
    return side(a, b, c) * side(a, b, d) <= 0 and side(c, d, a) * side(c, d, b) <= 0


def _is_simple(ring: Ring) -> bool:
    """Closed, and no edge meets another but at their common end."""
    edges = sorted((min(a[0], b[0]), max(a[0], b[0]), a, b) for a, b in pairwise(ring))
    for at, (_, east, a, b) in enumerate(edges):
        for west, _, c, d in edges[at + 1 :]:
            if west > east:
                break
            if not {a, b} & {c, d} and _crosses(a, b, c, d):
                return False
    return ring[0] == ring[-1] and len(set(ring)) == len(ring) - 1


@pytest.mark.parametrize("layer", Layer)
def test_each_layer_is_what_a_court_could_import(layer: Layer) -> None:
    text = (GEO / f"{layer}.geojson").read_bytes()
    collection = msgspec.json.decode(text)

    assert rules.problems(collection, layer) == []
    assert collection["attribution"]


def test_the_map_is_small() -> None:
    assert sum(path.stat().st_size for path in GEO.glob("*.geojson")) < 700_000


def test_there_are_38_districts_with_both_names_and_their_codes() -> None:
    facts = [one["properties"] for one in _features("districts")]

    assert len(facts) == len({one["adcode"] for one in facts}) == 38
    assert all(one["adcode"].startswith("500") and one["name_en"].isascii() for one in facts)
    assert {"梁平区", "武隆区", "开州区"} <= {one["name_zh"] for one in facts}
    assert {seat.name for seat in EVERYWHERE} == {one["name_zh"] for one in facts}


@pytest.mark.parametrize("layer", ["districts", "neighbours"])
def test_every_area_is_a_simple_polygon(layer: str) -> None:
    crooked = [
        one["properties"]["name_zh"] for one in _features(layer) if not _is_simple(_ring(one))
    ]

    assert crooked == []


def test_districts_and_neighbours_neither_gape_nor_overlap() -> None:
    rings = [_ring(one) for layer in ("districts", "neighbours") for one in _features(layer)]
    edges = Counter(frozenset(edge) for ring in rings for edge in pairwise(ring))

    # Every border is in two areas, edge by edge; the outer one in one, and it is a single ring.
    outer = {edge for edge, count in edges.items() if count == 1}
    assert set(edges.values()) == {1, 2}
    assert sum(abs(_area(ring)) for ring in rings) == pytest.approx(abs(_area(_walk(outer))))


def _walk(edges: set[frozenset[Position]]) -> Ring:
    """The one ring that these edges make."""
    ends: dict[Position, list[Position]] = {}
    for one, other in edges:
        ends.setdefault(one, []).append(other)
        ends.setdefault(other, []).append(one)
    assert all(len(found) == 2 for found in ends.values())
    start = min(ends)
    ring = [start, ends[start][0]]
    while ring[-1] != start:
        before, here = ring[-2:]
        ring.append(next(at for at in ends[here] if at != before))
    assert len(ring) == len(edges) + 1
    return ring


@pytest.mark.parametrize("seat", EVERYWHERE, ids=lambda seat: seat.code)
def test_a_seat_lies_in_its_own_district(seat: District) -> None:
    around = [
        name
        for name, one in _named("districts").items()
        if _is_inside(_ring(one), seat.longitude_degrees, seat.latitude_degrees)
    ]

    assert around == [seat.name]


def test_labels_and_seats_lie_in_their_districts() -> None:
    seats = list(_seats().items())[:38]

    for (name, one), (town, seat) in zip(_named("districts").items(), seats, strict=True):
        assert name.startswith(town)
        assert _is_inside(_ring(one), *one["properties"]["label"])
        assert _is_inside(_ring(one), *seat)


def test_chongqing_is_as_large_as_it_is() -> None:
    # 82,402 km², as the city says; a degree square near 30° N has 12,365 x cos 30° km².
    area = sum(abs(_area(_ring(one))) for one in _features("districts"))

    assert area * 12_365 * 0.866 == pytest.approx(82_402, rel=0.02)


@pytest.mark.parametrize("river", ON_THE_RIVER)
def test_a_river_passes_its_towns(river: str) -> None:
    seats = _seats()

    assert max(_metres_to(river, seats[town]) for town in ON_THE_RIVER[river]) < 6_000


def test_the_jialing_joins_the_yangtze_at_chaotianmen() -> None:
    chaotianmen = Position(106.587, 29.568)
    ends = [line[at] for line in _lines("嘉陵江") for at in (0, -1)]

    mouth = min(ends, key=lambda end: distance_metres(end, chaotianmen))
    assert distance_metres(mouth, chaotianmen) < 1_000
    assert _metres_to("长江", mouth) < 100


def test_the_five_neighbours_are_there() -> None:
    assert set(_named("neighbours")) == {"四川省", "贵州省", "湖南省", "湖北省", "陕西省"}
