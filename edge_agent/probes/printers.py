"""Printers by IPP: what they lack, and how much paper and toner there is.

A printer is judged by its reasons: its state may be "idle" while it is out of paper. What a queue
of the machine's own knows of its printer between jobs is little, so a profile better names the
printer itself.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from functools import partial
from typing import Final

from edge_agent.inputs import Reading
from edge_agent.ipp.client import Denied, ask
from edge_agent.ipp.message import Answer, Attributes, IppValue, Operation, encode_request
from edge_agent.probes.devices import Found, Snapshot, judged, missing, names, read_devices
from edge_agent.probes.sockets import Silent, Unreachable
from telemetry.wire.messages import Value
from telemetry.wire.profile import ByIpp, DeviceSpec
from telemetry.words import DeviceFault, DeviceKind

_DEADLINE_SECONDS: Final = 4.0
_STOPPED: Final = 5  # RFC 8011, printer-state
_NOT_FOUND: Final = 0x0406
_REFUSALS: Final = frozenset({0x0401, 0x0402, 0x0403})
_LAST_SUCCESS: Final = 0x00FF

_SEVERITIES: Final = ("-report", "-warning", "-error")
_FAULTS: Final = {  # RFC 8011, 5.4.12, and PWG 5100.9, without their severities
    "connecting-to-device": DeviceFault.NOT_ANSWERING,
    "cover-open": DeviceFault.COVER_OPEN,
    "door-open": DeviceFault.COVER_OPEN,
    "input-tray-missing": DeviceFault.PAPER_OUT,
    "interlock-open": DeviceFault.COVER_OPEN,
    "marker-supply-empty": DeviceFault.TONER_OUT,
    "marker-supply-low": DeviceFault.TONER_LOW,
    "marker-supply-missing": DeviceFault.TONER_OUT,
    "media-empty": DeviceFault.PAPER_OUT,
    "media-jam": DeviceFault.JAMMED,
    "media-low": DeviceFault.PAPER_LOW,
    "media-needed": DeviceFault.PAPER_OUT,
    "offline": DeviceFault.NOT_ANSWERING,
    "paused": DeviceFault.STOPPED,
    "shutdown": DeviceFault.STOPPED,
    "timed-out": DeviceFault.NOT_ANSWERING,
    "toner-empty": DeviceFault.TONER_OUT,
    "toner-low": DeviceFault.TONER_LOW,
}
_WORSE: Final = {  # whoever has none has little too
    DeviceFault.PAPER_LOW: DeviceFault.PAPER_OUT,
    DeviceFault.TONER_LOW: DeviceFault.TONER_OUT,
}
_OF_PRINTING: Final = frozenset({*_WORSE, *_WORSE.values()})
_SERIAL_KEYS: Final = ("SN", "SERN", "SERIALNUMBER")  # IEEE 1284 device ids
_WANTED: Final = (
    "printer-state",
    "printer-state-reasons",
    "printer-is-accepting-jobs",
    "printer-input-tray",
    "printer-supply",
    "printer-device-id",
    "printer-serial-number",
    "marker-levels",
    "marker-types",
)


class PrintersProbe:
    """Asks each printer of the profile; one that does not answer has so many seconds for it."""

    name = "printers"
    every = timedelta(seconds=30)
    limit = timedelta(seconds=60)
    streams = False

    def __init__(self, profile: Snapshot, seconds: float = _DEADLINE_SECONDS) -> None:
        self._profile = profile
        self._seconds = seconds

    def is_needed(self) -> bool:
        return names(self._profile(), ByIpp)

    def read(self) -> Iterator[Reading]:
        within = partial(look, seconds=self._seconds)
        return read_devices(self.name, self._profile(), ByIpp, within)

    def close(self) -> None: ...


def look(spec: DeviceSpec, reach: ByIpp, seconds: float = _DEADLINE_SECONDS) -> Found:
    """The printer as it is now; `seconds` for all of its answer."""
    request = encode_request(
        Operation.GET_PRINTER_ATTRIBUTES, reach.uri, [("requested-attributes", _WANTED)]
    )
    try:
        answer = ask(reach.uri, request, seconds)
    except Unreachable:
        return missing(spec, DeviceFault.NOT_ANSWERING)
    except Silent:
        return judged((DeviceFault.NOT_ANSWERING,))
    except Denied:
        return judged((DeviceFault.REFUSED,))
    return understood(spec, answer)


def understood(spec: DeviceSpec, answer: Answer) -> Found:
    """What a printer's answer means."""
    if answer.status == _NOT_FOUND:
        return missing(spec)
    if answer.status in _REFUSALS:
        return judged((DeviceFault.REFUSED,))
    if answer.status > _LAST_SUCCESS:
        return judged((DeviceFault.STOPPED,))
    faults = faults_of(answer.printer)
    if faults == (DeviceFault.NOT_ANSWERING,):  # its queue answers instead of it
        return missing(spec, DeviceFault.NOT_ANSWERING)
    values: dict[str, Value | None] = {"device_serial": _serial(answer.printer)}
    if spec.kind is DeviceKind.SCANNER:
        faults = tuple(fault for fault in faults if fault not in _OF_PRINTING)
    else:
        values["paper_percent"] = _paper_percent(answer.printer)
        values["toner_percent"] = _toner_percent(answer.printer)
    return judged(faults, values)


def faults_of(printer: Attributes) -> tuple[DeviceFault, ...]:
    """What is wrong with it, in the order of `DeviceFault`."""
    reasons = [reason for reason in printer.get("printer-state-reasons", []) if reason != "none"]
    known = {fault for reason in reasons if (fault := _fault(reason)) is not None}
    is_stopped = _first(printer, "printer-state") == _STOPPED
    if not known and (is_stopped or any(str(reason).endswith("-error") for reason in reasons)):
        known.add(DeviceFault.STOPPED)
    if _first(printer, "printer-is-accepting-jobs") is False:
        known.add(DeviceFault.STOPPED)
    known -= {low for low, out in _WORSE.items() if out in known}
    return tuple(fault for fault in DeviceFault if fault in known)


def _fault(reason: IppValue) -> DeviceFault | None:
    word = str(reason)
    for severity in _SEVERITIES:
        word = word.removesuffix(severity)
    return _FAULTS.get(word)


def _paper_percent(printer: Attributes) -> float | None:
    """Of the fullest tray: a printer takes the paper from where there is some."""
    return max(_percents(_described(printer, "printer-input-tray")), default=None)


def _toner_percent(printer: Attributes) -> float | None:
    """Of the emptiest supply that is used up; a printer without black does not print."""
    supplies = [
        supply
        for supply in _described(printer, "printer-supply")
        if supply.get("class", "supplyThatIsConsumed") == "supplyThatIsConsumed"
    ]
    return min((*_percents(supplies), *_marker_percents(printer)), default=None)


def _marker_percents(printer: Attributes) -> Iterator[float]:
    """CUPS's own attributes: percent, negative where it is not known; waste fills up instead."""
    kinds = printer.get("marker-types", [])
    for index, level in enumerate(printer.get("marker-levels", [])):
        kind = str(kinds[index]) if index < len(kinds) else ""
        if type(level) is int and 0 <= level <= 100 and "waste" not in kind:
            yield float(level)


def _described(printer: Attributes, name: str) -> Iterator[Mapping[str, str]]:
    """Each value of an attribute of PWG 5100.13, which is a text like `type=toner;level=25;`."""
    for value in printer.get(name, []):
        text = value.decode(errors="replace") if isinstance(value, bytes) else str(value)
        yield dict(part.split("=", 1) for part in text.split(";") if "=" in part)


def _percents(things: Iterable[Mapping[str, str]]) -> Iterator[float]:
    """Of those that tell how much they hold; a negative number stands for "unknown"."""
    for thing in things:
        level, most = _whole(thing.get("level")), _whole(thing.get("maxcapacity"))
        if level is not None and most:
            yield min(100.0, level / most * 100)


def _whole(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else None


def _serial(printer: Attributes) -> str | None:
    told = _first(printer, "printer-serial-number")
    if isinstance(told, str) and told:
        return told[:64]
    parts = str(_first(printer, "printer-device-id") or "").split(";")
    keys = dict(part.strip().split(":", 1) for part in parts if ":" in part)
    return next((keys[key][:64] for key in _SERIAL_KEYS if keys.get(key)), None)


def _first(printer: Attributes, name: str) -> IppValue:
    return next(iter(printer.get(name, [])), None)
