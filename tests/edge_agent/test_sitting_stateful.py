"""The sitting lock in any order of things that happen, against a plain account of who holds it."""

import contextlib
from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from edge_agent.errors import ActRefused
from edge_agent.inputs import Moment
from edge_agent.sitting import QUIET_SECONDS, Allowed, SittingLock
from telemetry.wire import events
from telemetry.wire.people import Booking
from telemetry.words import ClockTrust
from tests.edge_agent.in_memory_server import START

BOOKINGS = [
    Booking(
        f"b-{at}", "hearing", 1_800_000_000_000 + at * 600_000, 1_800_000_300_000 + at * 600_000
    )
    for at in range(5)
]


class LockMachine(RuleBasedStateMachine):
    """`holder` is whom the events say, `unquiet_up` when it last could not have been quiet."""

    def __init__(self) -> None:
        super().__init__()
        self.up = 100.0
        self.boot = 1
        self.years = 0.0
        self.saved: bytes | None = None
        self.lock = SittingLock(None)
        self.holder = ""
        self.is_worked_on = False
        self.unquiet_up = self.up
        self.lease_until = 0.0

    def now(self) -> Moment:
        wall = START + timedelta(days=self.years * 365, seconds=self.up)
        return Moment(wall, self.up, f"boot{self.boot}", ClockTrust.NONE)

    def keep(self) -> None:
        """What the tick's transaction does."""
        self.saved = self.lock.unsaved(self.now()) or self.saved
        for event in self.lock.news():
            self.account(event)

    def account(self, event: events.Event) -> None:
        match event:
            case events.SittingBegan(owner, _, _, seconds):
                assert not self.holder, "a second owner"
                assert not self.is_worked_on
                self.holder = owner
                self.lease_until = self.up + seconds
            case events.SittingEnded(why, who, said):
                assert self.holder
                if why == "quiet":
                    assert self.up - self.unquiet_up >= QUIET_SECONDS
                    assert self.up - self.lease_until >= QUIET_SECONDS
                else:
                    assert who
                    assert why == "crew" or said
                self.holder = ""
            case events.Maintenance(is_on):
                assert not self.holder
                self.is_worked_on = is_on
            case _:
                pass

    @rule(minutes=st.sampled_from([0.1, 0.4, 1, 5, 16, 60, 300]), deaf=st.booleans())
    def wait(self, minutes: float, deaf: bool) -> None:
        until = self.up + minutes * 60
        while self.up < until:
            self.up += 20
            if not deaf:
                self.lock.hear({"camera": False}, self.now())
            self.lock.watch(self.now(), None, ())
            self.keep()

    @rule(hours=st.floats(0.1, 50))
    def sleep(self, hours: float) -> None:
        self.up += hours * 3600
        self.lock.watch(self.now(), None, ())
        self.unquiet_up = self.up
        self.keep()

    @rule()
    def use(self) -> None:
        self.lock.hear({"camera": True, "microphone": False}, self.now())
        self.unquiet_up = self.up
        self.keep()

    @rule(years=st.sampled_from([-56.0, -1.0, 0.0, 3.0, 400.0]))
    def jump(self, years: float) -> None:
        """The wall clock, by years."""
        held = self.holder
        self.years = years
        self.lock.watch(self.now(), None, ())
        self.keep()

        assert self.holder == held or not held

    @rule(at=st.sampled_from(BOOKINGS), later_ms=st.integers(-1000, 400_000))
    def book(self, at: Booking, later_ms: int) -> None:
        self.lock.watch(self.now(), at.begins_at + later_ms, BOOKINGS)
        self.keep()

    @rule()
    def begin(self) -> None:
        with contextlib.suppress(ActRefused):
            self.lock.begin("p-1", "hearing", self.now())
        self.keep()

    @rule(overrides=st.booleans())
    def end(self, overrides: bool) -> None:
        with contextlib.suppress(ActRefused):
            if overrides:
                self.lock.override("p-2", "a reason", self.now())
            else:
                self.lock.end("p-1", self.now())
        self.keep()
        assert not self.holder

    @rule(is_on=st.booleans())
    def work(self, is_on: bool) -> None:
        with contextlib.suppress(ActRefused):
            if is_on:
                self.lock.begin_work("p-2", "new disk")
            else:
                self.lock.end_work("p-2")
        self.keep()

    @rule()
    def kill(self) -> None:
        self.lock = SittingLock(self.saved)
        self.unquiet_up = self.up
        self.lock.watch(self.now(), None, ())
        self.keep()

    @rule(up=st.floats(0, 1e6))
    def reboot(self, up: float) -> None:
        left = max(self.lease_until - self.up, 0.0)
        self.boot += 1
        self.up = up
        self.lease_until = up + left
        self.kill()
        if self.holder:
            assert self.lock.left_seconds(self.now()) >= left - 1e-6

    @precondition(lambda self: self.holder)
    @rule(step=st.sampled_from(["update", "burst"]))
    def is_deferred(self, step: str) -> None:
        assert not isinstance(self.lock.may_disturb(step, self.now()), Allowed)
        self.keep()

    @precondition(lambda self: not self.holder)
    @rule(step=st.sampled_from(["update", "burst"]))
    def is_allowed(self, step: str) -> None:
        assert isinstance(self.lock.may_disturb(step, self.now()), Allowed)
        self.keep()

    @invariant()
    def the_lock_is_whose_the_events_say(self) -> None:
        sitting = self.lock.sitting
        assert (sitting.owner if sitting else "") == self.holder
        assert (self.lock.work is not None) == self.is_worked_on


LockMachine.TestCase.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
test_the_lock_has_one_owner_and_no_clock_releases_it = LockMachine.TestCase
