"""Reading and writing what is kept of readiness."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final

import msgspec
from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from fleet_server.access.model import Caller
from fleet_server.assets import store as assets
from fleet_server.database import Unit
from fleet_server.errors import Malformed
from fleet_server.intake.model import EventRow
from fleet_server.journal.model import What
from fleet_server.readiness.model import (
    Booked,
    FactsRow,
    HeldSpan,
    MaintenanceRow,
    ReadinessHead,
    SpanRow,
    Upkeep,
    UpkeepRow,
)
from telemetry.errors import Unreadable
from telemetry.rules.facts import Facts
from telemetry.rules.readiness import Verdict
from telemetry.wire import events

TOLD_BY: Final = (
    "check_done",
    "manual_ticked",
    "seat_taken",
    "seat_left",
    "sitting_began",
    "sitting_ended",
    "maintenance",
)
"""Kinds of events from which facts follow."""

_HEAD: Final = 1


def load_facts(session: Session) -> dict[str, Facts]:
    """The facts kept of each asset; those of another version's form are begun anew."""
    found = {}
    for row in session.scalars(select(FactsRow)):
        try:
            found[row.asset] = msgspec.json.decode(row.facts, type=Facts)
        except msgspec.ValidationError:
            continue
    return found


def head(session: Session) -> tuple[int, datetime | None]:
    """The last event that facts were built from, and when all was judged last."""
    row = session.get(ReadinessHead, _HEAD)
    return (0, None) if row is None else (row.event, row.judged_at)


def events_after(session: Session, last: int) -> Iterator[tuple[int, str, events.Event, int]]:
    """Row id, asset, event and instant (ms) of what facts follow from, in the order of arrival."""
    query = (
        select(EventRow).where(EventRow.id > last, EventRow.kind.in_(TOLD_BY)).order_by(EventRow.id)
    )
    for row in session.scalars(query):
        try:
            event = events.decode(row.body.encode())
        except Unreadable:
            continue
        if not isinstance(event, events.Unknown):
            at = row.measured_at or row.received_at
            yield row.id, row.asset, event, round(at.timestamp() * 1000)


def save(
    unit: Unit, facts: Mapping[str, Facts], event: int, changed: Mapping[str, Sequence[Verdict]]
) -> None:
    """Keep facts, the place among events, and verdicts that changed; all in one transaction."""
    for asset, known in facts.items():
        unit.session.merge(FactsRow(asset=asset, facts=msgspec.json.encode(known).decode()))
    unit.session.merge(ReadinessHead(id=_HEAD, event=event, judged_at=unit.now))
    for asset, verdicts in changed.items():
        services = [one.service for one in verdicts]
        unit.session.execute(
            update(SpanRow)
            .where(SpanRow.asset == asset, SpanRow.service.in_(services), SpanRow.until.is_(None))
            .values(until=unit.now)
        )
        unit.session.add_all(_span(asset, one, unit.now) for one in verdicts)


def close_spans(session: Session, at: datetime) -> None:
    """End every span that is still open: nobody was there to see what became of it."""
    session.execute(update(SpanRow).where(SpanRow.until.is_(None)).values(until=at))


def spans(
    session: Session, caller: Caller, asset: str, service: str | None, since: datetime
) -> list[HeldSpan]:
    """The verdicts an asset had since then, in order of service and time.

    Raises:
        NotFound: there is no such asset for this caller.
    """
    assets.find(session, caller, asset)
    query = (
        select(SpanRow)
        .where(SpanRow.asset == asset, or_(SpanRow.until.is_(None), SpanRow.until > since))
        .order_by(SpanRow.service, SpanRow.since)
    )
    if service is not None:
        query = query.where(SpanRow.service == service)
    return [
        HeldSpan(row.service, row.readiness, tuple(json.loads(row.reasons)), row.since, row.until)
        for row in session.scalars(query)
    ]


def all_upkeep(session: Session) -> dict[str, Upkeep]:
    """What is planned for each asset that has something planned."""
    rows = {row.asset: row for row in session.scalars(select(UpkeepRow))}
    booked: dict[str, list[Booked]] = {}
    for one in session.scalars(select(MaintenanceRow).order_by(MaintenanceRow.begins_at)):
        booked.setdefault(one.asset, []).append(Booked(one.begins_at, one.ends_at, one.why))
    return {asset: _upkeep(rows.get(asset), booked.get(asset, [])) for asset in {*rows, *booked}}


def upkeep(session: Session, caller: Caller, asset: str) -> Upkeep:
    """What is planned for one asset.

    Raises:
        NotFound: there is no such asset for this caller.
    """
    assets.find(session, caller, asset)
    query = select(MaintenanceRow).where(MaintenanceRow.asset == asset)
    booked = [
        Booked(row.begins_at, row.ends_at, row.why)
        for row in session.scalars(query.order_by(MaintenanceRow.begins_at))
    ]
    return _upkeep(session.get(UpkeepRow, asset), booked)


def put_upkeep(unit: Unit, asset: str, wanted: Upkeep) -> None:
    """Plan this for an asset, in place of what was planned.

    Raises:
        NotFound: there is no such asset for this caller.
        Malformed: a maintenance ends before it begins.
    """
    before = upkeep(unit.session, unit.caller, asset)
    if any(one.ends_at <= one.begins_at for one in wanted.maintenance):
        raise Malformed("maintenance_backwards")
    court = assets.find(unit.session, unit.caller, asset).court
    unit.session.merge(
        UpkeepRow(
            asset=asset,
            inspection_until=wanted.inspection_until,
            upkeep_until=wanted.upkeep_until,
        )
    )
    unit.session.execute(delete(MaintenanceRow).where(MaintenanceRow.asset == asset))
    unit.session.add_all(
        MaintenanceRow(asset=asset, begins_at=one.begins_at, ends_at=one.ends_at, why=one.why)
        for one in wanted.maintenance
    )
    if before != wanted:
        unit.journal(What.UPKEEP_CHANGED, assets.subject(asset), before, wanted, court=court)


def _upkeep(row: UpkeepRow | None, booked: Sequence[Booked]) -> Upkeep:
    if row is None:
        return Upkeep(maintenance=tuple(booked))
    return Upkeep(row.inspection_until, row.upkeep_until, tuple(booked))


def _span(asset: str, verdict: Verdict, now: datetime) -> SpanRow:
    return SpanRow(
        asset=asset,
        service=verdict.service,
        readiness=str(verdict.readiness),
        reasons=json.dumps([str(one.code) for one in verdict.reasons]),
        since=now,
        until=None,
    )
