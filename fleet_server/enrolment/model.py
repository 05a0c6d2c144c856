"""Invitations and the certificates they led to."""

from datetime import datetime

from msgspec import Struct
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from fleet_server.tables import Base


class InvitationRow(Base):
    """The server's side of an enrolment string: of its secret only a hash is kept.

    `refusal` is the code of the last try when it was refused, "" otherwise.
    """

    __tablename__ = "invitations"

    id: Mapped[str] = mapped_column(primary_key=True)
    asset: Mapped[str] = mapped_column(ForeignKey("assets.id", ondelete="CASCADE"), index=True)
    secret_hash: Mapped[str]
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    used_at: Mapped[datetime | None]
    tried_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    refusal: Mapped[str] = mapped_column(default="")


class CertificateRow(Base):
    """A certificate that was issued to an asset; `how` is enrolled, renewed or simulated.

    `public_key`: DER in hexadecimal; "" where it was issued before that was kept.
    """

    __tablename__ = "certificates"

    serial: Mapped[str] = mapped_column(primary_key=True)
    asset: Mapped[str] = mapped_column(ForeignKey("assets.id", ondelete="CASCADE"), index=True)
    how: Mapped[str]
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    public_key: Mapped[str] = mapped_column(default="", server_default="")


class Address(Struct, frozen=True):
    """Where assets reach this server's enrolment listener, and the broker at `host`."""

    host: str
    enrol_host: str
    enrol_port: int
    broker_port: int
