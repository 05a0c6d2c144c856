"""The order that an asset has, from the moment it is taken to its end; ticked with the agent.

```
 letter ─▶ refused                          ┌─ cancel, validity over ─▶ cancelled, refused
   └────▶ accepted ─▶ (deferred: not now) ──┴─▶ begun ─▶ what the executor says ─▶ a final state
```

What it decides comes out of `news` as events, what must outlive a restart out of `unsaved`; both
belong into the tick's transaction. Only once that is stored, `settle` lets the executor act.
"""

import logging
from collections.abc import Callable
from typing import Final, Protocol

import msgspec
from msgspec.structs import replace

from edge_agent.check_run import CheckRun
from edge_agent.inputs import Moment, OrderNote, Reading
from edge_agent.orders.conditions import Surroundings, deferral
from edge_agent.orders.door import Letter, OrderDoor, TurnedAway, claimed_id
from edge_agent.orders.state import Active, BookState, order_of
from edge_agent.ports import Check, Executor
from edge_agent.sitting import Deferred, SittingLock
from telemetry.wire import events
from telemetry.wire.orders import Cancel, CheckNow, Order, RunBundle, kind_of
from telemetry.words import (
    FINAL_STATES,
    Deferral,
    OrderFault,
    OrderRefusal,
    OrderState,
    word,
)

logger = logging.getLogger(__name__)

STEP: Final = "order"
"""What the sitting lock calls it in `disturbance` events."""
FULL_SHARE: Final = 0.8
UNANSWERED_SECONDS: Final = 300.0
"""An executor that has said nothing of an order by then never will."""
SILENT_SECONDS: Final = 600.0
"""How much longer than its limit a play may be silent: each begins and ends with a word."""

_STATE: Final = "orders"
_SEALED: Final = "order_sealed"
_CANCEL: Final = "order_cancel"
_ASK_EVERY_SECONDS: Final = 5.0
_CHECK_EVERY_SECONDS: Final = 1.0
_MOST_TOLD: Final = 64
_EXECUTOR_SAYS: Final = FINAL_STATES - {OrderState.EXPIRED} | {
    OrderState.DOWNLOADING,
    OrderState.RUNNING,
    OrderState.VERIFYING,
}


class Desk(Protocol):
    """Where the crew's sitting lock and checks are."""

    lock: SittingLock
    check: CheckRun | None

    def begin_check_alone(self, now: Moment) -> None:
        """A check while nobody is there; `check` is it until it is done."""


class OrderBook:
    """Owned by the agent's thread. `fact` gives a state as it was committed last.

    `events_share`: how much of the outbox's room for events is taken.
    """

    def __init__(
        self,
        asset: str,
        fact: Callable[[str], bytes | None],
        check: Check,
        executor: Executor,
        events_share: Callable[[], float],
    ) -> None:
        self._door = OrderDoor(asset, check)
        self._executor = executor
        self._events_share = events_share
        self._surroundings = Surroundings()
        self._state = BookState.read(fact(_STATE))
        self._sealed = fact(_SEALED) or b""
        self._cancel = fact(_CANCEL) or b""
        self._order = order_of(self._sealed)
        self._told: dict[TurnedAway, None] = {}
        self._news: list[events.Event] = []
        self._actions: list[Callable[[], None]] = []
        self._to_save: set[str] = set()
        self._check: CheckRun | None = None
        self._heard_up: float | None = None
        self._due = float("inf")
        self._stored_last = self._state.row.last
        self._go_on()

    @property
    def last(self) -> int:
        """The last number taken, as it is stored; for the header."""
        return self._stored_last

    @property
    def active(self) -> Active | None:
        """The order that was taken and is not final."""
        return self._state.active

    def runs(self, number: int, id: str) -> bool:
        """Whether this very order was begun, and is not over."""
        active = self.active
        return active is not None and active.is_begun and (active.number, active.id) == (number, id)

    def next_due(self) -> float:
        """When to be ticked again at the latest, in `up` seconds."""
        return float("inf") if self.active is None else self._due

    def take(self, reading: Reading, up: float) -> None:
        """What a probe found may be what an order waits for."""
        self._surroundings.take(reading, up)

    def receive(self, payload: bytes, now_ms: int) -> None:
        """A message of the topic of orders."""
        self._heed(self._door.receive(payload, self._state.row), now_ms)

    def checked(self, signature: bytes, is_genuine: bool | None, now_ms: int) -> None:
        """The answer of a check; it may be about something else."""
        self._heed(self._door.checked(signature, is_genuine), now_ms)

    def note(self, note: OrderNote, now: Moment) -> None:
        """What the executor says; of another order, or known already, it means nothing."""
        active = self.active
        is_news = active is not None and (note.number, note.at) == (active.number, active.heard)
        if active is None or not is_news or note.event.id != active.id:
            return
        self._heard_up = now.up
        self._change(replace(active, heard=active.heard + 1))
        match note.event:
            case events.OrderOutput():
                self._news.append(note.event)
            case events.OrderChanged(state=said, code=code, attempt=attempt):
                state = word(OrderState, said)
                if state in _EXECUTOR_SAYS and (state, code, attempt) != _told(active):
                    self._tell(replace(note.event, number=active.number))

    def advance(self, now: Moment, now_ms: int | None, link_class: str, desk: Desk) -> bool:
        """Go on with the order; whether a check began, which wants the probes to look anew.

        `now_ms`: ms since 1970, None while nobody vouches for the clock; nothing expires then.
        """
        active, order = self.active, self._order
        if active is None:
            return self._give_lock_back(desk)
        if order is None:
            self._tell(_changed(active, OrderState.FAILED, OrderFault.EXECUTOR, "not readable"))
            return self._give_lock_back(desk)
        if not active.is_begun:
            return self._begin_if_possible(active, order, now, now_ms, link_class, desk)
        if isinstance(order.task, CheckNow):
            return self._follow_check(active, order, now, desk)
        self._watch_silence(active, order, now)
        return False

    def news(self) -> list[events.Event]:
        """What was decided since the last call, in order."""
        news, self._news = self._news, []
        return news

    def unsaved(self, *, anew: bool = False) -> dict[str, bytes]:
        """The states to keep with this tick; `anew`: all of them, for a new file."""
        if not (anew or self._to_save):
            return {}
        states = {
            _STATE: msgspec.json.encode(self._state),
            _SEALED: self._sealed,
            _CANCEL: self._cancel,
        }
        names = states.keys() if anew else self._to_save
        found = {name: states[name] for name in names}
        self._to_save = set()
        return found

    def settle(self, *, is_stored: bool) -> None:
        """Act on what was decided, now that it is stored; what could not be stored waits."""
        if not is_stored:
            return
        self._stored_last = self._state.row.last
        actions, self._actions = self._actions, []
        for act in actions:
            act()

    def _go_on(self) -> None:
        """After a restart: ask the executor for what it said meanwhile, and repeat a cancel."""
        active, order = self.active, self._order
        if active is None or order is None or not active.is_begun:
            return
        if not isinstance(order.task, CheckNow):
            self._act_on(active)

    def _act_on(self, active: Active) -> None:
        sealed, cancel = self._sealed, self._cancel
        self._actions.append(lambda: self._executor.carry_out(active.number, sealed, active.heard))
        if cancel:
            self._actions.append(lambda: self._executor.cancel(active.number, cancel))

    def _heed(self, found: Letter | TurnedAway | None, now_ms: int) -> None:
        if isinstance(found, TurnedAway):
            self._turn_away(found)
        elif found is not None and found.is_cancel:
            self._take_cancel(found, now_ms)
        elif found is not None:
            self._take_order(found, now_ms)

    def _turn_away(self, found: TurnedAway) -> None:
        if found in self._told:
            return
        self._told[found] = None
        if len(self._told) > _MOST_TOLD:
            del self._told[next(iter(self._told))]
        logger.warning("order refused", extra={"number": found.number, "code": found.code})
        refused = OrderState.REFUSED
        self._news.append(events.OrderChanged(found.id, found.number, refused, found.code))

    def _take_order(self, letter: Letter, now_ms: int) -> None:
        """Whose signature is right: it is taken, or refused for good; its turn may be over."""
        header, body = letter.opened.header, letter.opened.body
        row = self._state.row
        if self.active is not None or not row.is_next(header.number):
            return
        claimed = claimed_id(body)
        taken = row.with_taken(header.number, claimed)
        refusal, order = self._refusal(letter, claimed, now_ms)
        if refusal is not None or order is None:
            self._save(BookState(taken), _STATE)
            code = refusal or OrderRefusal.CONTENT
            logger.warning("order refused", extra={"number": header.number, "code": code})
            refused = OrderState.REFUSED
            self._news.append(events.OrderChanged(claimed, header.number, refused, code))
            return
        active = Active(header.number, order.id, header.not_after)
        self._order, self._sealed, self._cancel = order, letter.payload, b""
        self._save(BookState(taken, active), _STATE, _SEALED, _CANCEL)
        self._news.append(events.OrderChanged(order.id, header.number, OrderState.ACCEPTED))

    def _refusal(
        self, letter: Letter, id: str, now_ms: int
    ) -> tuple[OrderRefusal | None, Order | None]:
        header = letter.opened.header
        if now_ms < header.not_before:
            return OrderRefusal.NOT_YET_VALID, None
        if now_ms > header.not_after:
            return OrderRefusal.EXPIRED, None
        if self._state.row.knows(id):
            return OrderRefusal.DONE_ALREADY, None
        try:
            order = msgspec.json.decode(letter.opened.body, type=Order)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            return OrderRefusal.CONTENT, None
        kind = kind_of(order.task)
        if header.name != kind:
            return OrderRefusal.CONTENT, None
        if self._events_share() >= FULL_SHARE:
            return OrderRefusal.OUTBOX_FULL, None
        if not isinstance(order.task, CheckNow) and not self._executor.can(kind):
            return OrderRefusal.NO_EXECUTOR, None
        return None, order

    def _take_cancel(self, letter: Letter, now_ms: int) -> None:
        """The server says it again until the order is final: what cannot be done is forgotten."""
        active, header = self.active, letter.opened.header
        if active is None or header.number != active.number or self._cancel:
            return
        try:
            cancel = msgspec.json.decode(letter.opened.body, type=Cancel)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            return
        if cancel.id != active.id or not header.not_before <= now_ms <= header.not_after:
            return
        is_ours = self._order is None or isinstance(self._order.task, CheckNow)
        if not active.is_begun or is_ours:
            self._tell(_changed(active, OrderState.CANCELLED))
            return
        self._cancel = letter.payload
        self._to_save.add(_CANCEL)
        self._actions.append(lambda: self._executor.cancel(active.number, letter.payload))

    def _begin_if_possible(
        self,
        active: Active,
        order: Order,
        now: Moment,
        now_ms: int | None,
        link_class: str,
        desk: Desk,
    ) -> bool:
        if now_ms is not None and now_ms > active.not_after:
            self._tell(_changed(active, OrderState.REFUSED, OrderRefusal.EXPIRED))
            return self._give_lock_back(desk)
        self._due = now.up + _ASK_EVERY_SECONDS
        reason = self._reason_to_wait(order, now, now_ms, link_class, desk)
        if reason is not None:
            if (active.state, active.code) != (OrderState.DEFERRED, reason):
                self._tell(_changed(active, OrderState.DEFERRED, reason))
            return False
        active = replace(active, is_begun=True)
        self._change(active)
        self._heard_up = now.up
        if isinstance(order.task, CheckNow):
            return self._begin_check(active, now, desk)
        if order.conditions.disturbs:
            desk.lock.begin_work("", _named(order))
        self._act_on(active)
        return False

    def _reason_to_wait(
        self, order: Order, now: Moment, now_ms: int | None, link_class: str, desk: Desk
    ) -> Deferral | None:
        lock: Deferral | None = None
        if order.conditions.disturbs:
            asked = desk.lock.may_disturb(STEP, now)
            lock = asked.reason if isinstance(asked, Deferred) else None
        is_busy = desk.lock.work is not None or desk.check is not None
        standing = self._surroundings.standing(now, now_ms, link_class, lock=lock, is_busy=is_busy)
        return deferral(order.conditions, standing)

    def _begin_check(self, active: Active, now: Moment, desk: Desk) -> bool:
        desk.begin_check_alone(now)
        self._check = desk.check
        self._due = now.up + _CHECK_EVERY_SECONDS
        running = _changed(active, OrderState.RUNNING)
        self._tell(replace(running, attempt=active.attempt + 1))
        return True

    def _follow_check(self, active: Active, order: Order, now: Moment, desk: Desk) -> bool:
        self._due = now.up + _CHECK_EVERY_SECONDS
        if self._check is None:  # a restart ended it
            if active.attempt >= order.tries:
                self._tell(_changed(active, OrderState.FAILED, OrderFault.INTERRUPTED))
                return self._give_lock_back(desk)
            return desk.check is None and self._begin_check(active, now, desk)
        if desk.check is not self._check:
            self._tell(_changed(active, OrderState.SUCCEEDED))
            return self._give_lock_back(desk)
        return False

    def _watch_silence(self, active: Active, order: Order, now: Moment) -> None:
        if self._heard_up is None:
            self._heard_up = now.up
        longest = UNANSWERED_SECONDS
        if active.heard:
            longest = order.limit_seconds + SILENT_SECONDS
        self._due = self._heard_up + longest
        if now.up >= self._due:
            said = f"no word for {longest:.0f} s"
            self._tell(_changed(active, OrderState.FAILED, OrderFault.EXECUTOR, said))

    def _give_lock_back(self, desk: Desk) -> bool:
        """Whoever ended it meanwhile, nobody's work is left behind by an order that is over."""
        if self.active is None and self._check is not None:
            if desk.check is self._check:
                desk.check = None
            self._check = None
        work = desk.lock.work
        if self.active is None and work is not None and not work.who:
            desk.lock.end_work("")
        return False

    def _tell(self, event: events.OrderChanged) -> None:
        """An event, and the state that it says; a final one ends the order."""
        self._news.append(event)
        state = OrderState(event.state)
        if state in FINAL_STATES:
            self._order, self._sealed, self._cancel = None, b"", b""
            self._save(BookState(self._state.row), _STATE, _SEALED, _CANCEL)
        elif self.active is not None:
            self._change(replace(self.active, state=state, code=event.code, attempt=event.attempt))

    def _change(self, active: Active) -> None:
        self._save(replace(self._state, active=active), _STATE)

    def _save(self, state: BookState, *names: str) -> None:
        self._state = state
        self._to_save.update(names)


def _changed(
    active: Active, state: OrderState, code: str = "", detail: str = ""
) -> events.OrderChanged:
    return events.OrderChanged(active.id, active.number, state, code, detail, active.attempt)


def _told(active: Active) -> tuple[OrderState, str, int]:
    return active.state, active.code, active.attempt


def _named(order: Order) -> str:
    """What the crew page says that is being done."""
    task = order.task
    return (isinstance(task, RunBundle) and task.playbook.strip()) or kind_of(task).value
