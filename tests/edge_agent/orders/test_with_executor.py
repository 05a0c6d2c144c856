"""The agent and the real executor together: whoever dies, each state is told once."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from edge_agent.inputs import FromCentre
from edge_agent.verify import verifies
from telemetry.wire import events
from telemetry.wire.orders import RunCommand
from telemetry.wire.output import join_output
from telemetry.words import RemoteCommand
from tests.edge_agent.in_memory_server import Drive, StartAgent
from tests.services.executor import LONGEST_SECONDS, Bench, executor

pytestmark = pytest.mark.integration


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    folder = tmp_path / "executor"
    folder.mkdir()
    with executor(folder) as running:
        yield running


def waited(drive: Drive, bench: Bench) -> None:
    """One note of the executor reaches the agent."""
    drive.up += 0.2
    drive.tick(bench.said.get(timeout=LONGEST_SECONDS))


def told(drive: Drive) -> list[events.OrderChanged | events.OrderOutput]:
    drive.connect()
    drive.run(8)
    return [
        event
        for event in drive.server.events()
        if isinstance(event, events.OrderChanged | events.OrderOutput)
    ]


@pytest.mark.parametrize("killed_after", [0, 1, 2, 3])
def test_an_agent_that_is_killed_anywhere_tells_each_state_once(
    start: StartAgent, bench: Bench, killed_after: int
) -> None:
    key = (bench.folder / "signing.pem").read_bytes()
    sealed = bench.seal(RunCommand(RemoteCommand.MEMORY_USE), validity=(0, 2_000_000_000_000))
    drive = start(executor=bench.client, check=lambda *signed: verifies(key, *signed))
    drive.tick(FromCentre("order", sealed))
    for _ in range(killed_after):
        waited(drive, bench)
    time.sleep(0.1)  # more may be on its way, and is lost with the agent
    again = Bench(bench.folder, bench.key)
    drive = start(drive.server, up=2000.0, executor=again.client)
    drive.tick(FromCentre("order", sealed))
    for _ in range(3 - killed_after):
        waited(drive, again)
    found = told(drive)

    states = [event.state for event in found if isinstance(event, events.OrderChanged)]
    assert states == ["accepted", "running", "succeeded"]
    assert b"Mem:" in join_output([e for e in found if isinstance(e, events.OrderOutput)])
    assert drive.agent.crew_view().work is None


def test_an_executor_that_is_killed_is_followed_when_it_is_back(
    start: StartAgent, bench: Bench
) -> None:
    sealed = bench.seal(RunCommand(RemoteCommand.MEMORY_USE), validity=(0, 2_000_000_000_000))
    bench.kill()
    drive = start(executor=bench.client)
    drive.tick(FromCentre("order", sealed))
    bench.start()
    for _ in range(3):
        waited(drive, bench)

    assert [e.state for e in told(drive) if isinstance(e, events.OrderChanged)] == [
        "accepted",
        "running",
        "succeeded",
    ]
