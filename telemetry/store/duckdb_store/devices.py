"""The devices that an asset has reported, and when they changed."""

import msgspec

from telemetry.store.duckdb_store.schema import listed
from telemetry.store.duckdb_store.sources import Sources
from telemetry.store.port import DeviceChange, DeviceSeen
from telemetry.wire.messages import Value

_ALL = (0, 2**62)
_MORE = msgspec.json.Decoder(dict[str, Value | None])


def devices(sources: Sources, asset: str) -> list[DeviceSeen]:
    """Every device of one asset in order of name, with its newest readings."""
    keys = list(sources.schema.devices.kinds)
    relation = sources.between(sources.schema.devices, *_ALL)
    found = sources.cursor.execute(
        f"SELECT device, min(instant) OVER of_device, max(instant) OVER of_device, more,"  # noqa: S608
        f" {listed(keys)} FROM {relation} WHERE asset = ?"
        " WINDOW of_device AS (PARTITION BY device)"
        " QUALIFY row_number() OVER (PARTITION BY device ORDER BY instant DESC, ordinal DESC) = 1"
        " ORDER BY device",
        [asset],
    ).fetchall()
    return [
        DeviceSeen(device, first, last, _readings(keys, values, more))
        for device, first, last, more, *values in found
    ]


def changes(
    sources: Sources, asset: str, since: int, until: int, most: int, device: str
) -> list[DeviceChange]:
    """See `TelemetryStore.device_changes`."""
    relation = sources.between(sources.schema.devices, since, until)
    found = sources.cursor.execute(
        "WITH told AS (SELECT device, instant, ordinal,"  # noqa: S608
        " coalesce(device_state, platform_state) AS state, coalesce(device_faults, '') AS faults,"
        " last_value(device_serial IGNORE NULLS) OVER so_far AS serial"
        f" FROM {relation} WHERE asset = ? AND instant >= ? AND instant < ? AND ? IN ('', device)"
        " WINDOW so_far AS (PARTITION BY device ORDER BY instant, ordinal"
        " ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)),"
        " compared AS (SELECT *, state IS DISTINCT FROM lag(state) OVER after_it"
        " OR faults IS DISTINCT FROM lag(faults) OVER after_it AS is_change"
        " FROM told WHERE state IS NOT NULL"
        " WINDOW after_it AS (PARTITION BY device ORDER BY instant, ordinal))"
        " SELECT device, instant, state, faults, coalesce(serial, '') FROM compared WHERE is_change"
        " QUALIFY row_number() OVER (PARTITION BY device ORDER BY instant DESC, ordinal DESC) <= ?"
        " ORDER BY instant DESC, ordinal DESC, device",
        [asset, since, until, device, most],
    ).fetchall()
    return [DeviceChange(*row) for row in found]


def _readings(keys: list[str], values: list[Value | None], more: str | None) -> dict[str, Value]:
    found = dict(zip(keys, values, strict=True))
    if more:
        found |= _MORE.decode(more)
    return {key: value for key, value in found.items() if value is not None}
