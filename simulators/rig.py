"""A fleet server of one's own: a child on free ports, asked, killed, and ended by pid."""

import contextlib
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import msgspec

from simulators.centre import Centre
from simulators.errors import RigFailed

SERVE: Final = (sys.executable, "-m", "courtfleet", "serve")
_GIVEN_TO_NOBODY: Final = range(20_000, 32_000)
_START_SECONDS: Final = 180.0
_STOP_SECONDS: Final = 60.0


class Rig:
    """One demo server in `folder`. It keeps its ports, so that agents find it again when restarted.

    `command` starts another program than `courtfleet serve`, with the same arguments;
    `console_port` is the console's, a free one when none is named.
    """

    def __init__(
        self, folder: Path, command: Sequence[str] = SERVE, console_port: int | None = None
    ) -> None:
        self.folder = folder
        self.data = folder / "server"
        self._command = command
        self._ready_file = folder / "ready.json"
        broker, enrol, console = free_ports(3)
        self._ports = (broker, enrol, console_port or console)
        self._child: subprocess.Popen[bytes] | None = None
        self.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.centre = Centre(self.data)

    def start(self) -> None:
        """Start the server and return when it is ready.

        Raises:
            RigFailed: it ended, or was not ready in time; its log is shown.
        """
        self.launch(self._command)
        self.wait_until_up()

    def launch(self, command: Sequence[str]) -> None:
        """Start the server, by another command if need be, and return at once."""
        self._ready_file.unlink(missing_ok=True)
        broker, enrol, console = self._ports
        written = {
            "demo": "true",
            "host": '"127.0.0.1"',
            "listen": '"127.0.0.1"',
            "broker_port": broker,
            "enrol_port": enrol,
            "artifact_port": 0,
            "console_port": console,
            "link_test": "false",  # a pretended radio has no link to test
            "ready_file": msgspec.json.encode(str(self._ready_file)).decode(),
        }
        text = "".join(f"{key} = {value}\n" for key, value in written.items())
        (self.data / "server.toml").write_text(text)
        with self.log.open("ab") as log:
            self._child = subprocess.Popen(
                [*command, "--data", str(self.data)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C is for the demo, which ends the server in order
            )

    def wait_until_up(self) -> None:
        """Return when the server that was launched is ready; raises as `start` does."""
        until = time.monotonic() + _START_SECONDS
        while not self.is_up():
            if self.has_died():
                raise RigFailed(f"The server does not start:\n{self._last_words()}")
            if time.monotonic() > until:
                self.kill()
                raise RigFailed(f"The server was not ready in time:\n{self._last_words()}")
            time.sleep(0.05)

    def is_up(self) -> bool:
        """Whether it has become ready; it may have died since."""
        return self._ready_file.exists()

    def has_died(self) -> bool:
        """Whether it ended by itself, or was killed by somebody else."""
        return self._child is not None and self._child.poll() is not None

    @property
    def console(self) -> str:
        """The console's address."""
        return f"http://127.0.0.1:{self._ports[2]}"

    @property
    def log(self) -> Path:
        return self.folder / "server.log"

    @property
    def pid(self) -> int:
        if self._child is None:
            raise RigFailed("The server was not started.")
        return self._child.pid

    def broker_pid(self) -> int | None:
        """The broker's process id; None while it is being started again."""
        for child in _children(self.pid):
            with contextlib.suppress(OSError):
                if Path(f"/proc/{child}/comm").read_text().strip() == "mosquitto":
                    return child
        return None

    def kill_broker(self) -> None:
        """kill -9; the server starts another one."""
        found = self.broker_pid()
        if found is not None:
            os.kill(found, signal.SIGKILL)

    def kill(self) -> None:
        """kill -9 of the server; its broker ends with it."""
        if self._child is None:
            return
        broker = self.broker_pid()
        self._child.kill()
        self._child.wait()
        self._child = None
        if broker is not None:
            _wait_until_gone(broker)

    def stop(self) -> None:
        """End the server in order."""
        if self._child is None:
            return
        self._child.terminate()
        try:
            code = self._child.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
            raise RigFailed(f"The server did not stop in time; see {self.log}.") from None
        self._child = None
        if code not in {0, -signal.SIGTERM}:
            raise RigFailed(f"The server ended with status {code}; see {self.log}.")

    def close(self) -> None:
        """End everything, whatever state it is in."""
        self.centre.close()
        with contextlib.suppress(RigFailed):
            self.stop()

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _last_words(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-15:])


def free_port_from(wanted: int) -> int:
    """The first port of the loopback interface from `wanted` on, on which nobody listens now.

    Raises:
        RigFailed: none of the next hundred is free.
    """
    for port in range(wanted, min(wanted + 100, 65_536)):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            return port
    raise RigFailed(f"No port from {wanted} on is free; name another with --port.")


def free_ports(count: int) -> list[int]:
    """Ports of the loopback interface on which nobody listens now.

    Of those that the kernel gives to nobody by itself: another would soon be somebody's.
    """
    found: list[int] = []
    with contextlib.ExitStack() as stack:
        while len(found) < count:
            probe = stack.enter_context(socket.socket())
            port = random.choice(_GIVEN_TO_NOBODY)
            with contextlib.suppress(OSError):
                probe.bind(("127.0.0.1", port))
                found.append(port)
    return found


def _children(pid: int) -> list[int]:
    """Child processes, of all of the process's threads."""
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            found += [int(child) for child in task.read_text().split()]
    return found


def _wait_until_gone(pid: int) -> None:
    until = time.monotonic() + _STOP_SECONDS
    while time.monotonic() < until:
        try:
            # A zombie is gone too: its sockets are closed, and whoever inherited it may reap late.
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return
        except OSError:
            return
        time.sleep(0.01)
