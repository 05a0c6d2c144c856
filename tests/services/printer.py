"""A real IPP printer, CUPS's ippeveprinter: its paper and toner are set by its own web forms."""

import os
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.services.dbus import message_bus
from tests.services.gpsd import free_port

_START_SECONDS = 60.0
"""Of each try: it may hang, and its port may have been taken meanwhile."""
_TRIES = 3
_FULL_SHEETS = 250


class Printer:
    """It listens on `port` of the loopback and keeps what it printed in `folder`."""

    def __init__(self, port: int, folder: Path) -> None:
        self.port = port
        self.folder = folder
        self.uri = f"ipp://localhost:{port}/ipp/print"

    def load(self, sheets: int = _FULL_SHEETS) -> None:
        """Its tray holds so many; the by-pass tray is unknown, or it would be empty too."""
        kind = "size1=na_letter_8.5x11in&type1=stationery"
        self._submit(f"/media?{kind}&level1={sheets}&size3=&type3=&level3=-2")

    def fill(self, toner_percent: int = 80) -> None:
        self._submit(f"/supplies?supply0=25&supply1={toner_percent}")

    def printed(self) -> list[bytes]:
        """The documents it took, oldest first."""
        files = sorted(self.folder.glob("*-*"), key=lambda file: file.stat().st_mtime_ns)
        return [file.read_bytes() for file in files]

    def _submit(self, form: str) -> None:
        with urllib.request.urlopen(
            f"http://localhost:{self.port}{form}", timeout=_START_SECONDS
        ) as page:
            page.read()


@contextmanager
def printer(folder: Path) -> Iterator[Printer]:
    """Starts one, with paper and toner, on a bus of its own, without which it does not start."""
    folder.mkdir()
    with message_bus() as bus:
        process, port = _start(folder, bus)
        with process:
            try:
                device = Printer(port, folder)
                device.load()
                device.fill()
                yield device
            finally:
                process.kill()


def _start(folder: Path, bus: str) -> "tuple[subprocess.Popen[bytes], int]":
    for _ in range(_TRIES):
        port = free_port()
        process = subprocess.Popen(
            # -r off: not announced on the network; -k: what it printed stays
            [
                *("ippeveprinter", "-k", "-r", "off", "-n", "localhost", "-p", str(port)),
                *("-d", str(folder), "-f", "application/pdf,text/plain", "Court Printer"),
            ],
            env={
                "PATH": f"{os.environ['PATH']}:/usr/sbin",
                "DBUS_SYSTEM_BUS_ADDRESS": bus,
                "TMPDIR": str(folder),
            },
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        if _answers(process, port):
            return process, port
        process.kill()
        process.wait()
    raise TimeoutError("the printer did not come up")


def _answers(process: "subprocess.Popen[bytes]", port: int) -> bool:
    until = time.monotonic() + _START_SECONDS
    while process.poll() is None and time.monotonic() < until:
        page = f"http://localhost:{port}/"
        with suppress(OSError), urllib.request.urlopen(page, timeout=_START_SECONDS):
            return True
        time.sleep(0.02)
    return False


@contextmanager
def stuck_device() -> Iterator[int]:
    """A device that takes connections and never says a word; its port."""
    with socket.create_server(("127.0.0.1", 0), backlog=16) as listener:
        yield listener.getsockname()[1]
