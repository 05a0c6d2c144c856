"""What the book of orders keeps over a restart."""

import logging

import msgspec
from msgspec import Struct

from edge_agent.orders.row import Row
from telemetry.errors import Unreadable
from telemetry.wire.orders import Order
from telemetry.wire.signed import open_sealed
from telemetry.words import OrderState

logger = logging.getLogger(__name__)


class Active(Struct, frozen=True, omit_defaults=True):
    """The order that was taken and is not final.

    `heard`: how many notes of the executor are known; `state`, `code`, `attempt`: as told last.
    """

    number: int
    id: str
    not_after: int
    state: OrderState = OrderState.ACCEPTED
    code: str = ""
    attempt: int = 0
    heard: int = 0
    is_begun: bool = False


class BookState(Struct, frozen=True, omit_defaults=True):
    """What outlives a restart, the order itself and its cancel apart."""

    row: Row = Row()
    active: Active | None = None

    @classmethod
    def read(cls, saved: bytes | None) -> "BookState":
        """What was kept, or what a new asset has."""
        if saved is None:
            return cls()
        try:
            return msgspec.json.decode(saved, type=cls)
        except msgspec.MsgspecError:
            logger.exception("the book of orders cannot be read, it begins anew")
            return cls()


def order_of(sealed: bytes) -> Order | None:
    """The order in a letter that was let in; None when it cannot be read."""
    if not sealed:
        return None
    try:
        return msgspec.json.decode(open_sealed(sealed).body, type=Order)
    except (Unreadable, msgspec.MsgspecError):
        logger.exception("the order taken cannot be read")
        return None
