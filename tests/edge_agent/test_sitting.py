"""The sitting lock: who holds it, what keeps it, and what alone gives it up."""

import pytest

from edge_agent.errors import ActRefused, Denial
from edge_agent.sitting import (
    CREW_LEASE_SECONDS,
    QUIET_SECONDS,
    RENEWED_SECONDS,
    Allowed,
    Deferred,
    SittingLock,
)
from telemetry.wire import events
from telemetry.wire.people import Booking
from telemetry.words import Deferral, SittingOwner
from tests.edge_agent.in_memory_server import moment

NINE = 1_796_000_000_000
HEARING = Booking("b-1", "hearing", NINE, NINE + 3_600_000)
IN_USE = {"camera": True}
IDLE = {"camera": False}


class Bench:
    """A lock, the clock it is watched by, and what it told."""

    def __init__(self, saved: bytes | None = None, *, up: float = 1000.0, boot: str = "b1") -> None:
        self.lock = SittingLock(saved)
        self.up = up
        self.boot = boot
        self.saved = saved
        self.told: list[events.Event] = []
        self.bookings: list[Booking] = []

    def wait(self, seconds: float, now_ms: int | None = None, step: float = 10.0) -> None:
        until = self.up + seconds
        while self.up < until:
            self.up = min(self.up + step, until)
            self.tick(now_ms)

    def tick(self, now_ms: int | None = None) -> None:
        now = moment(self.up, boot=self.boot)
        self.lock.watch(now, now_ms, self.bookings)
        self.told += self.lock.news()
        self.saved = self.lock.unsaved(now) or self.saved

    def begin(self) -> None:
        self.lock.begin("p-1", "hearing", moment(self.up, boot=self.boot))
        self.tick()

    def hear(self, in_use: dict[str, bool]) -> None:
        self.lock.hear(in_use, moment(self.up, boot=self.boot))
        self.tick()

    def asks(self, step: str = "update") -> Allowed | Deferred:
        return self.lock.may_disturb(step, moment(self.up, boot=self.boot))

    def restarted(self, boot: str = "b1", up: float | None = None) -> "Bench":
        again = Bench(self.saved, up=self.up if up is None else up, boot=boot)
        again.tick()
        return again

    @property
    def is_held(self) -> bool:
        return self.lock.sitting is not None


def test_a_lease_that_is_over_does_not_permit_disturbance() -> None:
    bench = Bench()
    bench.begin()
    bench.wait(CREW_LEASE_SECONDS + QUIET_SECONDS / 2)

    assert bench.is_held
    assert bench.asks() == Deferred(Deferral.NOT_QUIET)


def test_fifteen_quiet_minutes_after_the_lease_end_the_sitting() -> None:
    bench = Bench()
    bench.begin()
    bench.wait(CREW_LEASE_SECONDS + QUIET_SECONDS + 30)

    assert bench.told[-1] == events.SittingEnded("quiet")
    assert bench.asks() == Allowed()


def test_a_camera_in_use_takes_the_lock_and_renews_its_lease() -> None:
    bench = Bench()
    for _ in range(400):
        bench.hear(IN_USE)
        bench.wait(10)
    held_through = bench.is_held
    bench.hear(IDLE)
    for _ in range(130):
        bench.wait(10)
        bench.hear(IDLE)

    assert bench.told[0] == events.SittingBegan("recording", "", "", RENEWED_SECONDS)
    assert held_through
    assert bench.told[1:] == [events.SittingEnded("quiet")]


def test_it_is_not_quiet_while_somebody_is_at_the_page() -> None:
    bench = Bench()
    bench.begin()
    for _ in range(60):
        bench.wait(CREW_LEASE_SECONDS / 30)
        bench.lock.touch()

    assert bench.is_held


def test_the_silence_of_who_would_tell_of_a_camera_is_not_quiet() -> None:
    bench = Bench()
    bench.begin()
    bench.hear(IDLE)
    bench.wait(CREW_LEASE_SECONDS + 10 * QUIET_SECONDS)

    assert bench.is_held


def test_a_sleep_is_not_quiet() -> None:
    bench = Bench()
    bench.begin()
    bench.up += 20 * CREW_LEASE_SECONDS
    bench.tick()
    bench.up += 20 * CREW_LEASE_SECONDS
    bench.tick()

    assert bench.is_held


def test_the_rest_of_a_lease_counts_anew_after_a_reboot() -> None:
    bench = Bench()
    bench.begin()
    bench.wait(3600)
    again = bench.restarted(boot="b2", up=20.0)
    left = again.lock.left_seconds(moment(20.0, boot="b2"))
    again.wait(600)

    assert 3 * 3600 <= left <= 3 * 3600 + 60
    assert again.lock.left_seconds(moment(again.up, boot="b2")) == pytest.approx(left - 600)


def test_a_lease_goes_on_through_a_restart_of_the_agent() -> None:
    bench = Bench()
    bench.begin()
    bench.wait(90)
    again = bench.restarted(up=bench.up + 10)

    left = again.lock.left_seconds(moment(again.up, boot="b1"))
    assert left == pytest.approx(CREW_LEASE_SECONDS - 100)


def test_a_booking_takes_the_lock_when_its_time_comes_by_a_clock_that_is_trusted() -> None:
    bench = Bench()
    bench.bookings = [HEARING]
    bench.tick(NINE - 1)
    bench.tick(None)
    early = list(bench.told)
    bench.tick(NINE + 600_000)

    assert early == []
    assert bench.told == [events.SittingBegan("day", "", "hearing", 3000.0)]


def test_a_booking_that_the_crew_ended_does_not_take_the_lock_again() -> None:
    bench = Bench()
    bench.bookings = [HEARING]
    bench.tick(NINE)
    bench.lock.end("p-1", moment(bench.up))
    bench.tick()
    again = bench.restarted()
    again.bookings = [HEARING]
    again.wait(60, NINE + 60_000)

    assert not again.is_held


def test_a_booking_waits_for_the_end_of_maintenance() -> None:
    bench = Bench()
    bench.bookings = [HEARING]
    bench.lock.begin_work("p-2", "new disk")
    bench.tick(NINE)
    was_held = bench.is_held
    bench.lock.end_work("p-2")
    bench.tick(NINE + 1000)

    assert not was_held
    assert bench.lock.sitting is not None
    assert bench.lock.sitting.owner is SittingOwner.DAY


def test_no_sitting_begins_during_maintenance_and_the_other_way_round() -> None:
    bench = Bench()
    bench.lock.begin_work("p-2", "new disk")
    with pytest.raises(ActRefused) as refused:
        bench.begin()
    bench.hear(IN_USE)
    was_held = bench.is_held
    bench.lock.end_work("p-2")
    bench.begin()
    with pytest.raises(ActRefused) as refused_too:
        bench.lock.begin_work("p-2", "again")

    assert refused.value.code is Denial.IN_MAINTENANCE
    assert not was_held
    assert refused_too.value.code is Denial.IN_SITTING


def test_the_crew_takes_over_what_a_recording_began() -> None:
    bench = Bench()
    bench.hear(IN_USE)
    bench.begin()

    assert bench.told[1:] == [
        events.SittingEnded("crew", "p-1"),
        events.SittingBegan("crew", "p-1", "hearing", CREW_LEASE_SECONDS),
    ]


def test_what_was_ended_while_a_camera_runs_begins_again_only_after_it_stopped() -> None:
    bench = Bench()
    bench.hear(IN_USE)
    bench.lock.end("p-1", moment(bench.up))
    bench.hear(IN_USE)
    while_it_runs = bench.is_held
    bench.hear(IDLE)
    bench.hear(IN_USE)

    assert not while_it_runs
    assert bench.is_held


def test_an_override_needs_a_reason_and_says_who_and_why() -> None:
    bench = Bench()
    bench.begin()
    with pytest.raises(ActRefused) as refused:
        bench.lock.override("p-9", " ", moment(bench.up))
    bench.lock.override("p-9", "the hall burns", moment(bench.up))
    bench.tick()

    assert refused.value.code is Denial.NO_REASON
    assert bench.told[-1] == events.SittingEnded("overridden", "p-9", "the hall burns")
    assert bench.asks() == Allowed()


def test_a_deferred_step_is_told_once_a_reason_and_when_it_is_allowed() -> None:
    bench = Bench()
    free = bench.asks()
    bench.begin()
    deferred = [bench.asks(), bench.asks()]
    bench.lock.end("p-1", moment(bench.up))
    allowed = [bench.asks(), bench.asks()]
    bench.tick()

    assert [free, *allowed] == [Allowed()] * 3
    assert deferred == [Deferred(Deferral.IN_SITTING)] * 2
    assert [event for event in bench.told if isinstance(event, events.Disturbed)] == [
        events.Disturbed("update", "deferred", "in_sitting"),
        events.Disturbed("update", "allowed"),
    ]


def test_a_state_that_cannot_be_read_counts_as_held_until_it_was_quiet() -> None:
    bench = Bench(b"not ours")
    bench.tick()
    was_held = bench.is_held
    bench.wait(QUIET_SECONDS + 30)

    assert was_held
    assert not bench.is_held
