"""Courts over the API."""

from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import Field

from fleet_server.courts import store
from fleet_server.courts.api import CourtIn, CourtOut, Courts
from fleet_server.courts.model import Court, CourtRecord
from fleet_server.entrance import CallerNow, Now, PartsNow

router = APIRouter(prefix="/api/v1", tags=["courts"])

CourtName = Annotated[str, Field(min_length=1, max_length=80, pattern="^[^,/]+$")]
Name = Annotated[
    str, Path(min_length=1, max_length=80, pattern="^[^,/]+$", examples=["重庆市巴南区人民法院"])
]


@router.get("/courts", operation_id="list_courts")
def list_courts(caller: CallerNow, parts: PartsNow) -> Courts:
    """The caller's courts."""
    with parts.database.reading() as session:
        return Courts(items=[_shown(court) for court in store.listed(session, caller)])


@router.put("/courts/{court}", operation_id="put_court")
def put_court(court: Name, body: CourtIn, caller: CallerNow, parts: PartsNow, now: Now) -> CourtOut:
    """Make a court's record, or write over it."""
    record = CourtRecord(body.level, body.district, body.contact, body.phone, body.hours)
    with parts.database.unit(caller, now) as unit:
        store.put(unit, court, record)
        unit.session.flush()
        found = {one.name: one for one in store.listed(unit.session, caller)}
    return _shown(found[court])


@router.delete("/courts/{court}", operation_id="remove_court", status_code=204)
def remove_court(court: Name, caller: CallerNow, parts: PartsNow, now: Now) -> None:
    """Remove the record of a court without assets."""
    with parts.database.unit(caller, now) as unit:
        store.remove(unit, court)


def _shown(court: Court) -> CourtOut:
    record = court.record
    return CourtOut(
        name=court.name,
        level=record.level,
        district=record.district,
        contact=record.contact,
        phone=record.phone,
        hours=record.hours,
        assets=court.assets,
    )
