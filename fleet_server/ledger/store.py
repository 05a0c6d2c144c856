"""Keeping the balance of each day, and reading what a day moved."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Row, and_, func, select
from sqlalchemy.orm import Session

from fleet_server.access.model import Caller
from fleet_server.assets.model import AssetRow
from fleet_server.ledger.model import CLASSES, LedgerClock, LedgerDay, Moved, Sums
from fleet_server.ledger.rules import Key, minus
from fleet_server.tables import insert_or_change


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which days, `since` and `until` included, and of which asset or court; None: all."""

    since: date
    until: date
    asset: str | None = None
    court: str | None = None


def noted_day(session: Session) -> date | None:
    """The day that was noted last."""
    return session.scalar(select(LedgerClock.day).where(LedgerClock.id == 1))


def note(session: Session, day: date, balances: Mapping[Key, Sums]) -> int:
    """Write the balances as the end of `day`, those that moved since the row before; how many."""
    owners = {row.id: row.court for row in session.execute(select(AssetRow.id, AssetRow.court))}
    before = last_before(session, day)
    present = {(row.asset, row.stream): row for row in _rows_of(session, day)}
    rows = [
        {
            "asset": asset,
            "stream": stream,
            "day": day,
            "court": owners[asset],
            **{name: getattr(sums, name) for name in CLASSES},
        }
        for (asset, stream), sums in balances.items()
        if asset in owners
        and sums != _sums(present.get((asset, stream)) or before.get((asset, stream)))
    ]
    _overwrite(session, rows)
    session.merge(LedgerClock(id=1, day=day))
    return len(rows)


def last_before(session: Session, day: date) -> dict[Key, LedgerDay]:
    """The last row before `day` of each asset and stream."""
    newest = (
        select(LedgerDay.asset, LedgerDay.stream, func.max(LedgerDay.day).label("day"))
        .where(LedgerDay.day < day)
        .group_by(LedgerDay.asset, LedgerDay.stream)
        .subquery()
    )
    query = select(LedgerDay).join(
        newest,
        and_(
            newest.c.asset == LedgerDay.asset,
            newest.c.stream == LedgerDay.stream,
            newest.c.day == LedgerDay.day,
        ),
    )
    return {(row.asset, row.stream): row for row in session.scalars(query)}


def moved(session: Session, caller: Caller, wanted: Wanted) -> list[Moved]:
    """What each day moved, newest day first, then by asset and stream; of the caller's assets."""
    streams = [LedgerDay.asset, LedgerDay.stream]
    past = [
        func.lag(getattr(LedgerDay, name), 1, 0)
        .over(partition_by=streams, order_by=LedgerDay.day)
        .label(f"past_{name}")
        for name in CLASSES
    ]
    days = select(LedgerDay, *past)
    if wanted.asset is not None:
        days = days.where(LedgerDay.asset == wanted.asset)
    table = days.subquery()
    query = (
        select(table)
        .join(AssetRow, AssetRow.id == table.c.asset)
        .where(table.c.day >= wanted.since, table.c.day <= wanted.until)
        .order_by(table.c.day.desc(), table.c.asset, table.c.stream)
    )
    if wanted.court is not None:
        query = query.where(table.c.court == wanted.court)
    if caller.courts is not None:
        query = query.where(AssetRow.court.in_(caller.courts))
    return [_moved(row) for row in session.execute(query)]


def today(
    session: Session, caller: Caller, wanted: Wanted, day: date, balances: Mapping[Key, Sums]
) -> list[Moved]:
    """What `day`, which is not over, has moved so far by the live balances."""
    if not wanted.since <= day <= wanted.until:
        return []
    query = select(AssetRow.id, AssetRow.court)
    if caller.courts is not None:
        query = query.where(AssetRow.court.in_(caller.courts))
    if wanted.asset is not None:
        query = query.where(AssetRow.id == wanted.asset)
    if wanted.court is not None:
        query = query.where(AssetRow.court == wanted.court)
    owners = {row.id: row.court for row in session.execute(query)}
    before = last_before(session, day)
    found = []
    for (asset, stream), sums in sorted(balances.items()):
        past = _sums(before.get((asset, stream)))
        if asset in owners and sums != past:
            found.append(Moved(day, asset, owners[asset], stream, minus(sums, past), sums.missing))
    return found


def _rows_of(session: Session, day: date) -> list[LedgerDay]:
    return list(session.scalars(select(LedgerDay).where(LedgerDay.day == day)))


def _sums(row: LedgerDay | None) -> Sums:
    return Sums() if row is None else Sums(*(getattr(row, name) for name in CLASSES))


def _moved(row: Row[tuple[object, ...]]) -> Moved:
    found = row._mapping
    now = Sums(*(found[name] for name in CLASSES))
    past = Sums(*(found[f"past_{name}"] for name in CLASSES))
    place = (found["day"], found["asset"], found["court"], found["stream"])
    return Moved(*place, minus(now, past), now.missing)


def _overwrite(session: Session, rows: list[dict[str, object]]) -> None:
    """Many at once: a fleet of thousands has a row an asset and stream."""
    if not rows:
        return
    insert = insert_or_change(LedgerDay, session.get_bind().dialect.name)
    others = {name: insert.excluded[name] for name in ("court", *CLASSES)}
    keys = ["asset", "stream", "day"]
    session.execute(insert.on_conflict_do_update(index_elements=keys, set_=others), rows)
