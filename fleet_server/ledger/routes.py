"""The ledger by asset and day over the API."""

from datetime import date, datetime, timedelta
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from fleet_server.access.model import Caller
from fleet_server.entrance import CallerNow, Now, PartsNow
from fleet_server.errors import Malformed
from fleet_server.ledger import rules, store
from fleet_server.ledger.model import CLASSES, Moved
from fleet_server.ledger.store import Wanted
from fleet_server.parts import Parts
from fleet_server.sheets import answer
from fleet_server.sheets.table import Cell

router = APIRouter(prefix="/api/v1", tags=["ledger"])

_DAYS: Final = 30
_MOST_DAYS: Final = 3660

Since = Annotated[date | None, Query(description="First day, Asia/Shanghai; default: 30 days ago")]
Until = Annotated[date | None, Query(description="Last day, included; default: today")]
AssetId = Annotated[str | None, Query(max_length=80, examples=["veh-001"])]
CourtName = Annotated[str | None, Query(max_length=80)]


class LedgerDayOut(BaseModel):
    """What one day moved in one asset's stream: `head` is the sum of the five after it.

    A class may shrink: what was missing the day before was stored. `missing_at_end` is how many
    were missing when the day ended, or now.
    """

    day: date
    asset: str = Field(examples=["veh-001"])
    court: str = Field(examples=["重庆市巴南区人民法院"])
    stream: str = Field(examples=["reports"])
    head: int = Field(examples=[8640])
    stored: int = Field(examples=[8630])
    set_aside: int = Field(examples=[0])
    dropped: int = Field(examples=[10])
    lost: int = Field(examples=[0])
    missing: int = Field(examples=[0])
    missing_at_end: int = Field(examples=[0])


class LedgerPage(BaseModel):
    """Newest day first; days on which nothing moved have no entry. `next`: cursor of the page
    behind, null on the last."""

    items: list[LedgerDayOut]
    next: int | None


@router.get("/ledger", operation_id="list_ledger_days")
def list_ledger_days(
    caller: CallerNow,
    parts: PartsNow,
    now: Now,
    since: Since = None,
    until: Until = None,
    asset: AssetId = None,
    court: CourtName = None,
    cursor: Annotated[int, Query(ge=0)] = 0,
    limit: Annotated[int, Query(ge=1, le=20_000)] = 5000,
) -> LedgerPage:
    """What became of record numbers, a row a day, asset and stream."""
    found = _found(parts, caller, now, _wanted(since, until, asset, court, now))
    end = cursor + limit
    return LedgerPage(
        items=[_shown(one) for one in found[cursor:end]],
        next=end if end < len(found) else None,
    )


@router.get("/ledger/export", operation_id="export_ledger", response_class=Response)
def export_ledger(
    caller: CallerNow,
    parts: PartsNow,
    now: Now,
    since: Since = None,
    until: Until = None,
    asset: AssetId = None,
    court: CourtName = None,
    format: Annotated[Literal["csv", "xlsx"], Query()] = "xlsx",
) -> Response:
    """The same as a file: xlsx, or CSV (UTF-8 with BOM, as spreadsheets want it)."""
    wanted = _wanted(since, until, asset, court, now)
    found = _found(parts, caller, now, wanted)
    heads = ["day", "asset", "court", "stream", *CLASSES, "missing_at_end"]
    rows: list[list[Cell]] = [
        [
            one.day,
            one.asset,
            one.court,
            one.stream,
            *(getattr(one.sums, name) for name in CLASSES),
            one.missing_at_end,
        ]
        for one in found
    ]
    name = f"courtfleet-ledger-{wanted.since:%Y%m%d}-{wanted.until:%Y%m%d}"
    return answer.as_file(heads, rows, format, name)


def _wanted(
    since: date | None, until: date | None, asset: str | None, court: str | None, now: datetime
) -> Wanted:
    """The days asked for.

    Raises:
        Malformed: backwards, or too many.
    """
    last = until or rules.day_of(now)
    first = since or last - timedelta(days=_DAYS)
    if not first <= last <= first + timedelta(days=_MOST_DAYS):
        raise Malformed("bad_period", days=_MOST_DAYS)
    return Wanted(first, last, asset, court)


def _found(parts: Parts, caller: Caller, now: datetime, wanted: Wanted) -> list[Moved]:
    """Days that are over from the table, the present one live."""
    day = rules.day_of(now)
    balances = rules.by_key(parts.intake.balances())
    past = Wanted(
        wanted.since, min(wanted.until, day - timedelta(days=1)), wanted.asset, wanted.court
    )
    with parts.database.reading() as session:
        live = store.today(session, caller, wanted, day, balances)
        return [*live, *store.moved(session, caller, past)]


def _shown(one: Moved) -> LedgerDayOut:
    return LedgerDayOut(
        day=one.day,
        asset=one.asset,
        court=one.court,
        stream=one.stream,
        **{name: getattr(one.sums, name) for name in CLASSES},
        missing_at_end=one.missing_at_end,
    )
