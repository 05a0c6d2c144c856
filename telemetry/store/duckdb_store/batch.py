"""Reports as Arrow tables, built column by column: a row at a time costs DuckDB ten times more."""

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec
import pyarrow as pa
from duckdb import DuckDBPyConnection

from telemetry.intervals import IntervalSet
from telemetry.metrics import Kind
from telemetry.store.duckdb_store.schema import (
    DEVICE_COLUMNS,
    REPORT_COLUMNS,
    SQL_TYPES,
    Table,
)
from telemetry.store.port import AsideRow, ReportRow
from telemetry.wire.messages import Value

_ARROW: Final = {
    "BIGINT": pa.int64(),
    "DOUBLE": pa.float64(),
    "BOOLEAN": pa.bool_(),
    "VARCHAR": pa.string(),
    "BLOB": pa.binary(),
}
# Python types whose values Arrow takes as they are, unless it says that one is out of range.
_PLAIN: Final[dict[Kind, frozenset[type]]] = {
    Kind.NUMBER: frozenset({float, int, type(None)}),
    Kind.COUNTER: frozenset({int, type(None)}),
    Kind.WHOLE: frozenset({int, type(None)}),
    Kind.FLAG: frozenset({bool, type(None)}),
    Kind.TEXT: frozenset({str, type(None)}),
}
_EXACT_IN_DOUBLE: Final = 2**53
_BIGINT: Final = 2**63

Columns = dict[str, list[object]]


def readings_batch(rows: Sequence[ReportRow], first_ordinal: int, table: Table) -> pa.Table:
    """One row a report, with ordinals counted from `first_ordinal`."""
    fixed: Columns = {
        "ordinal": list(range(first_ordinal, first_ordinal + len(rows))),
        "asset": [row.asset for row in rows],
        "instant": [_instant(row) for row in rows],
        "epoch": [row.epoch for row in rows],
        "number": [row.number for row in rows],
        "crc": [row.crc for row in rows],
        "boot": [row.boot for row in rows],
        "up_ms": [row.up_ms for row in rows],
        "measured_at": [row.measured_at for row in rows],
        "trust": [row.trust for row in rows],
        "received_at": [row.received_at for row in rows],
        "late": [row.late for row in rows],
    }
    metrics = metric_columns([row.metrics for row in rows], table.kinds)
    return pa.table(_arrays(fixed, REPORT_COLUMNS) | metrics)


def devices_batch(rows: Sequence[ReportRow], first_ordinal: int, table: Table) -> pa.Table | None:
    """One row a report and device, with the report's ordinal; None without devices."""
    each = [
        (ordinal, row, device, readings)
        for ordinal, row in enumerate(rows, first_ordinal)
        if row.devices
        for device, readings in row.devices.items()
    ]
    if not each:
        return None
    fixed: Columns = {
        "ordinal": [ordinal for ordinal, _, _, _ in each],
        "asset": [row.asset for _, row, _, _ in each],
        "device": [device for _, _, device, _ in each],
        "instant": [_instant(row) for _, row, _, _ in each],
        "received_at": [row.received_at for _, row, _, _ in each],
    }
    metrics = metric_columns([readings for _, _, _, readings in each], table.kinds)
    return pa.table(_arrays(fixed, DEVICE_COLUMNS) | metrics)


def aside_batch(rows: Sequence[AsideRow], first_id: int) -> pa.Table:
    """One row for each thing set aside, with ids counted from `first_id`."""
    types = {
        "id": "BIGINT",
        "asset": "VARCHAR",
        "epoch": "VARCHAR",
        "number": "BIGINT",
        "crc": "BIGINT",
        "code": "VARCHAR",
        "detail": "VARCHAR",
        "body": "BLOB",
        "received_at": "BIGINT",
    }
    columns: Columns = {"id": list(range(first_id, first_id + len(rows)))}
    for name in types.keys() - {"id"}:
        columns[name] = [getattr(row, name) for row in rows]
    return pa.table(_arrays(columns, types))


def taken_batch(taken: Sequence[tuple[str, str, IntervalSet]]) -> pa.Table:
    """One row an interval."""
    rows = [(asset, epoch, *span) for asset, epoch, spans in taken for span in spans]
    columns: Columns = {
        "asset": [asset for asset, _, _, _ in rows],
        "epoch": [epoch for _, epoch, _, _ in rows],
        "low": [low for _, _, low, _ in rows],
        "high": [high for _, _, _, high in rows],
    }
    types = {"asset": "VARCHAR", "epoch": "VARCHAR", "low": "BIGINT", "high": "BIGINT"}
    return pa.table(_arrays(columns, types))


def insert(connection: DuckDBPyConnection, table: str, batch: pa.Table) -> None:
    """Append the rows of `batch`; columns it does not have become null.

    DuckDB finds `batch` by its name in this function: registering it first costs half a
    millisecond.
    """
    connection.execute(f"INSERT INTO {table} BY NAME SELECT * FROM batch")  # noqa: S608


def metric_columns(
    readings: Sequence[Mapping[str, Value]], kinds: Mapping[str, Kind]
) -> dict[str, pa.Array]:
    """A column for each metric that any of `readings` has, and `more` when something fits none."""
    columns: dict[str, pa.Array] = {}
    others: dict[int, dict[str, Value]] = {}
    for key in set[str]().union(*readings):
        values = [found.get(key) for found in readings]
        kind = kinds.get(key)
        if kind is not None:
            column = _column(values, kind)
            if column is not None:
                columns[key] = column
                continue
            columns[key] = pa.array(
                [value if _fits(value, kind) else None for value in values], _ARROW[SQL_TYPES[kind]]
            )
        for at, value in enumerate(values):
            if value is not None and (kind is None or not _fits(value, kind)):
                others.setdefault(at, {})[key] = value
    if others:
        packed = [_packed(others.get(at)) for at in range(len(readings))]
        columns["more"] = pa.array(packed, pa.string())
    return columns


def _column(values: Sequence[Value | None], kind: Kind) -> pa.Array | None:
    """The column when every value is of the metric's kind, else None."""
    if not _PLAIN[kind].issuperset(map(type, values)):
        return None
    try:
        return pa.array(values, _ARROW[SQL_TYPES[kind]])
    except (pa.ArrowInvalid, OverflowError):
        return None


def _fits(value: Value | None, kind: Kind) -> bool:
    """Whether a column of this kind gives the value back equal."""
    if isinstance(value, bool) or kind is Kind.FLAG:
        return isinstance(value, bool) and kind is Kind.FLAG
    if isinstance(value, str) or kind is Kind.TEXT:
        return isinstance(value, str) and kind is Kind.TEXT
    if value is None:
        return True
    if kind is Kind.NUMBER:
        return isinstance(value, float) or abs(value) <= _EXACT_IN_DOUBLE
    if isinstance(value, float):
        return value.is_integer() and abs(value) <= _EXACT_IN_DOUBLE
    return -_BIGINT <= value < _BIGINT


def _packed(values: dict[str, Value] | None) -> str | None:
    return None if values is None else msgspec.json.encode(values).decode()


def _instant(row: ReportRow) -> int:
    return row.received_at if row.measured_at is None else row.measured_at


def _arrays(columns: Columns, types: Mapping[str, str]) -> dict[str, pa.Array]:
    return {name: pa.array(values, _ARROW[types[name]]) for name, values in columns.items()}
