"""An agent with pretended ports, driven on a pretended clock."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

import pytest

from edge_agent.agent import EdgeAgent
from edge_agent.identity import Identity
from edge_agent.outbox import Outbox
from edge_agent.ports import NO_EXECUTOR, Check, Executor, Ports
from tests.edge_agent.in_memory_server import Drive, Radio, Server, StartAgent


@pytest.fixture
def start(tmp_path: Path) -> Iterator[StartAgent]:
    """Starts an agent on the outbox file of this test; again: as after a restart."""
    open_outboxes: list[Outbox] = []

    def start(
        server: Server | None = None,
        *,
        asset: str = "veh-001",
        machine: str = "machine-1",
        check: Check = lambda signed, signature: True,
        path: Path = tmp_path / "outbox.sqlite",
        up: float = 1000.0,
        every: Mapping[str, float] = MappingProxyType({"computer": 10.0}),
        on_arrival: Sequence[str] = (),
        executor: Executor = NO_EXECUTOR,
    ) -> Drive:
        outbox = Outbox(path, machine=machine, asset=asset, synchronous="OFF")
        open_outboxes.append(outbox)
        radio = Radio()
        identity = Identity(asset, machine, "127.0.0.1", 8883, tmp_path)
        agent = EdgeAgent(
            outbox,
            Ports(radio, radio, executor=executor),
            identity,
            every,
            check,
            on_arrival=on_arrival,
            version="0.1.0",
        )
        return Drive(agent, radio, server or Server(), up=up)

    yield start
    for outbox in open_outboxes:
        outbox.close()
