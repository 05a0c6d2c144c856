"""What is kept of readiness: facts over a restart, spans of verdicts, upkeep and maintenance."""

from datetime import datetime

from msgspec import Struct
from sqlalchemy import Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from fleet_server.tables import Base, RowId


class FactsRow(Base):
    """What is known of an asset, as `telemetry.rules.facts.Facts` in JSON."""

    __tablename__ = "readiness_facts"

    asset: Mapped[str] = mapped_column(primary_key=True)
    facts: Mapped[str] = mapped_column(Text)


class ReadinessHead(Base):
    """The one row that says up to which event facts were built, and when all was judged last."""

    __tablename__ = "readiness_head"

    id: Mapped[int] = mapped_column(RowId, primary_key=True, autoincrement=False)
    event: Mapped[int] = mapped_column(RowId)
    judged_at: Mapped[datetime]


class SpanRow(Base):
    """How long a verdict held; `until` None: it still does. `reasons` are codes, worst first."""

    __tablename__ = "readiness_spans"
    __table_args__ = (Index("ix_readiness_spans_of", "asset", "service", "since"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True, autoincrement=True)
    asset: Mapped[str]
    service: Mapped[str]
    readiness: Mapped[str]
    reasons: Mapped[str]
    since: Mapped[datetime]
    until: Mapped[datetime | None] = mapped_column(index=True)


class UpkeepRow(Base):
    """Until when an asset's inspection holds, and when it has to be looked after next."""

    __tablename__ = "upkeep"

    asset: Mapped[str] = mapped_column(primary_key=True)
    inspection_until: Mapped[datetime | None]
    upkeep_until: Mapped[datetime | None]


class MaintenanceRow(Base):
    """A time for which an asset's maintenance is booked."""

    __tablename__ = "maintenance"

    id: Mapped[int] = mapped_column(RowId, primary_key=True, autoincrement=True)
    asset: Mapped[str] = mapped_column(index=True)
    begins_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    why: Mapped[str]


class Booked(Struct, frozen=True):
    """One booked maintenance."""

    begins_at: datetime
    ends_at: datetime
    why: str = ""


class Upkeep(Struct, frozen=True):
    """What somebody planned for an asset; maintenance in order of its beginning."""

    inspection_until: datetime | None = None
    upkeep_until: datetime | None = None
    maintenance: tuple[Booked, ...] = ()


class HeldSpan(Struct, frozen=True):
    """How long an asset had this verdict for a service; `until` None: it still has it."""

    service: str
    readiness: str
    reasons: tuple[str, ...]
    since: datetime
    until: datetime | None
