"""Station keys, and what a self-check consists of."""

from datetime import datetime
from enum import StrEnum, unique
from typing import Final

from msgspec import Struct
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from fleet_server.access.model import Caller, Role
from fleet_server.tables import Base
from telemetry.words import CheckOutcome

MOST_BYTES: Final = 2_000_000
"""Of one measurement of the link."""


class StationKeyRow(Base):
    """The server's side of a station key: of its secret only a hash is kept. One an asset."""

    __tablename__ = "station_keys"

    asset: Mapped[str] = mapped_column(
        ForeignKey("assets.id", ondelete="CASCADE"), primary_key=True
    )
    secret_hash: Mapped[str] = mapped_column(unique=True)
    who: Mapped[str]
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class StationKey(Struct, frozen=True):
    """A key without its secret; `used_at`: when it last brought a result."""

    asset: str
    court: str
    who: str
    made_at: datetime
    expires_at: datetime
    used_at: datetime | None

    @property
    def caller(self) -> Caller:
        """Whoever holds the key: may look, at this court's assets alone."""
        return Caller(f"station:{self.asset}", Role.VIEWER, frozenset({self.court}))


@unique
class Means(StrEnum):
    """How a browser finds out about a thing."""

    CAMERA = "camera"  # takes a picture
    MICROPHONE = "microphone"  # listens
    SPEAKER = "speaker"  # plays a tone, and somebody hears it
    FILE = "file"  # somebody scans a sheet and gives the file
    PRINT = "print"  # prints a page, and somebody holds it
    OPEN = "open"  # opens a platform, and somebody sees it
    CONFIRM = "confirm"  # somebody tries it or looks for it
    WEBRTC = "webrtc"  # sends itself data as a video call would


class PlannedStep(Struct, frozen=True):
    """One step; `url` is what is to be opened."""

    name: str
    means: Means
    zh: str
    en: str
    url: str = ""


class DoneStep(Struct, frozen=True):
    """What a step came to, and why."""

    name: str
    outcome: CheckOutcome
    fault: str = ""


class LinkFigures(Struct, frozen=True):
    """What was measured by HTTP; the round trip is the p95."""

    down_bits_per_second: float
    up_bits_per_second: float
    rtt_seconds: float


class SelfCheck(Struct, frozen=True):
    """All of a check as a browser sent it; `link` None: not measured."""

    who: str
    steps: tuple[DoneStep, ...]
    link: LinkFigures | None
    took_seconds: float
