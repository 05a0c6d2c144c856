"""Assets."""

from datetime import datetime

from msgspec import Struct
from sqlalchemy.orm import Mapped, mapped_column

from fleet_server.tables import Base
from telemetry.words import AssetKind


class Place(Struct, frozen=True):
    """A place in WGS-84."""

    latitude_degrees: float
    longitude_degrees: float


class AssetRow(Base):
    """An asset; its id is its certificate's name, its place in topics, and its number (资产编号).

    `home` is where it stands when nobody needs it, WGS-84. `tags` are words with spaces between.
    A retired asset keeps its history and may not connect.
    """

    __tablename__ = "assets"

    id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    name: Mapped[str]
    court: Mapped[str] = mapped_column(index=True)
    plate: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")
    tags: Mapped[str] = mapped_column(default="")
    home_latitude_degrees: Mapped[float | None]
    home_longitude_degrees: Mapped[float | None]
    made_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]

    @property
    def home(self) -> Place | None:
        latitude, longitude = self.home_latitude_degrees, self.home_longitude_degrees
        return None if latitude is None or longitude is None else Place(latitude, longitude)

    @home.setter
    def home(self, place: Place | None) -> None:
        self.home_latitude_degrees = None if place is None else place.latitude_degrees
        self.home_longitude_degrees = None if place is None else place.longitude_degrees

    def asset(self) -> "Asset":
        return Asset(
            id=self.id,
            kind=AssetKind(self.kind),
            name=self.name,
            court=self.court,
            made_at=self.made_at,
            plate=self.plate,
            note=self.note,
            home=self.home,
            retired_at=self.retired_at,
            tags=tuple(self.tags.split()),
        )


class Asset(Struct, frozen=True):
    """One asset as others see it."""

    id: str
    kind: AssetKind
    name: str
    court: str
    made_at: datetime
    plate: str = ""
    note: str = ""
    home: Place | None = None
    retired_at: datetime | None = None
    tags: tuple[str, ...] = ()


class NewAsset(Struct, frozen=True):
    """What is said of an asset when it is added."""

    id: str
    kind: AssetKind
    name: str
    court: str
    plate: str = ""
    note: str = ""
    home: Place | None = None
    tags: tuple[str, ...] = ()


class Change(Struct, frozen=True, omit_defaults=True):
    """What of an asset is to be changed; None leaves it. `clears_home` takes its home away."""

    name: str | None = None
    plate: str | None = None
    note: str | None = None
    home: Place | None = None
    clears_home: bool = False
    tags: tuple[str, ...] | None = None
