"""Reports as a file for people (CSV) or for analysis (Parquet)."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from telemetry.store.duckdb_store.files import written
from telemetry.store.duckdb_store.schema import listed, literal, quoted
from telemetry.store.duckdb_store.sources import Sources

# Excel takes UTF-8 for something else without the mark at the file's first byte, and that is the
# first byte of the header.
_CSV_FIRST: Final = "\ufeffasset"
_FORMATS: Final = {"csv": "FORMAT csv, HEADER true", "parquet": "FORMAT parquet, COMPRESSION zstd"}
_INSTANTS: Final = ("measured_at", "received_at")
_PLAIN: Final = ("epoch", "number", "crc", "boot", "up_ms", "trust", "late")


def export(
    sources: Sources, path: Path, form: str, assets: Sequence[str], since: int, until: int
) -> int:
    """See `TelemetryStore.export`: by asset and time, a column a metric.

    `more` is a JSON object of what the catalogue does not know, `devices` one of each device's
    readings. Instants are UTC: ISO 8601 in CSV, timestamps in Parquet.

    Raises:
        ValueError: a form other than "csv" and "parquet".
        OSError: cannot be written.
    """
    if form not in _FORMATS:
        raise ValueError(f"a form is csv or parquet, not {form!r}")
    query = _query(sources, form, since, until)
    with written(path) as part:
        [(count,)] = sources.cursor.execute(
            f"COPY ({query}) TO {literal(str(part))} ({_FORMATS[form]})",
            [list(assets), since, until] * 2,
        ).fetchall()
    return int(count)


def _query(sources: Sources, form: str, since: int, until: int) -> str:
    schema = sources.schema
    where = "list_contains(?::VARCHAR[], asset) AND instant >= ? AND instant < ?"
    first = _CSV_FIRST if form == "csv" else "asset"
    instants = ", ".join(f"{_instant(name, form)} AS {name}" for name in _INSTANTS)
    reports = (
        f"SELECT asset AS {quoted(first)}, {instants}, {listed(list(_PLAIN))},"  # noqa: S608
        f" {listed(schema.readings.kinds)}, more, devices, instant, ordinal"
        f" FROM {sources.between(schema.readings, since, until)}"
    )
    devices = _devices(sources, since, until)
    hidden = "EXCLUDE (instant, ordinal)"
    return (
        f"WITH d AS ({devices} WHERE {where} GROUP BY ordinal)"  # noqa: S608
        f" SELECT * {hidden} FROM ({reports} LEFT JOIN d USING (ordinal) WHERE {where})"
        f" ORDER BY {quoted(first)}, instant, ordinal"
    )


def _devices(sources: Sources, since: int, until: int) -> str:
    """Ordinal and one JSON object; a merge patch onto nothing leaves the nulls out."""
    devices = sources.schema.devices
    pairs = ", ".join(f"{literal(key)}, {quoted(key)}" for key in devices.kinds)
    readings = f"json_merge_patch('{{}}', json_object({pairs}), coalesce(more, '{{}}'))"
    return (
        f"SELECT ordinal, json_group_object(device, {readings})::VARCHAR AS devices"  # noqa: S608
        f" FROM {sources.between(devices, since, until)}"
    )


def _instant(name: str, form: str) -> str:
    timestamp = f"make_timestamp_ms({name})"
    return f"strftime({timestamp}, '%Y-%m-%dT%H:%M:%S.%gZ')" if form == "csv" else timestamp
