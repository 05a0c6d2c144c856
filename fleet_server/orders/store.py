"""Placing, withdrawing and reading orders, and what assets say of them.

Statements are made once and take columns, not objects: each order passes here about ten times, and
its body, which may be large, is needed only to send it.
"""

import logging
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec
from msgspec.structs import asdict, replace
from sqlalchemy import Connection, Row, bindparam, delete, insert, select, update
from sqlalchemy.orm import Session

from fleet_server.access.model import Caller
from fleet_server.assets import store as assets
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
    OutputPart,
    OutputState,
    PlacedOrder,
    Step,
)
from fleet_server.tables import table_of
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

_ORDERS: Final = table_of(OrderRow)
_ORDER: Final = tuple(column for column in _ORDERS.c if column.key != "body")
_LOCKED: Final = select(*_ORDER).where(_ORDERS.c.id == bindparam("wanted"))
_WAITING: Final = _LOCKED.with_for_update()
_PASSING: Final = _LOCKED.with_for_update(skip_locked=True)
_PLACED: Final = insert(_ORDERS).returning(_ORDERS.c.seq)
_NOTED: Final = insert(table_of(OrderStepRow))
_CHANGED: Final = (
    update(_ORDERS)
    .where(_ORDERS.c.id == bindparam("wanted"))
    .values(
        {
            name: bindparam(f"new_{name}")
            for name in ("number", "state", "code", "detail", "attempt", "recap", "changed_at")
        }
    )
)
_OUTPUTS: Final = table_of(OrderOutputRow)
_IS_OF_ORDER: Final = _OUTPUTS.c.order_id == bindparam("wanted")
_PARTS: Final = select(*_OUTPUTS.c).where(_IS_OF_ORDER).order_by(_OUTPUTS.c.part)
_PART_KEPT: Final = insert(_OUTPUTS)
_PARTS_DROPPED: Final = delete(_OUTPUTS).where(_IS_OF_ORDER)
_WEIGHED: Final = (
    update(_ORDERS)
    .where(_ORDERS.c.id == bindparam("wanted"))
    .values(output=bindparam("new_output"))
)


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
    order = PlacedOrder(
        seq=0,
        id=identity,
        asset=asset,
        number=None,
        kind=wire.kind_of(new.task),
        title=new.title,
        state=OrderState.QUEUED,
        code="",
        detail="",
        attempt=0,
        recap=None,
        placed_at=unit.now,
        who=unit.caller.id,
        why=new.why,
        source=new.source,
        valid_until=new.valid_until,
        changed_at=unit.now,
        cancel_asked_at=None,
        is_check=isinstance(new.task, wire.RunBundle) and new.task.is_check,
    )
    values = {column.key: getattr(order, column.key) for column in _ORDER if column.key != "seq"}
    seq = unit.connection.scalars(_PLACED, values | {"body": body.decode()}).one()
    _note_step(unit, order, unit.now)
    said = _said(order)
    unit.journal(What.ORDER_PLACED, assets.subject(asset), None, said, new.why, court=row.court)
    return replace(order, seq=seq)


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
        return note(unit, order, OrderState.CANCELLED)
    if order.cancel_asked_at is not None:
        return order
    asked = update(OrderRow).where(OrderRow.id == order.id).values(cancel_asked_at=unit.now)
    unit.session.execute(asked)
    unit.touch(CHANGED, assets.subject(order.asset))
    return replace(order, cancel_asked_at=unit.now)


def tell(unit: Unit, asset: str, event: OrderChanged, at: datetime) -> None:
    """Take over what an asset says of an order; `at` is when, by its own clock if that is known.

    What cannot be so is left alone: it stands among the asset's events.
    """
    order = _sent_as(unit, asset, event.number) if event.id == _NO_ID else locked(unit, event.id)
    after = None if order is None else rules.told(event, order.state)
    if order is None or order.asset != asset or after is None:
        logger.info("an event of no order of this asset", extra={"asset": asset, "order": event.id})
        return
    code = event.code if after not in {OrderState.EXPIRED, OrderState.QUEUED} else ""
    attempt = min(event.attempt, _MOST_ATTEMPTS)
    is_repeated = (after, code, attempt) == (order.state, order.code, order.attempt)
    is_stale = after is OrderState.QUEUED and event.number != order.number
    may_follow = rules.may_follow(order.state, after, has_number=order.number is not None)
    if is_repeated or is_stale or not may_follow:
        facts = {"asset": asset, "order": event.id, "before": order.state, "after": str(after)}
        logger.info("an event of an order comes too late", extra=facts)
        return
    number = event.number or order.number
    if after is OrderState.QUEUED:
        number = None
        if order.cancel_asked_at is not None:
            after = OrderState.CANCELLED
    recap = order.recap if event.recap is None else event.recap
    said = replace(order, number=number, attempt=attempt, recap=recap)
    note(unit, said, after, code, event.detail, at)


def take_output(unit: Unit, asset: str, event: OrderOutput) -> None:
    """Keep a part of what an order gave out; with the last one, see whether it is what was said.

    The parts of another output (the order was begun again) replace those of the one before. Of
    what is not as its asset says nothing is kept.
    """
    order = locked(unit, event.id)
    if order is None or order.asset != asset:
        logger.info("output of no order of this asset", extra={"asset": asset, "order": event.id})
        return
    parts = _parts(unit.connection, event.id)
    if parts and (parts[0].sha256, parts[0].parts) != (event.sha256, event.parts):
        _drop(unit, event.id)
        parts = []
    if event.part in {part.part for part in parts}:
        return
    data = rules.piece_of(event)
    size = sum(len(part.data) for part in parts) + len(data or b"")
    if data is None or size > rules.MOST_PACKED_BYTES:
        _drop(unit, event.id)
        _note_output(unit, asset, event.id, OutputState.DAMAGED)
        return
    new = OutputPart(
        event.id, event.part, event.parts, event.media_type, event.sha256, event.is_cut, data
    )
    unit.connection.execute(_PART_KEPT, asdict(new))
    _note_output(unit, asset, event.id, _weighed(unit, event, [*parts, new]))


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
    query = select(*_ORDER).where(OrderRow.source == source).order_by(OrderRow.seq)
    return [_placed(row) for row in session.execute(query)]


def by_id(session: Session, identities: Sequence[str]) -> dict[str, PlacedOrder]:
    """These orders, whoever may see them; of what is no order nothing."""
    query = select(*_ORDER).where(OrderRow.id.in_(identities))
    return {row.id: _placed(row) for row in session.execute(query)}


def find(session: Session, caller: Caller, identity: str) -> PlacedOrder:
    """One order of the caller's courts.

    Raises:
        NotFound: there is none.
    """
    row = session.execute(_LOCKED, {"wanted": identity}).one_or_none()
    if row is None or not assets.sees(session, caller, row.asset):
        raise NotFound("no_order", order=identity)
    return _placed(row)


def page(session: Session, asset: str, before: int | None, limit: int) -> list[PlacedOrder]:
    """The orders of an asset, newest first; `before` is the `seq` of one."""
    query = select(*_ORDER).where(OrderRow.asset == asset).order_by(OrderRow.seq.desc())
    if before is not None:
        query = query.where(OrderRow.seq < before)
    return [_placed(row) for row in session.execute(query.limit(limit))]


def steps(session: Session, identity: str) -> list[Step]:
    """The states that an order came to, in that order."""
    query = select(OrderStepRow).where(OrderStepRow.order_id == identity)
    return [
        Step(OrderState(row.state), row.code, row.detail, row.attempt, row.at)
        for row in session.scalars(query.order_by(OrderStepRow.seq))
    ]


def locked(unit: Unit, identity: str, *, waits: bool = True) -> PlacedOrder | None:
    """An order, kept from everybody else until the unit ends; None: there is none.

    Not `waits`: None too when somebody else keeps it.
    """
    query = _WAITING if waits else _PASSING
    row = unit.connection.execute(query, {"wanted": identity}).one_or_none()
    return None if row is None else _placed(row)


def _sent_as(unit: Unit, asset: str, number: int) -> PlacedOrder | None:
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
    order: PlacedOrder,
    state: OrderState,
    code: str = "",
    detail: str = "",
    at: datetime | None = None,
) -> PlacedOrder:
    """Let an order come to a state, and say so to whoever follows; the end is journalled.

    `order` is as it is to be: its number, attempt and recap are written too.
    """
    changed = replace(order, state=state, code=code, detail=detail, changed_at=unit.now)
    values = {
        "wanted": order.id,
        "new_number": changed.number,
        "new_state": str(state),
        "new_code": code,
        "new_detail": detail,
        "new_attempt": changed.attempt,
        "new_recap": _recap_text(changed.recap),
        "new_changed_at": unit.now,
    }
    unit.connection.execute(_CHANGED, values)
    _note_step(unit, changed, unit.now if at is None else at)
    if state in FINAL_STATES:
        said = {**_said(order), "state": str(state), "code": code}
        court = assets.court_of(unit, order.asset)
        unit.journal(What.ORDER_ENDED, assets.subject(order.asset), None, said, court=court)
    return changed


def _note_step(unit: Unit, order: PlacedOrder, at: datetime) -> None:
    values = {
        "order_id": order.id,
        "state": str(order.state),
        "code": order.code,
        "detail": order.detail,
        "attempt": order.attempt,
        "at": at,
    }
    unit.connection.execute(_NOTED, values)
    unit.touch(CHANGED, assets.subject(order.asset))


def _said(order: PlacedOrder) -> dict[str, str]:
    return {"id": order.id, "kind": str(order.kind), "title": order.title}


def _recap_text(recap: Recap | None) -> str | None:
    return None if recap is None else msgspec.json.encode(recap).decode()


def _placed(row: Row[*tuple[object, ...]]) -> PlacedOrder:
    """An order as it stands, of the columns `_ORDER`."""
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


def _weighed(unit: Unit, event: OrderOutput, parts: Sequence[OutputPart]) -> OutputState:
    """How much of it is here; what turns out to be wrong is dropped."""
    if len(parts) < event.parts:
        return OutputState.PARTIAL
    if rules.unpacked(parts) is None:
        _drop(unit, event.id)
        return OutputState.DAMAGED
    return OutputState.CUT if any(part.is_cut for part in parts) else OutputState.WHOLE


def _parts(session: Session | Connection, identity: str) -> list[OutputPart]:
    return [OutputPart(*row) for row in session.execute(_PARTS, {"wanted": identity})]


def _drop(unit: Unit, identity: str) -> None:
    unit.connection.execute(_PARTS_DROPPED, {"wanted": identity})


def _note_output(unit: Unit, asset: str, identity: str, state: OutputState) -> None:
    unit.connection.execute(_WEIGHED, {"wanted": identity, "new_output": str(state)})
    unit.touch(CHANGED, assets.subject(asset))
