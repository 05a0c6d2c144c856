"""Real agents and a whole server in virtual time, over a link that loses what it likes.

Agents are killed and switched off, the server is started again or restored from a backup, a
computer is replaced: every order comes to an end, and to the one that it came to at its asset.
"""

import random
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Final

import pytest

from edge_agent.agent import EdgeAgent
from edge_agent.identity import Identity
from edge_agent.inputs import FromCentre, Input, LinkUp, Moment
from edge_agent.outbox import Outbox
from edge_agent.outbox_file import MEMORY
from edge_agent.ports import Ports
from fleet_server.access.model import SYSTEM
from fleet_server.errors import Conflict, NotFound
from fleet_server.intake.intake import Intake
from fleet_server.orders import store
from fleet_server.orders.engine import OrderEngine
from fleet_server.orders.model import NewOrder, PlacedOrder, Step
from fleet_server.parts import Parts
from simulators.executors import PretendedExecutor
from telemetry.wire.events import OrderChanged
from telemetry.wire.orders import RunBundle
from telemetry.words import FINAL_STATES, ClockTrust
from tests.fleet_server.asking import Api
from tests.fleet_server.conftest import Clock

EPOCH: Final = datetime(2026, 3, 1, tzinfo=UTC)
ASSET: Final = "veh-001"
TICK_SECONDS: Final = 2
TAKEN_BACK: Final = ["queued", "cancelled"]


class Radio:
    def __init__(self) -> None:
        self.sent: list[bytes] = []

    def send(self, message_id: str, payload: bytes) -> None:
        self.sent.append(payload)

    def reconnect(self, why: str) -> None:
        """The next message may go through again."""

    def ask(self, name: str) -> None:
        raise AssertionError("there is no probe")


class World:
    """One asset, one server, one clock."""

    def __init__(self, parts: Parts, clock: Clock, folder: Path, dice: random.Random) -> None:
        self.parts, self.clock, self.dice = parts, clock, dice
        self.folder = folder
        self.loss = 0.0
        self.came_to: dict[str, str] = {}
        self.boots = 0
        self.was_restored = self.was_replaced = False
        self.backup: Path | None = None
        self.begin_server()
        self.new_computer()

    def begin_server(self) -> None:
        self.intake = Intake(self.parts.store, self.parts.database)
        self.engine = OrderEngine(self.parts.database, self.parts.authority, self.intake)
        self.intake.deliver(self.engine.waiting)

    def new_computer(self) -> None:
        self.was_replaced = self.boots > 0
        self.boots += 1
        self.outbox = Outbox(MEMORY, machine=f"m{self.boots}", asset=ASSET, synchronous="OFF")
        self.executor = PretendedExecutor(ASSET, seed=self.boots)
        self.switch_on()

    def switch_on(self) -> None:
        self.boots += 1
        self.radio = Radio()
        identity = Identity(ASSET, f"m{self.boots}", "127.0.0.1", 8883, self.folder)
        ports = Ports(self.radio, self.radio, executor=self.executor)
        self.agent: EdgeAgent | None = EdgeAgent(
            self.outbox, ports, identity, {}, lambda signed, signature: True
        )
        self.inputs: list[Input] = [LinkUp()]

    def run(self, seconds: float) -> None:
        until = self.clock.now + timedelta(seconds=seconds)
        while self.clock.now < until:
            now_ms = round(self.clock.now.timestamp() * 1000)
            answers = list(self.intake.tick(now_ms))
            for payload in self._agent_ticks():
                answers += self.intake.take(ASSET, "up/batch", payload, now_ms)
            answers += self.intake.commit(now_ms)
            self.engine.step(self.clock.now)
            for topic, payload in answers:
                if self.agent is not None and self.dice.random() >= self.loss:
                    self.inputs.append(FromCentre(topic.split("/", 4)[4], payload))
            self.clock.move(seconds=TICK_SECONDS)

    def _agent_ticks(self) -> Iterator[bytes]:
        if self.agent is None:
            return
        up = (self.clock.now - EPOCH).total_seconds()
        moment = Moment(self.clock.now, up, f"b{self.boots}", ClockTrust.NTP)
        notes = self.executor.take(moment)
        for note in notes:
            if isinstance(note.event, OrderChanged) and note.event.state in FINAL_STATES:
                self.came_to[note.event.id] = str(note.event.state)
        given, self.inputs = [*self.inputs, *notes], []
        self.agent.tick(moment, given)
        sent, self.radio.sent = self.radio.sent, []
        yield from (one for one in sent if self.dice.random() >= self.loss)

    def place(self) -> PlacedOrder:
        task = RunBundle("update_agent", "1", "x")
        new = NewOrder(task, "u", self.clock.now + timedelta(hours=12), source="rollout:1")
        with self.parts.database.unit(SYSTEM, self.clock.now) as unit:
            return store.place(unit, ASSET, new)

    def cancel(self, placed: PlacedOrder) -> None:
        try:
            with self.parts.database.unit(SYSTEM, self.clock.now) as unit:
                store.cancel(unit, placed.id)
        except (Conflict, NotFound):
            pass  # it has ended, or the server was restored to before it

    def save(self) -> None:
        self.backup = self.folder / "backup.sqlite"
        self.backup.unlink(missing_ok=True)
        with sqlite3.connect(self.folder / "state.sqlite") as source:
            source.execute("VACUUM INTO ?", (str(self.backup),))
        source.close()

    def restore(self) -> None:
        if self.backup is None:
            return
        self.was_restored = True
        self.parts.database.engine.dispose()
        for suffix in ("-wal", "-shm"):
            (self.folder / f"state.sqlite{suffix}").unlink(missing_ok=True)
        (self.folder / "state.sqlite").write_bytes(self.backup.read_bytes())
        self.parts.database.told += 1
        self.begin_server()

    def steps(self, placed: PlacedOrder) -> list[Step]:
        with self.parts.database.reading() as session:
            return store.steps(session, placed.id)

    def now(self, placed: PlacedOrder) -> PlacedOrder | None:
        with self.parts.database.reading() as session:
            return store.by_id(session, [placed.id]).get(placed.id)


def _happen(world: World, placed: list[PlacedOrder], seed: int) -> None:
    """Something that happens to one of both sides, or nothing."""
    match world.dice.randrange(8):
        case 0:
            world.cancel(world.dice.choice(placed))
        case 1:
            world.switch_on()  # killed, and begun again
        case 2:
            world.agent = None
            world.run(world.dice.choice((10, 400)))
            world.switch_on()
        case 3:
            world.begin_server()
        case 4:
            world.save()
        case 5 if seed % 3 == 1:
            world.restore()
        case 6 if seed % 3 == 2:
            world.new_computer()
        case _:
            pass


def _when_all_ended(world: World, placed: list[PlacedOrder]) -> list[PlacedOrder]:
    """Those that the server knows, once they have ended, or after hours on a perfect link."""
    world.loss = 0.0
    for _ in range(40):
        world.run(300)
        if all(one is None or one.is_final for one in map(world.now, placed)):
            break
    return [one for one in map(world.now, placed) if one is not None]


@pytest.mark.parametrize("seed", range(6))
def test_every_order_ends_as_it_ended_at_its_asset_whatever_happens(
    seed: int, api: Api, parts: Parts, clock: Clock, tmp_path: Path
) -> None:
    api.add(ASSET)
    world = World(parts, clock, tmp_path, random.Random(seed))
    placed: list[PlacedOrder] = []
    for _ in range(10):
        world.loss = world.dice.choice((0.0, 0.2, 0.6, 1.0))
        placed.append(world.place())
        world.run(world.dice.choice((4, 20, 60, 200)))
        _happen(world, placed, seed)
    known = _when_all_ended(world, placed)

    assert len(known) == len(placed) or world.was_restored
    for one in known:
        told = [(str(step.state), step.code, step.attempt) for step in world.steps(one)]
        assert one.is_final, told
        assert sum(state in FINAL_STATES for state, _, _ in told) == 1, told
        assert all(before != after for before, after in pairwise(told)), told
        truth = world.came_to.get(one.id)
        if truth is not None and not world.was_replaced:
            is_told_by_id = world.was_restored and one.code == "done_already"
            # Who cancels what a restored server does not know to be sent is told that it worked.
            was_taken_back = world.was_restored and [step[0] for step in told] == TAKEN_BACK
            assert one.state == truth or is_told_by_id or was_taken_back, (truth, told)
