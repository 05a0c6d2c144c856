"""Routes to what could not be read and was set aside."""

from datetime import datetime
from typing import Annotated, Final

from fastapi import APIRouter, Query
from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.orm import Session

from fleet_server.assets import store as assets
from fleet_server.entrance import CallerNow, PartsNow
from fleet_server.intake.model import EventAside
from fleet_server.views.live import instant
from telemetry.store.port import AsideRow
from telemetry.words import Stream

router = APIRouter(prefix="/api/v1", tags=["readings"])

_PAGE_SEARCH: Final = 20
"""So many pages of other courts' records are skipped before an answer says "go on"."""


class AsideOut(BaseModel):
    """One record that could not be read, and why; its body stays on the server."""

    id: int
    asset: str
    epoch: str | None
    number: int | None
    code: str
    detail: str
    bytes: int
    received_at: datetime | None


class AsidePage(BaseModel):
    """Newest first; `next` is the cursor of the page behind, null on the last."""

    items: list[AsideOut]
    next: int | None


@router.get("/set-aside", operation_id="list_set_aside")
def list_set_aside(
    caller: CallerNow,
    parts: PartsNow,
    cursor: int | None = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
    stream: Stream = Stream.REPORTS,
) -> AsidePage:
    """Records that could not be read, newest first; with the reports also whole messages."""
    with parts.database.reading() as session:
        seen = assets.courts(session, caller, assets.Retired.INCLUDE)
        if stream is Stream.EVENTS:
            return _events_aside(session, list(seen), cursor, limit)
    items: list[AsideOut] = []
    for _ in range(_PAGE_SEARCH):
        rows = parts.store.aside(limit, cursor)
        for cursor, row in rows:
            if row.asset in seen:
                items.append(_aside(cursor, row))
            if len(items) == limit:
                return AsidePage(items=items, next=cursor)
        if len(rows) < limit:
            return AsidePage(items=items, next=None)
    return AsidePage(items=items, next=cursor)


def _events_aside(session: Session, seen: list[str], cursor: int | None, limit: int) -> AsidePage:
    query = select(EventAside).where(EventAside.asset.in_(seen))
    if cursor is not None:
        query = query.where(EventAside.id < cursor)
    rows = session.scalars(query.order_by(EventAside.id.desc()).limit(limit)).all()
    items = [
        AsideOut(
            id=row.id,
            asset=row.asset,
            epoch=row.epoch,
            number=row.number,
            code=row.code,
            detail=row.detail,
            bytes=len(row.body),
            received_at=row.received_at,
        )
        for row in rows
    ]
    return AsidePage(items=items, next=items[-1].id if len(items) == limit else None)


def _aside(number: int, row: AsideRow) -> AsideOut:
    return AsideOut(
        id=number,
        asset=row.asset,
        epoch=row.epoch,
        number=row.number,
        code=row.code,
        detail=row.detail,
        bytes=len(row.body),
        received_at=instant(row.received_at),
    )
