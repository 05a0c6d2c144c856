"""An asset's side of the conversation, spoken to an intake without any broker."""

from collections.abc import Mapping, Sequence

import msgspec

from fleet_server.intake.intake import Intake
from telemetry.wire import codec, events
from telemetry.wire.messages import Ack, Header, Interval, Mark, Record, Report, Value

START = 1_790_000_000_000
"""An instant, ms since 1970."""

Numbered = tuple[int, Record]


def report(number: int, at: int | None = START, **metrics: Value) -> Numbered:
    """A report measured at `at`, one second of uptime a number."""
    body = codec.encode_report(Report(metrics or {"cpu_used_percent": float(number % 100)}))
    return number, record(body, at, up_ms=number * 1000)


def event(number: int, what: events.Event, at: int | None = START) -> Numbered:
    return number, record(events.encode(what), at, up_ms=number * 1000)


def record(body: bytes, at: int | None = START, up_ms: int = 0, boot: str = "boot1") -> Record:
    crc = codec.record_crc(boot, up_ms, body)
    return Record(crc, at, "gnss" if at is not None else "none", boot, up_ms, msgspec.Raw(body))


def beat(
    reports: Sequence[tuple[str, int, int]] = (("e1", 0, 1),),
    events: Sequence[tuple[str, int, int]] = (("e1", 0, 1),),
    greets: bool = False,
    up_ms: int = 0,
    held: Mapping[str, int] | None = None,
) -> Header:
    """Marks are epoch, head, kept."""
    return Header(
        sent_at=START,
        trust="gnss",
        boot="boot1",
        up_ms=up_ms,
        reports=[Mark(*mark) for mark in reports],
        events=[Mark(*mark) for mark in events],
        every_seconds=10.0,
        greets=greets,
        held=dict(held or {}),
        machine="m1" if greets else "",
    )


def message(
    message_id: str,
    stream: str,
    records: Sequence[Numbered],
    header: Header,
    epoch: str = "e1",
) -> bytes:
    numbers = [(number, number) for number, _ in records]
    return codec.encode_batch(
        message_id, stream, epoch, numbers, header, [one for _, one in records]
    )


class Speaker:
    """One asset. It remembers every ack it got; `now` is passed on to intake."""

    def __init__(self, intake: Intake, asset: str = "veh-001") -> None:
        self.intake = intake
        self.asset = asset
        self.now = START
        self.acks: list[Ack] = []
        self._messages = 0

    def greet(
        self,
        reports: Sequence[tuple[str, int, int]] = (("e1", 0, 1),),
        events: Sequence[tuple[str, int, int]] = (("e1", 0, 1),),
    ) -> Ack:
        self.say("reports", header=beat(reports, events, greets=True))
        return self.acks[-1]

    def greet_unheard(self) -> None:
        """Greet somebody who does not listen."""
        self.say("reports", header=beat(greets=True))

    def say(
        self,
        stream: str,
        *records: Numbered,
        epoch: str = "e1",
        header: Header | None = None,
    ) -> str:
        """Send one message; its id."""
        self._messages += 1
        message_id = f"m{self._messages}"
        numbers = [number for number, _ in records]
        head = max(numbers, default=0)
        spoken = header or beat(((epoch, head, 1),), ((epoch, head, 1),))
        payload = message(message_id, stream, records, spoken, epoch)
        self.send(payload)
        return message_id

    def send(self, payload: bytes, tail: str = "up/batch") -> None:
        self.hear(self.intake.take(self.asset, tail, payload, self.now))

    def commit(self) -> None:
        self.hear(self.intake.commit(self.now))

    def tick(self) -> None:
        self.hear(self.intake.tick(self.now))

    def hear(self, answers: Sequence[tuple[str, bytes]]) -> None:
        mine = f"fleet/v1/{self.asset}/down/ack"
        self.acks += [codec.decode_ack(body) for topic, body in answers if topic == mine]

    def settled(self) -> list[str]:
        return [name for ack in self.acks for name in ack.settled]

    def heard(self) -> list[str]:
        return [name for ack in self.acks for name in ack.heard]

    def refused(self) -> list[tuple[str, str, list[Interval]]]:
        return [(r.id, r.code, r.numbers) for ack in self.acks for r in ack.refused]
