"""Routes to the events of an asset, in words."""

from datetime import datetime
from typing import Annotated

import msgspec
from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field, JsonValue
from sqlalchemy import select

from fleet_server.assets import store as assets
from fleet_server.entrance import CallerNow, PartsNow, language_of
from fleet_server.intake.model import EventRow
from fleet_server.sentences import tellings

router = APIRouter(prefix="/api/v1", tags=["readings"])


class EventOut(BaseModel):
    """Something that happened once on an asset. `sentence` is in the reader's language."""

    id: int = Field(examples=[17])
    kind: str = Field(examples=["agent_started"])
    sentence: str = Field(examples=["The agent started, version 0.1.0."])
    body: JsonValue
    measured_at: datetime | None
    received_at: datetime


class EventPage(BaseModel):
    """Newest first; `next` is the cursor of the page behind, null on the last."""

    items: list[EventOut]
    next: int | None


@router.get("/assets/{asset}/events", operation_id="list_events")
def list_events(
    asset: str,
    caller: CallerNow,
    parts: PartsNow,
    request: Request,
    cursor: int | None = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> EventPage:
    """What happened on an asset, newest first."""
    language = language_of(request)
    query = select(EventRow).where(EventRow.asset == asset)
    if cursor is not None:
        query = query.where(EventRow.id < cursor)
    with parts.database.reading() as session:
        assets.find(session, caller, asset)
        rows = session.scalars(query.order_by(EventRow.id.desc()).limit(limit)).all()
    items = [_shown(row, language) for row in rows]
    return EventPage(items=items, next=items[-1].id if len(items) == limit else None)


def _shown(row: EventRow, language: str) -> EventOut:
    body = msgspec.json.decode(row.body)
    return EventOut(
        id=row.id,
        kind=row.kind,
        sentence=tellings.of_event(row.kind, body, language),
        body=body,
        measured_at=row.measured_at,
        received_at=row.received_at,
    )
