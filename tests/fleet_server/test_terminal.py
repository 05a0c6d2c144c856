"""What the commands show."""

import io
from datetime import UTC, datetime, timedelta

import pytest
from rich.console import Console, RenderableType

from fleet_server.assets.api import AssetOut
from fleet_server.command import terminal
from fleet_server.sentences import say
from fleet_server.views.api import HistoryOut, IntakeOut, PointOut, StatusOut
from fleet_server.views.live import BalanceOut, Live
from telemetry.words import AssetKind

AT = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


def _english(code: str, **facts: str | int | float) -> str:
    return say(code, "en", **facts)


def _chinese(code: str, **facts: str | int | float) -> str:
    return say(code, "zh-CN", **facts)


def _text(what: RenderableType) -> str:
    console = Console(width=200, file=io.StringIO())
    with console.capture() as captured:
        console.print(what)
    return captured.get()


def _live(presence: str, seconds: int) -> Live:
    return Live.model_validate(
        {
            "presence": presence,
            "absence": "none",
            "seen_at": AT - timedelta(seconds=seconds),
            "reports_per_minute": 6.0,
            "every_seconds": 10,
            "link_class": "",
            "in_sitting": False,
            "readiness": "",
            "clock_fault": False,
            "forked": False,
            "agent_version": "",
            "held": {},
            "measured_at": None,
            "metrics": {"rsrp_dbm": -80.0},
            "devices": {"wwan0": {"received_bytes": 5}},
        }
    )


def _asset(name: str, live: Live | None) -> AssetOut:
    return AssetOut(
        id=name,
        kind=AssetKind.VEHICLE,
        name=name,
        court="x",
        plate="",
        note="",
        home=None,
        made_at=AT,
        retired_at=None,
        tags=["spare"],
        live=live,
    )


def _status(live: int, assets: int) -> StatusOut:
    intake = IntakeOut(
        messages=0,
        reports=0,
        events=0,
        stored=0,
        applied=0,
        duplicates_ignored=0,
        unreadable=0,
        held=0,
        elsewhere=0,
        silenced=0,
        waiting_messages=0,
        waiting_bytes=0,
        set_aside={},
        refused={},
    )
    return StatusOut(
        version="1",
        demo=True,
        started_at=AT,
        at=AT,
        assets=assets,
        live=live,
        reports_per_minute=6.0,
        intake=intake,
        broker=None,
        mirror=None,
    )


def _balance(asset: str, stored: int, missing: int) -> BalanceOut:
    return BalanceOut(
        asset=asset,
        stream="reports",
        epoch=None,
        is_closed=None,
        head=stored + missing,
        stored=stored,
        set_aside=0,
        dropped=0,
        lost=0,
        missing=missing,
    )


ASSETS = [
    _asset("veh-001", _live("online", 5)),
    _asset("veh-002", _live("stale", 300)),
    _asset("veh-003", None),
]


def test_the_fleets_table_has_age_rate_and_balance() -> None:
    found = _text(terminal.fleet(_english, _status(1, 3), ASSETS, [_balance("veh-001", 41, 2)]))

    assert "1 of 3 assets live, 6.0 reports/min" in found
    [line] = [line for line in found.splitlines() if line.startswith("veh-001")]
    assert line.split() == [
        "veh-001",
        "vehicle",
        "veh-001",
        "x",
        "online",
        "5",
        "s",
        "6",
        "41",
        "0",
        "0",
        "0",
        "2",
    ]
    assert "41 stored, 0 set aside, 0 dropped, 0 lost, 2 missing" in found


def test_what_needs_a_look_is_not_cut_off() -> None:
    found = _text(terminal.fleet(_english, _status(1, 3), ASSETS, [], most_rows=2))

    assert "veh-002" in found
    assert "veh-003" in found
    assert "veh-001" not in found
    assert "+1" in found


def test_the_table_speaks_chinese() -> None:
    found = _text(terminal.fleet(_chinese, _status(1, 3), ASSETS, [_balance("veh-001", 41, 0)]))

    assert "车辆" in found
    assert "从未上线" in found
    assert "收支平衡：已存 41" in found


def test_an_assets_sheet_has_its_readings_and_devices() -> None:
    found = _text(terminal.asset_sheet(_english, ASSETS[0], [], AT))

    assert "rsrp_dbm" in found
    assert "wwan0 · received_bytes" in found


@pytest.mark.parametrize(
    ("means", "line"),
    [
        ([0.0, 7.0], "▁█"),
        ([5.0, None, 5.0], "▁ ▁"),
        ([], ""),
        ([0, 1, 2, 3, 4, 5, 6, 7], "▁▂▃▄▅▆▇█"),
    ],
)
def test_a_line_goes_from_the_lowest_to_the_highest_and_leaves_gaps(
    means: list[float | None], line: str
) -> None:
    points = [PointOut(begins_at=AT, count=1, lowest=m, mean=m, highest=m, last=m) for m in means]

    assert terminal.sparkline(points) == line


def test_a_history_without_readings_says_so() -> None:
    empty = PointOut(begins_at=AT, count=0, lowest=None, mean=None, highest=None, last=None)
    found = HistoryOut(
        asset="veh-001", metric="x", unit="", device="", since=AT, until=AT, points=[empty]
    )

    assert terminal.history(_english, found) == "No readings in this period."
