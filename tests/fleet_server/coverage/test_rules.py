"""Hexagons and bins."""

import h3
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fleet_server.coverage import rules
from fleet_server.coverage.model import Measured
from telemetry.metrics import CATALOGUE
from telemetry.store.port import Box, Fix

_LONGITUDES = st.floats(105.0, 111.0)
_LATITUDES = st.floats(28.0, 33.0)


def _fix(*values: float | None) -> Fix:
    return Fix(0, 106.5, 29.5, False, values)


@settings(deadline=None)  # a busy machine is no fault of the code
@given(_LONGITUDES, _LATITUDES, st.integers(rules.COARSEST, rules.FINEST))
def test_a_larger_hexagon_is_the_one_that_h3_names(
    longitude: float, latitude: float, resolution: int
) -> None:
    cell = rules.cell_at(longitude, latitude)
    widened = rules.widened(resolution)

    around = cell & widened.keep | widened.fill

    assert rules.name_of(around) == h3.cell_to_parent(rules.name_of(cell), resolution)


@settings(deadline=None)
@given(_LONGITUDES, _LATITUDES, st.integers(rules.COARSEST, rules.FINEST))
def test_a_box_is_widened_by_as_much_as_its_hexagons_need(
    longitude: float, latitude: float, resolution: int
) -> None:
    cell = rules.cell_at(longitude, latitude)
    widened = rules.widened(resolution)

    x, y = rules.centre_of(cell)
    around_x, around_y = rules.centre_of(cell & widened.keep | widened.fill)

    assert max(abs(x - around_x), abs(y - around_y)) <= widened.degrees + 1e-5


@settings(deadline=None)
@given(_LONGITUDES, _LATITUDES)
def test_an_outline_is_a_closed_ring_around_its_centre(longitude: float, latitude: float) -> None:
    cell = rules.cell_at(longitude, latitude)

    ring = rules.outline_of(cell)

    assert len(ring) == 7
    assert ring[0] == ring[-1]
    assert max(len(str(x).partition(".")[2]) for corner in ring for x in corner) <= 5
    x, y = rules.centre_of(cell)
    assert rules.is_in(Box(x, y, x, y), cell)
    assert min(a for a, _ in ring) < x < max(a for a, _ in ring)
    assert min(b for _, b in ring) < y < max(b for _, b in ring)


@settings(deadline=None)
@given(st.sampled_from(list(Measured)), st.data())
def test_a_bin_says_its_values_to_half_its_width(metric: Measured, data: st.DataObject) -> None:
    ruler = rules.RULERS[metric]
    value = data.draw(st.floats(ruler.low, ruler.high))

    told = rules.value_of(ruler, rules.bin_of(ruler, value))

    if ruler.is_logarithmic:
        assert told == pytest.approx(value, rel=0.07)
    else:
        assert abs(told - value) <= 0.51


@pytest.mark.parametrize("metric", list(Measured))
def test_what_is_off_the_scale_is_in_the_outermost_bin(metric: Measured) -> None:
    ruler = rules.RULERS[metric]

    assert rules.bin_of(ruler, -1e9) == 0
    assert rules.bin_of(ruler, 1e12) == ruler.steps - 1


def test_everything_mapped_is_a_metric_of_the_catalogue() -> None:
    assert {str(metric) for metric in Measured} <= set(CATALOGUE)
    assert set(rules.CONTEXT) <= set(CATALOGUE)
    assert set(rules.RULERS) == set(Measured)


@pytest.mark.parametrize(
    ("error_metres", "dimensions", "is_exact"),
    [(None, None, True), (10.0, 3, True), (10.0, 2, True), (200.0, 3, False), (10.0, 0, False)],
)
def test_a_vague_position_is_none(
    error_metres: float | None, dimensions: int | None, is_exact: bool
) -> None:
    assert rules.is_exact(_fix(1.0, error_metres, dimensions)) is is_exact


@pytest.mark.parametrize(("speed", "is_moving"), [(None, False), (0.3, False), (8.0, True)])
def test_noise_is_no_movement(speed: float | None, is_moving: bool) -> None:
    assert rules.is_moving(_fix(speed, None, None)) is is_moving
