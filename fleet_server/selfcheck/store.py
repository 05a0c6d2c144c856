"""Making, finding and ending station keys, and keeping what they bring."""

import secrets
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fleet_server.access.model import Caller
from fleet_server.assets import store as assets
from fleet_server.assets.model import AssetRow
from fleet_server.database import Unit
from fleet_server.errors import NotFound, NotSignedIn
from fleet_server.intake.model import EventRow
from fleet_server.journal.model import What
from fleet_server.selfcheck.model import StationKey, StationKeyRow
from fleet_server.selfcheck.rules import fingerprint
from telemetry.wire import events
from telemetry.words import ClockTrust

_EPOCH: Final = "selfcheck"
"""Under which events from browsers are numbered, apart from those that an agent counts."""


def make(unit: Unit, asset: str, days: int) -> tuple[str, StationKey]:
    """The secret of a new key for an asset, never seen again; one from before ends.

    Raises:
        NotFound: there is no such asset for this caller.
        Conflict: it is retired.
    """
    owner = assets.in_use(unit, asset)
    secret = secrets.token_urlsafe(24)
    row = StationKeyRow(
        asset=asset,
        secret_hash=fingerprint(secret),
        who=unit.caller.id,
        made_at=unit.now,
        expires_at=unit.now + timedelta(days=days),
        used_at=None,
    )
    unit.session.merge(row)
    said = {"days": days}
    unit.journal(What.STATION_KEY_MADE, assets.subject(asset), None, said, court=owner.court)
    return secret, _key(row, owner.court)


def find(session: Session, caller: Caller, asset: str) -> StationKey | None:
    """The key of an asset, None when it has none.

    Raises:
        NotFound: there is no such asset for this caller.
    """
    owner = assets.find(session, caller, asset)
    row = session.get(StationKeyRow, asset)
    return None if row is None else _key(row, owner.court)


def withdraw(unit: Unit, asset: str) -> None:
    """Make the key of an asset worthless at once.

    Raises:
        NotFound: there is no such asset for this caller, or it has no key.
    """
    owner = assets.held(unit, asset)
    row = unit.session.get(StationKeyRow, asset)
    if row is None:
        raise NotFound("station_key_unknown", asset=asset)
    unit.session.delete(row)
    unit.journal(What.STATION_KEY_WITHDRAWN, assets.subject(asset), None, None, court=owner.court)


def recognise(session: Session, secret: str, now: datetime) -> StationKey:
    """Whose key it is.

    Raises:
        NotSignedIn: nobody's, expired, or of a retired asset.
    """
    query = select(StationKeyRow).where(StationKeyRow.secret_hash == fingerprint(secret))
    row = session.scalar(query)
    owner = session.get(AssetRow, row.asset) if row is not None else None
    if row is None or owner is None or owner.retired_at is not None or now >= row.expires_at:
        raise NotSignedIn("station_key_invalid")
    return _key(row, owner.court)


def keep(unit: Unit, key: StationKey, found: list[events.Event]) -> None:
    """Store what a check found as events of the asset, in the journal too.

    Raises:
        NotFound, Conflict: as `make`.
        NotSignedIn: the key was withdrawn meanwhile.
    """
    owner = assets.in_use(unit, key.asset)
    row = unit.session.get(StationKeyRow, key.asset)
    if row is None or row.made_at != key.made_at:
        raise NotSignedIn("station_key_invalid")
    row.used_at = unit.now
    last = unit.session.scalar(
        select(func.max(EventRow.number)).where(
            EventRow.asset == key.asset, EventRow.epoch == _EPOCH
        )
    )
    for number, event in enumerate(found, (last or 0) + 1):
        unit.session.add(_row(key.asset, number, event, unit.now))
        if isinstance(event, events.CheckDone):
            subject = assets.subject(key.asset)
            unit.journal(What.CHECK_DONE, subject, None, event, court=owner.court)


def _row(asset: str, number: int, event: events.Event, now: datetime) -> EventRow:
    return EventRow(
        asset=asset,
        epoch=_EPOCH,
        number=number,
        crc=0,
        kind=str(event.__struct_config__.tag),
        body=events.encode(event).decode(),
        measured_at=now,
        trust=str(ClockTrust.SERVER),
        boot="",
        up_ms=0,
        received_at=now,
    )


def _key(row: StationKeyRow, court: str) -> StationKey:
    return StationKey(row.asset, court, row.who, row.made_at, row.expires_at, row.used_at)
