"""The asset's modems, as ModemManager on the system bus tells of them.

One question, GetManagedObjects, answers everything: which modems there are now (they come and go),
their state, and the LTE and NR legs apart. Asking costs 2 ms; holding a connection and following
its signals would cost more. dbus-fast and asyncio take 4 MB, so they are loaded only where
ModemManager was seen.
"""

import logging
import subprocess
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from time import monotonic
from typing import TYPE_CHECKING, Final, TypeAlias

from edge_agent.inputs import Reading
from edge_agent.probes import clean
from telemetry.wire.messages import Value

if TYPE_CHECKING:
    from dbus_fast.aio import MessageBus

logger = logging.getLogger(__name__)

_SERVICE: Final = "org.freedesktop.ModemManager1"
_ROOT: Final = "/org/freedesktop/ModemManager1"
_MODEM: Final = f"{_SERVICE}.Modem"
_3GPP: Final = f"{_MODEM}.Modem3gpp"
_SIGNAL: Final = f"{_MODEM}.Signal"
_MEASURE_EVERY_SECONDS: Final = 10
_ANSWER_SECONDS: Final = 8.0
_LOOK_AGAIN_SECONDS: Final = 60.0

# ModemManager's MMModemState, which begins at -1, and the bits of its MMModemAccessTechnology
_STATES: Final = [
    "failed",
    "unknown",
    "initializing",
    "locked",
    "disabled",
    "disabling",
    "enabling",
    "enabled",
    "searching",
    "registered",
    "disconnecting",
    "connecting",
    "connected",
]
_TECHNOLOGIES: Final = [
    "pots",
    "gsm",
    "gsm-compact",
    "gprs",
    "edge",
    "umts",
    "hsdpa",
    "hsupa",
    "hspa",
    "hspa-plus",
    "1xrtt",
    "evdo0",
    "evdoa",
    "evdob",
    "lte",
    "5gnr",
    "lte-cat-m",
    "lte-nb-iot",
]
_LEGS: Final = {  # property of the Signal interface: our key for each of its values
    "Lte": {
        "rsrp": "lte_rsrp_dbm",
        "rsrq": "lte_rsrq_db",
        "snr": "lte_snr_db",
        "rssi": "lte_rssi_dbm",
    },
    "Nr5g": {"rsrp": "nr_rsrp_dbm", "rsrq": "nr_rsrq_db", "snr": "nr_snr_db"},
}

Properties: TypeAlias = Mapping[str, object]
Objects: TypeAlias = Mapping[str, Mapping[str, Properties]]
"""What GetManagedObjects gives, without the variants: by path, interface and property."""


class ModemManagerRefused(Exception):
    """ModemManager, or the bus for it, answered with an error."""


class ModemProbe:
    """Asks ModemManager; where there is none, on a machine without a bus too, it has no answer.

    `bus` is a D-Bus address, None for the system bus.
    """

    name = "modem"
    every = timedelta(seconds=10)
    limit = timedelta(seconds=15)
    streams = False

    def __init__(self, bus: str | None = None, up: Callable[[], float] = monotonic) -> None:
        self._bus = bus
        self._up = up
        self._look_at = float("-inf")
        self._was_seen = False
        self._names: dict[str, str] = {}
        self._is_refused = False

    def read(self) -> Iterator[Reading]:
        """One reading with a device for each modem; none while there is no ModemManager.

        Raises:
            ModemManagerRefused, TimeoutError: it is there, and has no answer.
        """
        if not self._look():
            return
        import asyncio

        objects = asyncio.run(asyncio.wait_for(self._ask(), _ANSWER_SECONDS))
        if objects is not None:
            self._names = name_modems(objects, self._names)
            yield Reading(self.name, {}, modem_devices(objects, self._names))

    def close(self) -> None: ...

    async def _ask(self) -> Objects | None:
        """What ModemManager manages; None when it, or the bus, has gone.

        Raises:
            ModemManagerRefused: it answered with an error.
        """
        from dbus_fast import BusType
        from dbus_fast.aio import MessageBus

        bus = MessageBus(bus_address=self._bus, bus_type=BusType.SYSTEM)
        try:
            await bus.connect()
            objects = await _managed_objects(bus)
            for path in _unmeasured(objects or {}):
                await self._start_measuring(bus, path)
        except (OSError, EOFError):
            return None
        finally:
            bus.disconnect()
        return objects

    async def _start_measuring(self, bus: "MessageBus", path: str) -> None:
        """ModemManager fills the Signal interface only when somebody has asked it to."""
        from dbus_fast import Message, MessageType

        answer = await bus.call(
            Message(
                destination=_SERVICE,
                path=path,
                interface=_SIGNAL,
                member="Setup",
                signature="u",
                body=[_MEASURE_EVERY_SECONDS],
            )
        )
        if answer.message_type is not MessageType.METHOD_RETURN and not self._is_refused:
            self._is_refused = True
            logger.warning(
                "ModemManager does not let this user ask for signal values; see the polkit rule",
                extra={"why": answer.error_name},
            )

    def _look(self) -> bool:
        if not self._was_seen and self._up() >= self._look_at:
            self._was_seen = _is_on_bus(self._bus)
            self._look_at = self._up() + _LOOK_AGAIN_SECONDS
        return self._was_seen


def _is_on_bus(bus: str | None) -> bool:
    """Whether ModemManager runs, asked without loading a D-Bus library into this process."""
    command = [
        "busctl",
        "--system" if bus is None else f"--address={bus}",
        "--auto-start=no",
        f"--timeout={_ANSWER_SECONDS}",
        *("call", "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus"),
        *("NameHasOwner", "s", _SERVICE),
    ]
    try:
        answer = subprocess.run(
            command, capture_output=True, timeout=2 * _ANSWER_SECONDS, check=False
        )
    except (FileNotFoundError, subprocess.TimeoutExpired):
        return False
    return answer.stdout.strip() == b"b true"


async def _managed_objects(bus: "MessageBus") -> Objects | None:
    from dbus_fast import ErrorType, Message, MessageFlag, MessageType, unpack_variants

    answer = await bus.call(
        Message(
            destination=_SERVICE,
            path=_ROOT,
            interface="org.freedesktop.DBus.ObjectManager",
            member="GetManagedObjects",
            flags=MessageFlag.NO_AUTOSTART,
        )
    )
    if answer.message_type is MessageType.METHOD_RETURN:
        objects: Objects = unpack_variants(answer.body[0])
        return objects
    if answer.error_name in {ErrorType.NAME_HAS_NO_OWNER.value, ErrorType.SERVICE_UNKNOWN.value}:
        return None
    raise ModemManagerRefused(f"GetManagedObjects: {answer.error_name}")


def name_modems(objects: Objects, known: Mapping[str, str]) -> dict[str, str]:
    """The device name of each modem, by its place; a modem that comes back has its name again.

    The first is "modem", then "modem1" and so on; a new one takes the lowest that is free now.
    """
    places = [_place(path, objects[path]) for path in _modem_paths(objects)]
    present = {place: known[place] for place in places if place in known}
    for place in places:
        if place not in present:
            taken = set(present.values())
            present[place] = next(
                name
                for name in ("modem", *(f"modem{n}" for n in range(1, len(places) + 1)))
                if name not in taken
            )
    absent = {
        place: name
        for place, name in known.items()
        if place not in present and name not in present.values()
    }
    return {**present, **absent}


def modem_devices(objects: Objects, names: Mapping[str, str]) -> dict[str, dict[str, Value]]:
    """The readings of each modem, by device name."""
    return {
        names[_place(path, objects[path])]: _modem_metrics(objects[path])
        for path in _modem_paths(objects)
    }


def _modem_metrics(interfaces: Mapping[str, Properties]) -> dict[str, Value]:
    modem = interfaces[_MODEM]
    values: dict[str, Value | None] = {
        "modem_state": _state(modem.get("State")),
        "modem_operator": _text(interfaces.get(_3GPP, {}).get("OperatorName")),
        "access_technology": _technologies(modem.get("AccessTechnologies")),
    }
    for leg, keys in _LEGS.items():
        measured = interfaces.get(_SIGNAL, {}).get(leg)
        if isinstance(measured, Mapping):
            values |= {key: measured.get(name) for name, key in keys.items()}
    return clean(values)


def _modem_paths(objects: Objects) -> list[str]:
    paths = (path for path, interfaces in objects.items() if _MODEM in interfaces)
    return sorted(paths, key=lambda path: (len(path), path))  # /Modem/10 after /Modem/9


def _unmeasured(objects: Objects) -> list[str]:
    """Modems that are switched on and do not measure yet."""
    return [
        path
        for path in _modem_paths(objects)
        if objects[path].get(_SIGNAL, {}).get("Rate") == 0
        and _state(objects[path][_MODEM].get("State")) in _STATES[_STATES.index("enabled") :]
    ]


def _place(path: str, interfaces: Mapping[str, Properties]) -> str:
    """Where it is plugged in: ModemManager counts a new path each time a modem comes back."""
    return _text(interfaces[_MODEM].get("Device")) or path


def _state(code: object) -> str | None:
    if isinstance(code, int) and -1 <= code < len(_STATES) - 1:
        return _STATES[code + 1]
    return None


def _technologies(bits: object) -> str | None:
    if not isinstance(bits, int):
        return None
    return ",".join(name for bit, name in enumerate(_TECHNOLOGIES) if bits >> bit & 1) or None


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
