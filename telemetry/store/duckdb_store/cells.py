"""Samples counted by cell of the map, day and bin: a histogram a cell, from which quantiles come.

Rows are only appended, and one key may have several: DuckDB adds them up faster than it would find
the one to change. `compact` makes one of them when a day is over.
"""

from collections.abc import Sequence

import pyarrow as pa
from duckdb import DuckDBPyConnection

from telemetry.store.duckdb_store.batch import insert
from telemetry.store.port import Box, Cell, CellRow, Widened

_WORLD = Box(-180.0, -90.0, 180.0, 90.0)


def add(connection: DuckDBPyConnection, rows: Sequence[CellRow]) -> None:
    """In the writer's transaction: append these counts."""
    if not rows:
        return
    batch = pa.table(
        {
            "day": pa.array([row.day for row in rows], pa.int64()),
            "metric": pa.array([row.metric for row in rows], pa.string()),
            "cell": pa.array([row.cell for row in rows], pa.int64()),
            "longitude": pa.array([row.longitude for row in rows], pa.float64()),
            "latitude": pa.array([row.latitude for row in rows], pa.float64()),
            "bin": pa.array([row.bin for row in rows], pa.int64()),
            "samples": pa.array([row.samples for row in rows], pa.int64()),
        }
    )
    insert(connection, "cells", batch)


def compact(connection: DuckDBPyConnection, before_day: int, keep_from_day: int) -> None:
    """In the writer's transaction: one row a key for the days before, none of the oldest."""
    connection.execute("DELETE FROM cells WHERE day < ?", [keep_from_day])
    [(rows, keys)] = connection.execute(
        "SELECT count(*), count(DISTINCT (day, metric, cell, bin)) FROM cells WHERE day < ?",
        [before_day],
    ).fetchall()
    if rows == keys:
        return
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE compacted AS"
        " SELECT day, metric, cell, any_value(longitude) AS longitude,"
        " any_value(latitude) AS latitude, bin, sum(samples)::BIGINT AS samples"
        " FROM cells WHERE day < ? GROUP BY day, metric, cell, bin ORDER BY metric, day, cell, bin",
        [before_day],
    )
    connection.execute("DELETE FROM cells WHERE day < ?", [before_day])
    connection.execute("INSERT INTO cells BY NAME SELECT * FROM compacted")
    connection.execute("DROP TABLE compacted")


def cells(
    cursor: DuckDBPyConnection,
    metric: str,
    since_day: int,
    fraction: float,
    widened: Widened,
    box: Box | None,
) -> list[Cell]:
    """The first bin at which `fraction` of a cell's samples are reached, by cell."""
    asked, more = box or _WORLD, widened.degrees if box is not None else 0.0
    found = cursor.execute(
        "SELECT around, min(bin) FILTER (upto >= ? * total), any_value(total)::BIGINT FROM ("
        " SELECT around, bin, sum(samples) OVER (PARTITION BY around ORDER BY bin) AS upto,"
        " sum(samples) OVER (PARTITION BY around) AS total FROM ("
        "  SELECT (cell & ?::BIGINT) | ?::BIGINT AS around, bin, sum(samples) AS samples"
        "  FROM cells WHERE metric = ? AND day >= ?"
        "  AND longitude BETWEEN ? AND ? AND latitude BETWEEN ? AND ?"
        "  GROUP BY around, bin)"
        ") GROUP BY around ORDER BY around",
        [
            fraction,
            widened.keep,
            widened.fill,
            metric,
            since_day,
            asked.west - more,
            asked.east + more,
            asked.south - more,
            asked.north + more,
        ],
    ).fetchall()
    return [Cell(*row) for row in found]
