"""What a base map's GeoJSON must be, and how it comes from its own datum into WGS-84.

GCJ-02 is the datum of Chinese street maps, some 300 to 700 m off on purpose. Its formula was never
published; the one here has been public since 2010 (`wgstochina`, Krasovsky 1940 ellipsoid) and is
the one that gcoord, eviltransform and PRCoords use. It goes one way only, so the way back is found
by iteration, to about a nanometre. CGCS2000 and WGS-84 lie some centimetres to decimetres apart,
which is nothing on a map: the one is taken for the other.

Positions are (longitude, latitude) in degrees, as in GeoJSON.
"""

import math
from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import Final, NamedTuple, TypeAlias

from fleet_server.errors import Fact

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | bool | None"

MOST_BYTES: Final = 20_000_000

_SEMI_MAJOR_METRES: Final = 6_378_245.0
_ECCENTRICITY_SQUARED: Final = 0.006_693_421_622_965_943
_METRES_A_DEGREE: Final = 111_320.0
_CLOSE_ENOUGH_DEGREES: Final = 1e-12
_MOST_STEPS: Final = 12  # five reach a nanometre
_SAMPLE: Final = 2_000
_DIGITS: Final = 7  # of a converted degree: a centimetre


class Datum(StrEnum):
    """What the degrees of a map mean."""

    WGS84 = "wgs84"
    GCJ02 = "gcj02"
    CGCS2000 = "cgcs2000"


class Layer(StrEnum):
    """The parts of a base map."""

    DISTRICTS = "districts"
    RIVERS = "rivers"
    PLACES = "places"
    NEIGHBOURS = "neighbours"


class Position(NamedTuple):
    longitude: float
    latitude: float


class Problem(NamedTuple):
    """Why a file cannot be a layer: a code with its facts, as an error has."""

    code: str
    facts: dict[str, Fact]


class Bounds(NamedTuple):
    west: float
    south: float
    east: float
    north: float


_CHINA: Final = Bounds(72.004, 0.8293, 137.8347, 55.8271)  # where the formula applies
_AREAS: Final = frozenset({"Polygon", "MultiPolygon"})
_LINES: Final = frozenset({"LineString", "MultiLineString"})
_SHAPES: Final = {
    Layer.DISTRICTS: _AREAS,
    Layer.NEIGHBOURS: _AREAS,
    Layer.RIVERS: _LINES | _AREAS,
    Layer.PLACES: frozenset({"Point"}),
}
_NAMED: Final = frozenset({Layer.DISTRICTS, Layer.PLACES})
_NAMES: Final = ("name_zh", "name_en", "name")
# How many arrays stand around a position.
_DEPTHS: Final = {
    "Point": 0,
    "LineString": 1,
    "MultiLineString": 2,
    "Polygon": 2,
    "MultiPolygon": 3,
}


def to_gcj02(longitude: float, latitude: float) -> Position:
    """WGS-84 to GCJ-02; the same position outside China."""
    if not _is_inside(_CHINA, longitude, latitude):
        return Position(longitude, latitude)
    east, north = _offset_metres(longitude - 105.0, latitude - 35.0)
    phi = math.radians(latitude)
    bulge = 1 - _ECCENTRICITY_SQUARED * math.sin(phi) ** 2
    along_parallel = _SEMI_MAJOR_METRES / math.sqrt(bulge) * math.cos(phi)
    along_meridian = _SEMI_MAJOR_METRES * (1 - _ECCENTRICITY_SQUARED) / bulge**1.5
    return Position(
        longitude + math.degrees(east / along_parallel),
        latitude + math.degrees(north / along_meridian),
    )


def to_wgs84(longitude: float, latitude: float) -> Position:
    """GCJ-02 to WGS-84: the position whose GCJ-02 is the one given; the same outside China."""
    if not _is_inside(_CHINA, longitude, latitude):
        return Position(longitude, latitude)
    found = Position(longitude, latitude)
    for _ in range(_MOST_STEPS):
        moved = to_gcj02(*found)
        east, north = longitude - moved.longitude, latitude - moved.latitude
        found = Position(found.longitude + east, found.latitude + north)
        if abs(east) + abs(north) < _CLOSE_ENOUGH_DEGREES:
            break
    return found


def converted(collection: Json, datum: Datum) -> Json:
    """A GeoJSON tree with every position in WGS-84; what is no geometry stays as it is.

    Bounding boxes and named reference systems are left out: they speak of the old positions.
    The tree must be free of `problems`. Heights stay. Seven digits, a centimetre, are kept.
    """
    if datum is not Datum.GCJ02:
        return collection
    return _converted(collection)


def problems(collection: Json, layer: Layer) -> list[Problem]:
    """Why this parsed JSON cannot be that layer; empty when it can.

    The first fault of each kind; features count from 1.
    """
    features = _features(collection)
    if features is None:
        return [Problem("basemap_not_geojson", {})]
    if not features:
        return [Problem("basemap_empty", {})]
    found: dict[str, Problem] = {}
    for number, feature in enumerate(features, 1):
        for problem in _faults(feature, layer, number):
            found.setdefault(problem.code, problem)
    return list(found.values())


def bounds(collection: Json) -> Bounds:
    """The box around a collection without `problems`, in its own datum."""
    positions = list(_all_positions(collection))
    east_west = [position.longitude for position in positions]
    north_south = [position.latitude for position in positions]
    return Bounds(min(east_west), min(north_south), max(east_west), max(north_south))


def moved_metres(collection: Json, datum: Datum) -> float:
    """How far `converted` moves positions at most, judged by a couple of thousand of them."""
    if datum is not Datum.GCJ02:
        return 0.0
    positions = list(_all_positions(collection))
    sample = positions[:: 1 + len(positions) // _SAMPLE]
    return max(distance_metres(at, to_wgs84(*at)) for at in sample)


def distance_metres(one: Position, other: Position) -> float:
    """How far two near positions are apart: plane geometry, good to a hundredth."""
    east = (other.longitude - one.longitude) * math.cos(math.radians(one.latitude))
    return math.hypot(east, other.latitude - one.latitude) * _METRES_A_DEGREE


def feature_count(collection: Json) -> int:
    """How many features a collection without `problems` has."""
    return len(_features(collection) or [])


def _offset_metres(x: float, y: float) -> tuple[float, float]:
    """How far GCJ-02 lies east and north, at x degrees east of 105° E and y north of 35° N."""
    ripple = 20 * math.sin(6 * x * math.pi) + 20 * math.sin(2 * x * math.pi)
    root = math.sqrt(abs(x))

    def waves(at: float, *pairs: tuple[float, float]) -> float:
        return ripple + sum(height * math.sin(at * math.pi * pace) for height, pace in pairs)

    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root
    east += waves(x, (20, 1), (40, 1 / 3), (150, 1 / 12), (300, 1 / 30)) * 2 / 3
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root
    north += waves(y, (20, 1), (40, 1 / 3), (160, 1 / 12), (320, 1 / 30)) * 2 / 3
    return east, north


def _is_inside(box: Bounds, longitude: float, latitude: float) -> bool:
    return box.west <= longitude <= box.east and box.south <= latitude <= box.north


def _converted(node: Json) -> Json:
    if isinstance(node, list):
        return [_converted(part) for part in node]
    if not isinstance(node, dict):
        return node
    made: dict[str, Json] = {}
    for key, value in node.items():
        if key == "coordinates":
            made[key] = _mapped(value, to_wgs84)
        elif key in {"features", "geometry", "geometries"}:
            made[key] = _converted(value)
        elif key not in {"bbox", "crs"}:
            made[key] = value
    return made


def _mapped(node: Json, move: Callable[[float, float], Position]) -> Json:
    position = _position(node)
    if position is not None and isinstance(node, list):
        at = move(*position)
        return [round(at.longitude, _DIGITS), round(at.latitude, _DIGITS), *node[2:]]
    return [_mapped(part, move) for part in node] if isinstance(node, list) else node


def _features(collection: Json) -> list[Json] | None:
    if not isinstance(collection, dict) or collection.get("type") != "FeatureCollection":
        return None
    features = collection.get("features")
    return features if isinstance(features, list) else None


def _faults(feature: Json, layer: Layer, number: int) -> Iterator[Problem]:
    geometry = feature.get("geometry") if isinstance(feature, dict) else None
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if not isinstance(feature, dict) or not isinstance(geometry, dict) or kind not in _DEPTHS:
        yield Problem("basemap_not_geojson", {})
        return
    if kind not in _SHAPES[layer]:
        facts: dict[str, Fact] = {"feature": number, "shape": str(kind), "layer": layer}
        yield Problem("basemap_wrong_shape", facts)
    properties = feature.get("properties")
    names = properties if isinstance(properties, dict) else {}
    if layer in _NAMED and not any(isinstance(names.get(key), str) for key in _NAMES):
        yield Problem("basemap_unnamed", {"feature": number})
    positions = list(_positions(geometry.get("coordinates"), _DEPTHS[str(kind)]))
    if not positions or None in positions:
        yield Problem("basemap_bad_coordinates", {"feature": number})
        return
    for at in positions:
        problem = None if at is None else _misplaced(at, number)
        if problem is not None:
            yield problem
            return


def _misplaced(at: Position, number: int) -> Problem | None:
    facts: dict[str, Fact] = {"feature": number, "x": at.longitude, "y": at.latitude}
    if _is_inside(_CHINA, *at):
        return None
    if _is_inside(_CHINA, at.latitude, at.longitude):
        return Problem("basemap_swapped", facts)
    if abs(at.longitude) > 180 or abs(at.latitude) > 90:
        return Problem("basemap_projected", facts)
    return Problem("basemap_outside_china", facts)


def _positions(node: Json, depth: int) -> Iterator[Position | None]:
    """The positions under `depth` arrays; None for what is none."""
    if depth == 0:
        yield _position(node)
    elif isinstance(node, list):
        for part in node:
            yield from _positions(part, depth - 1)
    else:
        yield None


def _position(node: Json) -> Position | None:
    if not isinstance(node, list) or len(node) < 2:
        return None
    x, y = _degrees(node[0]), _degrees(node[1])
    return None if x is None or y is None else Position(x, y)


def _degrees(node: Json) -> float | None:
    if isinstance(node, bool) or not isinstance(node, int | float):
        return None
    try:
        number = float(node)  # JSON may hold integers beyond any float
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def _all_positions(collection: Json) -> Iterator[Position]:
    for feature in _features(collection) or []:
        geometry = feature.get("geometry") if isinstance(feature, dict) else None
        if isinstance(geometry, dict):
            depth = _DEPTHS[str(geometry.get("type"))]
            for at in _positions(geometry.get("coordinates"), depth):
                if at is not None:
                    yield at
