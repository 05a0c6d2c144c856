"""The backpack book over the API."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from fleet_server.assets import store as assets
from fleet_server.book import store
from fleet_server.book.model import Carrier, Counted, Entry, Returning, Taking
from fleet_server.entrance import CallerNow, Now, PartsNow
from fleet_server.sheets import answer
from fleet_server.sheets.table import Cell

router = APIRouter(prefix="/api/v1", tags=["backpack book"])

_MOST_EXPORTED: Final = 100_000
_HEADS: Final = (
    "asset",
    "who",
    "carrier",
    "vehicle",
    "purpose",
    "out_at",
    "due_at",
    "back_at",
    "is_overdue",
    "counted_out",
    "counted_in",
    "missing",
    "note",
)

Plain = r"^[^\x00-\x1f\x7f]*$"


class CountedIO(BaseModel):
    """One instrument as somebody counted it."""

    name: Annotated[str, Field(min_length=1, max_length=80, pattern=Plain)]
    is_there: bool = True
    battery_percent: Annotated[float | None, Field(ge=0, le=100)] = None

    def counted(self) -> Counted:
        return Counted(self.name, self.is_there, self.battery_percent)


Instruments = Annotated[list[CountedIO], Field(max_length=64)]


class CheckOutIn(BaseModel):
    """Who takes the backpack, what for, until when; `vehicle` when one of the fleet carries it."""

    carrier: Carrier
    vehicle: Annotated[str | None, Field(max_length=32)] = None
    who: Annotated[str, Field(min_length=1, max_length=80, pattern=Plain)]
    purpose: Annotated[str, Field(max_length=200, pattern=Plain, examples=["入户执行"])] = ""
    due_at: datetime
    counted: Instruments = []


class CheckInIn(BaseModel):
    """What came back."""

    counted: Instruments = []
    note: Annotated[str, Field(max_length=500)] = ""


class EntryOut(BaseModel):
    """One line of the book. `missing`: what went out and did not come back."""

    id: int
    asset: str
    carrier: Carrier
    vehicle: str | None
    who: str
    purpose: str
    out_at: datetime
    due_at: datetime
    back_at: datetime | None
    is_overdue: bool
    counted_out: list[CountedIO]
    counted_in: list[CountedIO]
    missing: list[str]
    note: str


class Book(BaseModel):
    """Newest first; `next` is the cursor of the page behind, null on the last."""

    items: list[EntryOut]
    next: int | None


@router.post("/assets/{asset}/check-out", operation_id="check_out_backpack", status_code=201)
def check_out_backpack(
    asset: str, body: CheckOutIn, caller: CallerNow, parts: PartsNow, now: Now
) -> EntryOut:
    """A backpack leaves its cupboard."""
    taking = Taking(
        carrier=body.carrier,
        who=body.who,
        purpose=body.purpose,
        due_at=body.due_at,
        counted=tuple(one.counted() for one in body.counted),
        vehicle=body.vehicle,
    )
    with parts.database.unit(caller, now) as unit:
        return _out(store.take(unit, asset, taking), now)


@router.post("/assets/{asset}/check-in", operation_id="check_in_backpack")
def check_in_backpack(
    asset: str, body: CheckInIn, caller: CallerNow, parts: PartsNow, now: Now
) -> EntryOut:
    """A backpack is back."""
    returning = Returning(tuple(one.counted() for one in body.counted), body.note)
    with parts.database.unit(caller, now) as unit:
        return _out(store.give_back(unit, asset, returning), now)


@router.get("/backpack-book", operation_id="list_backpack_book")
def list_backpack_book(
    caller: CallerNow,
    parts: PartsNow,
    now: Now,
    asset: Annotated[str | None, Query(max_length=32)] = None,
    only_out: bool = False,
    cursor: Annotated[int | None, Query(ge=0)] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> Book:
    """The book of the caller's courts, of all backpacks or one; `only_out`: those not back yet."""
    with parts.database.reading() as session:
        if asset is not None:
            assets.find(session, caller, asset)
        found = store.entries(
            session, caller, asset=asset, only_out=only_out, before=cursor, limit=limit
        )
    is_last = len(found) < limit
    return Book(items=[_out(one, now) for one in found], next=None if is_last else found[-1].id)


@router.get("/backpack-book/export", operation_id="export_backpack_book", response_class=Response)
def export_backpack_book(
    caller: CallerNow,
    parts: PartsNow,
    now: Now,
    asset: Annotated[str | None, Query(max_length=32)] = None,
    only_out: bool = False,
    format: Annotated[Literal["csv", "xlsx"], Query()] = "xlsx",
) -> Response:
    """The same as a file: xlsx, or CSV (UTF-8 with BOM, as spreadsheets want it)."""
    with parts.database.reading() as session:
        if asset is not None:
            assets.find(session, caller, asset)
        found = store.entries(session, caller, asset=asset, only_out=only_out, limit=_MOST_EXPORTED)
    rows = [_cells(one, now) for one in found]
    return answer.as_file(_HEADS, rows, format, f"courtfleet-backpack-book-{now:%Y%m%d}")


def _cells(entry: Entry, now: datetime) -> list[Cell]:
    """One line, instants in ISO 8601; of what was counted, what is there and its battery."""
    return [
        entry.asset,
        entry.who,
        str(entry.carrier),
        entry.vehicle or "",
        entry.purpose,
        entry.out_at.isoformat(),
        entry.due_at.isoformat(),
        "" if entry.back_at is None else entry.back_at.isoformat(),
        entry.is_overdue(now),
        _counted_text(entry.counted_out),
        _counted_text(entry.counted_in),
        ", ".join(entry.missing),
        entry.note,
    ]


def _counted_text(counted: Sequence[Counted]) -> str:
    there = [one for one in counted if one.is_there]
    return ", ".join(
        one.name if one.battery_percent is None else f"{one.name} {one.battery_percent:g} %"
        for one in there
    )


def _out(entry: Entry, now: datetime) -> EntryOut:
    return EntryOut(
        id=entry.id,
        asset=entry.asset,
        carrier=entry.carrier,
        vehicle=entry.vehicle,
        who=entry.who,
        purpose=entry.purpose,
        out_at=entry.out_at,
        due_at=entry.due_at,
        back_at=entry.back_at,
        is_overdue=entry.is_overdue(now),
        counted_out=[_counted(one) for one in entry.counted_out],
        counted_in=[_counted(one) for one in entry.counted_in],
        missing=entry.missing,
        note=entry.note,
    )


def _counted(one: Counted) -> CountedIO:
    return CountedIO(name=one.name, is_there=one.is_there, battery_percent=one.battery_percent)
