"""Reading the journal."""

from datetime import datetime
from typing import Annotated

import msgspec
from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field, JsonValue

from fleet_server.entrance import CallerNow, PartsNow, language_of
from fleet_server.journal import store
from fleet_server.journal.model import JournalView
from fleet_server.sentences import tellings

router = APIRouter(prefix="/api/v1", tags=["journal"])


class JournalOut(BaseModel):
    """One change; `sentence` is in the reader's language, `hash` chains it to the one before."""

    id: int = Field(examples=[42])
    at: datetime
    who: str = Field(examples=["admin"])
    what: str = Field(examples=["asset_added"])
    sentence: str = Field(examples=["Added to 重庆市巴南区人民法院 as 车载便民法庭 1 (vehicle)."])
    subject: str = Field(examples=["asset:veh-001"])
    court: str | None
    before: JsonValue
    after: JsonValue
    why: str
    hash: str


class JournalPage(BaseModel):
    """Rows, newest first; `next` is the cursor of the page behind, null on the last."""

    items: list[JournalOut]
    next: int | None


@router.get("/journal", operation_id="list_journal")
def list_journal(
    caller: CallerNow,
    parts: PartsNow,
    request: Request,
    cursor: int | None = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    subject: Annotated[str | None, Query(max_length=80, examples=["asset:veh-001"])] = None,
) -> JournalPage:
    """Every change, newest first."""
    language = language_of(request)
    with parts.database.reading() as session:
        rows = store.latest(session, caller, cursor, limit, subject)
    return JournalPage(
        items=[shown(row, language) for row in rows],
        next=rows[-1].id if len(rows) == limit else None,
    )


def shown(row: JournalView, language: str) -> JournalOut:
    """A row as the API gives it."""
    before = None if row.before is None else msgspec.json.decode(row.before)
    after = None if row.after is None else msgspec.json.decode(row.after)
    return JournalOut(
        id=row.id,
        at=row.at,
        who=row.who,
        what=row.what,
        sentence=tellings.of_journal(row.what, before, after, language),
        subject=row.subject,
        court=row.court,
        before=before,
        after=after,
        why=row.why,
        hash=row.hash,
    )
