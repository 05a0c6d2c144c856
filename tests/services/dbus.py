"""A private message bus, and ModemManager and UPower pretended on it by python-dbusmock."""

import asyncio
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import ClassVar, TypeVar

from dbus_fast import Message, MessageType, Variant
from dbus_fast.aio import MessageBus

from tests.services.waiting import PATIENCE_SECONDS

_MOCKS = Path(__file__).resolve().parents[2] / ".venv" / "mocks"
_SERVICE = "org.freedesktop.ModemManager1"
_ROOT = "/org/freedesktop/ModemManager1"
_MODEM = f"{_SERVICE}.Modem"
_SIGNAL = f"{_MODEM}.Signal"
_SIM = f"{_SERVICE}.Sim"
_UPOWER = "org.freedesktop.UPower"
_UPOWER_ROOT = "/org/freedesktop/UPower"
_MOCK = "org.freedesktop.DBus.Mock"

Leg = dict[str, float]


@contextmanager
def message_bus() -> Iterator[str]:
    """Starts a bus of its own and gives its address."""
    daemon = subprocess.Popen(
        ["dbus-daemon", "--session", "--nofork", "--print-address=1"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    with daemon:
        assert daemon.stdout
        try:
            yield daemon.stdout.readline().strip()
        finally:
            daemon.kill()


class _Mock:
    """A pretended service: what python-dbusmock lets a test do to it."""

    service: ClassVar[str]

    def __init__(self, address: str, process: "subprocess.Popen[bytes]") -> None:
        self._address = address
        self._process = process

    def freeze(self) -> None:
        """From now on it holds its name and answers nobody."""
        self._process.send_signal(signal.SIGSTOP)

    def _call(self, path: str, member: str, signature: str, *body: object) -> None:
        asyncio.run(self._ask(path, member, signature, list(body)))

    async def _ask(self, path: str, member: str, signature: str, body: list[object]) -> None:
        bus = await MessageBus(bus_address=self._address).connect()
        try:
            answer = await bus.call(
                Message(
                    destination=self.service,
                    path=path,
                    interface=_MOCK,
                    member=member,
                    signature=signature,
                    body=body,
                )
            )
        finally:
            bus.disconnect()
        if answer.message_type is not MessageType.METHOD_RETURN:
            raise RuntimeError(f"{member}: {answer.body}")


class ModemManager(_Mock):
    """The pretended ModemManager: its modems are plugged, changed and unplugged here."""

    service = _SERVICE

    def plug(
        self, number: int, device: str, *, lte: Leg, nr: Leg, interface: str = "", iccid: str = ""
    ) -> None:
        """A registered modem. Like a real one it has signal values only after `Signal.Setup`."""
        card = f"{_ROOT}/SIM/{number}" if iccid else "/"
        if iccid:
            properties = {"SimIdentifier": Variant("s", iccid)}
            self._call(_ROOT, "AddObject", "ssa{sv}a(ssss)", card, _SIM, properties, [])
        self._call(
            _ROOT,
            "AddObject",
            "ssa{sv}a(ssss)",
            _path(number),
            _MODEM,
            {
                "State": Variant("i", 8),
                "AccessTechnologies": Variant("u", 1 << 14 | 1 << 15),
                "Device": Variant("s", device),
                "Sim": Variant("o", card),
                "Ports": Variant("a(su)", [[interface, 2]] if interface else []),
            },
            [],
        )
        self._call(
            _path(number),
            "AddProperties",
            "sa{sv}",
            f"{_MODEM}.Modem3gpp",
            {"OperatorName": Variant("s", "CHN-UNICOM")},
        )
        empty = Variant("a{sv}", {})
        properties = {"Rate": Variant("u", 0), "Lte": empty, "Nr5g": empty}
        self._call(_path(number), "AddProperties", "sa{sv}", _SIGNAL, properties)
        fill = f"self.UpdateProperties({_SIGNAL!r}, {{'Rate': dbus.UInt32(args[0]), 'Lte': "
        fill += f"dbus.Dictionary({lte!r}, 'sv'), 'Nr5g': dbus.Dictionary({nr!r}, 'sv')}})"
        self._call(_path(number), "AddMethod", "sssss", _SIGNAL, "Setup", "u", "", fill)

    def change(self, number: int, *, nr: Leg) -> None:
        values = Variant("a{sv}", {name: Variant("d", value) for name, value in nr.items()})
        self._call(_path(number), "UpdateProperties", "sa{sv}", _SIGNAL, {"Nr5g": values})

    def unplug(self, number: int) -> None:
        self._call(_ROOT, "RemoveObject", "s", _path(number))


class UPower(_Mock):
    """The pretended UPower: supplies are added and changed here, by the end of their path."""

    service = _UPOWER

    def add_mains(self, name: str) -> None:
        self._call(_UPOWER_ROOT, "AddAC", "ss", name, "Mains")

    def add_battery(self, name: str, percent: float, seconds_to_empty: int) -> None:
        """One that is being drained."""
        body = (name, "Battery", percent, seconds_to_empty)
        self._call(_UPOWER_ROOT, "AddDischargingBattery", "ssdx", *body)

    def change(self, name: str, **properties: Variant) -> None:
        path = f"{_UPOWER_ROOT}/devices/{name}"
        self._call(_UPOWER_ROOT, "SetDeviceProperties", "oa{sv}", path, properties)

    def remove(self, name: str) -> None:
        self._call(_UPOWER_ROOT, "RemoveDevice", "s", f"{_UPOWER_ROOT}/devices/{name}")


_M = TypeVar("_M", bound=_Mock)


def modem_manager(address: str) -> AbstractContextManager[ModemManager]:
    """Starts it on that bus, without a modem."""
    ready = (_ROOT, "org.freedesktop.DBus.ObjectManager", "GetManagedObjects")
    return _mock(ModemManager, address, "modemmanager", ready)


def upower(address: str) -> AbstractContextManager[UPower]:
    """Starts it on that bus, with neither mains nor a battery."""
    return _mock(UPower, address, "upower", (_UPOWER_ROOT, _UPOWER, "EnumerateDevices"))


@contextmanager
def _mock(kind: type[_M], address: str, template: str, ready: tuple[str, str, str]) -> Iterator[_M]:
    """Debian's Python has the library that it needs."""
    mock = subprocess.Popen(
        ["/usr/bin/python3", "-m", "dbusmock", "--system", "-t", template],
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(_MOCKS),
            "DBUS_SYSTEM_BUS_ADDRESS": address,
        },
        stdout=subprocess.DEVNULL,
    )
    with mock:
        try:
            _wait_for_service(address, mock, (kind.service, *ready))
            yield kind(address, mock)
        finally:
            mock.kill()


def _wait_for_service(
    address: str, mock: "subprocess.Popen[bytes]", ready: tuple[str, ...]
) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    command = ["busctl", f"--address={address}", "--auto-start=no", "call", *ready]
    while subprocess.run(command, capture_output=True, check=False).returncode != 0:
        if mock.poll() is not None or time.monotonic() > until:
            raise RuntimeError("a pretended service did not come up")
        time.sleep(0.05)


def _path(number: int) -> str:
    return f"{_ROOT}/Modems/{number}"
