"""The catalogue keeps its own rules, and a reading is cleaned by them."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemetry.metrics import ASSET_KEYS, CATALOGUE, DEVICE_KEYS, Kind, Metric
from telemetry.wire.messages import Value

_METRICS = st.sampled_from(list(CATALOGUE.values()))
_ANY: st.SearchStrategy[Value] = st.booleans() | st.integers() | st.floats() | st.text()
_UNIT_ENDINGS = {
    "°": ("_degrees",),
    "m": ("_metres",),
    "m/s": ("_metres_per_second",),
    "s": ("_seconds",),
    "%": ("_percent",),
    "B": ("_bytes",),
    "°C": ("_celsius",),
    "dBm": ("_dbm",),
    "dB": ("_db",),
    "bit/s": ("_bits_per_second",),
}


@pytest.mark.parametrize("metric", CATALOGUE.values(), ids=CATALOGUE)
def test_a_key_is_a_column_name_and_ends_in_its_unit(metric: Metric) -> None:
    assert re.fullmatch(r"[a-z][a-z0-9_]*", metric.key)
    assert metric.key.endswith(_UNIT_ENDINGS.get(metric.unit, ""))
    assert metric.en
    assert metric.zh


def test_every_key_stands_once_and_has_one_scope() -> None:
    assert sorted(ASSET_KEYS + DEVICE_KEYS) == sorted(set(CATALOGUE))


@given(_METRICS, _ANY)
def test_a_cleaned_value_fits_its_column_or_is_none(metric: Metric, value: Value) -> None:
    try:
        cleaned = metric.cleaned(value)
    except TypeError:
        return
    if cleaned is None:
        return
    if metric.kind in {Kind.WHOLE, Kind.COUNTER}:
        assert type(cleaned) is int
        assert -(2**63) <= cleaned < 2**63
    elif metric.kind is Kind.NUMBER:
        assert type(cleaned) is float
        assert metric.low is not None
        assert metric.high is not None
        assert metric.low <= cleaned <= metric.high
    else:
        assert type(cleaned) is (str if metric.kind is Kind.TEXT else bool)


@given(_METRICS, _ANY)
def test_cleaning_twice_changes_nothing(metric: Metric, value: Value) -> None:
    try:
        cleaned = metric.cleaned(value)
    except TypeError:
        return

    assert cleaned is None or metric.cleaned(cleaned) == cleaned


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("rsrp_dbm", -200),
        ("rsrp_dbm", -32768),
        ("rsrp_dbm", 0),
        ("rsrp_dbm", -30.9),
        ("rsrq_db", -32768),
        ("snr_db", 40.5),
        ("latitude_degrees", 90.1),
        ("cpu_used_percent", float("nan")),
        ("received_bytes", -1),
        ("received_bytes", 10**400),
        ("operator", ""),
    ],
)
def test_what_is_no_value_is_none(key: str, value: Value) -> None:
    assert CATALOGUE[key].cleaned(value) is None


@pytest.mark.parametrize(
    ("key", "value"),
    [("rsrp_dbm", -156), ("rsrp_dbm", -31), ("snr_db", 0), ("rsrq_db", -200 / 10), ("cqi", 0)],
)
def test_values_at_the_edge_are_values(key: str, value: Value) -> None:
    assert CATALOGUE[key].cleaned(value) == value


@pytest.mark.parametrize(
    ("key", "value"),
    [("mains_power", 1), ("cpu_celsius", True), ("cpu_celsius", "51"), ("operator", 46000)],
)
def test_a_value_of_another_kind_is_refused(key: str, value: Value) -> None:
    with pytest.raises(TypeError, match=key):
        CATALOGUE[key].cleaned(value)
