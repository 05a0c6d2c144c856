"""Keeping courts as records."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fleet_server.access.model import Caller
from fleet_server.assets.model import AssetRow
from fleet_server.courts.model import Court, CourtRecord, CourtRow
from fleet_server.database import Unit
from fleet_server.errors import Conflict, NotAllowed, NotFound
from fleet_server.journal.model import What


def listed(session: Session, caller: Caller) -> list[Court]:
    """The caller's courts in order of name, each with how many assets it has in use."""
    held = (
        select(AssetRow.court, func.count().label("assets"))
        .where(AssetRow.retired_at.is_(None))
        .group_by(AssetRow.court)
        .subquery()
    )
    query = (
        select(CourtRow, func.coalesce(held.c.assets, 0))
        .outerjoin(held, held.c.court == CourtRow.name)
        .order_by(CourtRow.name)
    )
    if caller.courts is not None:
        query = query.where(CourtRow.name.in_(caller.courts))
    return [Court(row.name, row.record(), count) for row, count in session.execute(query)]


def names(session: Session) -> list[str]:
    """Every court that has a record."""
    return list(session.scalars(select(CourtRow.name).order_by(CourtRow.name)))


def put(unit: Unit, name: str, record: CourtRecord) -> bool:
    """Make the court's record, or write over it; whether it is new.

    Raises:
        NotAllowed: it is not one of the caller's courts.
    """
    _check_sees(unit, name)
    row = unit.session.get(CourtRow, name, with_for_update=True)
    if row is None:
        _add(unit, name, record)
        return True
    before = row.record()
    if before != record:
        row.level, row.district = str(record.level), record.district
        row.contact, row.phone, row.hours = record.contact, record.phone, record.hours
        unit.journal(What.COURT_CHANGED, f"court:{name}", before, record, court=name)
    return False


def ensure(unit: Unit, name: str) -> None:
    """Make a record for a court that an asset names and nobody has described yet."""
    if unit.session.get(CourtRow, name) is None:
        _add(unit, name, CourtRecord())


def remove(unit: Unit, name: str) -> None:
    """Remove the record of a court that has no assets, retired ones included.

    Raises:
        NotAllowed: it is not one of the caller's courts.
        NotFound: there is no such court.
        Conflict: it has assets.
    """
    _check_sees(unit, name)
    row = unit.session.get(CourtRow, name, with_for_update=True)
    if row is None:
        raise NotFound("court_unknown", court=name[:80])
    query = select(func.count()).select_from(AssetRow).where(AssetRow.court == name)
    count = unit.session.scalar(query) or 0
    if count:
        raise Conflict("court_has_assets", court=name, assets=count)
    unit.session.delete(row)
    unit.journal(What.COURT_REMOVED, f"court:{name}", row.record(), None, court=name)


def _add(unit: Unit, name: str, record: CourtRecord) -> None:
    row = CourtRow(
        name=name,
        level=str(record.level),
        district=record.district,
        contact=record.contact,
        phone=record.phone,
        hours=record.hours,
        made_at=unit.now,
    )
    unit.session.add(row)
    unit.session.flush()
    unit.journal(What.COURT_ADDED, f"court:{name}", None, record, court=name)


def _check_sees(unit: Unit, name: str) -> None:
    if not unit.caller.sees(name):
        raise NotAllowed("foreign_court", court=name)
