"""What follows from what an asset says of its orders, and when something is sent to it."""

import base64
import binascii
from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum, unique
from typing import Final

from fleet_server.orders.model import Active, OutputPart
from telemetry.errors import Unreadable
from telemetry.wire.events import OrderChanged, OrderOutput
from telemetry.wire.output import MAX_PARTS, PART_BYTES, join_output
from telemetry.words import FINAL_STATES, OrderRefusal, OrderState, word

AGAIN: Final = timedelta(seconds=30)
"""So often what was sent is sent again until the asset's header says that it is there."""

UNTOLD: Final = timedelta(minutes=5)
"""So often when its header says so and its events do not: they may be on their way yet."""

PATIENCE: Final = timedelta(minutes=2)
"""So long headers have to contradict a number: one that was sent before may come late."""

SKEW: Final = timedelta(minutes=5)
"""By so much an asset's clock may be behind and it still takes an order whose time is over."""

UNDO: Final = timedelta(seconds=5)
"""So long what a person ordered can be taken back without a trace at the asset."""

MOST_PACKED_BYTES: Final = MAX_PARTS * PART_BYTES
"""Of all parts of what an order gave out."""

_BEGINNING: Final = frozenset({OrderState.QUEUED, OrderState.SENT})
_WAITING: Final = _BEGINNING | {OrderState.ACCEPTED, OrderState.DEFERRED}
_CARRIED_OUT: Final = frozenset({OrderState.SUCCEEDED, OrderState.FAILED, OrderState.ROLLED_BACK})
_SERVERS: Final = frozenset({OrderState.QUEUED, OrderState.SENT, OrderState.EXPIRED})


@unique
class Footing(StrEnum):
    """How an order that has a number stands to the last number that the asset took."""

    AHEAD = "ahead"  # it is the next one
    TAKEN = "taken"
    ASTRAY = "astray"  # one of both was restored, or replaced: the number means nothing


def footing(order: Active, last_order: int) -> Footing:
    """How `order` stands, of which `last_order` is what the asset's header says."""
    if last_order == order.number:
        return Footing.TAKEN
    if order.state is OrderState.SENT and last_order + 1 == order.number:
        return Footing.AHEAD
    return Footing.ASTRAY


def when_lost(order: Active, last_order: int) -> OrderState:
    """What becomes of an order that is astray for good: it is sent again, by the next number.

    But not what is to end, when the asset forgot it. When it went on meanwhile, it may know the
    order's id and how it ended, which nobody here does.
    """
    has_forgotten = order.number is not None and last_order < order.number
    return OrderState.CANCELLED if order.is_cancel_asked and has_forgotten else OrderState.QUEUED


def is_over(order: Active, footing: Footing | None, now: datetime) -> bool:
    """Whether the order's time is over and nobody has taken it.

    Of one that was sent only the asset can tell (`footing`; None: it is silent).
    """
    if order.state is OrderState.QUEUED:
        return now >= order.valid_until
    if footing is None or footing is Footing.TAKEN or order.state is not OrderState.SENT:
        return False
    return now >= order.valid_until + SKEW


def is_due(order: Active, footing: Footing, sent_at: datetime | None, now: datetime) -> bool:
    """Whether the order itself is to be sent now."""
    if order.state is not OrderState.SENT or footing is Footing.ASTRAY:
        return False
    if now >= order.valid_until:
        return False
    every = AGAIN if footing is Footing.AHEAD else UNTOLD
    # Who was only just told by its header that it took the order needs no second one.
    if sent_at is None:
        return footing is Footing.AHEAD
    return not sent_at <= now < sent_at + every


def told(event: OrderChanged, before: OrderState) -> OrderState | None:
    """The state that an event means; None: not one that an asset can say.

    What it refuses because its time is over has expired. What it refuses as older before it was
    taken has a number that the asset gave away: it is queued again, and gets the next one.
    """
    state = word(OrderState, event.state)
    if state is None or state in _SERVERS:
        return None
    if state is OrderState.REFUSED and event.code == OrderRefusal.EXPIRED:
        return OrderState.EXPIRED
    if state is OrderState.REFUSED and event.code == OrderRefusal.OLDER and before in _BEGINNING:
        return OrderState.QUEUED
    return state


def may_follow(before: OrderState, after: OrderState, *, has_number: bool) -> bool:
    """Whether an asset may say `after` of an order that is in the state `before`.

    States may be passed over: an event that was damaged, or that a restored server lost, never
    comes again. Nothing comes after the end, but after the cancel of an order that as this server
    remembers was never sent (it has no number): one that was restored may have sent it, and how
    the asset says that it ended is true.
    """
    if before in FINAL_STATES:
        return before is OrderState.CANCELLED and not has_number and after in _CARRIED_OUT
    match after:
        case OrderState.ACCEPTED | OrderState.QUEUED:
            return before in _BEGINNING
        case OrderState.REFUSED | OrderState.EXPIRED:
            return before in _WAITING
        case _:
            return True


def piece_of(event: OrderOutput) -> bytes | None:
    """The packed bytes in a part of an output; None: there can be no such part."""
    if not 1 <= event.parts <= MAX_PARTS or event.part >= event.parts:
        return None
    try:
        return base64.b64decode(event.data, validate=True)
    except (binascii.Error, ValueError):
        return None


def unpacked(parts: Sequence[OutputPart]) -> bytes | None:
    """All that an order gave out; None: it is not what its asset said, or too much."""
    try:
        return join_output([_event(part) for part in parts])
    except Unreadable:
        return None


def _event(row: OutputPart) -> OrderOutput:
    data = base64.b64encode(row.data).decode()
    return OrderOutput(
        row.order_id, row.part, row.parts, row.media_type, row.sha256, data, row.is_cut
    )
