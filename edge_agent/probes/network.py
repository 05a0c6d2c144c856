"""The asset's network: counters of each interface, and what TCP knows of the way to the centre."""

import struct
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from pathlib import Path

from edge_agent.inputs import Reading
from edge_agent.probes import clean
from telemetry.wire.messages import Value

_MOST_INTERFACES = 16
"""A host of containers has hundreds; a report has room for the few that carry something."""

# linux/tcp.h, struct tcp_info: eight bytes, then whole 32-bit numbers in the machine's order
_TCP_INFO = struct.Struct("=8x24I")
_RTT_MICROSECONDS, _RTT_VARIANCE_MICROSECONDS, _TOTAL_RETRANSMITS = 15, 16, 23

_DATA_SEGMENTS = struct.Struct("=156xI")

_COLUMNS = {  # /proc/net/dev: eight numbers of what was received, eight of what was sent
    "received_bytes": 0,
    "receive_errors": 2,
    "receive_drops": 3,
    "sent_bytes": 8,
    "send_errors": 10,
    "send_drops": 11,
}


class NetworkProbe:
    """Reads interfaces from /proc and /sys, and the MQTT connection through `socket_info`.

    `socket_info` returns the bytes of TCP_INFO, None while there is no connection; it is called
    from the probe's thread.
    """

    name = "network"
    every = timedelta(seconds=10)
    limit = timedelta(seconds=5)
    streams = False

    def __init__(
        self,
        socket_info: Callable[[], bytes | None],
        counters: Path = Path("/proc/net/dev"),
        interfaces: Path = Path("/sys/class/net"),
    ) -> None:
        self._socket_info = socket_info
        self._counters = counters
        self._interfaces = interfaces

    def is_needed(self) -> bool:
        return True

    def read(self) -> Iterator[Reading]:
        devices = interface_counters(self._counters.read_text())
        for interface, values in devices.items():
            values.update(clean({"interface_up": self._is_up(interface)}))
        yield Reading(self.name, connection_metrics(self._socket_info()), devices)

    def close(self) -> None: ...

    def _is_up(self, interface: str) -> bool | None:
        """The kernel's operational state; modems' drivers often say no more than "unknown"."""
        folder = self._interfaces / interface
        try:
            state = (folder / "operstate").read_text().strip()
            if state != "unknown":
                return state == "up"
            flags = int((folder / "flags").read_text(), 16)
        except OSError:  # unplugged since /proc/net/dev was read
            return None
        return bool(flags & 1)  # IFF_UP: it is administratively up


def interface_counters(text: str) -> dict[str, dict[str, Value]]:
    """Counters by interface from the text of /proc/net/dev, without the loopback."""
    devices: dict[str, dict[str, Value]] = {}
    for line in text.splitlines():
        interface, colon, columns = line.partition(":")
        numbers = columns.split()
        if not colon or len(numbers) < 16 or interface.strip() == "lo":
            continue
        devices[interface.strip()] = clean(
            {key: int(numbers[column]) for key, column in _COLUMNS.items()}
        )
    busiest = sorted(devices, key=lambda name: _carried(devices[name]), reverse=True)
    return {name: devices[name] for name in sorted(busiest[:_MOST_INTERFACES])}


def _carried(values: Mapping[str, Value]) -> int:
    return int(values["received_bytes"]) + int(values["sent_bytes"])


def connection_metrics(tcp_info: bytes | None) -> dict[str, Value]:
    """Round trip and retransmissions from TCP_INFO; nothing without one.

    Its `delivery_rate` is left alone: a connection that has little to send says little about what
    the link could carry.
    """
    if tcp_info is None or len(tcp_info) < _TCP_INFO.size:
        return {}
    numbers = _TCP_INFO.unpack_from(tcp_info)
    has_segments = len(tcp_info) >= _DATA_SEGMENTS.size
    return clean(
        {
            "tcp_rtt_seconds": numbers[_RTT_MICROSECONDS] / 1e6,
            "tcp_rtt_variance_seconds": numbers[_RTT_VARIANCE_MICROSECONDS] / 1e6,
            "tcp_retransmits": numbers[_TOTAL_RETRANSMITS],
            "tcp_segments": _DATA_SEGMENTS.unpack_from(tcp_info)[0] if has_segments else None,
        }
    )
