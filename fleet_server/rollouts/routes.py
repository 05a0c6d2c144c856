"""Rollouts over the API: planned, started, watched, steered."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request

from fleet_server.access.model import Caller
from fleet_server.database import Unit
from fleet_server.entrance import CallerNow, Now, PartsNow, language_of
from fleet_server.parts import Parts
from fleet_server.rollouts import starting, steering, store, telling
from fleet_server.rollouts.api import (
    PlanIO,
    RollbackIn,
    RolloutCancelIn,
    RolloutDetail,
    RolloutIn,
    RolloutPage,
    RolloutPreview,
    RolloutWhyIn,
)
from fleet_server.rollouts.model import NewRollout, Plan

router = APIRouter(prefix="/api/v1", tags=["rollouts"])


@router.get("/rollouts", operation_id="list_rollouts")
def list_rollouts(
    caller: CallerNow,
    parts: PartsNow,
    request: Request,
    cursor: int | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> RolloutPage:
    """Every rollout, newest first."""
    with parts.database.reading() as session:
        found = store.page(session, caller, cursor, limit)
    items = [telling.rollout_out(one, language_of(request)) for one in found]
    return RolloutPage(items=items, next=found[-1].id if len(found) == limit else None)


@router.post("/rollouts/preview", operation_id="preview_rollout")
def preview_rollout(plan: PlanIO, caller: CallerNow, parts: PartsNow) -> RolloutPreview:
    """Who would get it in which wave, were it started now."""
    with parts.database.reading() as session:
        found = starting.preview(parts.rollouts, session, caller, plan.plan())
    return telling.preview_out(found)


@router.post("/rollouts", operation_id="start_rollout", status_code=201)
def start_rollout(
    body: RolloutIn, caller: CallerNow, parts: PartsNow, now: Now, request: Request
) -> RolloutDetail:
    """Start one, or ask for its approval. With `is_check` nothing is changed anywhere."""
    made = starting.start(parts.rollouts, parts.database, caller, body.new(), now)
    return _detail(parts, caller, made, now, request)


@router.get("/rollouts/{rollout}", operation_id="show_rollout")
def show_rollout(
    rollout: int, caller: CallerNow, parts: PartsNow, now: Now, request: Request
) -> RolloutDetail:
    """One rollout: its waves and their gates, each asset's state and its reason."""
    return _detail(parts, caller, rollout, now, request)


@router.post("/rollouts/{rollout}/approval", operation_id="approve_rollout")
def approve_rollout(
    rollout: int, body: RolloutWhyIn, caller: CallerNow, parts: PartsNow, now: Now, request: Request
) -> RolloutDetail:
    """Let it begin; not for who wanted it."""
    steer = _steering(parts, caller, rollout, now, request)
    return steer(lambda unit: steering.approve(unit, rollout, body.why))


@router.post("/rollouts/{rollout}/pause", operation_id="pause_rollout")
def pause_rollout(
    rollout: int, body: RolloutWhyIn, caller: CallerNow, parts: PartsNow, now: Now, request: Request
) -> RolloutDetail:
    """Let nobody begin any more for now; whoever has begun goes on."""
    steer = _steering(parts, caller, rollout, now, request)
    return steer(lambda unit: steering.pause(unit, rollout, body.why))


@router.post("/rollouts/{rollout}/resume", operation_id="resume_rollout")
def resume_rollout(
    rollout: int, body: RolloutWhyIn, caller: CallerNow, parts: PartsNow, now: Now, request: Request
) -> RolloutDetail:
    """Go on with it."""
    steer = _steering(parts, caller, rollout, now, request)
    return steer(lambda unit: steering.resume(unit, rollout, body.why))


@router.post("/rollouts/{rollout}/cancel", operation_id="cancel_rollout")
def cancel_rollout(
    rollout: int,
    body: RolloutCancelIn,
    caller: CallerNow,
    parts: PartsNow,
    now: Now,
    request: Request,
) -> RolloutDetail:
    """End it: what has not begun never does."""
    steer = _steering(parts, caller, rollout, now, request)
    ends = body.ends_running
    return steer(lambda unit: steering.cancel(unit, rollout, ends_running=ends, why=body.why))


@router.post("/rollouts/{rollout}/rollback", operation_id="roll_rollout_back", status_code=201)
def roll_rollout_back(
    rollout: int, body: RollbackIn, caller: CallerNow, parts: PartsNow, now: Now, request: Request
) -> RolloutDetail:
    """End it, and start another that undoes it wherever it has begun; that one is given."""
    inverse = None
    if body.playbook is not None:
        inverse = NewRollout(body.playbook, dict(body.variables), Plan(), body.why)
    made = starting.roll_back(parts.rollouts, parts.database, caller, rollout, inverse, now)
    return _detail(parts, caller, made, now, request)


def _steering(
    parts: Parts, caller: Caller, rollout: int, now: datetime, request: Request
) -> Callable[[Callable[[Unit], None]], RolloutDetail]:
    def steer(act: Callable[[Unit], None]) -> RolloutDetail:
        with parts.database.unit(caller, now) as unit:
            act(unit)
        return _detail(parts, caller, rollout, now, request)

    return steer


def _detail(
    parts: Parts, caller: Caller, rollout: int, now: datetime, request: Request
) -> RolloutDetail:
    with parts.database.reading() as session:
        found = store.find(session, caller, rollout)
        targets = store.targets(session, caller, rollout)
        standings = parts.rollouts.sight.standings(
            session, targets, now, in_windows=found.plan.in_windows
        )
    return telling.detail(found, standings, now, language_of(request))
