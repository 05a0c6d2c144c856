"""Server-sent events: glances of changed assets once a second, and what changed in the journal.

`event: assets` carries an array of glances (`views.glances`): all of the caller's assets first,
then those that changed. `event: changed` says that something else is to be read again:
`{"id", "what", "subject"}` of a journal row, whose number is the event's id, so that a browser that
reconnects (`Last-Event-ID`) gets what it missed. Three more `what` are no rows and have no event's
id: `asset_gone`, when an asset left the reader's sight, `order_changed`, and `order_lines`, when
the play of an order that somebody looks at has said more. A comment goes out when there is nothing
to say. Nothing in it depends on a language.

A step is only made when the step before has gone out: a slow reader gets fewer and fuller events,
never a queue.
"""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated, Final

import msgspec
from fastapi import APIRouter, Header, Request
from fastapi.responses import Response, StreamingResponse
from msgspec import Struct
from pydantic import BaseModel, Field
from sqlalchemy.exc import SQLAlchemyError

from fleet_server.access.model import Caller
from fleet_server.assets import store as assets
from fleet_server.entrance import CallerNow, Now, PartsNow, recognise
from fleet_server.errors import FleetError, Malformed
from fleet_server.journal import store as journal
from fleet_server.parts import Parts

router = APIRouter(prefix="/api/v1", tags=["stream"])

EVERY_SECONDS: Final = 1.0
QUIET_SECONDS: Final = 10.0
LOOK_STEPS: Final = 10
"""A session that expires leaves no row: so often it is looked at though nothing changed."""

GONE: Final = "asset_gone"
LINES: Final = "order_lines"
_MOST_ROWS: Final = 500
_GLANCE: Final = [
    "veh-001",
    "online",
    "none",
    1790000000000,
    1789999998000,
    106.551234,
    29.563012,
    13.9,
    87,
    -91.0,
    14.5,
    0.041,
    2400000,
    "B",
    4,
]


class Glances(BaseModel):
    """A glance an asset, and when they were read. Their order of fields stands in docs/api.md."""

    at: datetime
    items: list[list[str | int | float | None]] = Field(examples=[[_GLANCE]])


class Changed(Struct, frozen=True):
    """The data of `event: changed`."""

    id: int
    what: str
    subject: str


class Following:
    """What one reader has been told."""

    def __init__(self, request: Request, parts: Parts, cursor: int | None) -> None:
        self._request = request
        self._parts = parts
        self._cursor = cursor
        self._change = 0
        self._told = parts.database.told
        self._lines = 0
        self._seen: frozenset[str] = frozenset()
        self._looked_at: int | None = None
        self._steps = 0

    def step(self) -> list[bytes]:
        """What is new since the last step; touches the database only when something was written.

        Raises:
            FleetError: the session or token is no longer good.
        """
        self._steps += 1
        written = self._parts.database.written
        events: list[bytes] = []
        known, newcomers = self._seen, frozenset[str]()
        if written != self._looked_at or self._steps % LOOK_STEPS == 0:
            caller = recognise(self._request, self._parts)
            self._looked_at = written
            events = self._look(caller)
            known, newcomers = known & self._seen, self._seen - known
        events += self._news()
        self._change, glances = self._parts.glances.since(self._change, known)
        glances += self._parts.glances.of(sorted(newcomers))
        if glances:
            events.append(b"event: assets\ndata: [" + b",".join(glances) + b"]\n\n")
        return events

    def _news(self) -> list[bytes]:
        """What is to be read again though no row of the journal says so."""
        self._told, news = self._parts.database.news_since(self._told)
        self._lines, telling = self._parts.orders.lines.changed_since(self._lines)
        news += [(LINES, f"asset:{asset}") for asset in telling]
        return [
            _changed(Changed(self._cursor or 0, what, subject))
            for what, subject in news
            if subject.removeprefix("asset:") in self._seen
        ]

    def _look(self, caller: Caller) -> list[bytes]:
        """The journal's events; what the caller sees is read again."""
        with self._parts.database.reading() as session:
            if self._cursor is None:
                self._cursor = journal.head(session)
            rows = journal.since(session, caller, self._cursor, _MOST_ROWS)
            seen = frozenset(assets.courts(session, caller))
        events = [_changed(Changed(row.id, row.what, row.subject), row.id) for row in rows]
        if rows:
            self._cursor = rows[-1].id
        if len(rows) == _MOST_ROWS:
            self._looked_at = None  # there are more
        gone = sorted(self._seen - seen)
        events += [_changed(Changed(self._cursor, GONE, f"asset:{asset}")) for asset in gone]
        self._seen = seen
        return events


@router.get("/stream", operation_id="follow_stream", response_class=StreamingResponse)
async def follow_stream(
    request: Request,
    caller: CallerNow,
    parts: PartsNow,
    last_event_id: Annotated[str | None, Header(max_length=20)] = None,
) -> StreamingResponse:
    """Follow glances and changes; ends when the session or token does."""
    if last_event_id and not last_event_id.isdecimal():
        raise Malformed("bad_cursor")
    following = Following(request, parts, int(last_event_id) if last_event_id else None)
    headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
    return StreamingResponse(_told(following), media_type="text/event-stream", headers=headers)


@router.get("/glances", operation_id="list_glances", response_model=Glances)
def list_glances(caller: CallerNow, parts: PartsNow, now: Now) -> Response:
    """A glance of each of the caller's assets: for who cannot follow the stream."""
    with parts.database.reading() as session:
        seen = sorted(assets.courts(session, caller))
    items = b",".join(parts.glances.of(seen))
    body = b'{"at":' + msgspec.json.encode(now) + b',"items":[' + items + b"]}"
    return Response(body, media_type="application/json", headers={"cache-control": "no-store"})


async def _told(following: Following) -> AsyncIterator[bytes]:
    yield f"retry: {round(EVERY_SECONDS * 2000)}\n\n".encode()
    quiet = 0.0
    while True:
        try:
            events = await asyncio.to_thread(following.step)
        except (FleetError, SQLAlchemyError):
            return  # no longer good, or the database is away; who comes back is told which
        if events:
            yield b"".join(events)
            quiet = 0.0
        elif quiet >= QUIET_SECONDS - EVERY_SECONDS:
            yield b": nothing new\n\n"
            quiet = 0.0
        await asyncio.sleep(EVERY_SECONDS)
        quiet += EVERY_SECONDS


def _changed(change: Changed, number: int | None = None) -> bytes:
    head = b"" if number is None else b"id: %d\n" % number
    return head + b"event: changed\ndata: " + msgspec.json.encode(change) + b"\n\n"
