"""Orders in any order of things that happen, the agent killed before or after each commit."""

from collections.abc import Callable
from dataclasses import dataclass, field

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from edge_agent.check_run import CheckRun
from edge_agent.inputs import Moment, OrderNote
from edge_agent.orders.book import OrderBook
from edge_agent.orders.door import claimed_id
from edge_agent.sitting import SittingLock
from telemetry.wire import events
from telemetry.wire.events import OrderChanged
from telemetry.wire.orders import Conditions
from telemetry.wire.signed import open_sealed
from telemetry.words import FINAL_STATES, OrderKind
from tests.edge_agent.in_memory_server import moment
from tests.edge_agent.orders.letters import AT_ONCE, cancel, order

SCRIPT = ("running", "verifying", "succeeded")
DIES = st.sampled_from([False, False, False, True])


@dataclass
class Journal:
    """An executor that outlives agents: each order is begun once, and ends as cancelled or not."""

    begun: dict[int, list[OrderChanged]] = field(default_factory=dict)
    following: tuple[int, int] | None = None

    def can(self, kind: OrderKind) -> bool:
        return True

    def carry_out(self, number: int, sealed: bytes, heard: int) -> None:
        claimed = claimed_id(open_sealed(sealed).body)
        notes = [OrderChanged(claimed, number, state, attempt=1) for state in SCRIPT]
        self.begun.setdefault(number, notes)
        self.following = (number, heard)

    def cancel(self, number: int, sealed: bytes) -> None:
        assert self.following is not None
        notes = self.begun[number]
        if self.following[1] < len(notes) - 1:
            del notes[self.following[1] + 1 :]
            notes.append(OrderChanged(notes[0].id, number, "cancelled", attempt=1))

    def next_note(self) -> OrderNote | None:
        if self.following is None:
            return None
        number, at = self.following
        if at >= len(self.begun[number]):
            return None
        self.following = (number, at + 1)
        return OrderNote(number, at, self.begun[number][at])


class Room:
    """The desk of an asset on which nobody checks anything."""

    check: CheckRun | None = None

    def __init__(self, saved: bytes | None) -> None:
        self.lock = SittingLock(saved)

    def begin_check_alone(self, now: Moment) -> None:
        raise AssertionError("nobody orders a check")


class BookMachine(RuleBasedStateMachine):
    """`disk` and `told` are what was committed; what was not is lost with the agent."""

    def __init__(self) -> None:
        super().__init__()
        self.up = 100.0
        self.disk: dict[str, bytes] = {}
        self.told: list[events.Event] = []
        self.executor = Journal()
        self.open()

    def open(self) -> None:
        self.executor.following = None
        self.room = Room(self.disk.get("sitting"))
        self.book = OrderBook("veh-001", self.disk.get, lambda *_: True, self.executor, lambda: 0.0)

    def tick(self, is_killed: bool, step: Callable[[], object]) -> None:
        """One tick of the agent; killed before its commit, or not."""
        self.up += 1
        now = moment(self.up)
        step()
        self.book.advance(now, None, "", self.room)
        news = [*self.book.news(), *self.room.lock.news()]
        unsaved = self.book.unsaved()
        lock = self.room.lock.unsaved(now)
        if is_killed:
            self.open()
            return
        self.disk |= unsaved
        if lock is not None:
            self.disk["sitting"] = lock
        self.told += news
        self.book.settle(is_stored=True)

    @rule(disturbs=st.booleans(), dies=DIES)
    def receive_the_next(self, disturbs: bool, dies: bool) -> None:
        conditions = Conditions() if disturbs else AT_ONCE
        payload = order(self.book.last + 1, conditions=conditions)
        self.tick(dies, lambda: self.book.receive(payload, 1))

    @rule(ahead=st.integers(-2, 2), id=st.integers(0, 2), dies=DIES)
    def receive_another(self, ahead: int, id: int, dies: bool) -> None:
        number = max(self.book.last + ahead, 1)
        payload = order(number, f"order-{max(number - id, 1)}")
        self.tick(dies, lambda: self.book.receive(payload, 1))

    @rule(dies=DIES, again=st.booleans())
    def hear(self, dies: bool, again: bool) -> None:
        note = self.executor.next_note()
        if note is None:
            return

        def listen() -> None:
            for _ in range(1 + again):
                self.book.note(note, moment(self.up))

        self.tick(dies, listen)

    @rule(dies=DIES)
    def withdraw(self, dies: bool) -> None:
        active = self.book.active
        if active is not None:
            payload = cancel(active.number, active.id)
            self.tick(dies, lambda: self.book.receive(payload, 1))

    @rule(dies=DIES)
    def sit(self, dies: bool) -> None:
        if self.room.lock.sitting is not None:
            self.tick(dies, lambda: self.room.lock.end("judge-1", moment(self.up)))
        elif self.room.lock.work is None:
            self.tick(dies, lambda: self.room.lock.begin("judge-1", "", moment(self.up)))

    @rule(dies=DIES)
    def go_on(self, dies: bool) -> None:
        self.tick(dies, lambda: None)

    @invariant()
    def each_order_is_told_from_accepted_to_one_end(self) -> None:
        stories: dict[int, list[OrderChanged]] = {}
        for event in self.told:
            if isinstance(event, OrderChanged) and event.code not in {"older", "done_already"}:
                stories.setdefault(event.number, []).append(event)
        for story in stories.values():
            assert len({event.id for event in story}) == 1
            assert [event.state for event in story].count("accepted") == 1
            assert story[0].state == "accepted"
            assert all(event.state not in FINAL_STATES for event in story[:-1])
        assert list(stories) == sorted(stories)
        for before in list(stories.values())[:-1]:
            assert before[-1].state in FINAL_STATES

    @invariant()
    def what_the_executor_said_was_told_in_its_order(self) -> None:
        for number, notes in self.executor.begun.items():
            told = [e for e in self.told if isinstance(e, OrderChanged) and e.number == number]
            heard = [event.state for event in told if event.attempt]
            assert heard == [note.state for note in notes[: len(heard)]]

    @invariant()
    def an_order_that_is_over_locks_nothing(self) -> None:
        if self.book.active is None:
            assert self.room.lock.work is None

    @invariant()
    def no_sitting_is_on_while_work_is(self) -> None:
        assert self.room.lock.sitting is None or self.room.lock.work is None


BookMachine.TestCase.settings = settings(max_examples=40, stateful_step_count=40, deadline=None)
test_orders_in_any_order = BookMachine.TestCase
