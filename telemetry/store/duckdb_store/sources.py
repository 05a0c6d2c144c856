"""Where rows are: the table, and the Parquet files of sealed days that may hold some.

What is read here must be read in one transaction with the list of files: otherwise a day could be
sealed between the two, and its rows be seen in neither place.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from duckdb import DuckDBPyConnection

from telemetry.store.duckdb_store.schema import Schema, Table, literal


@dataclass(frozen=True, slots=True)
class Sources:
    """The rows of both wide tables as one cursor sees them; `folder` holds the sealed files."""

    cursor: DuckDBPyConnection
    folder: Path
    schema: Schema

    def between(self, table: Table, since: int, until: int) -> str:
        """SQL of a relation with at least all rows of these instants (`until` excluded)."""
        where = "last_instant >= ? AND first_instant < ?"
        return self._both(table, self._files(table, where, [since, until]))

    def within(self, table: Table, first: int, last: int) -> str:
        """SQL of a relation with at least all rows of these ordinals (both included)."""
        where = "last_ordinal >= ? AND first_ordinal <= ?"
        return self._both(table, self._files(table, where, [first, last]))

    def sealed(self, table: Table) -> str | None:
        """SQL of a relation with all sealed rows, None when there are none."""
        files = self._files(table, "true", [])
        return _parquet(table, files) if files else None

    def newest_first(self, table: Table) -> Iterator[tuple[int | None, str]]:
        """The table (None), then each file with its last instant, latest first: SQL of each."""
        yield None, table.name
        found = self.cursor.execute(
            "SELECT last_instant, file FROM sealed WHERE readings_of = ?"
            " ORDER BY last_instant DESC",
            [table.name],
        ).fetchall()
        for last_instant, file in found:
            yield last_instant, _parquet(table, [self.folder / file])

    def _files(self, table: Table, where: str, parameters: Sequence[int]) -> list[Path]:
        found = self.cursor.execute(
            f"SELECT file FROM sealed WHERE readings_of = ? AND {where} ORDER BY file",  # noqa: S608
            [table.name, *parameters],
        ).fetchall()
        return [self.folder / file for (file,) in found]

    def _both(self, table: Table, files: Sequence[Path]) -> str:
        if not files:
            return table.name
        return f"(SELECT * FROM {table.name} UNION ALL BY NAME SELECT * FROM {_read(files)})"  # noqa: S608


def _parquet(table: Table, files: Sequence[Path]) -> str:
    """With every column the table has, also those that are newer than the files."""
    return (
        f"(SELECT * FROM {table.name} WHERE false"  # noqa: S608
        f" UNION ALL BY NAME SELECT * FROM {_read(files)})"
    )


def _read(files: Sequence[Path]) -> str:
    names = ", ".join(literal(str(file)) for file in files)
    return f"read_parquet([{names}], union_by_name = true)"
