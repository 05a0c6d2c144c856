"""Artifacts: what is known of each file in the store."""

from datetime import datetime
from enum import StrEnum, unique

from msgspec import Struct
from sqlalchemy import BigInteger
from sqlalchemy.orm import Mapped, mapped_column

from fleet_server.tables import Base


@unique
class ArtifactKind(StrEnum):
    """What an artifact is."""

    FILE = "file"
    RELEASE = "release"  # a tar of wheels that `update_agent` installs
    PACKAGES = "packages"  # a tar of Debian packages with their index, for `install_package`
    WHEELS = "wheels"  # a tar of wheels


class ArtifactRow(Base):
    """A file in the store; `linked_until`: the last link given out is good until then."""

    __tablename__ = "artifacts"

    sha256: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    kind: Mapped[str]
    bytes: Mapped[int] = mapped_column(BigInteger)
    added_at: Mapped[datetime]
    who: Mapped[str]
    linked_until: Mapped[datetime | None]


class Artifact(Struct, frozen=True):
    """A file in the store."""

    sha256: str
    name: str
    kind: ArtifactKind
    bytes: int
    added_at: datetime
    who: str
    linked_until: datetime | None
