"""Courts over the API."""

from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel, Field

from fleet_server.courts import store
from fleet_server.courts.model import Court, CourtRecord, Level
from fleet_server.entrance import CallerNow, Now, PartsNow

router = APIRouter(prefix="/api/v1", tags=["courts"])

CourtName = Annotated[str, Field(min_length=1, max_length=80, pattern="^[^,/]+$")]
Name = Annotated[
    str, Path(min_length=1, max_length=80, pattern="^[^,/]+$", examples=["重庆市巴南区人民法院"])
]


class CourtIn(BaseModel):
    """A court's record; what is left out becomes empty."""

    level: Level = Level.BASIC
    district: Annotated[str, Field(max_length=80, examples=["巴南区"])] = ""
    contact: Annotated[str, Field(max_length=200)] = ""
    phone: Annotated[str, Field(max_length=80)] = ""
    hours: Annotated[str, Field(max_length=200, examples=["周一至周五 9:00-17:00"])] = ""


class CourtOut(BaseModel):
    """A court and how many assets it has in use."""

    name: str = Field(examples=["重庆市巴南区人民法院"])
    level: Level
    district: str
    contact: str
    phone: str
    hours: str
    assets: int = Field(examples=[3])


class Courts(BaseModel):
    """The caller's courts in order of name."""

    items: list[CourtOut]


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
