"""When an order may begin: pure rules over what the asset knows of itself."""

from collections.abc import Mapping
from typing import Final

from msgspec import Struct

from edge_agent.inputs import Moment, Reading
from telemetry.wire.messages import Value
from telemetry.wire.orders import Conditions
from telemetry.words import Deferral, LinkClass, word

STILL_METRES_PER_SECOND: Final = 1.5
"""Slower than this is GNSS noise of an asset that stands."""
KNOWN_SECONDS: Final = 300.0
"""What was read longer ago is not known any more."""

_WORST_FIRST: Final = tuple(Deferral)
_SPEED: Final = "speed_metres_per_second"
_BATTERY: Final = "battery_percent"
_MAINS: Final = "mains_power"
_FREE: Final = "disk_free_bytes"
_MODEM: Final = "modem_state"
_CONNECTED: Final = "connected"


class Standing(Struct, frozen=True):
    """What the asset is like now; None: not known, and only a link or a window is waited for then.

    `lock`: what the sitting lock says. `is_busy`: somebody works on the asset, or a check runs.
    `now_ms`: ms since 1970, None while nobody vouches for the clock; a window then stays shut.
    """

    lock: Deferral | None = None
    is_busy: bool = False
    is_moving: bool = False
    battery_percent: float | None = None
    free_megabytes: float | None = None
    link_class: LinkClass | None = None
    is_metered: bool = False
    now_ms: int | None = None


class Surroundings:
    """Keeps the newest of each reading that a condition asks about; instants are `up` seconds."""

    def __init__(self) -> None:
        self._seen: dict[str, tuple[Value, float]] = {}

    def take(self, reading: Reading, up: float) -> None:
        """Learn from a reading."""
        for key in (_SPEED, _BATTERY, _MAINS, _FREE):
            if key in reading.metrics:
                self._seen[key] = (reading.metrics[key], up)
        for values in reading.devices.values():
            if _MODEM in values:
                self._seen[_MODEM] = (values[_MODEM], up)

    def standing(
        self,
        now: Moment,
        now_ms: int | None,
        link_class: str,
        *,
        lock: Deferral | None,
        is_busy: bool,
    ) -> Standing:
        """The asset as it is now."""
        known = {key: value for key, (value, at) in self._seen.items() if _is_fresh(at, now)}
        speed, free = _number(known, _SPEED), _number(known, _FREE)
        return Standing(
            lock=lock,
            is_busy=is_busy,
            is_moving=speed is not None and speed > STILL_METRES_PER_SECOND,
            # On mains a low charge only rises.
            battery_percent=None if known.get(_MAINS) is True else _number(known, _BATTERY),
            free_megabytes=None if free is None else free / 1e6,
            link_class=word(LinkClass, link_class.rstrip("?")),
            is_metered=known.get(_MODEM) == _CONNECTED,
            now_ms=now_ms,
        )


def deferral(conditions: Conditions, standing: Standing) -> Deferral | None:
    """The worst reason (the first of `Deferral`) why an order has to wait; None: it may begin."""
    reasons = _reasons(conditions, standing)
    return min(reasons, key=_WORST_FIRST.index, default=None)


def _reasons(conditions: Conditions, standing: Standing) -> set[Deferral]:
    found: set[Deferral] = set()
    if conditions.disturbs and standing.lock is not None:
        found.add(standing.lock)
    if standing.is_busy:
        found.add(Deferral.BUSY)
    if standing.is_moving and not conditions.while_moving:
        found.add(Deferral.MOVING)
    if _is_below(standing.battery_percent, conditions.least_battery_percent):
        found.add(Deferral.BATTERY)
    if _is_below(standing.free_megabytes, conditions.least_free_megabytes):
        found.add(Deferral.DISK)
    if _is_worse(standing.link_class, conditions.worst_link):
        found.add(Deferral.LINK)
    if standing.is_metered and not conditions.on_metered:
        found.add(Deferral.METERED)
    if conditions.windows and not _is_in_window(conditions, standing.now_ms):
        found.add(Deferral.WINDOW)
    return found


def _is_below(value: float | None, least: float) -> bool:
    return value is not None and value < least


def _is_worse(found: LinkClass | None, worst: LinkClass | None) -> bool:
    """A class that is not known is not good enough for what asks for one."""
    classes = tuple(LinkClass)
    if worst is None:
        return False
    return found is None or classes.index(found) > classes.index(worst)


def _is_in_window(conditions: Conditions, now_ms: int | None) -> bool:
    return now_ms is not None and any(low <= now_ms < high for low, high in conditions.windows)


def _is_fresh(at: float, now: Moment) -> bool:
    return 0 <= now.up - at <= KNOWN_SECONDS


def _number(known: Mapping[str, Value], key: str) -> float | None:
    value = known.get(key)
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None
