"""What is in flight: which records went into which message, until an ack or the time settles it."""

from collections.abc import Sequence
from typing import Final

import msgspec

from telemetry.wire.messages import Interval
from telemetry.words import Stream

MOST_MESSAGES: Final = 4
MOST_BYTES: Final = 64 * 1024
_RESEND_SECONDS: Final = 30.0
_RESEND_ROUND_TRIPS: Final = 4.0
_SMOOTHING: Final = 0.25
_REMEMBERED: Final = 32


class Message(msgspec.Struct):
    """One message with records. `refused`: those that the server holds aside once it settles.

    `is_overdue`: its records wait again, but a late answer still settles them.
    """

    id: str
    stream: Stream
    ids: dict[int, int]  # by record number
    size: int
    sent_at: float
    is_heard: bool = False
    is_overdue: bool = False
    refused: set[int] = set()

    def named(self, numbers: Sequence[Interval]) -> list[int]:
        """Ids of those of its records that `numbers` name; none named: all."""
        if not numbers:
            return list(self.ids.values())
        return [
            row_id
            for number, row_id in self.ids.items()
            if any(low <= number <= high for low, high in numbers)
        ]


class Window:
    """Messages of this connection. Instants are `up` seconds."""

    def __init__(self) -> None:
        self._messages: dict[str, Message] = {}
        self.rtt_seconds: float | None = None

    def add(self, message: Message) -> None:
        """A message was handed to the link."""
        self._messages[message.id] = message

    def has_room(self, size: int) -> bool:
        """Whether one more message of that size may be sent; anything fits into an empty window."""
        flying = [m for m in self._messages.values() if not m.is_overdue]
        if not flying:
            return True
        return len(flying) < MOST_MESSAGES and sum(m.size for m in flying) + size <= MOST_BYTES

    def has(self, stream: Stream) -> bool:
        """Whether a message of that stream is in flight."""
        return any(m.stream is stream and not m.is_overdue for m in self._messages.values())

    def in_flight(self) -> set[int]:
        """Ids of the records in flight."""
        return {
            row_id for m in self._messages.values() if not m.is_overdue for row_id in m.ids.values()
        }

    def hear(self, message_id: str, up: float) -> None:
        """The server has the message; the first sign of it measures the round trip."""
        message = self._messages.get(message_id)
        if message is None or message.is_heard:
            return
        message.is_heard = True
        seconds = up - message.sent_at
        known = self.rtt_seconds
        self.rtt_seconds = seconds if known is None else known + _SMOOTHING * (seconds - known)

    def get(self, message_id: str) -> Message | None:
        """The message of that id, if it was sent on this connection."""
        return self._messages.get(message_id)

    def settle(self, message_id: str) -> Message | None:
        """Take the message out: every record of it is committed or held aside."""
        return self._messages.pop(message_id, None)

    def expire(self, up: float) -> None:
        """Let records of overdue messages wait again; a late answer still settles them."""
        for message in self._messages.values():
            if up >= message.sent_at + self._patience():
                message.is_overdue = True
        overdue = [m.id for m in self._messages.values() if m.is_overdue]
        for message_id in overdue[:-_REMEMBERED]:
            del self._messages[message_id]

    def release(self) -> None:
        """Let the records of every message wait again, at once."""
        for message in self._messages.values():
            message.is_overdue = True

    def clear(self) -> None:
        """Forget all messages: answers to them mean nothing any more."""
        self._messages.clear()

    def next_due(self) -> float:
        """When the next message is overdue; infinite when none is in flight."""
        flying = [m.sent_at for m in self._messages.values() if not m.is_overdue]
        return min(flying, default=float("inf")) + self._patience()

    def _patience(self) -> float:
        return max(_RESEND_SECONDS, _RESEND_ROUND_TRIPS * (self.rtt_seconds or 0.0))
