"""Appending to the journal, reading it, and checking its chain."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from msgspec import Raw
from sqlalchemy import Connection, bindparam, insert, select, update
from sqlalchemy.orm import Session

from fleet_server.access.model import Caller
from fleet_server.journal.model import Entry, JournalHead, JournalRow, JournalView
from fleet_server.journal.rules import FIRST_HASH, chained
from fleet_server.tables import table_of

_HEAD: Final = (
    select(JournalHead.last, JournalHead.hash).where(JournalHead.id == 1).with_for_update()
)
_BEGUN: Final = insert(table_of(JournalHead))
_WRITTEN: Final = insert(table_of(JournalRow))
_MOVED: Final = update(table_of(JournalHead)).values(
    last=bindparam("new_last"), hash=bindparam("new_hash")
)


def append(connection: Connection, caller: Caller, now: datetime, entries: Sequence[Entry]) -> None:
    """Write `entries` behind the last row; holds the journal's end until the commit."""
    head = connection.execute(_HEAD).one_or_none()
    if head is None:
        connection.execute(_BEGUN, {"id": 1, "last": 0, "hash": FIRST_HASH})
    last, end = (0, FIRST_HASH) if head is None else head
    at = now.astimezone(UTC)
    rows = []
    for entry in entries:
        last += 1
        end = chained(end, last, caller.id, at, entry)
        rows.append(
            {
                "id": last,
                "at": at,
                "who": caller.id,
                "what": entry.what,
                "subject": entry.subject,
                "court": entry.court,
                "before": entry.before,
                "after": entry.after,
                "why": entry.why,
                "hash": end,
            }
        )
    connection.execute(_WRITTEN, rows)
    connection.execute(_MOVED, {"new_last": last, "new_hash": end})


def since(session: Session, caller: Caller, cursor: int, limit: int = 200) -> list[JournalView]:
    """Rows after number `cursor`, oldest first, of the courts that the caller sees."""
    query = select(JournalRow).where(JournalRow.id > cursor).order_by(JournalRow.id).limit(limit)
    if caller.courts is not None:
        query = query.where(JournalRow.court.in_(caller.courts))
    return [_view(row) for row in session.scalars(query)]


def latest(
    session: Session, caller: Caller, before: int | None, limit: int, subject: str | None = None
) -> list[JournalView]:
    """Rows below number `before`, newest first, of the courts that the caller sees."""
    query = select(JournalRow).order_by(JournalRow.id.desc()).limit(limit)
    if before is not None:
        query = query.where(JournalRow.id < before)
    if subject is not None:
        query = query.where(JournalRow.subject == subject)
    if caller.courts is not None:
        query = query.where(JournalRow.court.in_(caller.courts))
    return [_view(row) for row in session.scalars(query)]


def head(session: Session) -> int:
    """The number of the last row, 0 when there is none."""
    return session.scalar(select(JournalHead.last).where(JournalHead.id == 1)) or 0


def verify(session: Session) -> int | None:
    """None when the chain holds, else the number of the first row that breaks it."""
    previous, expected = FIRST_HASH, 1
    rows = session.scalars(
        select(JournalRow).order_by(JournalRow.id).execution_options(yield_per=500)
    )
    for row in rows:
        entry = Entry(row.what, row.subject, row.court, row.before, row.after, row.why)
        if row.id != expected or row.hash != chained(previous, row.id, row.who, row.at, entry):
            return expected
        previous, expected = row.hash, expected + 1
    end = session.get(JournalHead, 1)
    ended = (end.last, end.hash) if end is not None else (0, FIRST_HASH)
    return None if ended == (expected - 1, previous) else expected


def _view(row: JournalRow) -> JournalView:
    return JournalView(
        id=row.id,
        at=row.at,
        who=row.who,
        what=row.what,
        subject=row.subject,
        court=row.court,
        before=None if row.before is None else Raw(row.before.encode()),
        after=None if row.after is None else Raw(row.after.encode()),
        why=row.why,
        hash=row.hash,
    )
