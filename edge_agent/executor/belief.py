"""What the executor believes: orders that the server signed, for this asset, now, and new."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, TypeVar

import msgspec

from edge_agent.executor.settings import Executor
from edge_agent.verify import SIGNATURE_BYTES, verifies
from telemetry.errors import Unreadable
from telemetry.wire.orders import CANCEL, FAMILY, Cancel, Order, kind_of
from telemetry.wire.signed import Opened, open_sealed
from telemetry.words import OrderRefusal

_T = TypeVar("_T")


class Disbelieved(Exception):
    """A message is not carried out; `code` says why."""

    def __init__(self, code: OrderRefusal) -> None:
        super().__init__(f"an order is not believed ({code})")
        self.code = code


class Believed(NamedTuple):
    """An order whose every claim was checked but its number."""

    number: int
    order: Order


def order_in(sealed: bytes, settings: Executor) -> Believed:
    """The order in a sealed message.

    Raises:
        Disbelieved: hash, addressee, signature, validity or content are not right.
    """
    opened = _opened(sealed, settings)
    now_ms = time.time_ns() // 1_000_000
    if now_ms > opened.header.not_after:
        raise Disbelieved(OrderRefusal.EXPIRED)
    # A clock that nobody keeps may be years behind; the agent knows better then.
    if now_ms < opened.header.not_before and Path(settings.ntp_marker).exists():
        raise Disbelieved(OrderRefusal.NOT_YET_VALID)
    order = _content(lambda: msgspec.json.decode(opened.body, type=Order))
    if opened.header.name != kind_of(order.task):
        raise Disbelieved(OrderRefusal.CONTENT)
    return Believed(opened.header.number, order)


def cancelled_in(sealed: bytes, settings: Executor) -> tuple[int, str]:
    """Number and id of the order that a sealed cancel is about.

    Raises:
        Disbelieved: it is none of the server's for this asset.
    """
    opened = _opened(sealed, settings)
    if opened.header.name != CANCEL:
        raise Disbelieved(OrderRefusal.CONTENT)
    cancel = _content(lambda: msgspec.json.decode(opened.body, type=Cancel))
    return opened.header.number, cancel.id


def _opened(sealed: bytes, settings: Executor) -> Opened:
    try:
        opened = open_sealed(sealed)
    except Unreadable as error:
        raise Disbelieved(OrderRefusal.HASH) from error
    if opened.header.asset != settings.asset or opened.header.family != FAMILY:
        raise Disbelieved(OrderRefusal.ADDRESSEE)
    try:
        key = Path(settings.signing_key).read_bytes()
        is_genuine = len(opened.signature) == SIGNATURE_BYTES and verifies(
            key, opened.signed, opened.signature
        )
    except (OSError, ValueError) as error:  # without a key nobody can be believed
        raise Disbelieved(OrderRefusal.SIGNATURE) from error
    if not is_genuine:
        raise Disbelieved(OrderRefusal.SIGNATURE)
    return opened


def _content(read: Callable[[], _T]) -> _T:
    try:
        return read()
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise Disbelieved(OrderRefusal.CONTENT) from error
