"""Placing, withdrawing and reading orders, and what assets say of them."""

import logging
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from fleet_server.access.model import Caller
from fleet_server.assets import store as assets
from fleet_server.assets.model import AssetRow
from fleet_server.database import Unit
from fleet_server.errors import Conflict, NotFound, TooLarge
from fleet_server.journal.model import What
from fleet_server.orders import rules
from fleet_server.orders.model import (
    NewOrder,
    OrderOutputRow,
    OrderRow,
    OrderStepRow,
    Output,
    OutputState,
    PlacedOrder,
    Step,
)
from telemetry.wire import orders as wire
from telemetry.wire.events import OrderChanged, OrderOutput, Recap
from telemetry.wire.signed import MAX_SIGNED_BYTES
from telemetry.words import FINAL_STATES, OrderKind, OrderState

logger = logging.getLogger(__name__)

CHANGED: Final = "order_changed"
"""What followers are told when an order came to another state; it is no row of the journal."""

_ID_BYTES: Final = 12
_AROUND_BYTES: Final = 1024
"""What a signed message holds beside its body."""

_NO_ID: Final = "-"
"""What an asset calls an order whose body it cannot read; its number tells which it is."""

_MOST_ATTEMPTS: Final = 1_000_000


def place(unit: Unit, asset: str, new: NewOrder) -> PlacedOrder:
    """Let an asset be told to do something; it is sent when its turn comes.

    Raises:
        NotFound: there is no such asset for this caller.
        Conflict: the asset is retired.
        TooLarge: a message cannot hold it.
    """
    row = assets.in_use(unit, asset)
    identity = secrets.token_hex(_ID_BYTES)
    body = wire.encode(wire.Order(identity, new.task, new.conditions, new.limit_seconds, new.tries))
    # As it travels, the body is a text within a JSON text.
    size = len(msgspec.json.encode(body.decode())) + _AROUND_BYTES
    if size > MAX_SIGNED_BYTES:
        raise TooLarge("order_too_large", size=size, most=MAX_SIGNED_BYTES)
    order = OrderRow(
        id=identity,
        asset=asset,
        kind=str(wire.kind_of(new.task)),
        title=new.title,
        is_check=isinstance(new.task, wire.RunBundle) and new.task.is_check,
        body=body.decode(),
        attempt=0,
        placed_at=unit.now,
        who=unit.caller.id,
        why=new.why,
        source=new.source,
        valid_until=new.valid_until,
        output=str(OutputState.NONE),
    )
    unit.session.add(order)
    note(unit, order, OrderState.QUEUED)
    unit.session.flush()
    said = _said(order)
    unit.journal(What.ORDER_PLACED, assets.subject(asset), None, said, new.why, court=row.court)
    return placed(order)


def cancel(unit: Unit, identity: str, why: str = "") -> PlacedOrder:
    """Withdraw an order that was not sent yet; of one that was, let the asset be told to end it.

    Raises:
        NotFound: there is no such order for this caller.
        Conflict: it has ended already.
    """
    order = locked(unit, identity)
    if order is None or not assets.sees(unit.session, unit.caller, order.asset):
        raise NotFound("no_order", order=identity)
    row = assets.held(unit, order.asset)
    if order.state in FINAL_STATES:
        raise Conflict("order_has_ended", order=identity, state=order.state)
    said = _said(order)
    unit.journal(What.ORDER_CANCELLED, assets.subject(order.asset), None, said, why, row.court)
    if order.number is None:
        note(unit, order, OrderState.CANCELLED)
    elif order.cancel_asked_at is None:
        order.cancel_asked_at = unit.now
        unit.touch(CHANGED, assets.subject(order.asset))
    return placed(order)


def tell(unit: Unit, asset: str, event: OrderChanged, at: datetime) -> None:
    """Take over what an asset says of an order; `at` is when, by its own clock if that is known.

    What cannot be so is left alone: it stands among the asset's events.
    """
    order = _sent_as(unit, asset, event.number) if event.id == _NO_ID else locked(unit, event.id)
    after = None if order is None else rules.told(event, OrderState(order.state))
    if order is None or order.asset != asset or after is None:
        logger.info("an event of no order of this asset", extra={"asset": asset, "order": event.id})
        return
    code = event.code if after not in {OrderState.EXPIRED, OrderState.QUEUED} else ""
    attempt = min(event.attempt, _MOST_ATTEMPTS)
    is_repeated = (str(after), code, attempt) == (order.state, order.code, order.attempt)
    is_stale = after is OrderState.QUEUED and event.number != order.number
    if is_repeated or is_stale or not rules.may_follow(OrderState(order.state), after):
        facts = {"asset": asset, "order": event.id, "before": order.state, "after": str(after)}
        logger.info("an event of an order comes too late", extra=facts)
        return
    if after is OrderState.QUEUED:
        order.number = None
        if order.cancel_asked_at is not None:
            after = OrderState.CANCELLED
    else:
        order.number = event.number or order.number
    order.attempt = attempt
    if event.recap is not None:
        order.recap = msgspec.json.encode(event.recap).decode()
    note(unit, order, after, code, event.detail, at)


def take_output(unit: Unit, asset: str, event: OrderOutput) -> None:
    """Keep a part of what an order gave out; with the last one, see whether it is what was said.

    The parts of another output (the order was begun again) replace those of the one before. Of
    what is not as its asset says nothing is kept.
    """
    order = locked(unit, event.id)
    if order is None or order.asset != asset:
        logger.info("output of no order of this asset", extra={"asset": asset, "order": event.id})
        return
    parts = _parts(unit.session, event.id)
    if parts and (parts[0].sha256, parts[0].parts) != (event.sha256, event.parts):
        _drop(unit, parts)
        parts = []
    if event.part in {part.part for part in parts}:
        return
    data = rules.piece_of(event)
    size = sum(len(part.data) for part in parts) + len(data or b"")
    if data is None or size > rules.MOST_PACKED_BYTES:
        _drop(unit, parts)
        _note_output(unit, order, OutputState.DAMAGED)
        return
    row = OrderOutputRow(
        order_id=event.id,
        part=event.part,
        parts=event.parts,
        media_type=event.media_type,
        sha256=event.sha256,
        is_cut=event.is_cut,
        data=data,
    )
    unit.session.add(row)
    unit.session.flush()
    parts = sorted([*parts, row], key=lambda part: part.part)
    if len(parts) < event.parts:
        _note_output(unit, order, OutputState.PARTIAL)
    elif rules.unpacked(parts) is None:
        _drop(unit, parts)
        _note_output(unit, order, OutputState.DAMAGED)
    else:
        is_cut = any(part.is_cut for part in parts)
        _note_output(unit, order, OutputState.CUT if is_cut else OutputState.WHOLE)


def output(session: Session, identity: str) -> Output | None:
    """All that an order gave out; None: nothing, or not all of it is here."""
    parts = _parts(session, identity)
    if not parts or len(parts) < parts[0].parts:
        return None
    content = rules.unpacked(parts)
    if content is None:
        return None
    return Output(parts[0].media_type, content, any(part.is_cut for part in parts))


def of_source(session: Session, source: str) -> list[PlacedOrder]:
    """All orders that something placed ("rollout:7"), oldest first."""
    query = select(OrderRow).where(OrderRow.source == source).order_by(OrderRow.seq)
    return [placed(row) for row in session.scalars(query)]


def by_id(session: Session, identities: Sequence[str]) -> dict[str, PlacedOrder]:
    """These orders, whoever may see them; of what is no order nothing."""
    query = select(OrderRow).where(OrderRow.id.in_(identities))
    return {row.id: placed(row) for row in session.scalars(query)}


def find(session: Session, caller: Caller, identity: str) -> PlacedOrder:
    """One order of the caller's courts.

    Raises:
        NotFound: there is none.
    """
    row = session.scalar(select(OrderRow).where(OrderRow.id == identity))
    if row is None or not assets.sees(session, caller, row.asset):
        raise NotFound("no_order", order=identity)
    return placed(row)


def page(session: Session, asset: str, before: int | None, limit: int) -> list[PlacedOrder]:
    """The orders of an asset, newest first; `before` is the `seq` of one."""
    query = select(OrderRow).where(OrderRow.asset == asset).order_by(OrderRow.seq.desc())
    if before is not None:
        query = query.where(OrderRow.seq < before)
    return [placed(row) for row in session.scalars(query.limit(limit))]


def steps(session: Session, identity: str) -> list[Step]:
    """The states that an order came to, in that order."""
    query = select(OrderStepRow).where(OrderStepRow.order_id == identity)
    return [
        Step(OrderState(row.state), row.code, row.detail, row.attempt, row.at)
        for row in session.scalars(query.order_by(OrderStepRow.seq))
    ]


def locked(unit: Unit, identity: str, *, waits: bool = True) -> OrderRow | None:
    """An order, kept from everybody else until the unit ends; None: there is none.

    Not `waits`: None too when somebody else keeps it.
    """
    query = select(OrderRow).where(OrderRow.id == identity)
    return unit.session.scalar(
        query.with_for_update(skip_locked=not waits).execution_options(populate_existing=True)
    )


def _sent_as(unit: Unit, asset: str, number: int) -> OrderRow | None:
    """The order on its way to an asset by this number."""
    query = select(OrderRow.id).where(
        OrderRow.asset == asset,
        OrderRow.number == number,
        OrderRow.state == str(OrderState.SENT),
    )
    identity = unit.session.scalar(query)
    return None if identity is None else locked(unit, identity)


def note(
    unit: Unit,
    order: OrderRow,
    state: OrderState,
    code: str = "",
    detail: str = "",
    at: datetime | None = None,
) -> None:
    """Let an order come to a state, and say so to whoever follows; the end is journalled."""
    order.state, order.code, order.detail = str(state), code, detail
    order.changed_at = unit.now
    unit.session.add(
        OrderStepRow(
            order_id=order.id,
            state=order.state,
            code=code,
            detail=detail,
            attempt=order.attempt,
            at=unit.now if at is None else at,
        )
    )
    unit.touch(CHANGED, assets.subject(order.asset))
    if state in FINAL_STATES:
        asset = unit.session.get(AssetRow, order.asset)
        court = None if asset is None else asset.court
        said = {**_said(order), "state": order.state, "code": code}
        unit.journal(What.ORDER_ENDED, assets.subject(order.asset), None, said, court=court)


def _said(order: OrderRow) -> dict[str, str]:
    return {"id": order.id, "kind": order.kind, "title": order.title}


def placed(row: OrderRow) -> PlacedOrder:
    """An order as it stands."""
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
        output=OutputState(row.output),
        is_check=row.is_check,
    )


def _parts(session: Session, identity: str) -> list[OrderOutputRow]:
    query = select(OrderOutputRow).where(OrderOutputRow.order_id == identity)
    return list(session.scalars(query.order_by(OrderOutputRow.part)))


def _drop(unit: Unit, parts: Sequence[OrderOutputRow]) -> None:
    for part in parts:
        unit.session.delete(part)
    unit.session.flush()


def _note_output(unit: Unit, order: OrderRow, state: OutputState) -> None:
    order.output = str(state)
    unit.touch(CHANGED, assets.subject(order.asset))
