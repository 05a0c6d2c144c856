"""Where assets were: positions with what was measured there, thinned by the database."""

from collections.abc import Sequence

from telemetry.store.duckdb_store.schema import Table, quoted
from telemetry.store.duckdb_store.sources import Sources
from telemetry.store.port import Fix, Track, UnknownMetric

_LONGITUDE = quoted("longitude_degrees")
_LATITUDE = quoted("latitude_degrees")


def tracks(
    sources: Sources,
    assets: Sequence[str],
    since: int,
    until: int,
    most_points: int,
    metrics: Sequence[str],
) -> dict[str, Track]:
    """See `TelemetryStore.tracks`.

    Raises:
        UnknownMetric: not one that an asset has.
        ValueError: no point, or a span that runs backwards.
    """
    if most_points < 1 or until <= since:
        raise ValueError("a track needs a span of time and at least one point")
    table = sources.schema.readings
    fields = ["instant", _LONGITUDE, _LATITUDE, "late", *_columns(table, metrics)]
    # The row of each part that was measured first: finding it costs less than sorting all rows.
    found = sources.cursor.execute(
        f"SELECT asset, {', '.join(f'first.{field}' for field in fields)} FROM (SELECT asset,"  # noqa: S608
        f" arg_min(struct_pack({', '.join(fields)}), (instant, ordinal)) AS first"
        f" FROM {sources.between(table, since, until)}"
        " WHERE instant >= ? AND instant < ? AND list_contains(?::VARCHAR[], asset)"
        f" AND {_LONGITUDE} IS NOT NULL AND {_LATITUDE} IS NOT NULL"
        " GROUP BY asset, (instant - ?)::HUGEINT * ? // ?)"
        " ORDER BY asset, first.instant",
        [since, until, list(assets), since, most_points, until - since],
    ).fetchall()
    made: dict[str, Track] = {asset: [] for asset in assets}
    for asset, instant, longitude, latitude, late, *values in found:
        made[asset].append(Fix(instant, longitude, latitude, late, tuple(values)))
    return made


def fixes_committed(
    sources: Sources, first: int, last: int, metrics: Sequence[str]
) -> list[tuple[str, Fix]]:
    """See `DuckDBStore.fixes_committed`.

    Raises:
        UnknownMetric: not one that an asset has.
    """
    table = sources.schema.readings
    named = "".join(f", {column}" for column in _columns(table, metrics))
    found = sources.cursor.execute(
        f"SELECT asset, instant, {_LONGITUDE}, {_LATITUDE}, late{named}"  # noqa: S608
        f" FROM {sources.within(table, first, last)} WHERE ordinal BETWEEN ? AND ?"
        f" AND {_LONGITUDE} IS NOT NULL AND {_LATITUDE} IS NOT NULL ORDER BY ordinal",
        [first, last],
    ).fetchall()
    return [
        (asset, Fix(instant, longitude, latitude, late, tuple(values)))
        for asset, instant, longitude, latitude, late, *values in found
    ]


def _columns(table: Table, metrics: Sequence[str]) -> list[str]:
    for metric in metrics:
        if metric not in table.kinds:
            raise UnknownMetric(f"no metric of assets is called {metric!r}")
    return [quoted(metric) for metric in metrics]
