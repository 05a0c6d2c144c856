"""What the agent says to the server and what it makes of the answers."""

import logging
from collections.abc import Callable
from typing import Final

from edge_agent.clock import Clock
from edge_agent.connection import HOLD_WITHOUT_LISTENER_SECONDS, Connection, Happening, State
from edge_agent.inputs import Moment
from edge_agent.outbox import Outbox
from edge_agent.ports import Link
from edge_agent.records import Given, Wanted, Work
from edge_agent.sending import BATCH_RECORDS, Sender
from edge_agent.window import Message
from telemetry.errors import Unreadable
from telemetry.wire import codec
from telemetry.wire.documents import Settings
from telemetry.wire.messages import Ack, Greeting, Header, Refused, Seen
from telemetry.words import SENDER_KEEPS, EpochReason, Refusal, Stream

logger = logging.getLogger(__name__)

_SILENCE_SECONDS: Final = 60.0
_SILENT_HEADERS: Final = 2
_GREET_AGAIN_SECONDS: Final = 10.0
_TRY_AGAIN_SECONDS: Final = 5.0
_NOBODY_LISTENS: Final = 0x10
_REFUSALS_FROM: Final = 0x80

MakeHeader = Callable[[Moment, bool], Header]
"""The header of a message that is sent now; whether it greets."""


class Conversation:
    """One asset's side of the protocol; instants are `up` seconds. Sends only from `speak`."""

    def __init__(self, outbox: Outbox, link: Link, clock: Clock, settings: Settings) -> None:
        self.settings = settings
        self._outbox = outbox
        self._link = link
        self._clock = clock
        self._connection = Connection()
        self._sender = Sender(outbox, clock)
        self._header_at = 0.0
        self._reports_at = 0.0
        self._reports_again_at = 0.0
        self._is_draining = False
        self._unanswered = 0
        self._silent_since = 0.0
        self._greeting_id = ""

    @property
    def state(self) -> State:
        """The connection's state."""
        return self._connection.state

    @property
    def reason(self) -> str:
        """Why it is offline, on hold or refused; empty when all is well."""
        return "" if self.state is State.OPEN else self._connection.reason

    @property
    def rtt_seconds(self) -> float | None:
        """How long the server takes to answer, smoothed."""
        return self._sender.window.rtt_seconds

    @property
    def in_flight(self) -> int:
        """How many records are on their way."""
        return len(self._sender.window.in_flight())

    def up(self, now: Moment) -> None:
        """The link is there."""
        self._sender.window.clear()
        self._unanswered = 0
        self._greeting_id = ""
        self._connection.happen(Happening.UP)
        self._connection.reason = "the server has not answered the greeting yet"
        self._header_at = now.up

    def down(self, now: Moment, reason: str) -> None:
        """The link is gone."""
        self._sender.window.clear()
        self._unanswered = 0
        if self._connection.happen(Happening.DOWN):
            logger.info("link down", extra={"why": reason})
        if self.state is not State.REFUSED:
            self._connection.reason = reason

    def start_over(self) -> None:
        """Forget what is in flight: the outbox is another one now."""
        self._sender.window.clear()

    def published(self, now: Moment, message_id: str, reason_code: int) -> None:
        """The broker's word on a message; it proves nothing but a refusal."""
        if reason_code >= _REFUSALS_FROM:
            self._sender.window.release()
            self._connection.refuse(now.up, f"the broker refuses messages ({reason_code:#x})")
            logger.warning("publish refused", extra={"code": reason_code})
        elif reason_code == _NOBODY_LISTENS:
            self._connection.hold(now.up, HOLD_WITHOUT_LISTENER_SECONDS)
            self._connection.reason = "the server is away"

    def answered(self, payload: bytes, now: Moment, work: Work) -> int | None:
        """An ack: what it settles goes into `work`. The server's time, if it answers a greeting."""
        try:
            ack = codec.decode_ack(payload)
        except Unreadable as error:
            logger.warning("unreadable ack", extra={"why": error.detail})
            return None
        self._unanswered = 0
        for message_id in (*ack.heard, *ack.settled):
            self._sender.window.hear(message_id, now.up)
        for refused in ack.refused:
            self._refused(refused, now, work)
        for message_id in ack.settled:
            self._settled(self._sender.window.settle(message_id), work)
        greeted_at = None
        if ack.greeting is not None and self._greeting_id in ack.heard:
            self._greeting_id = ""
            self._greeted(ack.greeting, now, work)
            greeted_at = ack.sent_at
        self._hold(ack, now)
        return greeted_at

    def speak(self, now: Moment, header: MakeHeader) -> None:
        """Send whatever may be sent now. Everything new is committed already."""
        self._sender.window.expire(now.up)
        if self._connection.is_over(now.up):
            self._release(now)
        if self.state in {State.OFFLINE, State.REFUSED}:
            return
        if self._is_silent(now):
            logger.info("no answer, connecting anew", extra={"headers": self._unanswered})
            self._unanswered = 0
            self._header_at = self._reports_again_at = now.up + _GREET_AGAIN_SECONDS
            self._link.reconnect("the server does not answer")
            return
        if self.state is State.OPEN:
            self._send_events(now, header)
            self._send_reports(now, header)
        if now.up >= self._header_at:
            greets = self.state is State.GREETING
            message_id, payload = self._sender.heartbeat(header(now, greets))
            # Only the answer to the last greeting counts.
            self._greeting_id = message_id if greets else ""
            self._hand_over(message_id, payload, now)

    def next_due(self) -> float:
        """When `speak` has something to do without any input."""
        if self.state is State.OFFLINE:
            return float("inf")
        if self.state is State.REFUSED:
            return self._connection.until
        due = [self._header_at, self._sender.window.next_due()]
        if self.state is State.HOLD:
            due.append(self._connection.until)
        if self._unanswered >= _SILENT_HEADERS:
            due.append(self._silent_since + _SILENCE_SECONDS)
        if self.state is State.OPEN and self._sender.unsent(Stream.REPORTS):
            due.append(max(self._reports_at, self._reports_again_at))
        return min(due)

    def _greeted(self, greeting: Greeting, now: Moment, work: Work) -> None:
        for seen in greeting.reports:
            self._compare(Stream.REPORTS, seen, work)
        for seen in greeting.events:
            self._compare(Stream.EVENTS, seen, work)
        self._sender.window.clear()
        self._connection.happen(Happening.GREETED)
        self._opened(now)

    def _compare(self, stream: Stream, seen: Seen, work: Work) -> None:
        """What the server knows of one epoch, against what the outbox does."""
        current = self._outbox.head(stream)
        is_behind = seen.epoch == current.name and seen.seen > current.head
        if is_behind and stream is Stream.REPORTS:
            # The server knows numbers that this disk has forgotten: it went back in time. Events
            # go on, until the first one is refused as forked: that keeps their order.
            work.openings.setdefault(stream, EpochReason.DISK_WENT_BACK)
        for low, high in seen.want:
            work.wanted.append(Wanted(stream, seen.epoch, low, high))

    def _refused(self, refused: Refused, now: Moment, work: Work) -> None:
        message = self._sender.window.get(refused.id)
        if refused.code == Refusal.GREET_FIRST:
            if self._connection.happen(Happening.GREET_FIRST):
                self._sender.window.clear()
                self._connection.reason = "the server asks for a greeting"
                self._header_at = now.up
            return
        if message is None:
            return
        self._sender.window.hear(refused.id, now.up)
        ids = message.named(refused.numbers)
        logger.warning("records refused", extra={"code": refused.code[:16], "records": len(ids)})
        if refused.code == Refusal.FORKED:
            self._forked(message, ids, work)
        elif refused.code not in SENDER_KEEPS:
            message.refused.update(ids)

    def _forked(self, message: Message, ids: list[int], work: Work) -> None:
        """Numbers that the server has with other content: emitted again with other numbers."""
        if not ids:
            return
        epoch = self._outbox.epoch_of(ids[0])
        if epoch.key == self._outbox.head(message.stream).key:
            work.openings.setdefault(message.stream, EpochReason.FORKED)
        work.forked += ids
        first = min(ids)
        gone = set(ids)
        message.ids = {
            number: row_id
            for number, row_id in message.ids.items()
            if row_id not in gone and (message.stream is Stream.REPORTS or row_id < first)
        }
        message.is_overdue = True

    def _settled(self, message: Message | None, work: Work) -> None:
        if message is not None:
            work.refused += len(message.refused)
            work.settled += message.ids.values()

    def _hold(self, ack: Ack, now: Moment) -> None:
        if ack.hold_seconds > 0:
            self._connection.hold(now.up, ack.hold_seconds)
            self._connection.reason = "the server asks to wait"
        elif self.state is State.HOLD:
            self._release(now)

    def _release(self, now: Moment) -> None:
        if self.state is State.REFUSED:
            self._link.reconnect("trying again after a refusal")
        if self._connection.happen(Happening.RELEASED) and self.state is State.OPEN:
            # Whoever asked to wait has forgotten what was in flight.
            self._sender.window.release()
            self._opened(now)

    def _opened(self, now: Moment) -> None:
        self._is_draining = True
        self._reports_at = now.up
        self._header_at = now.up + self.settings.message_seconds

    def _is_silent(self, now: Moment) -> bool:
        return (
            self._unanswered >= _SILENT_HEADERS and now.up - self._silent_since >= _SILENCE_SECONDS
        )

    def _send_events(self, now: Moment, header: MakeHeader) -> None:
        """One message at a time, so that they arrive in order."""
        if self._outbox.waiting(Stream.EVENTS) and not self._sender.window.has(Stream.EVENTS):
            self._send_next(Stream.EVENTS, now, header)

    def _send_reports(self, now: Moment, header: MakeHeader) -> None:
        """By the rhythm; a backlog as fast as the window allows."""
        while True:
            unsent = self._sender.unsent(Stream.REPORTS)
            if unsent == 0:
                self._is_draining = False
                return
            self._is_draining = self._is_draining or unsent >= BATCH_RECORDS
            if not self._is_draining and now.up < self._reports_at:
                return
            if not self._send_next(Stream.REPORTS, now, header):
                # No room in the window, or on the disk: an answer brings the next tick, or this.
                self._reports_again_at = now.up + _TRY_AGAIN_SECONDS
                return

    def _send_next(self, stream: Stream, now: Moment, header: MakeHeader) -> bool:
        """Send one batch of a stream; whether one went out or was got rid of."""
        if not self._sender.window.has_room(0):
            return False
        selection = self._sender.choose(stream)
        if selection is None:
            return False
        if selection.work and not self._outbox.commit(selection.work, self._clock.stamp(now)):
            return False
        if not selection.rows:
            return True
        packed = self._sender.pack(selection, header(now, False))
        if isinstance(packed, Given):
            return self._outbox.commit(Work(given_up=[packed]), self._clock.stamp(now))
        if not self._sender.window.has_room(len(packed.payload)):
            return False
        self._sender.sent(packed, stream, now.up)
        self._hand_over(packed.id, packed.payload, now)
        if stream is Stream.REPORTS:
            self._reports_at = now.up + self.settings.message_seconds
        return True

    def _hand_over(self, message_id: str, payload: bytes, now: Moment) -> None:
        self._link.send(message_id, payload)
        if self._unanswered == 0:
            self._silent_since = now.up
        self._unanswered += 1
        again = self.settings.message_seconds
        if self.state is State.GREETING:
            again = min(again, _GREET_AGAIN_SECONDS)
        self._header_at = now.up + again
