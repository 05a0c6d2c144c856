"""What goes wrong in the shown fleet: each time to somebody else, and never in a small one."""

from datetime import UTC, datetime, timedelta

import pytest

from edge_agent.inputs import Moment
from simulators.feeds import WorldFeed
from simulators.fleet import fleet
from simulators.incidents import Cast, Incidents, cast
from simulators.world import PROBE, World
from telemetry.words import ClockTrust


def moment(up: float) -> Moment:
    return Moment(datetime(2027, 5, 6, tzinfo=UTC), up, "boot", ClockTrust.NTP)


@pytest.mark.parametrize("count", [40, 47, 60, 99, 115, 2000])
def test_each_incident_has_an_asset_of_its_own(count: int) -> None:
    members = fleet(count)
    who = cast(members)
    chosen = {who.silent, who.stops, who.wrong_clock, who.never_comes}

    assert len(chosen) == 4
    assert chosen <= {member.asset for member in members}


def test_a_small_fleet_is_spared() -> None:
    assert cast(fleet(12)) == Cast()


def test_a_wrong_clock_is_put_right_by_gnss() -> None:
    member = fleet()[18]
    feed = WorldFeed(World(1), member, began_up=0.0)
    Incidents(Cast(wrong_clock=member.asset), {member.asset: feed})

    early, late = feed.reading(moment(10.0)), feed.reading(moment(600.0))

    assert feed.own(moment(10.0)).wall - moment(10.0).wall == timedelta(minutes=11)
    assert "gnss_unix_seconds" not in early.metrics
    assert late.metrics["gnss_unix_seconds"] == moment(600.0).wall.timestamp()


def test_a_silenced_asset_is_heard_again_when_all_is_over() -> None:
    feed = WorldFeed(World(1), fleet()[70], began_up=0.0)
    feed.is_silenced = True
    silenced = feed.is_cut_off(moment(5.0))

    feed.stop()
    feed.ask(PROBE)

    assert silenced
    assert not feed.is_cut_off(moment(6.0))
