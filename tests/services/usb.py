"""A machine whose USB is umockdev's: devices are plugged here, and the real probe reads them."""

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Self

import msgspec

from telemetry.wire.messages import Value
from telemetry.wire.profile import Profile

_ROOT = Path(__file__).resolve().parents[2]
_TESTBED = Path(__file__).with_name("usb_testbed.py")


class _Talk:
    """A process that answers each line with a line."""

    def __init__(self, command: Sequence[str], environment: dict[str, str]) -> None:
        self._process = subprocess.Popen(
            ["umockdev-wrapper", *command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=_ROOT,
            env={"PATH": os.environ["PATH"], **environment},
        )

    def say(self, line: str) -> str:
        assert self._process.stdin
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()
        return self.hear()

    def hear(self) -> str:
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("the process has ended; run tools/setup test")
        return line.strip()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with self._process:
            self._process.kill()


class UsbMachine:
    """Plugs and reads."""

    def __init__(self, testbed: _Talk, reader: _Talk) -> None:
        self._testbed = testbed
        self._reader = reader

    def plug(self, port: str, vendor: str, product: str, serial: str = "") -> None:
        self._testbed.say(f"add {port} {vendor} {product} {serial}")

    def unplug(self, port: str) -> None:
        self._testbed.say(f"remove {port}")

    def read(self) -> dict[str, dict[str, Value]]:
        """What the probe makes of the machine now, by device."""
        devices = self._reader.say("")
        return msgspec.json.decode(devices, type=dict[str, dict[str, Value]])


@contextmanager
def usb_machine(profile: Profile) -> Iterator[UsbMachine]:
    """With a hub and nothing on it; the host's own devices are hidden."""
    with _Talk(["/usr/bin/python3", str(_TESTBED)], {}) as testbed:
        machine = {"UMOCKDEV_DIR": testbed.hear()}
        wanted = msgspec.json.encode(profile).decode()
        command = [sys.executable, "-m", "tests.services.usb_reader", wanted]
        with _Talk(command, machine) as reader:
            usb = UsbMachine(testbed, reader)
            usb.plug("usb1", "1d6b", "0002", "0000:00:14.0")
            yield usb
