"""Tracks: thinned by equal parts of time, gaps kept, late reports in their place."""

import msgspec
import pytest

from telemetry.store.duckdb_store import DuckDBStore
from telemetry.store.port import Fix, ReportRow, UnknownMetric
from tests.telemetry.store.reports import DAY, NOON, report

ASSETS = ["veh-001", "veh-002"]


def _at(number: int, *, asset: str = "veh-001", late: bool = False) -> ReportRow:
    """Measured `number` seconds after noon, as many thousandths of a degree to the east."""
    metrics = {
        "longitude_degrees": 106.0 + number / 1000,
        "latitude_degrees": 29.5,
        "rsrp_dbm": -90.0 - number,
    }
    made = report(number, asset=asset, metrics=metrics)
    return msgspec.structs.replace(made, late=late)


def _seconds(track: list[Fix]) -> list[int]:
    return [(fix.instant - NOON) // 1000 for fix in track]


def test_the_first_position_of_each_part_is_kept(store: DuckDBStore) -> None:
    store.commit([_at(number) for number in range(60)], [])

    found = store.tracks(["veh-001"], NOON, NOON + 60_000, 6)

    assert _seconds(found["veh-001"]) == [0, 10, 20, 30, 40, 50]
    assert found["veh-001"][1] == Fix(NOON + 10_000, 106.01, 29.5, False, ())


def test_few_positions_are_all_kept_with_what_was_measured(store: DuckDBStore) -> None:
    store.commit([_at(3), _at(8)], [])

    found = store.tracks(["veh-001"], NOON, NOON + 60_000, 60, ["rsrp_dbm", "snr_db"])

    assert [fix.values for fix in found["veh-001"]] == [(-93.0, None), (-98.0, None)]


def test_a_gap_stays_a_gap(store: DuckDBStore) -> None:
    store.commit([_at(number) for number in (*range(20), *range(50, 60))], [])

    found = store.tracks(["veh-001"], NOON, NOON + 60_000, 6)

    assert _seconds(found["veh-001"]) == [0, 10, 50]


def test_late_reports_stand_in_their_place(store: DuckDBStore) -> None:
    store.commit([_at(30), _at(40)], [])
    store.commit([_at(10, late=True), _at(20, late=True)], [])

    found = store.tracks(["veh-001"], NOON, NOON + 60_000, 60)

    assert _seconds(found["veh-001"]) == [10, 20, 30, 40]
    assert [fix.late for fix in found["veh-001"]] == [True, True, False, False]


def test_only_the_assets_asked_for_and_only_positions(store: DuckDBStore) -> None:
    store.commit([_at(1), report(2), _at(1, asset="veh-002"), _at(1, asset="veh-003")], [])

    found = store.tracks([*ASSETS, "veh-009"], NOON, NOON + 60_000, 60)

    assert {asset: _seconds(track) for asset, track in found.items()} == {
        "veh-001": [1],
        "veh-002": [1],
        "veh-009": [],
    }


def test_the_end_does_not_belong_to_the_span(store: DuckDBStore) -> None:
    store.commit([_at(0), _at(10)], [])

    found = store.tracks(["veh-001"], NOON, NOON + 10_000, 1)

    assert _seconds(found["veh-001"]) == [0]


def test_a_sealed_day_has_the_same_tracks(store: DuckDBStore) -> None:
    store.commit([_at(number, asset=asset) for asset in ASSETS for number in range(50)], [])
    span = (NOON, NOON + 50_000, 10, ["rsrp_dbm"])
    before = store.tracks(ASSETS, *span), store.fixes_committed(20, 80, ["rsrp_dbm"])

    assert store.seal_days(NOON + DAY) == 1
    assert (store.tracks(ASSETS, *span), store.fixes_committed(20, 80, ["rsrp_dbm"])) == before


def test_positions_come_in_the_order_of_their_commit(store: DuckDBStore) -> None:
    store.commit([_at(5), report(6), _at(2, asset="veh-002")], [])
    store.commit([_at(1)], [])

    found = store.fixes_committed(2, 4, ["rsrp_dbm"])

    assert [(asset, fix.values) for asset, fix in found] == [
        ("veh-002", (-92.0,)),
        ("veh-001", (-91.0,)),
    ]


def test_a_metric_that_assets_do_not_have_is_refused(store: DuckDBStore) -> None:
    with pytest.raises(UnknownMetric):
        store.tracks(["veh-001"], NOON, NOON + 1, 1, ["sent_bytes"])
