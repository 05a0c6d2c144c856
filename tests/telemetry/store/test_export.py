"""Exports open in Excel and in whatever reads Parquet."""

import csv
import io
import json
from pathlib import Path

import pyarrow.parquet
import pytest

from telemetry.metrics import ASSET_KEYS
from telemetry.store.duckdb_store import DuckDBStore
from telemetry.store.port import StoreUnavailable
from tests.telemetry.store.reports import DAY, NOON, report

ROWS = [
    report(
        1,
        metrics={"operator": '中国移动, "5G"', "rsrp_dbm": -90.5, "mains_power": True, "drones": 2},
        devices={"wwan0": {"sent_bytes": 5, "lamp": "red"}, "wwan1": {"interface_up": False}},
    ),
    report(2, at=NOON + 2001, metrics={}),
    report(1, asset="veh-000", metrics={"cqi": 3}),
]


def test_a_csv_is_utf8_with_a_mark_and_iso_times(store: DuckDBStore, tmp_path: Path) -> None:
    store.commit(ROWS, [])
    path = tmp_path / "export.csv"

    count = store.export(path, "csv", ["veh-001", "veh-000"], NOON, NOON + DAY)
    found = list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"))))

    assert path.read_bytes().startswith(b"\xef\xbb\xbfasset,measured_at,received_at,epoch,number,")
    assert count == len(found) == 3
    assert set(ASSET_KEYS) < found[0].keys()
    assert [row["asset"] for row in found] == ["veh-000", "veh-001", "veh-001"]
    assert found[2]["measured_at"] == "2025-11-23T12:00:02.001Z"
    assert found[1]["operator"] == '中国移动, "5G"'
    assert found[1]["rsrp_dbm"] == "-90.5"
    assert found[1]["mains_power"] == "true"
    assert json.loads(found[1]["more"]) == {"drones": 2}
    assert json.loads(found[1]["devices"]) == ROWS[0].devices
    assert found[2]["rsrp_dbm"] == found[2]["devices"] == ""


def test_a_parquet_file_has_typed_columns(store: DuckDBStore, tmp_path: Path) -> None:
    store.commit(ROWS, [])
    path = tmp_path / "it's an export.parquet"

    count = store.export(path, "parquet", ["veh-001"], NOON, NOON + DAY)
    found = pyarrow.parquet.read_table(path).to_pylist()

    assert count == 2
    assert found[0]["measured_at"].isoformat() == "2025-11-23T12:00:01"
    assert [row["rsrp_dbm"] for row in found] == [-90.5, None]
    assert found[0]["mains_power"] is True


def test_an_export_that_fails_leaves_nothing_behind(store: DuckDBStore, tmp_path: Path) -> None:
    store.commit(ROWS, [])
    folder = tmp_path / "target"
    folder.mkdir()
    (folder / "taken.csv").mkdir()

    with pytest.raises(StoreUnavailable):
        store.export(folder / "taken.csv", "csv", ["veh-001"], NOON, NOON + DAY)
    with pytest.raises(ValueError, match="xlsx"):
        store.export(folder / "a.xlsx", "xlsx", ["veh-001"], NOON, NOON + DAY)

    assert [path.name for path in folder.iterdir()] == ["taken.csv"]
