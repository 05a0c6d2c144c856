"""Entries of the backpack book."""

from datetime import datetime
from enum import StrEnum, unique

from msgspec import Struct
from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from fleet_server.tables import Base, RowId


@unique
class Carrier(StrEnum):
    """What carries a backpack."""

    VEHICLE = "vehicle"  # one of the fleet's, whose readiness counts what it carries
    CAR = "car"
    PERSON = "person"


class Counted(Struct, frozen=True, omit_defaults=True):
    """One instrument as somebody counted it; its battery where it has one."""

    name: str
    is_there: bool
    battery_percent: float | None = None


class EntryRow(Base):
    """A backpack out of its cupboard; `back_at` None: it still is.

    `counted_out` and `counted_in` are JSON, lists of `Counted`.
    """

    __tablename__ = "backpack_book"

    id: Mapped[int] = mapped_column(RowId, primary_key=True, autoincrement=True)
    asset: Mapped[str] = mapped_column(index=True)
    carrier: Mapped[str]
    vehicle: Mapped[str | None] = mapped_column(index=True)
    who: Mapped[str]
    purpose: Mapped[str]
    out_at: Mapped[datetime]
    due_at: Mapped[datetime]
    back_at: Mapped[datetime | None] = mapped_column(index=True)
    counted_out: Mapped[str] = mapped_column(Text)
    counted_in: Mapped[str] = mapped_column(Text, default="[]")
    note: Mapped[str] = mapped_column(default="")


class Taking(Struct, frozen=True):
    """Who takes a backpack, what for, how, and until when; `vehicle` is an asset of the fleet."""

    carrier: Carrier
    who: str
    purpose: str
    due_at: datetime
    counted: tuple[Counted, ...] = ()
    vehicle: str | None = None


class Returning(Struct, frozen=True):
    """What came back with a backpack."""

    counted: tuple[Counted, ...] = ()
    note: str = ""


class Out(Struct, frozen=True):
    """A backpack that is out: on which vehicle of the fleet (None: otherwise), and until when."""

    asset: str
    vehicle: str | None
    due_at: datetime


class Entry(Struct, frozen=True):
    """One line of the book. `missing` names instruments that went out and did not come back."""

    id: int
    asset: str
    carrier: Carrier
    vehicle: str | None
    who: str
    purpose: str
    out_at: datetime
    due_at: datetime
    back_at: datetime | None
    counted_out: tuple[Counted, ...]
    counted_in: tuple[Counted, ...]
    note: str

    def is_overdue(self, now: datetime) -> bool:
        """Whether it should be back and is not."""
        return self.back_at is None and self.due_at < now

    @property
    def missing(self) -> list[str]:
        """What went out and did not come back; empty as long as it is out."""
        if self.back_at is None:
            return []
        back = {one.name for one in self.counted_in if one.is_there}
        return [one.name for one in self.counted_out if one.is_there and one.name not in back]
