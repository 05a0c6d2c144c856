"""Histories in equal buckets, and quantiles."""

from collections.abc import Sequence

from telemetry.metrics import Kind
from telemetry.store.duckdb_store.schema import Table, quoted
from telemetry.store.duckdb_store.sources import Sources
from telemetry.store.port import Point, UnknownMetric


def history(
    sources: Sources,
    asset: str,
    metric: str,
    since: int,
    until: int,
    buckets: int,
    device: str,
) -> list[Point]:
    """See `TelemetryStore.history`; a flag counts as 0 and 1, a text has only its last value.

    Raises:
        UnknownMetric: not in the catalogue.
        ValueError: no bucket, or a span that runs backwards.
    """
    if buckets < 1 or until <= since:
        raise ValueError("a history needs a span of time and at least one bucket")
    table = _table(sources, metric)
    column, number = quoted(metric), _as_number(table, metric)
    where, parameters = "asset = ? AND instant >= ? AND instant < ?", [asset, since, until]
    if table is sources.schema.devices:
        where, parameters = where + " AND device = ?", [*parameters, device]
    found = sources.cursor.execute(
        "SELECT ((instant - ?)::HUGEINT * ? // ?)::BIGINT AS bucket, count(*), min(value),"  # noqa: S608
        " avg(value), max(value), last(column0 ORDER BY instant, ordinal)"
        f" FROM (SELECT instant, ordinal, {column} AS column0, {number} AS value"
        f" FROM {sources.between(table, since, until)}"
        f" WHERE {where} AND {column} IS NOT NULL) GROUP BY bucket",
        [since, buckets, until - since, *parameters],
    ).fetchall()
    points = {row[0]: row[1:] for row in found}
    empty = (0, None, None, None, None)
    return [
        Point(since + -(-at * (until - since) // buckets), *points.get(at, empty))
        for at in range(buckets)
    ]


def quantiles(
    sources: Sources,
    metric: str,
    fractions: Sequence[float],
    since: int,
    until: int,
    assets: Sequence[str],
) -> list[float | None]:
    """See `TelemetryStore.quantiles`; interpolated, None without readings (a text has none).

    Raises:
        UnknownMetric: not in the catalogue.
    """
    table = _table(sources, metric)
    if not fractions:
        return []
    [(found,)] = sources.cursor.execute(
        f"SELECT quantile_cont({_as_number(table, metric)}, ?::DOUBLE[])"  # noqa: S608
        f" FROM {sources.between(table, since, until)}"
        " WHERE list_contains(?::VARCHAR[], asset) AND instant >= ? AND instant < ?",
        [list(fractions), list(assets), since, until],
    ).fetchall()
    return [None] * len(fractions) if found is None else list(found)


def _table(sources: Sources, metric: str) -> Table:
    table = sources.schema.of_metric(metric)
    if table is None:
        raise UnknownMetric(f"no metric is called {metric!r}")
    return table


def _as_number(table: Table, metric: str) -> str:
    if table.kinds[metric] is Kind.TEXT:
        return "NULL::DOUBLE"
    if table.kinds[metric] is Kind.FLAG:
        return f"{quoted(metric)}::INTEGER::DOUBLE"
    return f"{quoted(metric)}::DOUBLE"
