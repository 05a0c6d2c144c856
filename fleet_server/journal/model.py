"""Rows of the journal."""

from datetime import datetime

from msgspec import Raw, Struct
from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from fleet_server.tables import Base, RowId


class JournalRow(Base):
    """One change. `before` and `after` are JSON texts; `court` None concerns the whole fleet.

    `hash` covers the row and the hash of the row before; see `rules.chained`.
    """

    __tablename__ = "journal"

    id: Mapped[int] = mapped_column(RowId, primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    who: Mapped[str]
    what: Mapped[str]
    subject: Mapped[str] = mapped_column(index=True)
    court: Mapped[str | None]
    before: Mapped[str | None] = mapped_column(Text)
    after: Mapped[str | None] = mapped_column(Text)
    why: Mapped[str] = mapped_column(default="")
    hash: Mapped[str]


class JournalHead(Base):
    """The one row that says where the journal ends; locked by whoever appends.

    So numbers have no gaps and follow the order of commits, which a reader with a cursor needs.
    """

    __tablename__ = "journal_head"

    id: Mapped[int] = mapped_column(RowId, primary_key=True, autoincrement=False)
    last: Mapped[int] = mapped_column(RowId)
    hash: Mapped[str]


class Entry(Struct, frozen=True):
    """One change as its unit noted it, not yet numbered."""

    what: str
    subject: str
    court: str | None
    before: str | None
    after: str | None
    why: str


class JournalView(Struct, frozen=True):
    """One row as people and programs read it."""

    id: int
    at: datetime
    who: str
    what: str
    subject: str
    court: str | None
    before: Raw | None
    after: Raw | None
    why: str
    hash: str
