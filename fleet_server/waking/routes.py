"""The wake-up checks for tomorrow, and the plan behind them."""

from typing import Annotated

from fastapi import APIRouter, Query

from fleet_server.access.model import Caller
from fleet_server.entrance import CallerNow, Now, PartsNow
from fleet_server.errors import NotAllowed
from fleet_server.waking import store
from fleet_server.waking.api import WakePlanIn, WakePlanIO, WakePlanOut
from fleet_server.waking.model import WakePlan

router = APIRouter(prefix="/api/v1", tags=["readiness"])

Court = Annotated[str, Query(max_length=80)]


@router.get("/wake-plan", operation_id="show_wake_plan")
def show_wake_plan(caller: CallerNow, parts: PartsNow, court: Court = store.FLEET) -> WakePlanOut:
    """When a court's assets are asked to check themselves; without a court: the fleet's."""
    _check_sees(caller, court, is_change=False)
    with parts.database.reading() as session:
        found = store.plans(session)
    own, ran_at = found.get(court, (None, None))
    fleet, _ = found.get(store.FLEET, (None, None))
    return WakePlanOut(plan=_out(own), fleet=_out(fleet), ran_at=ran_at)


@router.put("/wake-plan", operation_id="put_wake_plan")
def put_wake_plan(
    body: WakePlanIn, caller: CallerNow, parts: PartsNow, now: Now, court: Court = store.FLEET
) -> WakePlanOut:
    """Change when they are asked."""
    _check_sees(caller, court, is_change=True)
    with parts.database.unit(caller, now) as unit:
        store.put_plan(unit, court, None if body.plan is None else _plan(body.plan))
    return show_wake_plan(caller, parts, court)


def _check_sees(caller: Caller, court: str, *, is_change: bool) -> None:
    if court and not caller.sees(court):
        raise NotAllowed("foreign_court", court=court)
    if is_change and not court and caller.courts is not None:
        raise NotAllowed("not_whole_fleet")


def _plan(given: WakePlanIO) -> WakePlan:
    return WakePlan(_minute(given.ask_at), _minute(given.use_at), given.assumes_use)


def _minute(clock: str) -> int:
    hours, _, minutes = clock.partition(":")
    return 60 * int(hours) + int(minutes)


def _out(plan: WakePlan | None) -> WakePlanIO | None:
    if plan is None:
        return None
    ask, use = (f"{one // 60:02}:{one % 60:02}" for one in (plan.ask_minute, plan.use_minute))
    return WakePlanIO(ask_at=ask, use_at=use, assumes_use=plan.assumes_use)
