"""A real gpsd that reads a receiver's log, played by gpsd's own gpsfake."""

import json
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from simulators.rig import free_ports
from tests.services.waiting import PATIENCE_SECONDS, wait_for

_PROJECT = Path(__file__).resolve().parents[2]
_START_SECONDS = 60.0
"""Of each try."""
_TRIES = 4
_WATCH = b'?WATCH={"enable":true,"json":true};\n'


class Gpsd:
    """gpsd on `port` of the loopback, with a log that waits for `play`.

    The log is played once and at once, or with so many seconds a sentence, again and again.
    """

    def __init__(self, log: Path, seconds_a_sentence: float | None = None) -> None:
        self.port = free_port()
        self._log = log
        self._pace = ["-1"] if seconds_a_sentence is None else ["-c", str(seconds_a_sentence)]
        self._player: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Again on another port, when somebody took this one, or the log was over too soon."""
        for tries_left in reversed(range(_TRIES)):
            player = self._launch()
            try:
                _wait_for_receiver(player, self.port)
            except TimeoutError:
                self.stop()
                if not tries_left:
                    raise
                self.port = free_port()
            else:
                # gpsfake plays whether somebody listens or not: hold it, gpsd itself goes on
                player.send_signal(signal.SIGSTOP)
                return

    def _launch(self) -> subprocess.Popen[bytes]:
        gpsfake = shutil.which("gpsfake") or str(_PROJECT / ".venv" / "bin" / "gpsfake")
        self._player = subprocess.Popen(
            # its modules are Debian's, so is the Python that it needs
            [
                "/usr/bin/python3",
                gpsfake,
                *self._pace,
                "-q",
                "-t",
                "-P",
                str(self.port),
                str(self._log),
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            env={"PATH": f"{os.environ['PATH']}:/usr/sbin"},
        )
        return self._player

    def play(self, watchers: int) -> None:
        """Lets the log run, once that many clients are connected and have said what they want."""
        assert self._player
        wait_for(lambda: _heard(self.port) >= watchers)
        self._player.send_signal(signal.SIGCONT)

    def stop(self) -> None:
        if self._player:
            with suppress(ProcessLookupError):
                os.killpg(self._player.pid, signal.SIGKILL)  # gpsd is in this group too
            self._player.wait()
            self._player = None


@contextmanager
def gpsd(log: Path, seconds_a_sentence: float | None = None) -> Iterator[Gpsd]:
    """A started gpsd with the log as its receiver; the log has not begun to play yet."""
    server = Gpsd(log, seconds_a_sentence)
    try:
        server.start()
        yield server
    finally:
        server.stop()


class Witness:
    """Another client of the same gpsd, sharing no code with the agent; use as a context manager."""

    def __init__(self, port: int) -> None:
        self._connection = socket.create_connection(("127.0.0.1", port), PATIENCE_SECONDS)
        self._connection.sendall(_WATCH)

    def __enter__(self) -> "Witness":
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def watch(self) -> list[dict[str, object]]:
        """Every TPV object until the log ends; raises TimeoutError when that takes too long."""
        until = time.monotonic() + PATIENCE_SECONDS
        seen = []
        with self._connection.makefile("rb") as lines:
            for line in lines:
                said = json.loads(line)
                if said["class"] == "TPV":
                    seen.append(said)
                if said["class"] == "DEVICE" and said.get("activated") == 0:
                    return seen
                if time.monotonic() > until:
                    break
        raise TimeoutError("the log did not end")


def free_port() -> int:
    (port,) = free_ports(1)
    return port


def _wait_for_receiver(player: "subprocess.Popen[bytes]", port: int) -> None:
    """Until gpsfake has told gpsd of its receiver; asking does not switch that on."""
    until = time.monotonic() + _START_SECONDS
    while player.poll() is None and time.monotonic() < until:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 10) as connection:
            connection.settimeout(10)
            with connection.makefile("rb") as lines:
                lines.readline()  # its version
                while player.poll() is None and time.monotonic() < until:
                    connection.sendall(b"?DEVICES;\n")
                    if b'"path"' in lines.readline():
                        return
                    time.sleep(0.01)
        time.sleep(0.01)
    raise TimeoutError("gpsd did not come up")


def _heard(port: int) -> int:
    """Established connections at this port that said something, all of which gpsd has read."""
    command = ["ss", "--no-header", "--oneline", "--tcp", "--info", "--numeric"]
    wanted = ["state", "established", "sport", "=", f":{port}"]
    table = subprocess.run([*command, *wanted], stdout=subprocess.PIPE, text=True, check=True)
    lines = table.stdout.splitlines()
    return sum(line.split()[0] == "0" and "bytes_received:" in line for line in lines)
