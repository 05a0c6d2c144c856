"""What intake keeps in the state database, and the values it hands to everybody else.

Numbers and milliseconds are those of the wire (`telemetry.wire.messages`); 64 bits wide.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum, unique

from msgspec import Struct
from sqlalchemy import BigInteger, Index, LargeBinary, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from fleet_server.tables import Base, RowId
from telemetry.wire.messages import Value


class EventPosition(Base):
    """How far one epoch of events is applied; `position` is the last number that was dealt with.

    `position - stored - set_aside` numbers were skipped, because the agent no longer had them.
    """

    __tablename__ = "event_positions"

    asset: Mapped[str] = mapped_column(primary_key=True)
    epoch: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(BigInteger)
    stored: Mapped[int] = mapped_column(BigInteger)
    set_aside: Mapped[int] = mapped_column(BigInteger)


class EventRow(Base):
    """One event as it came, of whatever kind; `body` is its JSON (an output's without the data)."""

    __tablename__ = "events"
    __table_args__ = (UniqueConstraint("asset", "epoch", "number"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True, autoincrement=True)
    asset: Mapped[str]
    epoch: Mapped[str]
    number: Mapped[int] = mapped_column(BigInteger)
    crc: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str]
    body: Mapped[str] = mapped_column(Text)
    measured_at: Mapped[datetime | None]
    trust: Mapped[str]
    boot: Mapped[str]
    up_ms: Mapped[int] = mapped_column(BigInteger)
    received_at: Mapped[datetime]


class EventAside(Base):
    """An event that could not be read, with its reason."""

    __tablename__ = "events_set_aside"
    __table_args__ = (UniqueConstraint("asset", "epoch", "number"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True, autoincrement=True)
    asset: Mapped[str]
    epoch: Mapped[str]
    number: Mapped[int] = mapped_column(BigInteger)
    crc: Mapped[int | None] = mapped_column(BigInteger)
    code: Mapped[str]
    detail: Mapped[str]
    body: Mapped[bytes] = mapped_column(LargeBinary)
    received_at: Mapped[datetime]


class DeclaredDrop(Base):
    """Records that an agent gave up and said so; `low` and `high` included."""

    __tablename__ = "declared_drops"
    __table_args__ = (Index("ix_declared_drops_asset_epoch", "asset", "epoch"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True, autoincrement=True)
    asset: Mapped[str]
    stream: Mapped[str]
    epoch: Mapped[str]
    low: Mapped[int] = mapped_column(BigInteger)
    high: Mapped[int] = mapped_column(BigInteger)
    why: Mapped[str]
    received_at: Mapped[datetime]


class StreamMark(Base):
    """Where an asset's epoch stood when its header last told; written now and then, and at stop.

    `head` is the highest number ever told, `told` the one told last, `kept` the lowest that the
    agent still holds.
    """

    __tablename__ = "stream_marks"

    asset: Mapped[str] = mapped_column(primary_key=True)
    stream: Mapped[str] = mapped_column(primary_key=True)
    epoch: Mapped[str] = mapped_column(primary_key=True)
    head: Mapped[int] = mapped_column(BigInteger)
    told: Mapped[int] = mapped_column(BigInteger)
    kept: Mapped[int] = mapped_column(BigInteger)
    is_current: Mapped[bool]
    is_closed: Mapped[bool]


class Sighting(Base):
    """When an asset was last heard of (ms since 1970), and where; written with the marks."""

    __tablename__ = "sightings"

    asset: Mapped[str] = mapped_column(primary_key=True)
    seen_at: Mapped[int] = mapped_column(BigInteger)
    every_seconds: Mapped[float]
    machine: Mapped[str]
    agent_version: Mapped[str]
    longitude_degrees: Mapped[float | None]
    latitude_degrees: Mapped[float | None]


class Fork(Base):
    """An epoch in which one number came with two contents; noted once an epoch."""

    __tablename__ = "forks"

    asset: Mapped[str] = mapped_column(primary_key=True)
    stream: Mapped[str] = mapped_column(primary_key=True)
    epoch: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger)
    found_at: Mapped[datetime]


@unique
class Presence(StrEnum):
    """Whether an asset is heard of, as its own rhythm has it."""

    ONLINE = "online"
    STALE = "stale"
    OFFLINE = "offline"


@unique
class Absence(StrEnum):
    """Why an asset is not online; `none` when it is."""

    NONE = "none"
    WILL = "will"  # the broker told its last will
    SILENCE = "silence"  # nothing for longer than its rhythm allows
    NEVER = "never"  # nothing since the server was set up


class Place(Struct, frozen=True):
    """WGS-84."""

    longitude_degrees: float
    latitude_degrees: float


class AssetView(Struct, frozen=True):
    """What is known of one asset now; replaced, never changed.

    Everything from `boot` to `agent_version` is what its last header said. `metrics` and `devices`
    are those of its last live report. Instants are ms since 1970. `is_draining`: what it measured
    while it had no link still comes in. `place` is where it was last known to be, which a report
    without a position (a tunnel, a garage) does not change. `readiness` is a letter a service, as
    the readiness engine noted it.
    """

    asset: str
    presence: Presence
    absence: Absence
    seen_at: int | None = None
    clock_ahead_ms: int = 0
    clock_fault: bool = False
    forked: bool = False
    is_draining: bool = False
    reports_per_minute: float = 0.0
    boot: str = ""
    up_ms: int = 0
    trust: str = ""
    every_seconds: float = 0.0
    held: Mapping[str, int] = {}
    last_order: int = 0
    link_class: str = ""
    in_sitting: bool = False
    machine: str = ""
    agent_version: str = ""
    measured_at: int | None = None
    received_at: int | None = None
    place: Place | None = None
    readiness: str = ""
    metrics: Mapping[str, Value] = {}
    devices: Mapping[str, Mapping[str, Value]] = {}


class Balance(Struct, frozen=True):
    """Where the numbers of one epoch are: `head` is the sum of the five after it."""

    asset: str
    stream: str
    epoch: str
    head: int
    stored: int
    set_aside: int
    dropped: int
    lost: int
    missing: int
    is_current: bool
    is_closed: bool


class Counts(Struct, frozen=True):
    """What intake has done since the server started.

    `messages` were delivered by the broker, `reports` and `events` are the records in them.
    `set_aside` and `refused` count records by `words.Refusal`; `unreadable` the messages of which
    not even the first line could be read; `held` the messages forgotten under a hold; `silenced`
    those of retired assets and replaced computers.
    """

    messages: int
    reports: int
    events: int
    stored: int
    applied: int
    duplicates_ignored: int
    unreadable: int
    held: int
    elsewhere: int
    silenced: int
    waiting_messages: int
    waiting_bytes: int
    set_aside: Mapping[str, int]
    refused: Mapping[str, int]
