"""The messages on the air, as msgspec structs; field names are the JSON names.

Instants are whole milliseconds since 1970 (UTC), `up_ms` is whole milliseconds since the boot that
`boot` names. Fields that a reader does not know are ignored, so that an old server reads a new
vehicle. What an asset is called never stands in a message: the certificate says it.

`gc=False`: what comes by the thousand a second cannot be part of a cycle, and Python's collector
need not look for one.
"""

from typing import Annotated, TypeAlias

from msgspec import Meta, Raw, Struct, field

VERSION = 1

Value: TypeAlias = bool | int | float | str
"""What a metric can hold; a missing value is an absent key."""

Natural = Annotated[int, Meta(ge=0, le=2**53)]
Number = Annotated[int, Meta(ge=1, le=2**53)]
Epoch = Annotated[str, Meta(pattern=r"^[a-z0-9]{1,16}\Z")]
Ident = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{1,24}\Z")]
Word = Annotated[str, Meta(max_length=64)]
Name = Annotated[str, Meta(min_length=1, max_length=16)]
"""What should be an `Epoch`, where the reader decides: a pattern costs 0.3 µs each time."""

Interval: TypeAlias = tuple[Number, Number]
"""Record numbers from the first to the second, both included."""


class Envelope(Struct, frozen=True, gc=False, omit_defaults=True):
    """First line of every batch, never compressed: enough to answer whatever follows.

    `numbers` are those of the batch's records in order; empty for a bare heartbeat.
    """

    v: int
    id: Ident
    stream: str
    epoch: Epoch
    numbers: list[Interval] = field(default_factory=list)
    codec: str = "json"


class Mark(Struct, frozen=True, gc=False, array_like=True):
    """Where one epoch of a stream stands at the agent.

    `head` is the last number given (0: none), `kept` the lowest that the outbox still holds
    (head + 1: none).
    """

    epoch: Name
    head: Natural
    kept: Natural


class Header(Struct, frozen=True, gc=False, omit_defaults=True):
    """The heartbeat in each batch: composed when sent, never stored.

    `reports` and `events` list the current epoch last; older ones stand there as long as the
    outbox still holds records of theirs. `every_seconds` is the reporting rhythm that the asset
    announces; `held` the version of each desired document; `machine` a hash of machine id and key.
    """

    sent_at: Natural
    trust: Word
    boot: Name
    up_ms: Natural
    reports: list[Mark]
    events: list[Mark]
    every_seconds: float = 0.0
    greets: bool = False
    held: dict[Word, Natural] = field(default_factory=dict)
    last_order: Natural = 0
    link_class: Word = ""
    in_sitting: bool = False
    machine: Word = ""
    agent_version: Word = ""


class Record(Struct, frozen=True, gc=False, array_like=True):
    """One record; its number stands in the envelope.

    `crc` is `codec.record_crc(boot, up_ms, body)`. `measured_at` is fixed once, before the record
    is first sent; null when that boot never learnt the time. `trust` is whose time it is.
    """

    crc: Natural
    measured_at: Natural | None
    trust: Word
    boot: Name
    up_ms: Natural
    body: Raw


class Batch(Struct, frozen=True, gc=False):
    """What follows the envelope's line."""

    header: Header
    records: list[Record] = field(default_factory=list)


class Report(Struct, frozen=True, gc=False, omit_defaults=True):
    """Body of a record of the stream `reports`: the readings of one moment on one asset.

    `metrics` by catalogue key; `devices` the same for each device, by the device's name.
    """

    metrics: dict[str, Value]
    devices: dict[str, dict[str, Value]] = field(default_factory=dict)


class Refused(Struct, frozen=True, omit_defaults=True):
    """A message, or of it only `numbers` (empty: all), was refused with a `words.Refusal`."""

    id: str
    code: str
    numbers: list[Interval] = field(default_factory=list)


class Seen(Struct, frozen=True):
    """What the server has of one epoch; `want` are numbers it asks for, oldest first, bounded."""

    epoch: str
    seen: int
    want: list[Interval] = field(default_factory=list)


class Greeting(Struct, frozen=True):
    """The server's answer to a batch whose header greets: one entry an epoch that was named."""

    reports: list[Seen]
    events: list[Seen]


class Ack(Struct, frozen=True, omit_defaults=True):
    """The server's answer to batches; the agent ignores ids it does not know.

    `heard`: the link works; nothing is said of storage. `settled`: every record of the message is
    committed, or held aside where `refused` names it with another code than `words.SENDER_KEEPS`.
    `hold_seconds`: send no records for so long; 0 in a later answer ends it at once.
    """

    sent_at: int
    heard: list[str] = field(default_factory=list)
    settled: list[str] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    hold_seconds: float = 0.0
    greeting: Greeting | None = None
