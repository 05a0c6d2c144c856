"""Reading and writing plans, who was asked, and which checks came since."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from fleet_server.database import Unit
from fleet_server.intake.model import EventRow
from fleet_server.journal.model import What
from fleet_server.waking.model import WakeAsk, WakeAskRow, WakePlan, WakePlanRow
from telemetry.errors import Unreadable
from telemetry.wire import events

FLEET: Final = ""
"""Whose plan counts for courts that have none."""

_SKEW: Final = timedelta(minutes=5)
"""By so much an asset's clock may be behind; more is said to be a clock fault anyway."""


def plans(session: Session) -> dict[str, tuple[WakePlan, datetime | None]]:
    """The plan of each court that has one (and of the fleet), and when it was carried out last."""
    return {
        row.court: (WakePlan(row.ask_minute, row.use_minute, row.assumes_use), row.ran_at)
        for row in session.scalars(select(WakePlanRow))
    }


def put_plan(unit: Unit, court: str, plan: WakePlan | None) -> None:
    """Make the plan of a court, or of the fleet (""); None takes it away."""
    row = unit.session.get(WakePlanRow, court)
    before = None if row is None else WakePlan(row.ask_minute, row.use_minute, row.assumes_use)
    if before == plan:
        return
    if plan is None:
        unit.session.delete(row)
    else:
        made = WakePlanRow(
            court=court,
            ask_minute=plan.ask_minute,
            use_minute=plan.use_minute,
            assumes_use=plan.assumes_use,
            ran_at=None if row is None else row.ran_at,
        )
        unit.session.merge(made)
    subject = f"court:{court}" if court else "fleet"
    unit.journal(What.WAKE_PLAN_CHANGED, subject, before, plan, court=court or None)


def note_run(unit: Unit, court: str, asked: Sequence[WakeAsk]) -> None:
    """A plan was carried out, and these were asked; who was asked before is asked anew."""
    row = unit.session.get_one(WakePlanRow, court)
    row.ran_at = unit.now
    for one in asked:
        unit.session.merge(
            WakeAskRow(
                asset=one.asset,
                asked_at=one.asked_at,
                use_at=one.use_at,
                services=",".join(one.services),
            )
        )


def asks(session: Session, now: datetime) -> list[WakeAsk]:
    """Who was asked for a time that is still to come, in order of id."""
    query = select(WakeAskRow).where(WakeAskRow.use_at > now).order_by(WakeAskRow.asset)
    return [
        WakeAsk(row.asset, row.asked_at, row.use_at, tuple(filter(None, row.services.split(","))))
        for row in session.scalars(query)
    ]


def checks_since(
    session: Session, asks: Sequence[WakeAsk]
) -> Mapping[str, tuple[datetime, events.CheckDone]]:
    """The last check of each asset since it was asked."""
    since = {one.asset: one.asked_at - _SKEW for one in asks}
    if not since:
        return {}
    query = (
        select(EventRow)
        .where(EventRow.kind == "check_done", EventRow.received_at >= min(since.values()))
        .order_by(EventRow.id)
    )
    found = {}
    for row in session.scalars(query):
        at = row.measured_at or row.received_at
        if row.asset not in since or at < since[row.asset]:
            continue
        try:
            event = events.decode(row.body.encode())
        except Unreadable:
            continue
        if isinstance(event, events.CheckDone):
            found[row.asset] = (at, event)
    return found
