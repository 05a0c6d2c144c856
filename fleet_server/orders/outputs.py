"""What orders gave out: kept part by part, and read as a whole."""

import logging
from collections.abc import Sequence
from typing import Final

from msgspec.structs import asdict
from sqlalchemy import Connection, bindparam, delete, insert, select, update
from sqlalchemy.orm import Session

from fleet_server.assets import store as assets
from fleet_server.database import Unit
from fleet_server.orders import rules, store
from fleet_server.orders.model import OrderOutputRow, OrderRow, Output, OutputPart, OutputState
from fleet_server.tables import table_of
from telemetry.wire.events import OrderOutput

logger = logging.getLogger(__name__)

_OUTPUTS: Final = table_of(OrderOutputRow)
_IS_WANTED: Final = _OUTPUTS.c.order_id == bindparam("wanted")
_PARTS: Final = select(*_OUTPUTS.c).where(_IS_WANTED).order_by(_OUTPUTS.c.part)
_KEPT: Final = insert(_OUTPUTS)
_DROPPED: Final = delete(_OUTPUTS).where(_IS_WANTED)
_NOTED: Final = (
    update(table_of(OrderRow))
    .where(table_of(OrderRow).c.id == bindparam("wanted"))
    .values(output=bindparam("new_output"))
)


def take(unit: Unit, asset: str, event: OrderOutput) -> None:
    """Keep a part of what an order gave out; with the last one, see whether it is what was said.

    The parts of another output (the order was begun again) replace those of the one before. Of
    what is not as its asset says nothing is kept.
    """
    order = store.locked(unit, event.id)
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
        _note(unit, asset, event.id, OutputState.DAMAGED)
        return
    new = OutputPart(
        event.id, event.part, event.parts, event.media_type, event.sha256, event.is_cut, data
    )
    unit.connection.execute(_KEPT, asdict(new))
    _note(unit, asset, event.id, _weighed(unit, event, [*parts, new]))


def read(session: Session, identity: str) -> Output | None:
    """All that an order gave out; None: nothing, or not all of it is here."""
    parts = _parts(session, identity)
    if not parts or len(parts) < parts[0].parts:
        return None
    content = rules.unpacked(parts)
    if content is None:
        return None
    return Output(parts[0].media_type, content, any(part.is_cut for part in parts))


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
    unit.connection.execute(_DROPPED, {"wanted": identity})


def _note(unit: Unit, asset: str, identity: str, state: OutputState) -> None:
    unit.connection.execute(_NOTED, {"wanted": identity, "new_output": str(state)})
    unit.touch(store.CHANGED, assets.subject(asset))
