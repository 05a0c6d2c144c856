"""Orders and cancels as they arrive: for this asset, whole, and signed by the server."""

import logging
from typing import Final, NamedTuple

import msgspec
from msgspec import Struct

from edge_agent.orders.row import NO_ID, Row
from edge_agent.ports import Check
from telemetry.errors import Unreadable
from telemetry.wire.messages import Ident
from telemetry.wire.orders import CANCEL, FAMILY
from telemetry.wire.signed import Opened, Sealed, SignedHeader, open_sealed
from telemetry.words import OrderRefusal

logger = logging.getLogger(__name__)

_MOST_AT_ONCE: Final = 4


class Letter(NamedTuple):
    """A message whose signature is the server's. `payload`: as it came, for who checks it again."""

    opened: Opened
    payload: bytes

    @property
    def is_cancel(self) -> bool:
        """Or else it is an order."""
        return self.opened.header.name == CANCEL


class TurnedAway(NamedTuple):
    """A message that is not the server's to this asset, or too late; it leaves its number free."""

    number: int
    id: str
    code: OrderRefusal


class OrderDoor:
    """Lets in what is genuine. Holds the letters whose signature is being checked."""

    def __init__(self, asset: str, check: Check) -> None:
        self._asset = asset
        self._check = check
        self._checking: dict[bytes, Letter] = {}

    def receive(self, payload: bytes, row: Row) -> Letter | TurnedAway | None:
        """A message of the topic of orders; None: being checked, no news, or not its turn yet."""
        try:
            letter = Letter(open_sealed(payload), payload)
        except Unreadable as error:
            return _unreadable(payload, error)
        header, claimed = letter.opened.header, claimed_id(letter.opened.body)
        if header.asset != self._asset or header.family != FAMILY:
            return TurnedAway(header.number, claimed, OrderRefusal.ADDRESSEE)
        if not letter.is_cancel:
            if row.is_repeat(header.number, claimed):
                return None
            if not row.is_next(header.number):
                return _out_of_turn(header, claimed, row)
        signature = letter.opened.signature
        if signature in self._checking or len(self._checking) >= _MOST_AT_ONCE:
            return None
        self._checking[signature] = letter
        genuine = self._check(letter.opened.signed, signature)
        return None if genuine is None else self.checked(signature, genuine)

    def checked(self, signature: bytes, is_genuine: bool | None) -> Letter | TurnedAway | None:
        """The answer of the check; None: not about a letter, or it will be sent again."""
        letter = self._checking.pop(signature, None)
        if letter is None or is_genuine is None:
            return None
        if is_genuine:
            return letter
        claimed = claimed_id(letter.opened.body)
        return TurnedAway(letter.opened.header.number, claimed, OrderRefusal.SIGNATURE)


class _Named(Struct, frozen=True):
    id: Ident


def claimed_id(body: bytes) -> str:
    """The id that a body claims to have, `NO_ID` where none can be read."""
    try:
        return msgspec.json.decode(body, type=_Named).id
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return NO_ID


def _out_of_turn(header: SignedHeader, id: str, row: Row) -> TurnedAway | None:
    if header.number > row.last:
        return None  # those before it are on their way
    return TurnedAway(header.number, id, OrderRefusal.OLDER)


def _unreadable(payload: bytes, error: Unreadable) -> TurnedAway | None:
    """Not our form; where the header can be read, the body is not the one that was signed."""
    try:
        sealed = msgspec.json.decode(payload, type=Sealed)
        header = msgspec.json.decode(sealed.header, type=SignedHeader)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        logger.warning("unreadable order", extra={"why": error.detail})
        return None
    return TurnedAway(header.number, claimed_id(sealed.body.encode()), OrderRefusal.HASH)
