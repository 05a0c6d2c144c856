"""The asset's modems, as ModemManager on the system bus tells of them.

One question, GetManagedObjects, answers everything: which modems there are now (they come and go),
their state, the LTE and NR legs apart, and the SIM card in each.
"""

import logging
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from time import monotonic
from typing import Final, TypeAlias, cast

from edge_agent.inputs import Reading
from edge_agent.probes import clean
from edge_agent.probes.bus import Call, Service
from telemetry.wire.messages import Value

logger = logging.getLogger(__name__)

_SERVICE: Final = "org.freedesktop.ModemManager1"
_ROOT: Final = "/org/freedesktop/ModemManager1"
_MODEM: Final = f"{_SERVICE}.Modem"
_3GPP: Final = f"{_MODEM}.Modem3gpp"
_SIGNAL: Final = f"{_MODEM}.Signal"
_SIM: Final = f"{_SERVICE}.Sim"
_MEASURE_EVERY_SECONDS: Final = 10
_PROPERTIES: Final = "org.freedesktop.DBus.Properties"
_NET_PORT: Final = 2  # MM_MODEM_PORT_TYPE_NET

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

    `bus` is a D-Bus address, None for the system bus; `interfaces` holds the counters of each
    network interface.
    """

    name = "modem"
    every = timedelta(seconds=10)
    limit = timedelta(seconds=15)
    streams = False

    def __init__(
        self,
        bus: str | None = None,
        up: Callable[[], float] = monotonic,
        interfaces: Path = Path("/sys/class/net"),
    ) -> None:
        self._manager = Service(_SERVICE, bus, up)
        self._interfaces = interfaces
        self._names: dict[str, str] = {}
        self._sims: dict[str, Properties] = {}  # by path; another card has another path
        self._is_refused = False

    def is_needed(self) -> bool:
        return self._manager.is_worth_asking()

    def read(self) -> Iterator[Reading]:
        """One reading with a device for each modem; none while there is no ModemManager.

        Raises:
            ModemManagerRefused, TimeoutError: it is there, and has no answer.
        """
        answers = self._manager.ask(
            Call(_ROOT, "org.freedesktop.DBus.ObjectManager", "GetManagedObjects")
        )
        if answers is None:
            return
        (answer,) = answers
        if answer.error:
            raise ModemManagerRefused(f"GetManagedObjects: {answer.error}")
        objects = self._with_sims(cast("Objects", answer.values[0]))
        self._start_measuring(_unmeasured(objects))
        self._names = name_modems(objects, self._names)
        devices = modem_devices(objects, self._names)
        for name, interface in net_ports(objects, self._names).items():
            devices[name] |= self._carried(interface)
        yield Reading(self.name, {}, devices)

    def close(self) -> None: ...

    def _start_measuring(self, paths: list[str]) -> None:
        """ModemManager fills the Signal interface only when somebody has asked it to."""
        if not paths:
            return
        calls = (Call(path, _SIGNAL, "Setup", "u", (_MEASURE_EVERY_SECONDS,)) for path in paths)
        refused = [answer.error for answer in self._manager.ask(*calls) or [] if answer.error]
        if refused and not self._is_refused:
            self._is_refused = True
            logger.warning(
                "ModemManager does not let this user ask for signal values; see the polkit rule",
                extra={"why": refused[0]},
            )

    def _with_sims(self, objects: Objects) -> Objects:
        """ModemManager manages modems only; their cards are objects that have to be asked."""
        paths = {_sim_path(objects[path]) for path in _modem_paths(objects)} - {None}
        self._sims = {path: known for path, known in self._sims.items() if path in paths}
        unknown = [path for path in paths if path is not None and path not in self._sims]
        if unknown:
            calls = [Call(path, _PROPERTIES, "GetAll", "s", (_SIM,)) for path in unknown]
            for path, answer in zip(unknown, self._manager.ask(*calls) or [], strict=False):
                if not answer.error:
                    self._sims[path] = cast("Properties", answer.values[0])
        return {**objects, **{path: {_SIM: card} for path, card in self._sims.items()}}

    def _carried(self, interface: str) -> dict[str, Value]:
        """What went over the interface since it came up."""
        counters = self._interfaces / interface / "statistics"
        try:
            received, sent = (int((counters / f"{way}_bytes").read_text()) for way in ("rx", "tx"))
        except (OSError, ValueError):
            return {}
        return clean({"received_bytes": received, "sent_bytes": sent})


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
        names[_place(path, objects[path])]: _modem_metrics(objects[path], _sim(objects, path))
        for path in _modem_paths(objects)
    }


def net_ports(objects: Objects, names: Mapping[str, str]) -> dict[str, str]:
    """The network interface of each modem that has one, by device name."""
    found: dict[str, str] = {}
    for path in _modem_paths(objects):
        ports = objects[path][_MODEM].get("Ports")
        for port in ports if isinstance(ports, list) else []:
            interface, kind = port
            if kind == _NET_PORT:
                found.setdefault(names[_place(path, objects[path])], interface)
    return found


def _modem_metrics(interfaces: Mapping[str, Properties], sim: Properties) -> dict[str, Value]:
    modem = interfaces[_MODEM]
    registered = _text(interfaces.get(_3GPP, {}).get("OperatorName"))
    values: dict[str, Value | None] = {
        "modem_state": _state(modem.get("State")),
        "modem_operator": registered or _text(sim.get("OperatorName")),
        "access_technology": _technologies(modem.get("AccessTechnologies")),
        "sim_iccid": _text(sim.get("SimIdentifier")),
    }
    for leg, keys in _LEGS.items():
        measured = interfaces.get(_SIGNAL, {}).get(leg)
        if isinstance(measured, Mapping):
            values |= {key: measured.get(name) for name, key in keys.items()}
    return clean(values)


def _modem_paths(objects: Objects) -> list[str]:
    paths = (path for path, interfaces in objects.items() if _MODEM in interfaces)
    return sorted(paths, key=lambda path: (len(path), path))  # /Modem/10 after /Modem/9


def _sim_path(interfaces: Mapping[str, Properties]) -> str | None:
    path = _text(interfaces[_MODEM].get("Sim"))
    return None if path == "/" else path


def _sim(objects: Objects, modem: str) -> Properties:
    """The card in a modem; without one, nothing."""
    return objects.get(_sim_path(objects[modem]) or "", {}).get(_SIM, {})


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
