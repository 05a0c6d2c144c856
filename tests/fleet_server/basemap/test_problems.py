"""What is refused as a layer, and what becomes of what is taken."""

import copy
import math
from typing import Any

import msgspec
import pytest

from fleet_server.basemap.rules import (
    Datum,
    Json,
    Layer,
    Position,
    bounds,
    converted,
    distance_metres,
    moved_metres,
    problems,
    to_wgs84,
)
from fleet_server.sentences import LANGUAGES, say

SQUARE: list[Json] = [[106.5, 29.5], [106.6, 29.5], [106.6, 29.6], [106.5, 29.6], [106.5, 29.5]]


def _feature(kind: str, coordinates: Json, **properties: Json) -> dict[str, Json]:
    return {
        "type": "Feature",
        "properties": properties,
        "geometry": {"type": kind, "coordinates": coordinates},
    }


def _collection(*features: Json) -> dict[str, Json]:
    return {"type": "FeatureCollection", "features": list(features)}


def _place(x: Json, y: Json) -> dict[str, Json]:
    return _collection(_feature("Point", [x, y], name_zh="歇马"))


@pytest.mark.parametrize(
    ("collection", "code"),
    [
        (None, "basemap_not_geojson"),
        ([1, 2], "basemap_not_geojson"),
        ({"type": "Topology", "objects": {}}, "basemap_not_geojson"),
        (_collection({"type": "Feature", "geometry": None}), "basemap_not_geojson"),
        (_collection(7), "basemap_not_geojson"),
        (_collection(), "basemap_empty"),
        (_collection(_feature("LineString", SQUARE, name="x")), "basemap_wrong_shape"),
        (_collection(_feature("Point", [106.5, 29.5])), "basemap_unnamed"),
        (_place("106.5", 29.5), "basemap_bad_coordinates"),
        (_place(True, 29.5), "basemap_bad_coordinates"),
        (_place(math.nan, 29.5), "basemap_bad_coordinates"),
        (_place(10**400, 29.5), "basemap_bad_coordinates"),
        (_collection(_feature("Point", [[106.5, 29.5]], name="x")), "basemap_bad_coordinates"),
        (_place(29.5, 106.5), "basemap_swapped"),
        (_place(36_351_000.0, 3_270_000.0), "basemap_projected"),  # zone 36, Gauss-Krüger
        (_place(11_860_000.0, 3_440_000.0), "basemap_projected"),  # web mercator
        (_place(-0.1, 51.5), "basemap_outside_china"),
    ],
)
def test_what_is_no_layer_is_refused_with_the_reason(collection: Json, code: str) -> None:
    found = problems(collection, Layer.PLACES)

    assert [problem.code for problem in found] == [code]
    assert all(say(code, language, **found[0].facts) for language in LANGUAGES)


def test_each_kind_of_fault_is_told_once_with_its_first_feature() -> None:
    good, far = _feature("Point", [106.5, 29.5], name="x"), _feature("Point", [2, 48], name="y")

    found = problems(_collection(good, far, far, _feature("Point", [106, 29])), Layer.PLACES)

    assert [(problem.code, problem.facts["feature"]) for problem in found] == [
        ("basemap_outside_china", 2),
        ("basemap_unnamed", 4),
    ]


@pytest.mark.parametrize(
    ("layer", "kind", "coordinates"),
    [
        (Layer.DISTRICTS, "Polygon", [SQUARE]),
        (Layer.DISTRICTS, "MultiPolygon", [[SQUARE]]),
        (Layer.NEIGHBOURS, "Polygon", [SQUARE]),
        (Layer.RIVERS, "LineString", SQUARE),
        (Layer.RIVERS, "MultiLineString", [SQUARE]),
        (Layer.RIVERS, "Polygon", [SQUARE]),
        (Layer.PLACES, "Point", [106.5, 29.5, 240.0]),
    ],
)
def test_every_shape_of_a_layer_is_moved_point_by_point(
    layer: Layer, kind: str, coordinates: Json
) -> None:
    collection = _collection(_feature(kind, coordinates, name="x"))
    before = copy.deepcopy(collection)

    moved = converted(collection, Datum.GCJ02)

    assert problems(collection, layer) == []
    assert collection == before
    assert problems(moved, layer) == []
    assert _nesting(moved) == _nesting(collection)
    west, south = bounds(collection)[:2]
    assert distance_metres(Position(*bounds(moved)[:2]), to_wgs84(west, south)) < 5
    assert 300 < moved_metres(collection, Datum.GCJ02) < 700


def _nesting(collection: Json) -> str:
    """The tree with its numbers made equal."""
    text = msgspec.json.encode(collection).decode()
    return "".join("0" if letter in "0123456789." else letter for letter in text).replace("0", "")


def test_heights_and_properties_stay_and_old_boxes_go() -> None:
    collection: dict[str, Any] = _place(106.5, 29.5)
    collection["bbox"] = [106.5, 29.5, 106.5, 29.5]
    collection["crs"] = {"type": "name", "properties": {"name": "EPSG:4490"}}
    feature = collection["features"][0]
    feature["geometry"]["coordinates"].append(240.0)
    feature["properties"]["coordinates"] = [106.5, 29.5]

    moved: Any = converted(collection, Datum.GCJ02)

    assert set(moved) == {"type", "features"}
    assert moved["features"][0]["geometry"]["coordinates"][2] == 240.0
    assert moved["features"][0]["properties"] == feature["properties"]


@pytest.mark.parametrize("datum", [Datum.WGS84, Datum.CGCS2000])
def test_a_survey_s_degrees_are_not_moved(datum: Datum) -> None:
    collection = _place(106.5, 29.5)

    assert converted(collection, datum) == collection
    assert moved_metres(collection, datum) == 0
