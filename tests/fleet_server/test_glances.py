"""Glances: their order, what is not known, and that each view is encoded once."""

import json
from collections.abc import Mapping

import pytest

from fleet_server.intake.live import DRAINING_MS, Live
from fleet_server.views.glances import CLOCK_FAULT, DRAINING, FORKED, IN_SITTING, Glances
from telemetry.store.port import ReportRow
from telemetry.wire.messages import Header, Mark, Value

_NOW = 1_790_000_000_000
_FLAGS = 14
_MOVING: Mapping[str, Value] = {
    "longitude_degrees": 106.55123456,
    "latitude_degrees": 29.56301234,
    "speed_metres_per_second": 13.888,
    "heading_degrees": 87.4,
    "rsrp_dbm": -91.04,
    "snr_db": 14.55,
    "tcp_rtt_seconds": 0.04123,
    "uplink_bits_per_second": 2_400_000.4,
}


def _report(metrics: Mapping[str, Value], now: int = _NOW) -> ReportRow:
    return ReportRow("veh-001", "e1", 1, 1, "b1", 5, now - 5, "ntp", now, False, metrics, {})


def _header(now: int = _NOW, *, every_seconds: float = 10.0, in_sitting: bool = False) -> Header:
    return Header(
        now,
        "ntp",
        "b1",
        5,
        [Mark("e1", 0, 1)],
        [],
        every_seconds=every_seconds,
        link_class="B",
        in_sitting=in_sitting,
    )


def _read(texts: list[bytes]) -> list[list[Value | None]]:
    return [json.loads(text) for text in texts]


@pytest.fixture
def live() -> Live:
    return Live()


@pytest.fixture
def glances(live: Live) -> Glances:
    return Glances(live)


def test_a_glance_says_everything_in_the_order_of_the_api(live: Live, glances: Glances) -> None:
    live.hear("veh-001", _header(), _NOW)
    live.arrive("veh-001", 1, _report(_MOVING), _NOW)
    live.note_readiness("veh-001", "RLN")

    [glance] = _read(glances.of(["veh-001"]))

    assert glance == [
        "veh-001",
        "online",
        "none",
        _NOW,
        _NOW - 5,
        106.551235,
        29.563012,
        13.9,
        87,
        -91.0,
        14.6,
        0.0412,
        2400000,
        "B",
        0,
        "RLN",
    ]


def test_what_is_not_known_is_null(glances: Glances) -> None:
    [glance] = _read(glances.of(["veh-009"]))

    assert glance == ["veh-009", "offline", "never", *[None] * 10, "", 0, ""]


def test_a_text_where_a_number_belongs_is_no_value(live: Live, glances: Glances) -> None:
    live.arrive("veh-001", 1, _report({**_MOVING, "rsrp_dbm": "strong"}), _NOW)

    [glance] = _read(glances.of(["veh-001"]))

    assert glance[9] is None
    assert glance[10] == 14.6


@pytest.mark.parametrize(("longitude", "latitude"), [(1e9, 29.5), (106.5, -91), (None, 29.5)])
def test_a_place_that_is_none_is_not_shown(
    live: Live, glances: Glances, longitude: float | None, latitude: float
) -> None:
    metrics = {"longitude_degrees": longitude, "latitude_degrees": latitude}
    known = {key: value for key, value in metrics.items() if value is not None}
    live.arrive("veh-001", 1, _report(known), _NOW)

    [glance] = _read(glances.of(["veh-001"]))

    assert glance[5:7] == [None, None]


def test_in_a_tunnel_an_asset_stays_where_it_was_last(live: Live, glances: Glances) -> None:
    live.arrive("veh-001", 1, _report(_MOVING), _NOW)
    glances.since(0)

    live.arrive("veh-001", 1, _report({"rsrp_dbm": -120.0}), _NOW)

    [glance] = _read(glances.of(["veh-001"]))
    assert glance[5:10] == [106.551235, 29.563012, None, None, -120.0]


def test_only_what_changed_is_told_again_and_only_to_who_sees_it(
    live: Live, glances: Glances
) -> None:
    for asset in ("veh-001", "veh-002", "veh-003"):
        live.hear(asset, _header(), _NOW)
    end, everything = glances.since(0)

    live.hear("veh-002", _header(_NOW + 1), _NOW + 1)
    live.hear("veh-003", _header(_NOW + 1), _NOW + 1)
    _, changed = glances.since(end)
    _, seen = glances.since(end, {"veh-001", "veh-003"})

    assert len(everything) == 3
    assert {glance[0] for glance in _read(changed)} == {"veh-002", "veh-003"}
    assert [glance[0] for glance in _read(seen)] == ["veh-003"]


def test_a_view_is_encoded_once_for_all_readers(live: Live, glances: Glances) -> None:
    live.hear("veh-001", _header(), _NOW)
    live.hear("veh-002", _header(), _NOW)
    first, second = glances.of(["veh-001", "veh-002"])

    live.hear("veh-002", _header(_NOW + 1), _NOW + 1)
    again, other = glances.of(["veh-001", "veh-002"])

    assert again is first
    assert other is not second


def test_flags_are_bits(live: Live, glances: Glances) -> None:
    live.hear("veh-001", _header(in_sitting=True), _NOW)
    live.flag("veh-001", clock_fault=True, forked=True)
    live.drain("veh-001", _NOW)

    [glance] = _read(glances.of(["veh-001"]))

    assert glance[_FLAGS] == CLOCK_FAULT | FORKED | IN_SITTING | DRAINING
    assert [CLOCK_FAULT, FORKED, IN_SITTING, DRAINING] == [1, 2, 4, 8]


def test_a_backlog_that_came_in_is_over_after_a_minute(live: Live, glances: Glances) -> None:
    live.hear("veh-001", _header(every_seconds=100.0), _NOW)
    live.drain("veh-001", _NOW)
    end, _ = glances.since(0)

    live.evaluate(_NOW + DRAINING_MS)
    _, still = glances.since(end)
    live.evaluate(_NOW + DRAINING_MS + 1)
    end, over = glances.since(end)
    live.evaluate(_NOW + DRAINING_MS + 2)
    _, quiet = glances.since(end)

    assert still == []
    assert [glance[_FLAGS] for glance in _read(over)] == [0]
    assert quiet == []
