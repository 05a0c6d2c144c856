"""A private message bus, and ModemManager pretended on it by python-dbusmock."""

import asyncio
import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dbus_fast import Message, MessageType, Variant
from dbus_fast.aio import MessageBus

_MOCKS = Path(__file__).resolve().parents[2] / ".venv" / "mocks"
_SERVICE = "org.freedesktop.ModemManager1"
_ROOT = "/org/freedesktop/ModemManager1"
_MODEM = f"{_SERVICE}.Modem"
_SIGNAL = f"{_MODEM}.Signal"
_SIM = f"{_SERVICE}.Sim"
_MOCK = "org.freedesktop.DBus.Mock"
_START_SECONDS = 20.0

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


class ModemManager:
    """The pretended ModemManager: its modems are plugged, changed and unplugged here."""

    def __init__(self, address: str) -> None:
        self._address = address

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

    def _call(self, path: str, member: str, signature: str, *body: object) -> None:
        asyncio.run(self._ask(path, member, signature, list(body)))

    async def _ask(self, path: str, member: str, signature: str, body: list[object]) -> None:
        bus = await MessageBus(bus_address=self._address).connect()
        try:
            answer = await bus.call(
                Message(
                    destination=_SERVICE,
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


@contextmanager
def modem_manager(address: str) -> Iterator[ModemManager]:
    """Starts it on that bus, without a modem; Debian's Python has the library that it needs."""
    mock = subprocess.Popen(
        ["/usr/bin/python3", "-m", "dbusmock", "--system", "-t", "modemmanager"],
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(_MOCKS),
            "DBUS_SYSTEM_BUS_ADDRESS": address,
        },
        stdout=subprocess.DEVNULL,
    )
    with mock:
        try:
            _wait_for_service(address, mock)
            yield ModemManager(address)
        finally:
            mock.kill()


def _wait_for_service(address: str, mock: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + _START_SECONDS
    command = ["busctl", f"--address={address}", "--auto-start=no", "call", _SERVICE, _ROOT]
    command += ["org.freedesktop.DBus.ObjectManager", "GetManagedObjects"]
    while subprocess.run(command, capture_output=True, check=False).returncode != 0:
        if mock.poll() is not None or time.monotonic() > until:
            raise RuntimeError("the pretended ModemManager did not come up")
        time.sleep(0.05)


def _path(number: int) -> str:
    return f"{_ROOT}/Modems/{number}"
