"""A small honest peer of the agent: speaks the wire, keeps what it takes, forgets on demand."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from edge_agent.agent import EdgeAgent
from edge_agent.inputs import FromCentre, Input, LinkDown, LinkUp, Moment
from telemetry.intervals import IntervalSet
from telemetry.wire import codec, events
from telemetry.wire.messages import (
    Ack,
    Envelope,
    Greeting,
    Header,
    Interval,
    Mark,
    Record,
    Refused,
    Seen,
)
from telemetry.words import ClockTrust, Refusal, Stream

BOOT = "boot1"
START = datetime(2026, 12, 1, 8, 0, tzinfo=UTC)


def moment(up: float, trust: ClockTrust = ClockTrust.NONE, boot: str = BOOT) -> Moment:
    """A machine whose wall clock is right."""
    return Moment(START + timedelta(seconds=up), up, boot, trust)


@dataclass
class Server:
    """Takes payloads, returns acks. The attributes may be changed to make it misbehave."""

    stored: dict[tuple[str, str, int], Record] = field(default_factory=dict)
    taken: dict[tuple[str, str], IntervalSet] = field(default_factory=dict)
    headers: list[Header] = field(default_factory=list)
    envelopes: list[Envelope] = field(default_factory=list)
    greeted: bool = False
    is_broken: bool = False
    hold_seconds: float = 0.0
    refuses: str = ""

    def take(self, payload: bytes, now_ms: int) -> Ack:
        """One message, answered at once."""
        envelope, rest = codec.decode_envelope(payload)
        batch = codec.decode_batch(envelope, rest)
        self.envelopes.append(envelope)
        self.headers.append(batch.header)
        if batch.header.greets:
            self.greeted = True
            return Ack(now_ms, heard=[envelope.id], greeting=self._greeting(batch.header))
        if not self.greeted:
            refused = Refused(envelope.id, Refusal.GREET_FIRST)
            return Ack(now_ms, refused=[refused])
        if self.hold_seconds:
            return Ack(now_ms, heard=[envelope.id], hold_seconds=self.hold_seconds)
        if not batch.records:
            return Ack(now_ms, heard=[envelope.id])
        if self.refuses:
            refused = Refused(envelope.id, self.refuses)
            settled = [] if self.refuses == Refusal.FORKED else [envelope.id]
            return Ack(now_ms, settled=settled, refused=[refused])
        return self._take_records(envelope, batch.records, now_ms)

    def reports(self) -> list[Record]:
        """Reports stored, by epoch and number."""
        return [self.stored[key] for key in sorted(self.stored) if key[0] == Stream.REPORTS]

    def events(self) -> list[events.Event | events.Unknown]:
        """Events applied, by epoch and number."""
        found = [self.stored[key] for key in self.stored if key[0] == Stream.EVENTS]
        return [events.decode(bytes(record.body)) for record in found]

    def drops(self) -> list[tuple[str, Interval]]:
        """Declared by the agent: epoch and numbers."""
        return [
            (event.epoch, interval)
            for event in self.events()
            if isinstance(event, events.Dropped)
            for interval in event.numbers
        ]

    def _take_records(self, envelope: Envelope, records: Sequence[Record], now_ms: int) -> Ack:
        taken = self.taken.setdefault((envelope.stream, envelope.epoch), IntervalSet())
        numbers = [n for low, high in envelope.numbers for n in range(low, high + 1)]
        forked: list[Interval] = []
        for number, record in zip(numbers, records, strict=True):
            key = (envelope.stream, envelope.epoch, number)
            known = self.stored.get(key)
            if known is not None and known.crc != record.crc:
                forked.append((number, number))
                if envelope.stream == Stream.EVENTS:
                    return Ack(now_ms, refused=[Refused(envelope.id, Refusal.FORKED, forked)])
                continue
            if known is None:
                if envelope.stream == Stream.EVENTS and number > taken.highest() + 1:
                    return Ack(now_ms, heard=[envelope.id])
                self.stored[key] = record
                taken.add(number, number)
        refused = [Refused(envelope.id, Refusal.FORKED, forked)] if forked else []
        return Ack(now_ms, settled=[envelope.id], refused=refused)

    def _greeting(self, header: Header) -> Greeting:
        return Greeting(
            [self._seen(Stream.REPORTS, mark) for mark in header.reports],
            [self._seen(Stream.EVENTS, mark) for mark in header.events],
        )

    def _seen(self, stream: Stream, mark: Mark) -> Seen:
        taken = self.taken.get((stream, mark.epoch), IntervalSet())
        want = list(taken.gaps(mark.kept, mark.head))[:64]
        return Seen(mark.epoch, taken.highest(), want)


@dataclass
class Radio:
    """The agent's link and probes, pretended; `run` drives an agent against a server."""

    sent: list[tuple[str, bytes]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    reconnects: list[str] = field(default_factory=list)
    is_up: bool = False

    def send(self, message_id: str, payload: bytes) -> None:
        self.sent.append((message_id, payload))

    def reconnect(self, why: str) -> None:
        self.reconnects.append(why)

    def ask(self, name: str) -> None:
        self.asked.append(name)


@dataclass
class Drive:
    """An agent, its radio and a server on one pretended clock."""

    agent: EdgeAgent
    radio: Radio
    server: Server
    up: float = 1000.0
    inputs: list[Input] = field(default_factory=list)
    loses_acks: bool = False

    def connect(self) -> None:
        self.radio.is_up = True
        self.inputs.append(LinkUp())

    def disconnect(self) -> None:
        self.radio.is_up = False
        self.inputs.append(LinkDown("a valley"))

    def run(self, seconds: float, step: float = 1.0, read: Sequence[Input] = ()) -> None:
        """Tick every `step` seconds; what is sent reaches the server if the radio is up."""
        until = self.up + seconds
        while self.up < until:
            self.tick(*read)
            self.up += step

    def tick(self, *more: Input, now: Moment | None = None) -> float:
        """One tick; answers arrive at the next one."""
        now = now or moment(self.up)
        given, self.inputs = [*self.inputs, *more], []
        wake = self.agent.tick(now, given)
        sent, self.radio.sent = self.radio.sent, []
        if self.radio.reconnects:
            self.radio.reconnects.clear()
            self.inputs += [LinkDown("asked"), LinkUp()]
        for _, payload in sent:
            if self.radio.is_up:
                ack = self.server.take(payload, round(moment(self.up).wall.timestamp() * 1000))
                if not self.loses_acks:
                    self.inputs.append(FromCentre("ack", codec.encode_ack(ack)))
        return wake


StartAgent = Callable[..., Drive]
"""The fixture `start`."""
