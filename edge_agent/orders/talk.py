"""What agent and executor say to each other: JSON lines over a Unix socket."""

from typing import Final

import msgspec
from msgspec import Struct

from telemetry.errors import Unreadable
from telemetry.wire.events import OrderChanged, OrderOutput
from telemetry.wire.lines import OrderLines
from telemetry.words import Refusal

MAX_LINE_BYTES: Final = 3 << 20
"""A sealed order has at most 1 MiB, and its JSON is quoted once more."""


class CarryOut(Struct, frozen=True, tag="carry_out"):
    """Begin the order or go on with it, and tell the notes from number `heard` on.

    `wants_lines`: who asks understands the lines of a play too.
    """

    sealed: str
    heard: int = 0
    wants_lines: bool = False


class EndIt(Struct, frozen=True, tag="cancel"):
    """The server's signed cancel."""

    sealed: str


class Said(Struct, frozen=True):
    """Note number `at` of order `number`; or lines, which are no note and count nothing."""

    number: int
    at: int
    event: OrderChanged | OrderOutput | OrderLines


_ASKED: msgspec.json.Decoder[CarryOut | EndIt] = msgspec.json.Decoder(CarryOut | EndIt)
_SAID = msgspec.json.Decoder(Said)


def line(message: CarryOut | EndIt | Said) -> bytes:
    """One message as it is written."""
    return msgspec.json.encode(message) + b"\n"


def asked(line: bytes) -> CarryOut | EndIt:
    """What the agent asks.

    Raises:
        Unreadable: not a message of this form.
    """
    try:
        return _ASKED.decode(line)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise Unreadable(Refusal.BODY, "not a question of an agent") from error


def said(line: bytes) -> Said:
    """What the executor says.

    Raises:
        Unreadable: not a message of this form.
    """
    try:
        return _SAID.decode(line)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise Unreadable(Refusal.BODY, "not a note of an executor") from error
