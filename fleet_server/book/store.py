"""Writing and reading the backpack book."""

from collections.abc import Sequence

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from fleet_server.access.model import Caller
from fleet_server.assets import store as assets
from fleet_server.assets.model import AssetRow
from fleet_server.book.model import Carrier, Counted, Entry, EntryRow, Out, Returning, Taking
from fleet_server.database import Unit
from fleet_server.errors import Conflict, Malformed
from fleet_server.journal.model import What
from telemetry.words import AssetKind


def take(unit: Unit, asset: str, taking: Taking) -> Entry:
    """Note that a backpack goes out.

    Raises:
        NotFound: there is no such asset, or no such vehicle, for this caller.
        Malformed: it is no backpack, the vehicle is none, or it would be back before it is out.
        Conflict: it is out already, or retired.
    """
    row = assets.in_use(unit, asset)
    if row.kind != AssetKind.BACKPACK:
        raise Malformed("not_a_backpack", asset=asset)
    if taking.due_at <= unit.now:
        raise Malformed("due_in_the_past")
    if (taking.carrier is Carrier.VEHICLE) != (taking.vehicle is not None):
        raise Malformed("vehicle_needed")
    if taking.vehicle is not None:
        _check_vehicle(unit, taking.vehicle)
    present = _open(unit.session, asset)
    if present is not None:
        raise Conflict("backpack_is_out", asset=asset, who=present.who)
    entry = EntryRow(
        asset=asset,
        carrier=str(taking.carrier),
        vehicle=taking.vehicle,
        who=taking.who,
        purpose=taking.purpose,
        out_at=unit.now,
        due_at=taking.due_at,
        counted_out=_text(taking.counted),
        counted_in="[]",
        note="",
    )
    unit.session.add(entry)
    unit.session.flush()
    unit.journal(What.BACKPACK_OUT, assets.subject(asset), None, taking, court=row.court)
    return _entry(entry)


def give_back(unit: Unit, asset: str, returning: Returning) -> Entry:
    """Note that a backpack is back.

    Raises:
        NotFound: there is no such asset for this caller.
        Conflict: it is not out.
    """
    row = assets.held(unit, asset)
    entry = _open(unit.session, asset)
    if entry is None:
        raise Conflict("backpack_is_in", asset=asset)
    entry.back_at, entry.note = unit.now, returning.note
    entry.counted_in = _text(returning.counted)
    back = _entry(entry)
    said = {"missing": back.missing, "note": returning.note, "was_overdue": entry.due_at < unit.now}
    unit.journal(What.BACKPACK_BACK, assets.subject(asset), None, said, court=row.court)
    return back


def entries(
    session: Session,
    caller: Caller,
    *,
    asset: str | None = None,
    only_out: bool = False,
    before: int | None = None,
    limit: int = 100,
) -> list[Entry]:
    """Lines of the book of the caller's courts, newest first; `before` an entry's id."""
    query = select(EntryRow).order_by(EntryRow.id.desc()).limit(limit)
    if caller.courts is not None:
        query = query.join(AssetRow, AssetRow.id == EntryRow.asset)
        query = query.where(AssetRow.court.in_(caller.courts))
    if asset is not None:
        query = query.where(EntryRow.asset == asset)
    if only_out:
        query = query.where(EntryRow.back_at.is_(None))
    if before is not None:
        query = query.where(EntryRow.id < before)
    return [_entry(row) for row in session.scalars(query)]


def out(session: Session) -> list[Out]:
    """The backpacks that are out now, in order of their ids."""
    query = select(EntryRow).where(EntryRow.back_at.is_(None)).order_by(EntryRow.asset)
    return [Out(row.asset, row.vehicle, row.due_at) for row in session.scalars(query)]


def _check_vehicle(unit: Unit, vehicle: str) -> None:
    if assets.in_use(unit, vehicle).kind != AssetKind.VEHICLE:
        raise Malformed("not_a_vehicle", asset=vehicle)


def _open(session: Session, asset: str) -> EntryRow | None:
    query = select(EntryRow).where(EntryRow.asset == asset, EntryRow.back_at.is_(None))
    return session.scalar(query.with_for_update())


def _text(counted: Sequence[Counted]) -> str:
    return msgspec.json.encode(counted).decode()


def _entry(row: EntryRow) -> Entry:
    return Entry(
        id=row.id,
        asset=row.asset,
        carrier=Carrier(row.carrier),
        vehicle=row.vehicle,
        who=row.who,
        purpose=row.purpose,
        out_at=row.out_at,
        due_at=row.due_at,
        back_at=row.back_at,
        counted_out=msgspec.json.decode(row.counted_out, type=tuple[Counted, ...]),
        counted_in=msgspec.json.decode(row.counted_in, type=tuple[Counted, ...]),
        note=row.note,
    )
