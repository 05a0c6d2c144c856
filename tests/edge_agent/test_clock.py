"""Where instants come from, and what never moves them."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_agent.clock import RELEASED_AT, Clock
from edge_agent.inputs import Moment
from edge_agent.records import Anchor
from telemetry.wire.messages import Value
from telemetry.words import ClockTrust

TODAY = datetime(2026, 12, 1, 8, tzinfo=UTC)
TODAY_MS = round(TODAY.timestamp() * 1000)
TURN = timedelta(weeks=1024)


def at(up: float, wall: datetime = TODAY, trust: ClockTrust = ClockTrust.NONE) -> Moment:
    return Moment(wall, up, "boot1", trust)


def fix(instant: datetime, *, wrapped: bool | None = False) -> dict[str, Value]:
    metrics: dict[str, Value] = {"gnss_unix_seconds": instant.timestamp()}
    if wrapped is not None:
        metrics["gnss_time_wrapped"] = wrapped
    return metrics


def test_an_instant_is_the_anchor_plus_the_uptime() -> None:
    clock = Clock({})
    clock.learn_from_server(at(100.0), TODAY_MS)

    assert clock.instant("boot1", 160_000) == (TODAY_MS + 60_000, ClockTrust.SERVER)
    assert clock.instant("boot0", 160_000) == (None, ClockTrust.NONE)


def test_ntp_is_taken_and_a_better_source_replaces_it() -> None:
    clock = Clock({})
    anchor, _ = clock.observe(at(100.0, trust=ClockTrust.NTP))
    better = clock.learn_from_fix(at(100.0), fix(TODAY + timedelta(seconds=3)))

    assert anchor == Anchor(TODAY_MS - 100_000, ClockTrust.NTP)
    assert better == Anchor(TODAY_MS - 97_000, ClockTrust.GNSS)


def test_a_worse_source_changes_nothing() -> None:
    clock = Clock({})
    clock.learn_from_fix(at(100.0), fix(TODAY))

    assert clock.learn_from_server(at(100.0), TODAY_MS + 9_000) is None
    assert clock.observe(at(100.0, TODAY + timedelta(days=1), ClockTrust.NTP))[0] is None


@pytest.mark.parametrize("wrapped", [True, None])
def test_a_date_that_is_wrapped_or_doubtful_is_never_the_clock(wrapped: bool | None) -> None:
    clock = Clock({})

    assert clock.learn_from_fix(at(100.0), fix(TODAY, wrapped=wrapped)) is None


@pytest.mark.parametrize("turns", [-2, -1, 1, 2])
def test_a_date_a_multiple_of_1024_weeks_from_the_known_time_is_never_the_clock(
    turns: int,
) -> None:
    clock = Clock({})
    clock.learn_from_server(at(100.0), TODAY_MS)

    assert clock.learn_from_fix(at(100.0), fix(TODAY + turns * TURN)) is None


@pytest.mark.parametrize("wall", [datetime(1970, 1, 1, tzinfo=UTC), RELEASED_AT - TURN])
def test_a_time_before_the_release_is_never_the_clock(wall: datetime) -> None:
    clock = Clock({})

    assert clock.observe(at(5.0, wall, ClockTrust.NTP)) == (None, None)
    assert clock.learn_from_fix(at(5.0), fix(wall)) is None


@given(st.integers(-40_000, 40_000), st.sampled_from([ClockTrust.NONE, ClockTrust.NTP]))
def test_no_jump_of_the_wall_clock_moves_an_instant(days: int, trust: ClockTrust) -> None:
    clock = Clock({})
    clock.learn_from_server(at(100.0), TODAY_MS)
    wall = max(datetime(1970, 1, 1, tzinfo=UTC), TODAY + timedelta(days=days))
    clock.observe(at(200.0, wall if days else TODAY + timedelta(seconds=100), trust))

    instant, _ = clock.instant("boot1", 200_000)
    assert instant is not None
    assert abs(instant - (TODAY_MS + 100_000)) <= 300_000


def test_a_wrong_wall_clock_is_told_once_until_it_is_right_again() -> None:
    clock = Clock({})
    clock.learn_from_server(at(0.0), TODAY_MS)
    wrong = TODAY + timedelta(days=-1)
    told = [clock.observe(at(0.0, wall))[1] for wall in (TODAY, wrong, wrong, TODAY, wrong)]

    assert [fault is not None for fault in told] == [False, True, False, False, True]
    assert told[1] is not None
    assert told[1].off_seconds == -86_400.0
    assert told[1].better == ClockTrust.SERVER


def test_the_wall_clock_is_vouched_for_only_near_an_anchor() -> None:
    clock = Clock({})
    before = clock.vouches_for_wall(at(0.0))
    clock.learn_from_server(at(0.0), TODAY_MS)

    assert not before
    assert clock.vouches_for_wall(at(0.0))
    assert not clock.vouches_for_wall(at(0.0, TODAY + timedelta(minutes=6)))
