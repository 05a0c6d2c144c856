"""What a play is at while it runs: short lines at QoS 0, of which any may be lost without harm.

All of it comes once more in the order's output. No line is a record, and none is stored.
"""

from typing import Annotated, Final

import msgspec
from msgspec import Meta, Struct

from telemetry.errors import Unreadable
from telemetry.wire.messages import Ident, Natural, Word
from telemetry.words import Refusal

MOST_LINES: Final = 20
"""In one message; of what happened faster only the newest are told."""
MOST_BYTES: Final = 16_384
LONGEST_TASK: Final = 120


class Line(Struct, frozen=True, array_like=True):
    """A `words.LineKind`, of this task, on this host of the play ("" where it is none's)."""

    what: Word
    task: Annotated[str, Meta(max_length=LONGEST_TASK)]
    host: Word = ""


class OrderLines(Struct, frozen=True, tag_field="kind", tag="order_lines"):
    """Consecutive lines of one attempt, counted from 0; `first` is the first one's number."""

    id: Ident
    attempt: Natural
    first: Natural
    lines: Annotated[list[Line], Meta(min_length=1, max_length=MOST_LINES)]


_DECODER = msgspec.json.Decoder(OrderLines)


def encode(lines: OrderLines) -> bytes:
    """The message."""
    return msgspec.json.encode(lines)


def decode(payload: bytes) -> OrderLines:
    """The lines in a message.

    Raises:
        Unreadable: too large, or not of this form.
    """
    if len(payload) > MOST_BYTES:
        raise Unreadable(Refusal.BODY, "more than lines may be")
    try:
        return _DECODER.decode(payload)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise Unreadable(Refusal.BODY, "not lines of an order") from error
