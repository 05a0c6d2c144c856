"""Pretended devices say each thing once, at its time, with the moment at which it was measured."""

import math
from datetime import UTC, datetime, timedelta
from pathlib import Path

from edge_agent.inputs import Moment
from simulators.feeds import RecordedFeed, WorldFeed
from simulators.fleet import fleet
from simulators.recordings import Recording, Row
from simulators.world import PROBE, World
from telemetry.words import ClockTrust

STARTED_AT = datetime(2024, 5, 6, tzinfo=UTC)


def moment(up: float) -> Moment:
    return Moment(STARTED_AT + timedelta(seconds=up), up, "boot", ClockTrust.NTP)


def recording(*offsets: float) -> Recording:
    rows = tuple(Row(at + 2, offset, {"cqi": at}) for at, offset in enumerate(offsets))
    return Recording(Path("drive.csv"), rows)


def test_a_recording_at_its_own_speed_is_live() -> None:
    feed = RecordedFeed(recording(0.0, 1.0, 1.0, 2.0), began_up=1000.0, speed=1.0)

    said = [*feed.take(moment(1000.0)), *feed.take(moment(1001.0)), *feed.take(moment(1002.0))]

    assert [reading.metrics["cqi"] for reading in said] == [0, 1, 2, 3]
    assert [reading.taken for reading in said] == [
        moment(1000.0),
        moment(1001.0),
        moment(1001.0),
        moment(1002.0),
    ]
    assert all(reading.reports for reading in said)


def test_a_fast_replay_ends_now_and_began_as_long_ago_as_the_recording_is_long() -> None:
    feed = RecordedFeed(recording(0.0, 60.0, 120.0), began_up=1000.0, speed=60.0)

    first, second = feed.take(moment(1001.0))
    (last,) = feed.take(moment(1002.0))

    assert first.taken == moment(882.0)
    assert second.taken == moment(942.0)
    assert last.taken == moment(1002.0)


def test_nothing_is_said_twice_and_nothing_before_its_time() -> None:
    feed = RecordedFeed(recording(0.0, 1.0), began_up=1000.0, speed=1.0)

    assert len(feed.take(moment(1000.5))) == 1
    assert feed.due() == 1001.0
    assert feed.take(moment(1000.9)) == []
    assert len(feed.take(moment(1005.0))) == 1
    assert feed.due() == math.inf


def test_a_recorders_clock_that_went_back_holds_up_nothing() -> None:
    feed = RecordedFeed(recording(5.0, 0.0, 6.0), began_up=1000.0, speed=1.0)

    said = feed.take(moment(1006.0))

    assert [reading.metrics["cqi"] for reading in said] == [0, 1, 2]
    assert [reading.taken for reading in said] == [moment(1005.0), moment(1000.0), moment(1006.0)]


def test_a_replay_goes_on_where_the_one_before_was_ended() -> None:
    feed = RecordedFeed(recording(0.0, 1.0, 2.0), began_up=1000.0, speed=1.0, from_row=2)

    (said,) = feed.take(moment(1010.0))

    assert said.metrics["cqi"] == 2
    assert said.taken == moment(1002.0)


def test_the_worlds_devices_answer_once_a_question_until_they_are_stopped() -> None:
    member = fleet()[0]
    feed = WorldFeed(World(1), member, began_up=1000.0)

    assert feed.take(moment(1003.0)) == ()
    feed.ask(PROBE)
    assert feed.due() == 0.0
    (said,) = feed.take(moment(1003.0))
    assert {**said.metrics, **World(1).reading(member, 3.0).metrics} == said.metrics
    assert said.taken == moment(1003.0)
    assert feed.take(moment(1003.2)) == ()
    feed.stop()
    feed.ask(PROBE)
    assert feed.take(moment(1003.4)) == ()
