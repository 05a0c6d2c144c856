"""The real executor in a temporary folder, as the test's user, and plays for it."""

import io
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, SimpleQueue

import ansible_runner
import msgspec
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from edge_agent.inputs import Input, LinesHeard, OrderNote
from edge_agent.orders.client import SocketExecutor
from telemetry.wire import orders
from telemetry.wire.events import OrderChanged, OrderOutput
from telemetry.wire.lines import OrderLines
from telemetry.wire.orders import Cancel, Order, RunBundle, Task
from telemetry.wire.output import join_output
from telemetry.wire.signed import seal
from telemetry.words import FINAL_STATES, OrderState
from tests.services.waiting import PATIENCE_SECONDS, wait_for

ASSET = "veh-001"
CANARY = "canary-4f1b77"
LONGEST_SECONDS = PATIENCE_SECONDS


@dataclass
class Played:
    """All notes of one order, to its end."""

    notes: list[OrderNote]

    @property
    def changes(self) -> list[OrderChanged]:
        return [note.event for note in self.notes if isinstance(note.event, OrderChanged)]

    @property
    def end(self) -> OrderChanged:
        return self.changes[-1]

    @property
    def states(self) -> list[str]:
        return [change.state for change in self.changes]

    @property
    def output(self) -> bytes:
        parts = [note.event for note in self.notes if isinstance(note.event, OrderOutput)]
        return join_output(parts) if parts else b""


@dataclass
class Bench:
    """An executor's folder, its key, and the agent's side of its socket."""

    folder: Path
    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    process: "subprocess.Popen[bytes] | None" = None
    said: "SimpleQueue[Input]" = field(default_factory=SimpleQueue)
    lines: list[OrderLines] = field(default_factory=list)

    def __post_init__(self) -> None:
        public = self.key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        (self.folder / "signing.pem").write_bytes(public)
        settings = {
            "asset": ASSET,
            "signing_key": str(self.folder / "signing.pem"),
            "state_folder": str(self.folder / "orders"),
            "socket": str(self.folder / "socket"),
            "usb_bus": str(self.folder / "usb"),
        }
        text = "".join(f'{name} = "{value}"\n' for name, value in settings.items())
        (self.folder / "executor.toml").write_text(text)
        self.client = SocketExecutor(self.folder / "socket", self.said.put)

    def start(self) -> None:
        command = [sys.executable, "-m", "edge_agent.executor", str(self.folder / "executor.toml")]
        environment = {**os.environ, "COURTFLEET_CANARY": CANARY}
        self.process = subprocess.Popen(command, env=environment)

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.send_signal(signal.SIGCONT)  # it may be frozen
            self.process.wait(PATIENCE_SECONDS)

    def freeze(self) -> None:
        """It hears and says nothing any more; only a kill ends that."""
        assert self.process is not None
        self.process.send_signal(signal.SIGSTOP)

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait(PATIENCE_SECONDS)

    def seal(
        self,
        task: Task,
        number: int = 1,
        *,
        asset: str = ASSET,
        validity: tuple[int, int] | None = None,
        key: Ed25519PrivateKey | None = None,
        limit_seconds: int = 600,
        tries: int = 3,
    ) -> bytes:
        body = orders.encode(
            Order(f"order-{number}", task, limit_seconds=limit_seconds, tries=tries)
        )
        now = time.time_ns() // 1_000_000
        kind = orders.kind_of(task)
        when = validity or (now - 60_000, now + 3_600_000)
        return seal(asset, orders.FAMILY, kind, number, when, body, (key or self.key).sign)

    def cancel(self, number: int = 1) -> bytes:
        now = time.time_ns() // 1_000_000
        body = msgspec.json.encode(Cancel(f"order-{number}"))
        when = (now - 60_000, now + 60_000)
        return seal(ASSET, orders.FAMILY, orders.CANCEL, number, when, body, self.key.sign)

    def play(self, sealed: bytes, number: int = 1) -> Played:
        """Carry out and wait for the end."""
        self.client.carry_out(number, sealed, 0)
        return self.wait()

    def wait(
        self, until: Callable[[OrderChanged], bool] = lambda change: change.state in FINAL_STATES
    ) -> Played:
        """All notes from now on, until one that was meant."""
        notes: list[OrderNote] = []
        while True:
            try:
                note = self.said.get(timeout=LONGEST_SECONDS)
            except Empty:
                raise AssertionError(f"no word from the executor after {notes}") from None
            if isinstance(note, LinesHeard):
                self.lines.append(note.lines)
                continue
            assert isinstance(note, OrderNote)
            notes.append(note)
            if isinstance(note.event, OrderChanged) and until(note.event):
                return Played(notes)

    def wait_for(self, state: OrderState) -> Played:
        return self.wait(lambda change: change.state == state)

    def processes(self) -> set[str]:
        """Command lines of all processes of its orders, zombies apart."""
        mark = f"COURTFLEET_ORDER={self.folder / 'orders'}".encode()
        found = set()
        for folder in Path("/proc").iterdir():
            try:
                is_marked = folder.name.isdigit() and mark in (folder / "environ").read_bytes()
                if is_marked:
                    found.add((folder / "cmdline").read_text().replace("\0", " "))
            except OSError:
                continue
        return found


@contextmanager
def executor(folder: Path) -> Iterator[Bench]:
    """One that runs."""
    bench = Bench(folder)
    bench.start()
    try:
        wait_for((folder / "socket").exists)
        yield bench
    finally:
        bench.stop()


class _Buffer(io.BytesIO):
    name = "<buffer>"


def bundle(
    folder: Path,
    tasks: str,
    variables: Mapping[str, object] | None = None,
    *,
    is_check: bool = False,
    rollback: str = "",
    files: Mapping[str, str] | None = None,
) -> RunBundle:
    """A play of these tasks (YAML) on this machine, as the server makes it, in a fresh folder.

    `files`: what its project holds besides, by path.
    """
    options = "--check --diff" if is_check else ""
    stream = transmitted(folder, tasks, variables or {}, options, files or {})
    return RunBundle("site", "1", stream, is_check, rollback)


def transmitted(
    folder: Path,
    tasks: str,
    variables: Mapping[str, object],
    cmdline: str,
    files: Mapping[str, str],
) -> str:
    data = folder / f"data-{time.monotonic_ns()}"
    for name in ("project", "inventory", "env"):
        (data / name).mkdir(parents=True)
    interpreter = 'ansible_python_interpreter="{{ ansible_playbook_python }}"'
    hosts = f"[here]\n{orders.SELF} ansible_connection=local {interpreter}\n"
    (data / "inventory" / "hosts").write_text(hosts)
    play = f"- hosts: here\n  gather_facts: false\n  tasks:\n{tasks}"
    for path, content in {"site.yml": play, **files}.items():
        file = data / "project" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content)
    found = _Buffer()
    options: dict[str, object] = {"cmdline": cmdline} if cmdline else {}
    if variables:
        options["extravars"] = dict(variables)
    ansible_runner.interface.run(
        streamer="transmit",
        _output=found,
        private_data_dir=str(data),
        playbook="site.yml",
        **options,
    )
    return found.getvalue().decode()
