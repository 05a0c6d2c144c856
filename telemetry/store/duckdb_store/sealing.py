"""Complete days leave the database for Parquet files, sorted by asset and time.

A day is one of arrival, UTC: when it is over, nothing can come late for it. Its file is written
beside all other work and made durable first; then one short transaction notes the file, deletes
the rows, and writes their numbers into `taken`. Killed before that, the file is unclaimed and the
rows still stand in the table; killed after it, everything is done.
"""

from dataclasses import astuple, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from duckdb import DuckDBPyConnection

from telemetry.store.duckdb_store.batch import insert, taken_batch
from telemetry.store.duckdb_store.files import written
from telemetry.store.duckdb_store.ledger import Ledger
from telemetry.store.duckdb_store.schema import Schema, Table, literal

DAY_MS: Final = 86_400_000
# A request for one asset and day decodes whole row groups: small ones, about two assets' day.
_ROW_GROUP: Final = 16_384


@dataclass(frozen=True, slots=True)
class Day:
    """The rows that arrived on one day, up to an ordinal."""

    begins_at: int
    last_ordinal: int

    def where(self) -> str:
        """The condition for its rows, in either table."""
        return (
            f"received_at >= {self.begins_at} AND received_at < {self.begins_at + DAY_MS}"
            f" AND ordinal <= {self.last_ordinal}"
        )


@dataclass(frozen=True, slots=True)
class SealedFile:
    """One row of the table `sealed`."""

    readings_of: str
    file: str
    first_instant: int
    last_instant: int
    first_ordinal: int
    last_ordinal: int


def complete_days(cursor: DuckDBPyConnection, now: int) -> list[Day]:
    """The days before today that have rows in the table, oldest first."""
    found = cursor.execute(
        "SELECT received_at // ? * ? AS begins_at, max(ordinal) FROM readings"
        " WHERE received_at < ? GROUP BY begins_at ORDER BY begins_at",
        [DAY_MS, DAY_MS, now // DAY_MS * DAY_MS],
    ).fetchall()
    return [Day(*row) for row in found]


def write_files(
    cursor: DuckDBPyConnection, folder: Path, schema: Schema, day: Day
) -> list[SealedFile]:
    """The day's rows of both tables as durable files in `folder`.

    Raises:
        OSError: cannot be written.
    """
    files = (_write_file(cursor, folder, table, day) for table in (schema.readings, schema.devices))
    return [file for file in files if file is not None]


def claim_files(
    connection: DuckDBPyConnection,
    schema: Schema,
    day: Day,
    files: list[SealedFile],
    ledger: Ledger,
) -> None:
    """In the writer's transaction: let the files stand for the rows of the day.

    `taken` becomes what the ledger says, so it also never grows beyond a few intervals an epoch.
    """
    for file in files:
        connection.execute("INSERT INTO sealed VALUES (?, ?, ?, ?, ?, ?)", list(astuple(file)))
    for table in (schema.readings, schema.devices):
        connection.execute(f"DELETE FROM {table.name} WHERE {day.where()}")  # noqa: S608
    connection.execute("DELETE FROM taken")
    insert(connection, "taken", taken_batch(ledger.taken()))


def _write_file(
    cursor: DuckDBPyConnection, folder: Path, table: Table, day: Day
) -> SealedFile | None:
    [(count, *bounds)] = cursor.execute(
        "SELECT count(*), min(instant), max(instant), min(ordinal), max(ordinal)"  # noqa: S608
        f" FROM {table.name} WHERE {day.where()}"
    ).fetchall()
    if not count:
        return None
    date = datetime.fromtimestamp(day.begins_at / 1000, UTC).date()
    name = f"{table.name}-{date}-{day.last_ordinal}.parquet"
    order = "asset, instant, ordinal" if "device" not in table.fixed else "asset, device, instant"
    with written(folder / name) as path:
        cursor.execute(
            f"COPY (SELECT * FROM {table.name} WHERE {day.where()} ORDER BY {order})"  # noqa: S608
            f" TO {literal(str(path))}"
            f" (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {_ROW_GROUP})"
        )
    return SealedFile(table.name, name, *bounds)


def set_unclaimed_aside(connection: DuckDBPyConnection, folder: Path) -> int:
    """Rename the files that `sealed` does not name; how many.

    A kill left them, and their rows are in the table; or an older database was put back, and they
    hold rows that a person may still want.
    """
    claimed = {file for (file,) in connection.execute("SELECT file FROM sealed").fetchall()}
    unclaimed = [file for file in folder.glob("*.parquet") if file.name not in claimed]
    for file in unclaimed:
        file.replace(file.with_suffix(".unclaimed"))
    return len(unclaimed)
