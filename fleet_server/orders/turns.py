"""Whose turn it is: orders that have not ended, and the server's own steps with them."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Final

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import select
from sqlalchemy.orm import Session

from fleet_server.database import Unit
from fleet_server.orders import rules, store
from fleet_server.orders.model import Active, OrderRow
from telemetry.words import FINAL_STATES, OrderState

_ACTIVE: Final = (
    select(
        OrderRow.id,
        OrderRow.asset,
        OrderRow.number,
        OrderRow.state,
        OrderRow.valid_until,
        OrderRow.cancel_asked_at,
        OrderRow.placed_at,
        OrderRow.source,
    )
    .where(OrderRow.state.in_(sorted(str(state) for state in set(OrderState) - FINAL_STATES)))
    .order_by(OrderRow.seq)
)


class Change(Struct, frozen=True):
    """An order as it was found, and what it is to become; `number` goes with `sent`."""

    order: Active
    state: OrderState
    number: int | None = None


class Letter(Struct, frozen=True):
    """What is signed to send an order: its body, and until when it is valid."""

    kind: str
    body: bytes
    valid_until: datetime


def active(session: Session) -> list[Active]:
    """All orders that have not ended, oldest first."""
    return [_active(*row) for row in session.execute(_ACTIVE)]


def letters(session: Session, identities: Sequence[str]) -> Iterator[tuple[str, Letter]]:
    """What to sign of these orders, by id; read one after the other, for bodies may be large."""
    query = select(OrderRow.id, OrderRow.kind, OrderRow.body, OrderRow.valid_until)
    wanted = query.where(OrderRow.id.in_(identities)).order_by(OrderRow.seq)
    for identity, kind, body, valid_until in session.execute(wanted).yield_per(1):
        yield identity, Letter(kind, body.encode(), valid_until)


def carry_out(unit: Unit, changes: Iterable[Change]) -> list[Change]:
    """Change these orders, unless something happened to them meanwhile; those that were changed.

    It waits for nobody, so that it and intake, each with many orders, cannot wait for each other.
    """
    done = []
    for change in changes:
        now = store.locked(unit, change.order.id, waits=False)
        found = change.order
        if now is None or (now.state, now.number) != (found.state, found.number):
            continue
        store.note(unit, replace(now, number=change.number, attempt=0), change.state)
        done.append(change)
    return done


def _active(
    identity: str,
    asset: str,
    number: int | None,
    state: str,
    valid_until: datetime,
    cancel_asked_at: datetime | None,
    placed_at: datetime,
    source: str,
) -> Active:
    send_at = placed_at if source else placed_at + rules.UNDO
    is_cancel_asked = cancel_asked_at is not None
    return Active(identity, asset, number, OrderState(state), valid_until, send_at, is_cancel_asked)
