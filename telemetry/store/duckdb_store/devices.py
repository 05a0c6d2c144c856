"""The devices that an asset has reported."""

import msgspec

from telemetry.store.duckdb_store.schema import listed
from telemetry.store.duckdb_store.sources import Sources
from telemetry.store.port import DeviceSeen
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


def _readings(keys: list[str], values: list[Value | None], more: str | None) -> dict[str, Value]:
    found = dict(zip(keys, values, strict=True))
    if more:
        found |= _MORE.decode(more)
    return {key: value for key, value in found.items() if value is not None}
