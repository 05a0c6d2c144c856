"""One message as it arrived: what could be read of it, and why not the rest."""

import re
from collections.abc import Sequence
from typing import Final

from telemetry.errors import Unreadable
from telemetry.wire import codec
from telemetry.wire.messages import Envelope, Header, Interval, Record
from telemetry.words import Refusal, Stream

_OVERHEAD_BYTES: Final = 512
"""What a waiting message costs beside its records' bodies."""

_EPOCH: Final = re.compile(r"[a-z0-9]{1,16}\Z")
_MAX_MARKS: Final = 256
"""Epochs of one stream that a greeting may name; an honest outbox holds a handful."""


class Arrival:
    """A message that waits for its commit.

    `numbers` and `records` run in parallel. With a `fault` there are no records: the message is
    kept aside whole, under each of its numbers if `epoch` is known. `kept` is the lowest number
    that the agent holds of this epoch, by the message's own header. `is_events` says of its stream
    what everybody asks for.
    """

    __slots__ = (
        "asset",
        "boot",
        "detail",
        "epoch",
        "fault",
        "id",
        "is_events",
        "is_heard",
        "kept",
        "numbers",
        "payload",
        "received_at",
        "records",
        "size",
        "stream",
        "up_ms",
    )

    def __init__(self, asset: str, received_at: int, message_id: str, payload: bytes) -> None:
        self.asset = asset
        self.received_at = received_at
        self.id = message_id
        self.payload = payload
        self.size = _OVERHEAD_BYTES + len(payload)
        self.stream = self.epoch = self.boot = self.detail = ""
        self.numbers: Sequence[int] = ()
        self.records: Sequence[Record] = ()
        self.fault: Refusal | None = None
        self.up_ms = 0
        self.kept = 1
        self.is_events = False
        self.is_heard = False

    def blame(self, error: Unreadable) -> None:
        """Note that the message cannot be read; its bytes are kept."""
        self.fault = Refusal(error.code)
        self.detail = error.detail


def read(asset: str, payload: bytes, now: int) -> tuple[Arrival, Header | None]:
    """The message in `payload`, and its heartbeat unless that could not be read. Never raises."""
    try:
        envelope, packed = codec.decode_envelope(payload)
    except Unreadable as error:
        arrival = Arrival(asset, now, error.message_id or "", payload)
        arrival.blame(error)
        return arrival, None
    arrival = Arrival(asset, now, envelope.id, payload)
    try:
        arrival.numbers = _numbers(envelope)
        arrival.stream, arrival.epoch = envelope.stream, envelope.epoch
        arrival.is_events = envelope.stream == _EVENTS
        batch = codec.decode_batch(envelope, packed)
        header = batch.header
        if header.greets:
            _check_epochs(header)
    except Unreadable as error:
        arrival.blame(error)
        return arrival, None
    arrival.payload = b""  # the records hold what was in it
    arrival.records = batch.records
    arrival.boot, arrival.up_ms = header.boot, header.up_ms
    for record in batch.records:
        arrival.size += len(record.body)
    if arrival.is_events:
        arrival.kept = next((m.kept for m in header.events if m.epoch == envelope.epoch), 1)
    return arrival, header


def _check_epochs(header: Header) -> None:
    """What a greeting names is remembered, so it has to be an epoch.

    Raises:
        Unreadable: it is not, or there are too many.
    """
    for marks in (header.reports, header.events):
        if len(marks) > _MAX_MARKS:
            raise Unreadable(Refusal.BODY, "too many epochs")
        if not all(_EPOCH.match(mark.epoch) for mark in marks):
            raise Unreadable(Refusal.BODY, "not an epoch")


def _numbers(envelope: Envelope) -> Sequence[int]:
    """The record numbers one by one.

    Raises:
        Unreadable: an unknown stream, or numbers that do not ascend, or too many of them.
    """
    if envelope.stream not in _STREAMS:
        raise Unreadable(Refusal.BODY, "unknown stream")
    intervals = envelope.numbers
    if not intervals:
        return ()
    if not _ascend(intervals):
        raise Unreadable(Refusal.BODY, "record numbers do not ascend")
    low, high = intervals[0]
    if len(intervals) > 1:
        high = low - 1 + sum(high - low + 1 for low, high in intervals)
    if high - low >= codec.MAX_RECORDS:
        raise Unreadable(Refusal.TOO_LARGE, "too many record numbers")
    if len(intervals) == 1:
        return range(low, high + 1)
    return [number for low, high in intervals for number in range(low, high + 1)]


def _ascend(intervals: Sequence[Interval]) -> bool:
    last = 0
    for low, high in intervals:
        if low <= last or high < low:
            return False
        last = high
    return True


_STREAMS: Final = frozenset(str(stream) for stream in Stream)
_EVENTS: Final = Stream.EVENTS.value  # looked up once: each time costs a tenth of a microsecond
