"""Placing, withdrawing and reading orders."""

import secrets
from collections.abc import Sequence
from typing import Final

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from fleet_server.access.model import Caller
from fleet_server.assets import store as assets
from fleet_server.database import Unit
from fleet_server.errors import Conflict, NotFound
from fleet_server.journal.model import What
from fleet_server.orders.model import NewOrder, OrderRow, OrderStepRow, PlacedOrder
from telemetry.wire import orders as wire
from telemetry.wire.events import Recap
from telemetry.words import FINAL_STATES, OrderKind, OrderState

_ID_BYTES: Final = 12


def place(unit: Unit, asset: str, new: NewOrder) -> PlacedOrder:
    """Let an asset be told to do something; it is sent when its turn comes.

    Raises:
        NotFound: there is no such asset for this caller.
        Conflict: the asset is retired.
    """
    row = assets.in_use(unit, asset)
    identity = secrets.token_hex(_ID_BYTES)
    body = wire.encode(wire.Order(identity, new.task, new.conditions, new.limit_seconds, new.tries))
    order = OrderRow(
        id=identity,
        asset=asset,
        kind=str(wire.kind_of(new.task)),
        title=new.title,
        body=body.decode(),
        state=str(OrderState.QUEUED),
        code="",
        detail="",
        attempt=0,
        placed_at=unit.now,
        who=unit.caller.id,
        why=new.why,
        source=new.source,
        valid_until=new.valid_until,
        changed_at=unit.now,
    )
    unit.session.add(order)
    unit.session.flush()
    _note_step(unit, order)
    placed = _placed(order)
    said = {"id": identity, "kind": order.kind, "title": order.title}
    unit.journal(What.ORDER_PLACED, assets.subject(asset), None, said, new.why, court=row.court)
    return placed


def cancel(unit: Unit, identity: str, why: str = "") -> PlacedOrder:
    """Withdraw an order that was not sent yet; of one that was, let the asset be told to end it.

    Raises:
        NotFound: there is no such order for this caller.
        Conflict: it has ended already.
    """
    order = unit.session.scalar(select(OrderRow).where(OrderRow.id == identity).with_for_update())
    if order is None:
        raise NotFound("no_order", order=identity)
    row = assets.held(unit, order.asset)
    if order.state in FINAL_STATES:
        raise Conflict("order_has_ended", order=identity, state=order.state)
    if order.number is None:
        order.state, order.changed_at = str(OrderState.CANCELLED), unit.now
        _note_step(unit, order)
    elif order.cancel_asked_at is None:
        order.cancel_asked_at = unit.now
    said = {"id": identity, "kind": order.kind, "title": order.title}
    unit.journal(What.ORDER_CANCELLED, assets.subject(order.asset), None, said, why, row.court)
    return _placed(order)


def of_source(session: Session, source: str) -> list[PlacedOrder]:
    """All orders that something placed ("rollout:7"), oldest first."""
    query = select(OrderRow).where(OrderRow.source == source).order_by(OrderRow.seq)
    return [_placed(row) for row in session.scalars(query)]


def by_id(session: Session, identities: Sequence[str]) -> dict[str, PlacedOrder]:
    """These orders, whoever may see them; of what is no order nothing."""
    query = select(OrderRow).where(OrderRow.id.in_(identities))
    return {row.id: _placed(row) for row in session.scalars(query)}


def find(session: Session, caller: Caller, identity: str) -> PlacedOrder:
    """One order of the caller's courts.

    Raises:
        NotFound: there is none.
    """
    row = session.scalar(select(OrderRow).where(OrderRow.id == identity))
    if row is None:
        raise NotFound("no_order", order=identity)
    assets.find(session, caller, row.asset)
    return _placed(row)


def _note_step(unit: Unit, order: OrderRow) -> None:
    unit.session.add(
        OrderStepRow(
            order_id=order.id,
            state=order.state,
            code=order.code,
            detail=order.detail,
            attempt=order.attempt,
            at=unit.now,
        )
    )


def _placed(row: OrderRow) -> PlacedOrder:
    return PlacedOrder(
        seq=row.seq,
        id=row.id,
        asset=row.asset,
        number=row.number,
        kind=OrderKind(row.kind),
        title=row.title,
        state=OrderState(row.state),
        code=row.code,
        detail=row.detail,
        attempt=row.attempt,
        recap=None if row.recap is None else msgspec.json.decode(row.recap, type=Recap),
        placed_at=row.placed_at,
        who=row.who,
        why=row.why,
        source=row.source,
        valid_until=row.valid_until,
        changed_at=row.changed_at,
        cancel_asked_at=row.cancel_asked_at,
    )
