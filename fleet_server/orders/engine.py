"""Sends orders: one at a time to each asset, numbered when first sent, again until it is there."""

from collections import deque
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final, Protocol, TypeAlias

import msgspec
from msgspec.structs import replace

from fleet_server.access.model import SYSTEM
from fleet_server.authority.store import Authority
from fleet_server.database import Database
from fleet_server.instants import to_ms
from fleet_server.intake.model import AssetView, Presence
from fleet_server.orders import rules, turns
from fleet_server.orders.lines import OrdersLines
from fleet_server.orders.model import Active
from fleet_server.orders.rules import Footing
from fleet_server.orders.turns import Change
from telemetry.wire import orders as wire
from telemetry.wire import signed, topics
from telemetry.words import OrderState

_Sending: TypeAlias = tuple[Active, Footing]

EVERY: Final = timedelta(seconds=1)
WAITING_BYTES: Final = 8 << 20
"""So much may wait to be published; the rest is signed in a later step."""

_BATCH: Final = 200
# Vehicles' clocks differ, and replaying an old order is prevented by its number.
_BEFORE: Final = timedelta(days=1)


class Views(Protocol):
    """Whoever knows what assets' headers say."""

    def view(self, asset: str) -> AssetView:
        """One asset, heard of or not."""


class OrderEngine:
    """`step` is for one thread, and does what is to be done; `waiting` is for the event loop's.

    Headers cost nothing here: what they say of the last order stands in the live view.
    """

    def __init__(self, database: Database, authority: Authority, views: Views) -> None:
        self._database = database
        self._authority = authority
        self._views = views
        self._told: int | None = None
        self._active: Sequence[Active] = ()
        self._sent: dict[str, datetime] = {}
        self._cancels: dict[str, datetime] = {}
        self._astray: dict[str, datetime] = {}
        self._waiting: deque[tuple[str, bytes]] = deque()
        self.lines = OrdersLines()

    def waiting(self) -> list[tuple[str, bytes]]:
        """Topic and payload of what is to be published now."""
        found = []
        while self._waiting:
            found.append(self._waiting.popleft())
        return found

    def step(self, now: datetime) -> None:
        """Number, send, send again, and let end what nobody took in its time.

        Raises:
            SQLAlchemyError: the database refuses; the next step does it again.
        """
        active = self._read_active()
        if not active:
            return
        changes: list[Change] = []
        sending: list[_Sending] = []
        for asset, orders in _by_asset(active).items():
            self._look(orders, _last_order(self._views.view(asset)), now, changes, sending)
        for change in self._changed(changes, now):
            if change.state is OrderState.SENT:
                made = replace(change.order, number=change.number, state=OrderState.SENT)
                sending.append((made, Footing.AHEAD))
        self._send_orders(sending, now)
        self._send_cancels(sending, now)

    def _read_active(self) -> Sequence[Active]:
        """All orders that have not ended, read anew when something was told of any since."""
        told = self._database.told
        if told != self._told:
            with self._database.reading() as session:
                self._active = turns.active(session)
            self._told = told
            self._forget_but(self._active)
        return self._active

    def _look(
        self,
        orders: Sequence[Active],
        last_order: int | None,
        now: datetime,
        changes: list[Change],
        sending: list[_Sending],
    ) -> None:
        """Decide about one asset; `last_order` None: it is not to be reached now."""
        current = next((one for one in orders if one.number is not None), None)
        queued = []
        for one in orders:
            if one.number is None:
                if rules.is_over(one, None, now):
                    changes.append(Change(one, OrderState.EXPIRED))
                else:
                    queued.append(one)
        if last_order is None:
            return
        if current is None:
            if queued and now >= queued[0].send_at:
                changes.append(Change(queued[0], OrderState.SENT, last_order + 1))
            return
        footing = rules.footing(current, last_order)
        if rules.is_over(current, footing, now):
            changes.append(Change(current, OrderState.EXPIRED))
        elif self._is_lost(current, footing, now):
            changes.append(Change(current, rules.when_lost(current, last_order)))
        else:
            if footing is Footing.TAKEN:
                self._sent.setdefault(current.id, now)
            sending.append((current, footing))

    def _is_lost(self, order: Active, footing: Footing, now: datetime) -> bool:
        """Whether the asset's headers contradict the order's number, and go on doing so."""
        if footing is not Footing.ASTRAY:
            self._astray.pop(order.id, None)
            return False
        return now - self._astray.setdefault(order.id, now) >= rules.PATIENCE

    def _changed(self, changes: Sequence[Change], now: datetime) -> list[Change]:
        done: list[Change] = []
        for start in range(0, len(changes), _BATCH):
            with self._database.unit(SYSTEM, now) as unit:
                done += turns.carry_out(unit, changes[start : start + _BATCH])
        for change in done:
            self._sent.pop(change.order.id, None)
            self._astray.pop(change.order.id, None)
        return done

    def _send_orders(self, sending: Iterable[_Sending], now: datetime) -> None:
        """Sign and hand over those that are due, as many as there is room for."""
        room = WAITING_BYTES - sum(len(payload) for _, payload in tuple(self._waiting))
        due = [
            order
            for order, footing in sending
            if rules.is_due(order, footing, self._sent.get(order.id), now)
        ]
        for start in range(0, len(due), _BATCH):
            batch = {order.id: order for order in due[start : start + _BATCH]}
            with self._database.reading() as session:
                for identity, letter in turns.letters(session, list(batch)):
                    if room <= 0:
                        return
                    order = batch[identity]
                    payload = self._sealed(order, letter.kind, letter.body, letter.valid_until, now)
                    self._sent[identity] = now
                    self._hand_over(order, payload)
                    room -= len(payload)

    def _send_cancels(self, sending: Iterable[_Sending], now: datetime) -> None:
        for order, _ in sending:
            if not order.is_cancel_asked:
                continue
            sent_at = self._cancels.get(order.id)
            if sent_at is None or not sent_at <= now < sent_at + rules.AGAIN:
                self._cancels[order.id] = now
                body = msgspec.json.encode(wire.Cancel(order.id))
                self._hand_over(order, self._sealed(order, wire.CANCEL, body, now + _BEFORE, now))

    def _hand_over(self, order: Active, payload: bytes) -> None:
        self._waiting.append((topics.order(order.asset), payload))

    def _sealed(
        self, order: Active, name: str, body: bytes, until: datetime, now: datetime
    ) -> bytes:
        validity = (to_ms(now - _BEFORE), to_ms(until))
        number, sign = order.number or 0, self._authority.sign
        return signed.seal(order.asset, wire.FAMILY, name, number, validity, body, sign)

    def _forget_but(self, active: Iterable[Active]) -> None:
        """Nothing is remembered of orders that have ended."""
        known = {one.id: one.asset for one in active}
        self.lines.keep(known)
        for memory in (self._sent, self._cancels, self._astray):
            for identity in memory.keys() - known.keys():
                del memory[identity]


def _last_order(view: AssetView) -> int | None:
    """What the asset's header says of its last order; None: it is not to be reached now."""
    # Without a boot no header came since the server was started.
    is_heard = view.presence is Presence.ONLINE and bool(view.boot)
    return view.last_order if is_heard else None


def _by_asset(active: Iterable[Active]) -> dict[str, list[Active]]:
    found: dict[str, list[Active]] = {}
    for one in active:
        found.setdefault(one.asset, []).append(one)
    return found
