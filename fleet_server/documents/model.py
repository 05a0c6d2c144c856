"""Versions of desired documents."""

from datetime import datetime

from msgspec import Struct
from sqlalchemy import Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from fleet_server.tables import Base, RowId


class DocumentRow(Base):
    """One version of a document for one asset, or with `asset` "" for all that have none."""

    __tablename__ = "documents"
    __table_args__ = (UniqueConstraint("name", "version"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True, autoincrement=True)
    name: Mapped[str]
    asset: Mapped[str] = mapped_column(index=True)
    version: Mapped[int]
    body: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime]
    who: Mapped[str]


class Desired(Struct, frozen=True):
    """The version of a document that an asset should hold; `own`: made for it alone."""

    name: str
    version: int
    body: str
    own: bool
    made_at: datetime
    who: str
