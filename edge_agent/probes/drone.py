"""Drones, as their ground station forwards MAVLink: is it on, is it well, how full is it.

Three messages of MAVLink 1 and 2, decoded by hand (the library for all of them costs 41 MB): only
what a frame's checksum vouches for is believed.
"""

import selectors
import socket
import struct
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from datetime import timedelta
from typing import Final, NamedTuple, TypeAlias

from edge_agent.inputs import Reading
from edge_agent.probes.deadline import Deadline
from edge_agent.probes.devices import UNKNOWN, Found, Snapshot, judged, missing, names, read_devices
from edge_agent.probes.power import battery_faults
from telemetry.wire.profile import ByMavlink
from telemetry.words import DeviceFault

_LISTEN_SECONDS: Final = 3.0  # heartbeats come once a second
_MOST_BYTES: Final = 2048
_V1, _V2 = 0xFE, 0xFD
_V1_HEAD, _V2_HEAD = 6, 10
_SIGNED: Final = 0x01
_SIGNATURE_BYTES: Final = 13

_HEARTBEAT, _SYS_STATUS, _BATTERY_STATUS = 0, 1, 147
_EXTRA: Final = {_HEARTBEAT: 50, _SYS_STATUS: 124, _BATTERY_STATUS: 154}
"""CRC_EXTRA of the message's definition; a frame of another one cannot be checked."""
_FORMS: Final = {
    _HEARTBEAT: struct.Struct("<I5B"),  # mode; type, autopilot, base mode, state, version
    _SYS_STATUS: struct.Struct("<3I2Hh6Hb"),  # sensors, load, mV, cA, drops and errors, remaining
    _BATTERY_STATUS: struct.Struct(
        "<iih10Hh3Bb"
    ),  # used, °C, mV a cell, cA, id and kind, remaining
}

_NO_AUTOPILOT: Final = 8  # MAV_AUTOPILOT_INVALID: a ground station, a gimbal, a camera
_POWERING_OFF: Final = 7  # MAV_STATE_POWEROFF
_IN_TROUBLE: Final = frozenset({5, 6, 8})  # critical, emergency, flight termination


Heard: TypeAlias = dict[tuple[int, int, int], tuple[int, ...]]
"""The latest fields by system, number of the message, and battery (0 where there is none)."""


class _Frame(NamedTuple):
    """A frame and its length; without fields when it is not one of ours, or damaged."""

    system: int
    number: int
    fields: tuple[int, ...]
    length: int


class DroneProbe:
    """Listens for some seconds on each drone's port; nothing is held open in between."""

    name = "drone"
    every = timedelta(seconds=30)
    limit = timedelta(seconds=15)
    streams = False

    def __init__(
        self, profile: Snapshot, host: str = "", listen_seconds: float = _LISTEN_SECONDS
    ) -> None:
        self._profile = profile
        self._host = host
        self._listen_seconds = listen_seconds

    def is_needed(self) -> bool:
        return names(self._profile(), ByMavlink)

    def read(self) -> Iterator[Reading]:
        profile = self._profile()
        ports = {spec.reach.port for spec in profile.devices if isinstance(spec.reach, ByMavlink)}
        heard = self._listen(ports) if ports else {}
        return read_devices(
            self.name,
            profile,
            ByMavlink,
            lambda spec, reach: (
                drone(heard[reach.port]) or missing(spec, DeviceFault.NOT_ANSWERING)
                if reach.port in heard
                else UNKNOWN
            ),
        )

    def close(self) -> None: ...

    def _listen(self, ports: set[int]) -> dict[int, Heard]:
        """What came to each port; a port that another program holds is left out."""
        heard: dict[int, Heard] = {}
        with ExitStack() as stack, selectors.DefaultSelector() as ears:
            for port in ports:
                ear = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
                ear.setblocking(False)
                try:
                    ear.bind((self._host, port))
                except OSError:
                    continue
                ears.register(ear, selectors.EVENT_READ, (ear, heard.setdefault(port, {})))
            deadline = Deadline(self._listen_seconds)
            with suppress(TimeoutError):
                while not all(is_enough(said) for said in heard.values()):
                    for key, _ in ears.select(deadline.left()):
                        ear, said = key.data
                        said |= messages(ear.recv(_MOST_BYTES))
        return heard


def is_enough(said: Heard) -> bool:
    """Whether an autopilot said that it is there, and how full its battery is."""
    flying = _flying(said)
    return {number for system, number, _ in said if system == flying} == _FORMS.keys()


def drone(said: Heard) -> Found | None:
    """The drone as its messages tell it; None where none is switched on."""
    flying = _flying(said)
    if flying is None or said[flying, _HEARTBEAT, 0][4] == _POWERING_OFF:
        return None
    state = said[flying, _HEARTBEAT, 0][4]
    percent = _remaining(said, flying, _BATTERY_STATUS)
    if percent is None:
        percent = _remaining(said, flying, _SYS_STATUS)
    troubles = (DeviceFault.STOPPED,) if state in _IN_TROUBLE else ()
    return judged((*troubles, *battery_faults(percent)), {"device_battery_percent": percent})


def messages(datagram: bytes) -> Heard:
    """Those of the three kinds in a datagram whose checksums are right.

    Frames follow each other without a gap; what comes after anything else is not looked at.
    """
    found: Heard = {}
    rest = memoryview(datagram)
    while rest:
        frame = _frame(rest)
        if frame is None:
            break
        rest = rest[frame.length :]
        fields, number = frame.fields, frame.number
        if fields and not (number == _HEARTBEAT and fields[2] == _NO_AUTOPILOT):
            battery = fields[-4] if number == _BATTERY_STATUS else 0
            found[frame.system, number, battery] = fields
    return found


def crc_x25(data: bytes) -> int:
    """CRC-16/MCRF4XX, which MAVLink calls X.25."""
    crc = 0xFFFF
    for byte in data:
        byte ^= crc & 0xFF
        byte ^= (byte << 4) & 0xFF
        crc = (crc >> 8) ^ (byte << 8) ^ (byte << 3) ^ (byte >> 4)
    return crc


def _frame(data: memoryview) -> _Frame | None:
    """The frame at the beginning; None when there is none."""
    if data[0] == _V1 and len(data) >= _V1_HEAD:
        head, tail, system, number = _V1_HEAD, 2, data[3], data[5]
    elif data[0] == _V2 and len(data) >= _V2_HEAD and not data[2] & ~_SIGNED:
        head, tail = _V2_HEAD, 2 + (_SIGNATURE_BYTES if data[2] & _SIGNED else 0)
        system, number = data[5], int.from_bytes(data[7:10], "little")
    else:
        return None
    end = head + data[1]
    if len(data) < end + tail:
        return None
    fields: tuple[int, ...] = ()
    form = _FORMS.get(number)
    if form is not None:
        crc = crc_x25(bytes(data[1:end]) + bytes([_EXTRA[number]]))
        if crc == int.from_bytes(data[end : end + 2], "little"):
            payload = bytes(data[head:end]).ljust(form.size, b"\0")  # version 2 cuts zeros off
            fields = form.unpack_from(payload)
    return _Frame(system, number, fields, end + tail)


def _flying(said: Heard) -> int | None:
    """The first system with an autopilot; ground stations and cameras say heartbeats too."""
    return next((system for system, number, _ in said if number == _HEARTBEAT), None)


def _remaining(said: Heard, flying: int, number: int) -> float | None:
    """The emptiest battery, in percent; -1 is "does not know"."""
    percents = [
        fields[-1]
        for (system, its_number, _), fields in said.items()
        if (system, its_number) == (flying, number) and 0 <= fields[-1] <= 100
    ]
    return float(min(percents)) if percents else None
