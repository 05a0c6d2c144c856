"""Reading and writing what intake keeps in the state database."""

import functools
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final, TypeAlias

from sqlalchemy import Connection, Insert, insert, select, union_all
from sqlalchemy.orm import Session

from fleet_server.intake.ledger import Ledger, Track
from fleet_server.intake.model import (
    DeclaredDrop,
    EventAside,
    EventPosition,
    EventRow,
    Fork,
    Sighting,
    StreamMark,
)
from fleet_server.tables import Base, insert_or_change, table_of
from telemetry.intervals import from_numbers
from telemetry.wire.events import Dropped
from telemetry.words import Stream

Values: TypeAlias = Mapping[str, object]
"""A row by the names of its columns."""

_EVENTS: Final = insert(table_of(EventRow))


def load_ledger(session: Session, ledger: Ledger) -> None:
    """Add positions of events, declared drops, and what headers said, to a ledger."""
    for row in session.scalars(select(EventPosition)):
        track = ledger.book(row.asset).track(Stream.EVENTS, row.epoch)
        track.set_aside = row.set_aside
        if row.position == row.stored + row.set_aside:
            if row.position:
                track.taken.add(1, row.position)
        else:
            for low, high in from_numbers(_taken_events(session, row.asset, row.epoch)):
                track.taken.add(low, high)
    for drop in session.scalars(select(DeclaredDrop)):
        ledger.drop(drop.asset, drop.stream, drop.epoch, [(drop.low, drop.high)])
    for mark in session.scalars(select(StreamMark)):
        known = ledger.book(mark.asset).track(mark.stream, mark.epoch)
        known.head, known.told, known.kept = mark.head, mark.told, mark.kept
        known.is_current, known.is_closed = mark.is_current, mark.is_closed


def _taken_events(session: Session, asset: str, epoch: str) -> list[int]:
    """The numbers of an epoch that was not taken without gaps."""
    rows = [
        select(table.number).where(table.asset == asset, table.epoch == epoch)
        for table in (EventRow, EventAside)
    ]
    return sorted(session.scalars(union_all(*rows)))


def forks(session: Session) -> set[tuple[str, str, str]]:
    """Asset, stream and epoch of every fork ever found."""
    rows = session.execute(select(Fork.asset, Fork.stream, Fork.epoch))
    return {(row.asset, row.stream, row.epoch) for row in rows}


def sightings(session: Session) -> list[Sighting]:
    """When each asset was last heard of, as of the last save."""
    return list(session.scalars(select(Sighting)))


def mark_of(asset: str, stream: Stream, epoch: str, track: Track) -> StreamMark:
    """The row that keeps what headers said of one epoch."""
    return StreamMark(
        asset=asset,
        stream=str(stream),
        epoch=epoch,
        head=track.head,
        told=track.told,
        kept=track.kept,
        is_current=track.is_current,
        is_closed=track.is_closed,
    )


def save_marks(session: Session, marks: Sequence[StreamMark]) -> None:
    """Write these over what there is; many at once, because thousands may have changed."""
    _overwrite(session, StreamMark, marks)


def save_sightings(session: Session, seen: Sequence[Sighting]) -> None:
    """Write these over what there is."""
    _overwrite(session, Sighting, seen)


def save_positions(connection: Connection, positions: Sequence[Values]) -> None:
    """Write these rows of `EventPosition` over what there is."""
    if positions:
        connection.execute(_overwriting(EventPosition, connection.dialect.name), positions)


def add_events(connection: Connection, rows: Sequence[Values]) -> None:
    """Keep these rows of `EventRow`."""
    if rows:
        connection.execute(_EVENTS, rows)


def _overwrite(session: Session, table: type[Base], rows: Sequence[Base]) -> None:
    if not rows:
        return
    columns = [column.key for column in table.__table__.columns]
    session.execute(
        _overwriting(table, session.get_bind().dialect.name),
        [{key: getattr(row, key) for key in columns} for row in rows],
    )


@functools.cache
def _overwriting(table: type[Base], dialect: str) -> Insert:
    columns = [column.key for column in table.__table__.columns]
    keys = [column.key for column in table.__table__.primary_key]
    insert = insert_or_change(table, dialect)
    others = {key: insert.excluded[key] for key in columns if key not in keys}
    return insert.on_conflict_do_update(index_elements=keys, set_=others)


def event_crc(session: Session, asset: str, epoch: str, number: int) -> int | None:
    """The CRC on file of an event that was dealt with; None when there is none."""
    for table in (EventRow, EventAside):
        found = session.scalar(
            select(table.crc).where(
                table.asset == asset, table.epoch == epoch, table.number == number
            )
        )
        if found is not None:
            return found
    return None


def add_drops(session: Session, asset: str, event: Dropped, now: datetime) -> None:
    """Keep what an agent declared; overlapping declarations do no harm."""
    session.add_all(
        DeclaredDrop(
            asset=asset,
            stream=event.stream,
            epoch=event.epoch,
            low=low,
            high=high,
            why=event.why,
            received_at=now,
        )
        for low, high in event.numbers
    )
