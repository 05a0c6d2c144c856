"""One `configure` run an asset: what it costs server and asset as a bundle, and pushed over SSH.

Both do the same to folders of their own on this machine. Pushed: ten hosts at once, pipelined, to
a real sshd on the loopback; the server is `ansible-playbook`, the asset what sshd starts. As a
bundle: the real executor runs it, and what it tells goes through a whole server, in this process.
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import msgspec

from bench.rows import Row, at_most, compared
from fleet_server import schema
from fleet_server.access.model import SYSTEM
from fleet_server.assets import store as assets
from fleet_server.assets.model import NewAsset
from fleet_server.authority.store import Authority
from fleet_server.database import Database
from fleet_server.orders import store as orders
from fleet_server.orders.model import NewOrder, PlacedOrder
from fleet_server.parts import Parts
from fleet_server.playbooks.bundling import Bundler
from fleet_server.playbooks.store import BUNDLED, Catalogue
from fleet_server.program import clockworks
from telemetry.wire.events import Event, OrderChanged
from telemetry.wire.orders import RunBundle
from telemetry.words import AssetKind, OrderState
from tests.fleet_server.conftest import Clock, made_parts
from tests.fleet_server.orders.vehicle import Vehicle
from tests.services.executor import executor
from tests.services.sshd import Sshd, sshd

HOSTS: Final = 10
MOST_OF_PUSH: Final = 1 / 50
MOST_AT_THE_EDGE: Final = 1.8
"""The issue of a bundle is the server; an asset may pay a little more than when it is pushed to."""

_PLAYBOOK: Final = "configure"
_PERSIST_SECONDS: Final = 15
_TOGETHER: Final = 2
WARM: Final = "veh-warm"
COURT: Final = "重庆市渝中区人民法院"


def run(seconds: float) -> list[Row]:
    """`seconds` makes no difference: each asset is configured once."""
    with tempfile.TemporaryDirectory(prefix="courtfleet-bench-") as name:
        folder = Path(name)
        pushed_server, pushed_edge = _pushed(folder / "pushed")
        bundled_edge, told = _carried_out(folder / "bundled")
        bundled_server = _served(folder / "server", told)
    server = compared("configure: server CPU an asset, bundle", bundled_server, "s", pushed_server)
    edge = compared("configure: CPU of the asset, bundle", bundled_edge, "s", pushed_edge)
    return [
        at_most(server, times_baseline=MOST_OF_PUSH),
        Row("configure: push costs the server so many times more", 1 / (server.ratio or 1), "x"),
        at_most(edge, times_baseline=MOST_AT_THE_EDGE),
    ]


def variables(root: Path) -> dict[str, Any]:
    """What the play is told, for an asset whose files lie in `root`."""
    for inner in ("etc/systemd/timesyncd.conf.d", "etc"):
        (root / inner).mkdir(parents=True, exist_ok=True)
    return {
        "clock_root": str(root),
        "clock_timezone": "Asia/Shanghai",
        "clock_servers": ["ntp1.example.cn", "ntp2.example.cn"],
    }


def _pushed(folder: Path) -> tuple[float, float]:
    """CPU seconds a host: of `ansible-playbook` with its children, and of what sshd started."""
    with sshd(folder / "sshd", HOSTS) as daemon:
        inventory = folder / "hosts"
        inventory.write_text("[all]\n" + "".join(_host(folder, n, daemon) for n in range(HOSTS)))
        environment = os.environ | {
            "ANSIBLE_PIPELINING": "True",
            "ANSIBLE_HOST_KEY_CHECKING": "False",
            "ANSIBLE_LOCAL_TEMP": str(folder / "tmp"),
            "ANSIBLE_SSH_ARGS": f"-o ControlMaster=auto -o ControlPersist={_PERSIST_SECONDS}s"
            f" -o ControlPath={folder}/%r-%p-%h -o UserKnownHostsFile=/dev/null -i {daemon.key}",
        }
        command = [str(Path(sys.executable).with_name("ansible-playbook")), "-f", str(HOSTS)]
        command += ["-i", str(inventory), str(BUNDLED / f"{_PLAYBOOK}.yml")]
        before = _children_seconds()
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, check=False, timeout=600
        )
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]
        server = _children_seconds() - before
        before = _children_seconds()
        # The masters that ssh left behind hang up by themselves; nobody waits for those, so that
        # what they cost the server is not counted.
        _wait_until_idle(daemon.pid)
    return server / HOSTS, (_children_seconds() - before) / HOSTS


def _wait_until_idle(daemon: int) -> None:
    children = Path(f"/proc/{daemon}/task/{daemon}/children")
    until = time.monotonic() + 4 * _PERSIST_SECONDS
    while children.read_text().strip():
        assert time.monotonic() < until, "a session does not end"
        time.sleep(0.2)


def _host(folder: Path, number: int, daemon: Sshd) -> str:
    """A line of the inventory: all are this machine, with a folder and an address of their own."""
    given = variables(folder / f"host{number}")
    told = " ".join(f"{key}={value!r}" for key, value in given.items() if isinstance(value, str))
    servers = f"clock_servers='{given['clock_servers']}'".replace("'[", '"[').replace("]'", ']"')
    return (
        f"host{number} ansible_host=127.0.0.{number + 1} ansible_port={daemon.port}"
        f" ansible_user={daemon.user} ansible_python_interpreter={sys.executable}"
        f" {told} {servers}\n"
    )


def _carried_out(folder: Path) -> tuple[float, list[list[Event]]]:
    """CPU seconds of the executor and its plays an asset, and what it told of each."""
    folder.mkdir(parents=True)
    bundler = Bundler(Catalogue(folder / "catalogue"))
    told: list[list[Event]] = []
    before = _children_seconds()
    with executor(folder) as bench:
        for number in range(1, HOSTS + 1):
            task = bundler.bundle(_PLAYBOOK, variables(folder / f"host{number}"))
            played = bench.play(bench.seal(task, number), number)
            assert played.end.state == "succeeded", played.end
            told.append([note.event for note in played.notes])
    return (_children_seconds() - before) / HOSTS, told


def _served(folder: Path, told: Sequence[Sequence[Event]]) -> float:
    """CPU seconds an asset of a server that bundles, signs and sends, and takes what comes back.

    All that the server does in those seconds counts, its jobs too, without what it does in as many
    seconds when nobody orders anything of the same assets. Each event is committed alone, and what
    the pretended assets spend on saying it counts too.
    """
    with _server(folder) as (parts, clock):
        bundler = Bundler(Catalogue(folder))
        # As in a rollout the same for all of them. The first only warms up: a server runs for long.
        task = bundler.bundle(_PLAYBOOK, variables(folder / "host"), is_check=True)
        _Day(parts, clock, [WARM]).spend(lambda: task, told[:1])
        given = variables(folder / "host")
        day = _Day(parts, clock, [f"veh-{number:03}" for number in range(HOSTS)])
        idle = day.spend(None, told)
        return (day.spend(lambda: bundler.bundle(_PLAYBOOK, given), told) - idle) / HOSTS


class _Day:
    """A server's seconds, one after the other, with these assets online."""

    def __init__(self, parts: Parts, clock: Clock, names: Sequence[str]) -> None:
        self._parts = parts
        self._clock = clock
        self._jobs = clockworks(parts)
        self._vehicles = [Vehicle(parts, clock, name) for name in names]
        self._pass_second()

    def spend(
        self, bundled: Callable[[], RunBundle] | None, told: Sequence[Sequence[Event]]
    ) -> float:
        """CPU seconds of one order to each, from its bundle to the last that it told.

        `bundled` None: of the same time without any.
        """
        spent = -time.process_time()
        for vehicle in self._vehicles:
            vehicle.beat()
        placed = [] if bundled is None else self._placed(bundled)
        self._pass_second()
        for vehicle in self._vehicles[: len(placed)]:
            vehicle.last_order += 1
        for step in range(max(len(events) for events in told)):
            for vehicle, order, events in zip(self._vehicles, placed, told, strict=False):
                number = vehicle.last_order
                if step == 0:
                    vehicle.tell(OrderChanged(order.id, number, OrderState.ACCEPTED))
                # Its output and its end are told in one breath.
                until = step + 1 if step < len(events) - _TOGETHER else len(events)
                if step <= len(events) - _TOGETHER:
                    vehicle.tell(*(_renamed(one, order.id, number) for one in events[step:until]))
            self._pass_second()
        spent += time.process_time()
        for vehicle, order in zip(self._vehicles, placed, strict=False):
            assert vehicle.state(order) == OrderState.SUCCEEDED
        return spent

    def _placed(self, bundled: Callable[[], RunBundle]) -> list[PlacedOrder]:
        """All in one transaction, as a rollout does."""
        until = self._clock.now + timedelta(hours=2)
        new = NewOrder(bundled(), _PLAYBOOK, until, source="rollout:1")
        with self._parts.database.unit(SYSTEM, self._clock.now) as unit:
            return [orders.place(unit, vehicle.asset, new) for vehicle in self._vehicles]

    def _pass_second(self) -> None:
        self._clock.move(seconds=1)
        for jobs in self._jobs.values():
            jobs.run_due(self._clock.now)
        self._parts.intake.tick(round(self._clock.now.timestamp() * 1000))


def _renamed(event: Any, identity: str, number: int) -> Any:
    fields = {"id": identity} | ({"number": number} if hasattr(event, "number") else {})
    return msgspec.structs.replace(event, **fields)


@contextmanager
def _server(folder: Path) -> Iterator[tuple[Parts, Clock]]:
    folder.mkdir(parents=True, exist_ok=True)
    clock = Clock()
    database = Database(f"sqlite:///{folder / 'state.sqlite'}")
    schema.metadata().create_all(database.engine)
    authority = Authority(folder / "authority", ["localhost"], clock.now)
    with made_parts(folder, database, authority, clock) as parts:
        with database.unit(SYSTEM, clock.now) as unit:
            for name in (WARM, *(f"veh-{number:03}" for number in range(HOSTS))):
                new = NewAsset(name, AssetKind.VEHICLE, "", COURT)
                assets.add(unit, new)
        yield parts, clock
    database.close()


def _children_seconds() -> float:
    """CPU of children that have ended and been waited for, theirs included."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
