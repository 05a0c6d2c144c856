"""Server-sent events: the live view of changed assets once a second, and the journal in order.

`event: assets` carries a list of assets with their live views: all of them first, then those that
changed. `event: journal` carries one row, its number as the event's id, so that a browser that
reconnects (`Last-Event-ID`) gets what it missed. A comment goes out when there is nothing to say.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Final

from fastapi import APIRouter, Header, Request
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from fleet_server.access.model import Caller
from fleet_server.assets import store as assets
from fleet_server.entrance import CallerNow, PartsNow, recognise
from fleet_server.errors import FleetError, Malformed
from fleet_server.intake.model import AssetView
from fleet_server.journal import store as journal
from fleet_server.journal.routes import shown as shown_row
from fleet_server.live import Live, shown
from fleet_server.parts import Parts

router = APIRouter(prefix="/api/v1", tags=["stream"])

EVERY_SECONDS: Final = 1.0
QUIET_SECONDS: Final = 10.0
_MOST_ROWS: Final = 500


class AssetNow(BaseModel):
    """One entry of `event: assets`."""

    id: str
    live: Live


class Following:
    """What one reader has been told."""

    def __init__(self, request: Request, parts: Parts, cursor: int | None) -> None:
        self._request = request
        self._parts = parts
        self._cursor = cursor
        self._told: dict[str, AssetView] = {}

    def step(self) -> list[str]:
        """What is new since the last step; blocks for as long as the database needs.

        Raises:
            FleetError: the session or token is no longer good.
        """
        caller = recognise(self._request, self._parts)
        return [*self._rows(caller), *self._changed(caller)]

    def _rows(self, caller: Caller) -> list[str]:
        with self._parts.database.reading() as session:
            if self._cursor is None:
                self._cursor = journal.head(session)
                return []
            rows = journal.since(session, caller, self._cursor, _MOST_ROWS)
        if rows:
            self._cursor = rows[-1].id
        return [_event("journal", shown_row(row).model_dump_json(), row.id) for row in rows]

    def _changed(self, caller: Caller) -> list[str]:
        views = self._parts.intake.views()
        if caller.courts is not None:
            with self._parts.database.reading() as session:
                seen = assets.courts(session, caller)
            views = {name: view for name, view in views.items() if name in seen}
        changed = {name: view for name, view in views.items() if self._told.get(name) is not view}
        if not changed:
            return []
        self._told.update(changed)
        texts = [
            AssetNow(id=name, live=shown(view)).model_dump_json() for name, view in changed.items()
        ]
        return [_event("assets", f"[{','.join(texts)}]")]


@router.get("/stream", operation_id="follow_stream", response_class=StreamingResponse)
async def follow_stream(
    request: Request,
    caller: CallerNow,
    parts: PartsNow,
    last_event_id: Annotated[str | None, Header(max_length=20)] = None,
) -> StreamingResponse:
    """Follow live views and journal; ends when the session or token does."""
    if last_event_id and not last_event_id.isdecimal():
        raise Malformed("bad_cursor")
    following = Following(request, parts, int(last_event_id) if last_event_id else None)
    headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
    return StreamingResponse(_told(following), media_type="text/event-stream", headers=headers)


async def _told(following: Following) -> AsyncIterator[str]:
    yield f"retry: {round(EVERY_SECONDS * 2000)}\n\n"
    quiet = 0.0
    while True:
        try:
            events = await asyncio.to_thread(following.step)
        except FleetError:
            return
        if events:
            yield "".join(events)
            quiet = 0.0
        elif quiet >= QUIET_SECONDS:
            yield ": nothing new\n\n"
            quiet = 0.0
        await asyncio.sleep(EVERY_SECONDS)
        quiet += EVERY_SECONDS


def _event(name: str, data: str, number: int | None = None) -> str:
    head = f"id: {number}\n" if number is not None else ""
    return f"{head}event: {name}\ndata: {data}\n\n"
