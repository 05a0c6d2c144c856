"""`courtfleet serve` as a child, as an operator runs it."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec

from fleet_server.program import Ready
from simulators.rig import free_ports
from tests.services.waiting import PATIENCE_SECONDS

HOST = "127.0.0.1"


class Server:
    """A server on free ports of the loopback, on a data folder; the ports stay over restarts.

    `inside`: the command that runs it in another network, such as `ip netns exec NAME`.
    """

    def __init__(self, data: Path, *flags: str, inside: Sequence[str] = ()) -> None:
        self.data = data
        self.flags = flags
        self.inside = inside
        self.log = data.with_name(f"{data.name}.log")
        self.ready: Ready
        self._ports = [str(port) for port in free_ports(3)]
        self._child: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it is ready."""
        ready_file = self.data.with_name(f"{self.data.name}.ready")
        ready_file.unlink(missing_ok=True)
        ports = zip(("--broker-port", "--enrol-port", "--console-port"), self._ports, strict=True)
        command = [
            *self.inside,
            sys.executable,
            "-m",
            "courtfleet",
            "serve",
            "--data",
            str(self.data),
        ]
        command += ["--host", "localhost", "--listen", HOST, "--ready-file", str(ready_file)]
        command += [word for pair in ports for word in pair]
        command += ["--link-test-port", "0", "--artifact-port", "0"]
        with self.log.open("ab") as log:
            self._child = subprocess.Popen(
                [*command, *self.flags], stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        until = time.monotonic() + PATIENCE_SECONDS
        while not ready_file.exists():
            if self._child.poll() is not None or time.monotonic() > until:
                self.kill()
                raise AssertionError(f"the server does not start:\n{self.log.read_text()}")
            time.sleep(0.05)
        self.ready = msgspec.json.decode(ready_file.read_bytes(), type=Ready)

    def stop(self) -> int:
        """End it in order; its exit status."""
        return self._end(signal.SIGTERM)

    def kill(self) -> None:
        """kill -9, then until its broker has noticed."""
        self._end(signal.SIGKILL)

    def _end(self, number: int) -> int:
        child, self._child = self._child, None
        if child is None:
            return 0
        child.send_signal(number)
        return child.wait(PATIENCE_SECONDS)


@contextmanager
def server(data: Path, *flags: str, inside: Sequence[str] = ()) -> Iterator[Server]:
    """A started server, ended with the block."""
    made = Server(data, *flags, inside=inside)
    try:
        made.start()
        yield made
    finally:
        made.kill()


def is_alive(pid: int) -> bool:
    """Whether the process runs; one that nobody has reaped yet does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


def wait_until_gone(pid: int, seconds: float = PATIENCE_SECONDS) -> bool:
    until = time.monotonic() + seconds
    while is_alive(pid) and time.monotonic() < until:
        time.sleep(0.02)
    return not is_alive(pid)
