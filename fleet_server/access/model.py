"""Callers, and the tables behind them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum, unique

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from fleet_server.tables import Base, RowId


@unique
class Role(StrEnum):
    """What an account may do, least first; each role may do all that those before it may."""

    VIEWER = "viewer"
    OPERATOR = "operator"
    ADMIN = "admin"

    def covers(self, needed: "Role") -> bool:
        order = list(Role)
        return order.index(self) >= order.index(needed)


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks. `courts`: whose assets the caller sees; None means all of them."""

    id: str
    role: Role
    courts: frozenset[str] | None = None

    def sees(self, court: str | None) -> bool:
        """Whether something of `court` is shown; what belongs to no court only to who sees all."""
        return self.courts is None or (court is not None and court in self.courts)


SYSTEM = Caller("system", Role.ADMIN)
"""The server itself, for what it does unasked."""


class Account(Base):
    """A person's or program's account. `courts` is a comma-separated list, "" for all."""

    __tablename__ = "accounts"

    name: Mapped[str] = mapped_column(primary_key=True)
    role: Mapped[str]
    courts: Mapped[str] = mapped_column(default="")
    password_hash: Mapped[str]
    made_at: Mapped[datetime]

    def caller(self) -> Caller:
        courts = frozenset(self.courts.split(",")) if self.courts else None
        return Caller(self.name, Role(self.role), courts)


class Credential(Base):
    """A session or an API token, known by the SHA-256 of its secret only."""

    __tablename__ = "credentials"

    id: Mapped[int] = mapped_column(RowId, primary_key=True, autoincrement=True)
    secret_hash: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    account: Mapped[str] = mapped_column(ForeignKey("accounts.name", ondelete="CASCADE"))
    label: Mapped[str] = mapped_column(default="")
    role: Mapped[str]
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
