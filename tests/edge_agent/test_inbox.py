"""What wakes the agent, and what it finds when it wakes."""

from datetime import UTC, datetime

from edge_agent.inbox import Inbox
from edge_agent.inputs import LinkUp, Moment, Reading
from telemetry.words import ClockTrust

NOW = Moment(datetime(2026, 11, 27, 8, tzinfo=UTC), 1000.0, "boot", ClockTrust.NTP)


def test_a_reading_that_joins_the_next_report_wakes_nobody_and_knows_its_moment() -> None:
    inbox = Inbox(lambda: NOW)
    inbox.put(Reading("position", {"fix_dimensions": 3}))
    woken_by = inbox.wait(0.001)
    (found,) = inbox.rest()

    assert woken_by is None
    assert found == Reading("position", {"fix_dimensions": 3}, taken=NOW)
    assert inbox.rest() == []


def test_a_reading_that_is_a_report_of_its_own_wakes() -> None:
    inbox = Inbox(lambda: NOW)
    reading = Reading("position", {"fix_dimensions": 3}, reports=True)
    inbox.put(reading)

    assert inbox.wait(0.001) == reading


def test_every_reading_wakes_while_a_track_is_recorded() -> None:
    inbox = Inbox(lambda: NOW)
    inbox.is_patient = False
    reading = Reading("position", {"fix_dimensions": 3})
    inbox.put(reading)

    assert inbox.wait(0.001) == reading


def test_what_had_time_comes_with_whatever_wakes() -> None:
    inbox = Inbox(lambda: NOW)
    reading = Reading("computer", {"processes": 1}, taken=NOW)
    inbox.put(reading)
    inbox.put(LinkUp())

    assert inbox.wait(0.001) == LinkUp()
    assert inbox.rest() == [reading]


def test_only_the_newest_fix_of_those_that_had_time_is_found() -> None:
    inbox = Inbox(lambda: NOW)
    inbox.put(Reading("position", {"fix_dimensions": 2}, taken=NOW))
    inbox.put(Reading("computer", {"processes": 1}, taken=NOW))
    inbox.put(Reading("position", {"fix_dimensions": 3}, taken=NOW))

    found = {reading.probe: reading.metrics for reading in inbox.rest()}  # type: ignore[union-attr]
    assert found == {"position": {"fix_dimensions": 3}, "computer": {"processes": 1}}


def test_each_reading_that_tells_of_devices_is_found() -> None:
    inbox = Inbox(lambda: NOW)
    first = Reading("cameras", {}, {"front": {"device_state": "ok"}}, taken=NOW)
    second = Reading("cameras", {}, {"back": {"device_state": "ok"}}, taken=NOW)
    inbox.put(first)
    inbox.put(second)

    assert inbox.rest() == [first, second]
