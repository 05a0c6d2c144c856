"""Complete days become Parquet files, and nobody who reads sees a difference."""

import threading
from pathlib import Path

from telemetry.metrics import CATALOGUE, Kind, Metric
from telemetry.store.duckdb_store import DuckDBStore
from telemetry.store.port import Fate
from tests.telemetry.store.reports import DAY, NOON, everything, report, unreadable

TODAY = NOON + 2 * DAY
DEVICES = {"wwan0": {"sent_bytes": 7}}
ROWS = [
    report(n, asset=f"veh-00{asset}", at=at + n, devices=DEVICES)
    for at in (NOON, NOON + DAY, TODAY)
    for asset in (1, 2)
    for n in range(at // DAY * 10, at // DAY * 10 + 5)
]
ASSETS = ["veh-001", "veh-002"]


def sealed_files(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "store" / "sealed").iterdir())


def test_a_sealed_day_reads_as_before(store: DuckDBStore, tmp_path: Path) -> None:
    store.commit(ROWS, [unreadable(1)])
    span = (NOON - DAY, NOON + 3 * DAY)

    def answers() -> list[object]:
        return [
            everything(store, ASSETS),
            store.latest("veh-001"),
            store.history("veh-001", "rsrp_dbm", *span, 9),
            store.history("veh-002", "sent_bytes", *span, 9, device="wwan0"),
            store.quantiles("rsrp_dbm", [0.5], *span, ASSETS),
            list(store.taken()),
            store.counts("veh-001", "e1"),
            store.committed(1, 100),
            store.last_ordinal(),
        ]

    before = answers()
    days = store.seal_days(TODAY)
    after = answers()

    assert days == 2
    assert after == before
    assert sealed_files(tmp_path) == [
        "device_readings-2025-11-23-10.parquet",
        "device_readings-2025-11-24-20.parquet",
        "readings-2025-11-23-10.parquet",
        "readings-2025-11-24-20.parquet",
    ]


def test_today_is_not_sealed_and_nothing_is_sealed_twice(store: DuckDBStore) -> None:
    store.commit(ROWS, [])

    days = [store.seal_days(TODAY), store.seal_days(TODAY), store.seal_days(TODAY + DAY)]

    assert days == [2, 0, 1]


def test_repeats_and_forks_of_a_sealed_day_are_known(store: DuckDBStore, tmp_path: Path) -> None:
    store.commit(ROWS, [])
    store.seal_days(TODAY)
    old, other = ROWS[0], ROWS[1]
    store.close()
    again = DuckDBStore(tmp_path / "store")

    fates = again.commit(
        [old, report(other.number, asset=other.asset, crc=1), report(1, asset="veh-001")], []
    )
    found = everything(again, ASSETS)
    again.close()

    assert fates == ([Fate.REPEATED, Fate.FORKED, Fate.STORED], [])
    assert len(found) == len(ROWS) + 1


def test_the_latest_may_be_sealed_while_older_ones_still_arrive(store: DuckDBStore) -> None:
    newest = report(9, at=NOON, devices=DEVICES)
    store.commit([newest, report(8, at=NOON - 1)], [])
    store.seal_days(NOON + DAY)

    store.commit([report(1, at=NOON - DAY, received_at=NOON + DAY)], [])

    assert store.latest("veh-001") == newest


def test_reports_are_counted_on_when_every_day_is_sealed(tmp_path: Path) -> None:
    before = DuckDBStore(tmp_path)
    before.commit([report(1), report(2)], [])
    before.seal_days(NOON + DAY)
    before.close()

    after = DuckDBStore(tmp_path)
    after.commit([report(3)], [])
    counted = after.last_ordinal(), after.committed(1, 3)
    after.close()

    assert counted == (3, [report(1), report(2), report(3)])


def test_what_was_measured_days_ago_belongs_to_the_day_it_came(store: DuckDBStore) -> None:
    late = report(77, at=NOON - 30 * DAY, received_at=NOON)
    store.commit([late], [])

    days = store.seal_days(NOON), store.seal_days(NOON + DAY)

    assert days == (0, 1)
    assert everything(store) == [late]


def test_commits_go_on_while_a_day_is_sealed(store: DuckDBStore) -> None:
    store.commit([report(n, at=NOON) for n in range(1, 20_001)], [])
    sealing = threading.Thread(target=store.seal_days, args=(NOON + DAY,))

    sealing.start()
    added = 0
    while sealing.is_alive() or added == 0:
        added += 1
        store.commit([report(20_000 + added, at=NOON + added)], [])
        seen = len(everything(store))
        assert seen == 20_000 + added
    sealing.join()

    assert [row.number for row in everything(store)] == list(range(1, 20_001 + added))


def test_a_metric_new_in_the_catalogue_gets_its_column(tmp_path: Path) -> None:
    paper = Metric("paper_sheets", Kind.WHOLE, "", "Paper", "纸张")
    old = DuckDBStore(tmp_path)
    old.commit([report(1, at=NOON, metrics={"cqi": 1}), report(2, at=NOON + DAY)], [])
    old.seal_days(NOON + DAY)
    old.close()

    new = DuckDBStore(tmp_path, {**CATALOGUE, "paper_sheets": paper})
    new.commit([report(3, at=NOON + DAY + 1, metrics={"paper_sheets": 250})], [])
    points = new.history("veh-001", "paper_sheets", NOON, NOON + 2 * DAY, 2)
    latest = new.latest("veh-001")
    found = everything(new)
    new.close()

    assert [point.count for point in points] == [0, 1]
    assert latest is not None
    assert latest.metrics == {"paper_sheets": 250}
    assert found[0].metrics == {"cqi": 1}


def test_a_file_that_nobody_claims_is_set_aside_not_read(tmp_path: Path) -> None:
    store = DuckDBStore(tmp_path)
    store.commit(ROWS, [])
    before_sealing = (tmp_path / "telemetry.duckdb").read_bytes()
    log = tmp_path / "telemetry.duckdb.wal"
    log_before = log.read_bytes()
    store.seal_days(TODAY)
    store.close()
    (tmp_path / "telemetry.duckdb").write_bytes(before_sealing)
    log.write_bytes(log_before)

    restored = DuckDBStore(tmp_path)
    found = everything(restored, ASSETS)
    days = restored.seal_days(TODAY)
    restored.close()

    assert sorted(row.number for row in found) == sorted(row.number for row in ROWS)
    assert days == 2
    assert len(list((tmp_path / "sealed").glob("*.unclaimed"))) == 4
