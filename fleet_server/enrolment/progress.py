"""How far an asset's enrolment has come, and what failed."""

from datetime import datetime
from enum import StrEnum, unique

from msgspec import Struct
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fleet_server.enrolment.model import CertificateRow, InvitationRow


@unique
class State(StrEnum):
    """The steps of an enrolment, and the two ways in which it stops."""

    NONE = "none"  # not invited
    INVITED = "invited"
    REFUSED = "refused"  # the last try failed; the string may still be good
    EXPIRED = "expired"
    ENROLLED = "enrolled"
    REPORTING = "reporting"


class Progress(Struct, frozen=True):
    """`tries` and `tried_at` concern the newest string, `refusal` any string of the asset since
    the newest was given out."""

    state: State
    invited_at: datetime | None = None
    expires_at: datetime | None = None
    tries: int = 0
    tried_at: datetime | None = None
    refusal: str = ""
    enrolled_at: datetime | None = None


class Strangers:
    """The last try with a string that belongs to nobody here; it may have been anybody's."""

    def __init__(self) -> None:
        self.tried_at: datetime | None = None

    def note(self, now: datetime) -> None:
        self.tried_at = now


def found(session: Session, asset: str, strange_at: datetime | None, now: datetime) -> Progress:
    """The progress of `asset`, as far as the tables know; whether it reports, others do.

    `strange_at`: when an unknown string was tried last.
    """
    enrolled_at = session.scalar(
        select(func.max(CertificateRow.issued_at)).where(
            CertificateRow.asset == asset,
            CertificateRow.how != "renewed",
            CertificateRow.revoked_at.is_(None),
        )
    )
    newest = session.scalar(
        select(InvitationRow)
        .where(InvitationRow.asset == asset)
        .order_by(InvitationRow.made_at.desc(), InvitationRow.withdrawn_at.is_not(None))
        .limit(1)
    )
    if newest is None:
        state = State.NONE if enrolled_at is None else State.ENROLLED
        return Progress(state, enrolled_at=enrolled_at)
    tried_at, refusal = _last_try(session, newest, strange_at)
    if newest.used_at is not None and enrolled_at is not None:
        state, refusal = State.ENROLLED, ""
    elif newest.withdrawn_at is not None:
        state = State.NONE if enrolled_at is None else State.ENROLLED
    elif refusal:
        state = State.REFUSED
    elif newest.used_at is not None:
        state = State.NONE
    else:
        state = State.EXPIRED if now >= newest.expires_at else State.INVITED
    return Progress(
        state, newest.made_at, newest.expires_at, newest.tries, tried_at, refusal, enrolled_at
    )


def _last_try(
    session: Session, newest: InvitationRow, strange_at: datetime | None
) -> tuple[datetime | None, str]:
    """When any string of the asset was tried last since the newest was made, and why in vain."""
    last = session.scalar(
        select(InvitationRow)
        .where(InvitationRow.asset == newest.asset, InvitationRow.tried_at >= newest.made_at)
        .order_by(InvitationRow.tried_at.desc())
        .limit(1)
    )
    tried_at = last.tried_at if last is not None else None
    refusal = last.refusal if last is not None else ""
    is_newer = strange_at is not None and strange_at >= (tried_at or newest.made_at)
    if is_newer and strange_at != tried_at:
        return strange_at, "invitation_unknown"
    return tried_at, refusal
