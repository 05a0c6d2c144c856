"""Reports read back as they were given to `commit`."""

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from telemetry.store.duckdb_store.schema import listed
from telemetry.store.duckdb_store.sources import Sources
from telemetry.store.port import AsideRow, ReportRow
from telemetry.wire.messages import Value

PAGE: Final = 5000

_FIELDS: Final = (
    "asset",
    "epoch",
    "number",
    "crc",
    "boot",
    "up_ms",
    "measured_at",
    "trust",
    "received_at",
    "late",
)
_MORE: Final = msgspec.json.Decoder(dict[str, Value | None])

Place = tuple[int, int]
"""Instant and ordinal: the order of one asset's reports."""


def page_of_asset(
    sources: Sources, asset: str, after: Place, until: int
) -> list[tuple[Place, ReportRow]]:
    """At most `PAGE` reports of one asset after a place and before an instant, in order."""
    instant, ordinal = after
    span = (asset, instant, until)
    found = _reports(
        sources,
        sources.between(sources.schema.readings, instant, until),
        "asset = ? AND instant >= ? AND instant < ? AND (instant > ? OR ordinal > ?)"
        f" ORDER BY instant, ordinal LIMIT {PAGE}",
        [*span, instant, ordinal],
    )
    devices = sources.between(sources.schema.devices, instant, until)
    last = found[-1][0][0] + 1 if found else until
    return _with_devices(
        sources,
        found,
        devices,
        "asset = ? AND instant >= ? AND instant < ?",
        [asset, instant, last],
    )


def in_order_of_commit(sources: Sources, first: int, last: int) -> list[tuple[Place, ReportRow]]:
    """The reports with these ordinals (both included), in order."""
    found = _reports(
        sources,
        sources.within(sources.schema.readings, first, last),
        "ordinal BETWEEN ? AND ? ORDER BY ordinal",
        [first, last],
    )
    devices = sources.within(sources.schema.devices, first, last)
    return _with_devices(sources, found, devices, "ordinal BETWEEN ? AND ?", [first, last])


def latest(sources: Sources, asset: str) -> ReportRow | None:
    """The asset's report measured last, of two in one millisecond the one committed later."""
    best: tuple[Place, ReportRow] | None = None
    for last_instant, relation in sources.newest_first(sources.schema.readings):
        if best is not None and last_instant is not None and last_instant < best[0][0]:
            break
        found = _reports(
            sources, relation, "asset = ? ORDER BY instant DESC, ordinal DESC LIMIT 1", [asset]
        )
        best = max(found + ([best] if best else []), key=lambda item: item[0], default=None)
    if best is None:
        return None
    (instant, ordinal), _ = best
    devices = sources.between(sources.schema.devices, instant, instant + 1)
    [(_, report)] = _with_devices(
        sources, [best], devices, "asset = ? AND ordinal = ?", [asset, ordinal]
    )
    return report


def aside(sources: Sources, limit: int, before: int | None) -> list[tuple[int, AsideRow]]:
    """What was set aside, newest first, with ids below `before`."""
    found = sources.cursor.execute(
        "SELECT id, asset, epoch, number, crc, code, detail, body, received_at FROM set_aside"
        " WHERE id < ? ORDER BY id DESC LIMIT ?",
        [2**63 - 1 if before is None else before, limit],
    ).fetchall()
    return [(row[0], AsideRow(*row[1:])) for row in found]


def _reports(
    sources: Sources, relation: str, where: str, parameters: Sequence[object]
) -> list[tuple[Place, ReportRow]]:
    """Without their device readings; `where` goes on to order and limit."""
    keys = list(sources.schema.readings.kinds)
    fixed = ["instant", "ordinal", *_FIELDS, "more"]
    found = sources.cursor.execute(
        f"SELECT {listed(fixed)}, {listed(keys)} FROM {relation} WHERE {where}",  # noqa: S608
        list(parameters),
    ).fetchall()
    return [((row[0], row[1]), _report(row, keys)) for row in found]


def _report(row: tuple[Any, ...], keys: list[str]) -> ReportRow:
    asset, epoch, number, crc, boot, up_ms, measured_at, trust, received_at, late, more = row[2:13]
    metrics = _readings(keys, row[13:], more)
    return ReportRow(
        asset, epoch, number, crc, boot, up_ms, measured_at, trust, received_at, late, metrics, {}
    )


def _with_devices(
    sources: Sources,
    found: list[tuple[Place, ReportRow]],
    relation: str,
    where: str,
    parameters: Sequence[object],
) -> list[tuple[Place, ReportRow]]:
    """The same reports with what `relation` holds for their ordinals."""
    if not found:
        return []
    keys = list(sources.schema.devices.kinds)
    devices: dict[int, dict[str, dict[str, Value]]] = {}
    for row in sources.cursor.execute(
        f"SELECT ordinal, device, more, {listed(keys)} FROM {relation} WHERE {where}",  # noqa: S608
        list(parameters),
    ).fetchall():
        devices.setdefault(row[0], {})[row[1]] = _readings(keys, row[3:], row[2])
    return [
        (place, msgspec.structs.replace(report, devices=devices[place[1]]))
        if place[1] in devices
        else (place, report)
        for place, report in found
    ]


def _readings(
    keys: list[str], values: Sequence[Value | None], more: str | None
) -> dict[str, Value]:
    found = {key: value for key, value in zip(keys, values, strict=True) if value is not None}
    if more is not None:
        found |= _known(_MORE.decode(more))
    return found


def _known(more: dict[str, Value | None]) -> dict[str, Value]:
    """Without nulls: JSON has no other word for a value that is not finite."""
    return {key: value for key, value in more.items() if value is not None}
