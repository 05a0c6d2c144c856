"""Instruments on USB (signature pad, fingerprint, ID and seal devices), as the kernel sees them.

sysfs is read anew each time: that takes under a millisecond, and needs neither udev nor a socket
that would have to be followed. Whatever was plugged and unplugged in between makes no difference.
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Final, NamedTuple

from edge_agent.inputs import Reading
from edge_agent.probes.devices import UNKNOWN, Found, Snapshot, judged, missing, names, read_devices
from telemetry.wire.profile import ByUsb, DeviceSpec

_LONGEST_SERIAL: Final = 64


class Plugged(NamedTuple):
    """A device on the bus; `port` like "3-1.2" says where, `serial` is "" where it has none."""

    port: str
    vendor: str
    product: str
    serial: str


class UsbProbe:
    """Reads `bus`, where the kernel lists each device and each of its interfaces."""

    name = "usb"
    every = timedelta(seconds=10)
    limit = timedelta(seconds=5)
    streams = False

    def __init__(self, profile: Snapshot, bus: Path = Path("/sys/bus/usb/devices")) -> None:
        self._profile = profile
        self._bus = bus

    def is_needed(self) -> bool:
        return names(self._profile(), ByUsb)

    def read(self) -> Iterator[Reading]:
        profile = self._profile()
        specs = [spec for spec in profile.devices if isinstance(spec.reach, ByUsb)]
        if not specs:
            return iter(())
        plugged = scan(self._bus)
        found = {} if plugged is None else assign(specs, plugged)

        def look(spec: DeviceSpec, reach: ByUsb) -> Found:
            if plugged is None:
                return UNKNOWN
            device = found.get(spec.name)
            if device is None:
                return missing(spec)
            return judged(values={"device_serial": device.serial})

        return read_devices(self.name, profile, ByUsb, look)

    def close(self) -> None: ...


def scan(bus: Path) -> list[Plugged] | None:
    """Every device on the bus, by port; None on a machine without USB."""
    try:
        ports = sorted(folder.name for folder in bus.iterdir() if ":" not in folder.name)
    except OSError:
        return None
    found = []
    for port in ports:
        try:
            vendor, product = (_read(bus / port / key) for key in ("idVendor", "idProduct"))
        except OSError:  # unplugged in this moment
            continue
        try:
            serial = _read(bus / port / "serial")[:_LONGEST_SERIAL]
        except OSError:
            serial = ""
        found.append(Plugged(port, vendor, product, serial))
    return found


def assign(specs: Sequence[DeviceSpec], plugged: Sequence[Plugged]) -> dict[str, Plugged]:
    """Which device stands for which name: first those whose serial number is the expected one.

    Of several of one type without an expected number, the order of their ports decides.
    """
    free = list(plugged)
    assigned: dict[str, Plugged] = {}
    for is_exact in (True, False):
        for spec in specs:
            if spec.name in assigned:
                continue
            device = next((one for one in free if _suits(spec, one, is_exact)), None)
            if device is not None:
                assigned[spec.name] = device
                free.remove(device)
    return assigned


def _suits(spec: DeviceSpec, device: Plugged, is_exact: bool) -> bool:
    reach = spec.reach
    if not isinstance(reach, ByUsb):
        return False
    if is_exact and (not spec.serial or spec.serial != device.serial):
        return False
    return (reach.vendor, reach.product) == (device.vendor, device.product)


def _read(file: Path) -> str:
    return file.read_text(errors="replace").strip()
