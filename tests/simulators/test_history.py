"""An agent that lived through a past holds its reports, each with the moment it was measured."""

from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

from edge_agent.agent import EdgeAgent
from edge_agent.identity import Identity
from edge_agent.inputs import Moment
from edge_agent.outbox import Outbox
from edge_agent.ports import Ports
from simulators.asset import SimulatedAsset
from simulators.feeds import WorldFeed
from simulators.fleet import fleet
from simulators.history import History
from simulators.shadow import OfflineLink
from simulators.witness import Witness
from simulators.world import World
from telemetry.words import ClockTrust, Stream

NOW = Moment(datetime(2027, 5, 6, 3, tzinfo=UTC), 100_000.0, "demo0001", ClockTrust.NTP)
NOW_MS = round(NOW.wall.timestamp() * 1000)


def identity(folder: Path) -> Identity:
    return Identity(
        asset="veh-001",
        broker_host="127.0.0.1",
        broker_port=1,
        machine="machine",
        folder=folder,
    )


def test_reports_of_the_past_wait_with_their_instants(tmp_path: Path) -> None:
    member = fleet()[0]
    feed = WorldFeed(World(1), member, NOW.up)
    outbox = Outbox(tmp_path / "outbox.sqlite", machine="machine", asset=member.asset)
    agent = EdgeAgent(
        outbox, Ports(OfflineLink(), feed), identity(tmp_path), {}, lambda text, signature: True
    )
    asset = SimulatedAsset(member.asset, agent, feed)

    with Witness(tmp_path / "witness") as witness:
        history = History(7200.0, 60.0, 15.0, witness)
        history.live_through(asset, feed, NOW)
    rows = outbox.select(
        Stream.REPORTS, (), newest=False, most_records=10_000, most_bytes=10_000_000
    )
    outbox.close()

    instants = [row.stamp.measured_at or 0 for row in rows]
    steps = [later - before for before, later in pairwise(instants)]
    assert len(rows) == history.reports >= 120
    assert instants[0] == NOW_MS - 7_200_000
    assert NOW_MS - 65_000 <= instants[-1] <= NOW_MS
    assert set(steps) == {15_000, 60_000}
    assert (tmp_path / "witness").read_text().count("!") == history.reports


def test_a_past_that_is_switched_off_took_no_time(tmp_path: Path) -> None:
    with Witness(tmp_path / "witness", is_durable=False) as witness:
        assert History(0.0, 60.0, 15.0, witness).reports == 0
