"""Which waiting records go into the next message, and the message itself."""

from collections.abc import Sequence
from itertools import takewhile
from typing import Final, NamedTuple

from msgspec import Raw

from edge_agent.clock import Clock
from edge_agent.outbox import Outbox
from edge_agent.records import Fixed, Given, Row, Work
from edge_agent.window import Message, Window
from telemetry.errors import TooLarge
from telemetry.intervals import from_numbers
from telemetry.wire import codec
from telemetry.wire.messages import Header, Record
from telemetry.words import ClockTrust, DropReason, Stream

BATCH_RECORDS: Final = 200
_BATCH_BYTES: Final = 48 * 1024
_RAW_BYTES: Final = 256 * 1024
_OLDEST_EVERY: Final = 4


class Packed(NamedTuple):
    """A message ready to be sent."""

    id: str
    payload: bytes
    rows: list[Row]


class Selection(NamedTuple):
    """The next records to send; `work` has to be written before they are."""

    stream: Stream
    rows: list[Row]
    is_newest: bool
    work: Work


class Sender:
    """Chooses and packs; owns the window. Sending is done by whoever calls."""

    def __init__(self, outbox: Outbox, clock: Clock) -> None:
        self.window = Window()
        self._outbox = outbox
        self._clock = clock
        self._turn = 0

    def unsent(self, stream: Stream) -> int:
        """How many records of the stream wait and are not in flight."""
        flying = sum(
            1
            for row_id in self.window.in_flight()
            if self._outbox.epoch_of(row_id).stream is stream
        )
        return max(self._outbox.waiting(stream) - flying, 0)

    def choose(self, stream: Stream) -> Selection | None:
        """The next batch of a stream: the oldest events; the newest reports, at times the oldest.

        Instants are fixed here, before a record is first sent; damaged reports are given up.
        """
        newest = stream is Stream.REPORTS and self._turn % _OLDEST_EVERY != _OLDEST_EVERY - 1
        rows = self._outbox.select(
            stream,
            self.window.in_flight(),
            newest=newest,
            most_records=BATCH_RECORDS,
            most_bytes=_RAW_BYTES,
        )
        if not rows:
            return None
        work = Work()
        if stream is Stream.REPORTS:
            damaged = tuple(row.id for row in rows if not _is_sound(row))
            if damaged:
                work.given_up.append(Given(damaged, DropReason.DAMAGED))
                rows = [row for row in rows if row.id not in damaged]
        else:
            # A damaged event goes alone, so that the server holds only that one aside.
            rows = list(takewhile(_is_sound, rows)) or rows[:1]
        rows = [self._fixed(row, work) for row in rows]
        return Selection(stream, rows, newest, work)

    def pack(self, selection: Selection, header: Header) -> Packed | Given:
        """The message with as many of the records as fit, or the one that never will."""
        rows = selection.rows
        while True:
            message_id = codec.new_message_id()
            payload = self._encoded(message_id, selection.stream, rows, header)
            if payload is not None and (len(payload) <= _BATCH_BYTES or len(rows) == 1):
                return Packed(message_id, payload, rows)
            if len(rows) == 1:
                return Given((rows[0].id,), DropReason.TOO_LARGE)
            half = len(rows) // 2
            rows = rows[half:] if selection.is_newest else rows[:half]

    def sent(self, packed: Packed, stream: Stream, up: float) -> None:
        """Keep in mind which records the message holds."""
        ids = {row.number: row.id for row in packed.rows}
        self.window.add(Message(packed.id, stream, ids, len(packed.payload), up))
        if stream is Stream.REPORTS:
            self._turn += 1

    def heartbeat(self, header: Header) -> tuple[str, bytes]:
        """Id and payload of a message without records."""
        message_id = codec.new_message_id()
        epoch = self._outbox.head(Stream.REPORTS).name
        return message_id, codec.encode_batch(message_id, Stream.REPORTS, epoch, [], header, [])

    def _fixed(self, row: Row, work: Work) -> Row:
        stamp = row.stamp
        if stamp.trust is not None:
            return row
        at, trust = self._clock.instant(stamp.boot, stamp.up_ms)
        work.fixed.append(Fixed(row.id, at, trust))
        return row._replace(stamp=stamp._replace(measured_at=at, trust=trust))

    def _encoded(
        self, message_id: str, stream: Stream, rows: Sequence[Row], header: Header
    ) -> bytes | None:
        numbers = from_numbers(row.number for row in rows)
        records = [
            Record(
                row.crc,
                row.stamp.measured_at,
                row.stamp.trust or ClockTrust.NONE,
                row.stamp.boot,
                row.stamp.up_ms,
                Raw(row.body),
            )
            for row in rows
        ]
        try:
            return codec.encode_batch(message_id, stream, rows[0].epoch, numbers, header, records)
        except TooLarge:
            return None


def _is_sound(row: Row) -> bool:
    return codec.record_crc(row.stamp.boot, row.stamp.up_ms, row.body) == row.crc
