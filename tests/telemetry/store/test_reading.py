"""Histories, the latest report, quantiles, and reports read back in order."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telemetry.store.duckdb_store import DuckDBStore
from telemetry.store.port import Point, UnknownMetric
from telemetry.wire.messages import Value
from tests.telemetry.store.reports import DAY, NOON, everything, report


def test_a_history_has_equal_buckets_with_extremes_and_gaps(store: DuckDBStore) -> None:
    levels = {0: -90.0, 1: -70.0, 9: -80.0, 20: -60.0, 30: -50.0}
    store.commit(
        [report(n + 1, at=NOON + n * 1000, metrics={"rsrp_dbm": x}) for n, x in levels.items()], []
    )

    found = store.history("veh-001", "rsrp_dbm", NOON, NOON + 30_000, 3)

    assert found == [
        Point(NOON, 3, -90.0, -80.0, -70.0, -80.0),
        Point(NOON + 10_000, 0, None, None, None, None),
        Point(NOON + 20_000, 1, -60.0, -60.0, -60.0, -60.0),
    ]


def test_a_history_of_flags_counts_and_of_texts_has_the_last(store: DuckDBStore) -> None:
    said = [(True, "LTE"), (True, "NR"), (False, "LTE"), (True, "EDGE")]
    store.commit(
        [
            report(n, metrics={"mains_power": flag, "network_mode": text})
            for n, (flag, text) in enumerate(said, 1)
        ],
        [],
    )

    flags = store.history("veh-001", "mains_power", NOON, NOON + DAY, 1)
    texts = store.history("veh-001", "network_mode", NOON, NOON + DAY, 1)

    assert flags == [Point(NOON, 4, 0.0, 0.75, 1.0, True)]
    assert texts == [Point(NOON, 4, None, None, None, "EDGE")]


def test_a_device_has_a_history_of_its_own(store: DuckDBStore) -> None:
    store.commit(
        [
            report(n, devices={"wwan0": {"sent_bytes": n}, "wwan1": {"sent_bytes": n * 100}})
            for n in (1, 2, 3)
        ],
        [],
    )

    [point] = store.history("veh-001", "sent_bytes", NOON, NOON + DAY, 1, device="wwan1")

    assert point == Point(NOON, 3, 100.0, 200.0, 300.0, 300)


def test_what_has_no_measured_time_stands_where_it_arrived(store: DuckDBStore) -> None:
    row = report(1, at=NOON)
    timeless = type(row)(
        row.asset, row.epoch, 2, 5, row.boot, 0, None, "none", NOON + 500, True, row.metrics, {}
    )
    store.commit([timeless, row, report(3, at=NOON + 900)], [])

    found = everything(store)
    [point] = store.history("veh-001", "rsrp_dbm", NOON, NOON + 600, 1)

    assert [row.number for row in found] == [1, 2, 3]
    assert point.count == 2


def test_a_metric_outside_the_catalogue_is_refused_by_name(store: DuckDBStore) -> None:
    with pytest.raises(UnknownMetric, match="paper_sheets"):
        store.history("veh-001", "paper_sheets", NOON, NOON + 1, 1)
    with pytest.raises(UnknownMetric, match="paper_sheets"):
        store.quantiles("paper_sheets", [0.5], NOON, NOON + 1, ["veh-001"])


@settings(max_examples=12, deadline=None)
@given(
    span=st.integers(1, 10**9),
    buckets=st.integers(1, 50),
    offsets=st.lists(st.integers(0, 10**9 - 1), max_size=20, unique=True),
)
def test_every_reading_is_in_the_bucket_that_its_time_says(
    tmp_path_factory: pytest.TempPathFactory, span: int, buckets: int, offsets: list[int]
) -> None:
    offsets = [offset % span for offset in offsets]
    store = DuckDBStore(tmp_path_factory.mktemp("store"))
    store.commit([report(n, at=NOON + at) for n, at in enumerate(offsets, 1)], [])

    found = store.history("veh-001", "rsrp_dbm", NOON, NOON + span, buckets)
    store.close()

    begins = [point.begins_at for point in found]
    ends = [*begins[1:], NOON + span]
    assert begins[0] == NOON
    assert [point.count for point in found] == [
        sum(begin <= NOON + at < end for at in offsets)
        for begin, end in zip(begins, ends, strict=True)
    ]


def test_the_latest_report_is_the_one_measured_last(store: DuckDBStore) -> None:
    newest = report(7, at=NOON + 5, devices={"wwan0": {"sent_bytes": 1}})
    store.commit([report(9, at=NOON - 5), report(8, at=NOON + 5), newest], [])
    store.commit([report(10, at=NOON)], [])

    assert store.latest("veh-001") == newest
    assert store.latest("veh-002") is None


def test_quantiles_are_of_the_assets_asked_for(store: DuckDBStore) -> None:
    store.commit([report(n, metrics={"snr_db": float(n)}) for n in range(11)], [])
    store.commit([report(1, asset="veh-002", metrics={"snr_db": 40.0})], [])

    alone = store.quantiles("snr_db", [0.0, 0.25, 0.5], NOON, NOON + DAY, ["veh-001"])
    both = store.quantiles("snr_db", [1.0], NOON, NOON + DAY, ["veh-001", "veh-002"])
    neither = store.quantiles("snr_db", [0.5, 0.9], NOON, NOON + DAY, [])
    texts = store.quantiles("operator", [0.5], NOON, NOON + DAY, ["veh-001"])

    assert alone == [0.0, 2.5, 5.0]
    assert both == [40.0]
    assert neither == [None, None]
    assert texts == [None]


def test_rows_come_by_asset_and_time_over_many_pages(store: DuckDBStore) -> None:
    same_instant = [report(n, asset="veh-b", at=NOON) for n in range(1, 6_002)]
    spread = [report(n, asset="veh-a", devices={"d": {"cqi": n}}) for n in range(6_000, 0, -1)]
    store.commit(same_instant, [])
    store.commit(spread, [])

    found = everything(store, ["veh-b", "veh-a", "veh-c"])
    none = everything(store, [])

    assert found == spread[::-1] + same_instant
    assert none == []


def test_the_span_of_rows_ends_before_its_end(store: DuckDBStore) -> None:
    store.commit([report(n) for n in range(1, 6)], [])

    found = list(store.rows(["veh-001"], NOON + 2000, NOON + 4000))

    assert [row.number for row in found] == [2, 3]
    assert datetime.fromtimestamp(NOON / 1000, UTC).isoformat() == "2025-11-23T12:00:00+00:00"


def test_a_device_has_changed_when_its_state_or_its_faults_are_others(store: DuckDBStore) -> None:
    told: list[dict[str, Value]] = [
        {"device_state": "ok", "device_serial": "A1"},
        {"device_state": "ok"},
        {"device_state": "fault", "device_faults": "paper_out"},
        {"device_battery_percent": 4.0},
        {"device_state": "fault", "device_faults": "paper_out,jammed", "device_serial": "B2"},
        {"device_state": "ok"},
    ]
    rows = [
        report(n, devices={"printer": values, "platform-hearing": {"platform_state": "ok"}})
        for n, values in enumerate(told, 1)
    ]
    store.commit(rows, [])

    found = store.device_changes("veh-001", 0, NOON + DAY, 10, device="printer")

    seconds = [(one.at - NOON) // 1000 for one in found]
    assert seconds == [6, 5, 3, 1]
    assert [one.faults for one in found] == ["", "paper_out,jammed", "paper_out", ""]
    assert [one.serial for one in found] == ["B2", "B2", "A1", "A1"]
    newest = store.device_changes("veh-001", 0, NOON + DAY, 1)
    assert [(one.device, one.state) for one in newest] == [
        ("printer", "ok"),
        ("platform-hearing", "ok"),
    ]
    assert store.device_changes("veh-001", 0, NOON + 3000, 10, device="printer") == found[3:]
