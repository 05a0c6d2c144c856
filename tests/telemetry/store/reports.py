"""Reports and things set aside, as tests write them down."""

from collections.abc import Mapping, Sequence

from telemetry.store.duckdb_store import DuckDBStore
from telemetry.store.port import AsideRow, ReportRow
from telemetry.wire.messages import Value

NOON = 1_763_899_200_000
"""2025-11-23 12:00 UTC, in milliseconds."""
DAY = 86_400_000


def report(
    number: int,
    *,
    asset: str = "veh-001",
    epoch: str = "e1",
    crc: int | None = None,
    at: int | None = None,
    received_at: int | None = None,
    metrics: Mapping[str, Value] | None = None,
    devices: Mapping[str, Mapping[str, Value]] | None = None,
) -> ReportRow:
    """One report, by default measured `number` seconds after noon and received at once."""
    measured_at = NOON + number * 1000 if at is None else at
    return ReportRow(
        asset,
        epoch,
        number,
        number * 7 if crc is None else crc,
        "boot1",
        number * 1000,
        measured_at,
        "gnss",
        measured_at if received_at is None else received_at,
        False,
        {"rsrp_dbm": -90.5} if metrics is None else metrics,
        devices or {},
    )


def unreadable(
    number: int | None, *, epoch: str | None = "e1", crc: int | None = None, body: bytes = b"?"
) -> AsideRow:
    """Something set aside."""
    return AsideRow("veh-001", epoch, number, crc, "record", "not a report", body, NOON)


def everything(store: DuckDBStore, assets: Sequence[str] = ("veh-001",)) -> list[ReportRow]:
    """Every report of some assets."""
    return list(store.rows(assets, 0, 2**60))
