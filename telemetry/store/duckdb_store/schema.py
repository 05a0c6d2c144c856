"""The tables: their columns, made from the catalogue of metrics."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from duckdb import DuckDBPyConnection

from telemetry.metrics import Kind, Metric, Scope
from telemetry.store.port import StoreError

SQL_TYPES: Final = {
    Kind.NUMBER: "DOUBLE",
    Kind.COUNTER: "BIGINT",
    Kind.WHOLE: "BIGINT",
    Kind.FLAG: "BOOLEAN",
    Kind.TEXT: "VARCHAR",
}
# `instant` is measured_at, or received_at where that is not known; `more` is a JSON object with
# what has no column: unknown keys, and values of another kind than the catalogue's.
REPORT_COLUMNS: Final = {
    "ordinal": "BIGINT",
    "asset": "VARCHAR",
    "instant": "BIGINT",
    "epoch": "VARCHAR",
    "number": "BIGINT",
    "crc": "BIGINT",
    "boot": "VARCHAR",
    "up_ms": "BIGINT",
    "measured_at": "BIGINT",
    "trust": "VARCHAR",
    "received_at": "BIGINT",
    "late": "BOOLEAN",
    "more": "VARCHAR",
}
DEVICE_COLUMNS: Final = {
    "ordinal": "BIGINT",
    "asset": "VARCHAR",
    "device": "VARCHAR",
    "instant": "BIGINT",
    "received_at": "BIGINT",
    "more": "VARCHAR",
}
OTHER_TABLES: Final = (
    """CREATE TABLE IF NOT EXISTS set_aside (id BIGINT, asset VARCHAR, epoch VARCHAR,
    number BIGINT, crc BIGINT, code VARCHAR, detail VARCHAR, body BLOB, received_at BIGINT)""",
    "CREATE TABLE IF NOT EXISTS taken (asset VARCHAR, epoch VARCHAR, low BIGINT, high BIGINT)",
    """CREATE TABLE IF NOT EXISTS sealed (readings_of VARCHAR, file VARCHAR, first_instant BIGINT,
    last_instant BIGINT, first_ordinal BIGINT, last_ordinal BIGINT)""",
    "CREATE TABLE IF NOT EXISTS cursors (name VARCHAR, ordinal BIGINT)",
    """CREATE TABLE IF NOT EXISTS cells (day BIGINT, metric VARCHAR, cell BIGINT,
    longitude DOUBLE, latitude DOUBLE, bin BIGINT, samples BIGINT)""",
)


@dataclass(frozen=True, slots=True)
class Table:
    """One wide table: the columns that each row has, and a column a metric."""

    name: str
    fixed: Mapping[str, str]
    kinds: Mapping[str, Kind]

    def columns(self) -> dict[str, str]:
        """Every column with its SQL type."""
        return {**self.fixed, **{key: SQL_TYPES[kind] for key, kind in self.kinds.items()}}


@dataclass(frozen=True, slots=True)
class Schema:
    """The two wide tables of one catalogue."""

    readings: Table
    devices: Table

    @classmethod
    def of(cls, catalogue: Mapping[str, Metric]) -> "Schema":
        """Raises StoreError when a metric is called like a column that each row has."""
        clash = catalogue.keys() & (REPORT_COLUMNS.keys() | DEVICE_COLUMNS.keys())
        if clash:
            raise StoreError(f"a metric must not be called {min(clash)!r}")

        def kinds(scope: Scope) -> dict[str, Kind]:
            return {key: metric.kind for key, metric in catalogue.items() if metric.scope is scope}

        return cls(
            Table("readings", REPORT_COLUMNS, kinds(Scope.ASSET)),
            Table("device_readings", DEVICE_COLUMNS, kinds(Scope.DEVICE)),
        )

    def of_metric(self, key: str) -> Table | None:
        """The table with this metric's column, None when the catalogue does not know it."""
        return next((table for table in (self.readings, self.devices) if key in table.kinds), None)


def quoted(name: str) -> str:
    """A column's name in SQL."""
    return f'"{name}"'


def listed(columns: Mapping[str, object] | list[str]) -> str:
    """Some columns' names in SQL, in order."""
    return ", ".join(map(quoted, columns))


def literal(text: str) -> str:
    """A text in SQL, where no parameter is allowed."""
    return "'" + text.replace("'", "''") + "'"


def prepare(connection: DuckDBPyConnection, schema: Schema) -> None:
    """Create what is not there yet: tables, and columns of metrics new in the catalogue.

    Raises:
        StoreError: a column is of another type than the catalogue says.
    """
    for statement in OTHER_TABLES:
        connection.execute(statement)
    for table in (schema.readings, schema.devices):
        wanted = table.columns()
        columns = ", ".join(f"{quoted(name)} {kind}" for name, kind in wanted.items())
        connection.execute(f"CREATE TABLE IF NOT EXISTS {table.name} ({columns})")
        there = _columns(connection, table.name)
        for name, kind in wanted.items():
            if name not in there:
                connection.execute(f"ALTER TABLE {table.name} ADD COLUMN {quoted(name)} {kind}")
            elif there[name] != kind:
                raise StoreError(f"{table.name}.{name} is {there[name]}, the catalogue says {kind}")


def _columns(connection: DuckDBPyConnection, table: str) -> dict[str, str]:
    # `duckdb_columns()` would describe every table, DuckDB's own among them, at each opening.
    found = connection.execute("SELECT name, type FROM pragma_table_info(?)", [table]).fetchall()
    return dict(found)
