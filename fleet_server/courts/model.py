"""Courts."""

from datetime import datetime
from enum import StrEnum, unique

from msgspec import Struct
from sqlalchemy.orm import Mapped, mapped_column

from fleet_server.tables import Base


@unique
class Level(StrEnum):
    """The three levels of courts below the Supreme People's Court."""

    BASIC = "basic"
    INTERMEDIATE = "intermediate"
    HIGH = "high"


class CourtRow(Base):
    """A court, known by its name; assets and accounts name it."""

    __tablename__ = "courts"

    name: Mapped[str] = mapped_column(primary_key=True)
    level: Mapped[str]
    district: Mapped[str]
    contact: Mapped[str]
    phone: Mapped[str]
    hours: Mapped[str]
    made_at: Mapped[datetime]

    def record(self) -> "CourtRecord":
        return CourtRecord(Level(self.level), self.district, self.contact, self.phone, self.hours)


class CourtRecord(Struct, frozen=True):
    """What is kept of a court beside its name; `hours` in the court's own words."""

    level: Level = Level.BASIC
    district: str = ""
    contact: str = ""
    phone: str = ""
    hours: str = ""


class Court(Struct, frozen=True):
    """A court, and how many assets it has that are not retired."""

    name: str
    record: CourtRecord
    assets: int
