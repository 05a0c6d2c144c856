"""GCJ-02 to WGS-84 and back, against known points, itself, and the console's own library."""

import json
import random
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet_server.basemap.rules import Position, distance_metres, to_gcj02, to_wgs84

CONSOLE = Path(__file__).parents[3] / "fleet_server" / "console"
GCOORD = """
import gcoord from 'gcoord'
import { readFileSync } from 'node:fs'
const points = JSON.parse(readFileSync(0, 'utf8'))
const there = points.map((p) => gcoord.transform(p, gcoord.WGS84, gcoord.GCJ02))
const back = points.map((p) => gcoord.transform(p, gcoord.GCJ02, gcoord.WGS84))
process.stdout.write(JSON.stringify([there, back]))
"""


def _points(count: int) -> list[Position]:
    """Seeded positions in the box around Chongqing."""
    draw = random.Random(2026).uniform
    return [Position(draw(105.2, 110.3), draw(28.1, 32.3)) for _ in range(count)]


def test_twenty_thousand_points_of_chongqing_come_back() -> None:
    worst = max(distance_metres(at, to_wgs84(*to_gcj02(*at))) for at in _points(20_000))

    assert worst < 1e-6  # asked for: 0.2 m


@given(st.floats(73, 137), st.floats(1, 55))
def test_any_point_in_china_comes_back(longitude: float, latitude: float) -> None:
    at = Position(longitude, latitude)

    assert distance_metres(at, to_wgs84(*to_gcj02(*at))) < 0.001


@given(st.floats(-180, 71), st.floats(-90, 90))
def test_outside_china_there_is_no_shift(longitude: float, latitude: float) -> None:
    at = (longitude, latitude)

    assert to_gcj02(*at) == at
    assert to_wgs84(*at) == at


@pytest.mark.parametrize(
    ("wgs84", "gcj02"),
    [
        # Tian'anmen as Hutool's tests have it, Shanghai and Shenzhen as eviltransform's do
        (Position(116.404, 39.915), Position(116.41024449916938, 39.91640428150164)),
        (Position(121.5272106, 31.1774276), Position(121.531541859215, 31.17530398364597)),
        (Position(113.912316, 22.543847), Position(113.9171764808363, 22.540796131694766)),
    ],
)
def test_known_points_are_where_others_have_them(wgs84: Position, gcj02: Position) -> None:
    assert distance_metres(to_gcj02(*wgs84), gcj02) < 0.1
    assert distance_metres(to_wgs84(*gcj02), wgs84) < 0.1


def test_chongqing_is_shifted_by_half_a_kilometre() -> None:
    shifts = [distance_metres(at, to_gcj02(*at)) for at in _points(500)]

    assert min(shifts) > 300
    assert max(shifts) < 700


@pytest.mark.integration
def test_the_console_computes_the_same_positions() -> None:
    points = _points(2_000)

    said = subprocess.run(
        ["node", "--input-type=module", "--eval", GCOORD],
        input=json.dumps(points),
        cwd=CONSOLE,
        capture_output=True,
        text=True,
        check=True,
    )

    there, back = json.loads(said.stdout)
    pairs = zip(points, there, back, strict=True)
    for at, gcj02, wgs84 in pairs:
        assert distance_metres(to_gcj02(*at), Position(*gcj02)) < 0.01
        assert distance_metres(to_wgs84(*at), Position(*wgs84)) < 1
