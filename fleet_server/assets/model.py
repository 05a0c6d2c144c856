"""Assets."""

from datetime import datetime

from msgspec import Struct
from sqlalchemy.orm import Mapped, mapped_column

from fleet_server.tables import Base
from telemetry.words import AssetKind


class AssetRow(Base):
    """An asset; its id is its certificate's name and its place in every topic."""

    __tablename__ = "assets"

    id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    name: Mapped[str]
    court: Mapped[str] = mapped_column(index=True)
    made_at: Mapped[datetime]

    def asset(self) -> "Asset":
        return Asset(self.id, AssetKind(self.kind), self.name, self.court, self.made_at)


class Asset(Struct, frozen=True):
    """One asset as others see it."""

    id: str
    kind: AssetKind
    name: str
    court: str
    made_at: datetime


class NewAsset(Struct, frozen=True):
    """What is said of an asset when it is added."""

    id: str
    kind: AssetKind
    name: str
    court: str
