"""Glances: what a map needs to know of each asset now, encoded once for all readers.

A glance is a JSON array, because its field names would be most of the stream:

    id, presence, absence, seen_at_ms, measured_at_ms, longitude, latitude, speed_mps, heading,
    rsrp_dbm, sinr_db, rtt_seconds, uplink_bits_per_second, link_class, flags, readiness

Instants are ms since 1970, positions WGS-84 degrees and the last that are known; what is not known
is null. `readiness` is a letter a service, in the order of the fleet's catalogue: R ready,
L limited, P not proven, U unknown, N not ready, - where the asset is not judged for it.
"""

import threading
from collections.abc import Collection, Iterable
from math import floor
from typing import Final, Protocol

import msgspec
from msgspec import Struct

from fleet_server.intake.model import AssetView
from telemetry.wire.messages import Value

CLOCK_FAULT: Final = 1
FORKED: Final = 2
IN_SITTING: Final = 4
DRAINING: Final = 8
"""It sends what it measured while it had no link."""

_HUGE: Final = 1e15
_ENCODER: Final = msgspec.json.Encoder()


class Views(Protocol):
    """Whoever knows the live views; `intake` does."""

    def changed_since(self, token: int) -> tuple[int, list[AssetView]]:
        """A token for the next call, and the views changed since the one given (0: all)."""

    def view(self, asset: str) -> AssetView:
        """One asset, heard of or not."""


class _Told(Struct):
    """The last glance of one asset; `change` counts up over all of them."""

    change: int
    text: bytes


class Glances:
    """May be used from any thread. A view costs one encoding, whoever reads it and how often."""

    def __init__(self, views: Views) -> None:
        self._views = views
        self._lock = threading.Lock()
        self._token = 0
        self._change = 0
        # In order of change: what is new stands at the end.
        self._told: dict[str, _Told] = {}

    def since(self, change: int, seen: Collection[str] | None = None) -> tuple[int, list[bytes]]:
        """What changed after `change` (0: everything), of the assets `seen`; and where it ends."""
        with self._lock:
            self._take_over()
            found = []
            for asset, told in reversed(self._told.items()):
                if told.change <= change:
                    break
                if seen is None or asset in seen:
                    found.append(told.text)
            return self._change, found

    def of(self, assets: Iterable[str]) -> list[bytes]:
        """A glance of each of these assets, also of one that was never heard of."""
        with self._lock:
            self._take_over()
            return [self._one(asset) for asset in assets]

    def _one(self, asset: str) -> bytes:
        told = self._told.get(asset)
        return encoded(self._views.view(asset)) if told is None else told.text

    def _take_over(self) -> None:
        self._token, changed = self._views.changed_since(self._token)
        for view in changed:
            self._told.pop(view.asset, None)
            self._change += 1
            self._told[view.asset] = _Told(self._change, encoded(view))


def encoded(view: AssetView) -> bytes:
    """A glance as JSON."""
    metrics, place = view.metrics, view.place
    return _ENCODER.encode(
        (
            view.asset,
            view.presence,
            view.absence,
            view.seen_at,
            view.measured_at,
            None if place is None else _number(place.longitude_degrees, 1e6),
            None if place is None else _number(place.latitude_degrees, 1e6),
            _number(metrics.get("speed_metres_per_second"), 10.0),
            _whole(metrics.get("heading_degrees")),
            _number(metrics.get("rsrp_dbm"), 10.0),
            _number(metrics.get("snr_db"), 10.0),
            _number(metrics.get("tcp_rtt_seconds"), 1e4),
            _whole(metrics.get("uplink_bits_per_second")),
            view.link_class,
            flags_of(view),
            view.readiness,
        )
    )


def flags_of(view: AssetView) -> int:
    """What is special about an asset now, as bits."""
    return (
        (CLOCK_FAULT if view.clock_fault else 0)
        | (FORKED if view.forked else 0)
        | (IN_SITTING if view.in_sitting else 0)
        | (DRAINING if view.is_draining else 0)
    )


def _number(value: Value | None, parts: float) -> float | None:
    """To the nearest of so many `parts` of one.

    None for what is no number, and a report may hold a text where the catalogue has a number.
    Written out, because `round` costs four times as much, and this is most of a glance.
    """
    kind = type(value)
    if (kind is float or kind is int) and -_HUGE < value < _HUGE:  # type: ignore[operator]  # a number
        return floor(value * parts + 0.5) / parts  # type: ignore[operator]  # as above
    return None


def _whole(value: Value | None) -> int | None:
    """The same, to whole numbers."""
    number = _number(value, 1.0)
    return None if number is None else int(number)
