"""What people do to a rollout while it is under way; the engine then acts on it."""

from datetime import timedelta

import msgspec

from fleet_server.database import Unit
from fleet_server.errors import Conflict, NotAllowed
from fleet_server.journal.model import What
from fleet_server.rollouts import store
from fleet_server.rollouts.model import ENDED, Plan, RolloutRow, RolloutState


def approve(unit: Unit, rollout: int, why: str = "") -> None:
    """Let it begin; its time counts from now on.

    Raises:
        NotFound, NotAllowed: as `store.held`, or the caller is who wanted it.
        Conflict: it waits for no approval.
    """
    row = store.held(unit, rollout)
    _expect(row, RolloutState.AWAITING_APPROVAL)
    if row.made_by == unit.caller.id:
        raise NotAllowed("rollout_needs_another", rollout=rollout)
    plan = msgspec.json.decode(row.plan, type=Plan)
    row.ends_at = unit.now + timedelta(seconds=plan.lasts_seconds)
    row.approved_by, row.is_active = unit.caller.id, True
    _turn(unit, row, RolloutState.RUNNING, What.ROLLOUT_APPROVED, why)


def pause(unit: Unit, rollout: int, why: str = "") -> None:
    """Let nobody begin any more for now; whoever has begun goes on.

    Raises:
        NotFound, NotAllowed: as `store.held`.
        Conflict: it does not run.
    """
    row = store.held(unit, rollout)
    _expect(row, RolloutState.RUNNING)
    _turn(unit, row, RolloutState.PAUSED, What.ROLLOUT_PAUSED, why)


def resume(unit: Unit, rollout: int, why: str = "") -> None:
    """Go on with it.

    Raises:
        NotFound, NotAllowed: as `store.held`.
        Conflict: it is not paused.
    """
    row = store.held(unit, rollout)
    _expect(row, RolloutState.PAUSED)
    _turn(unit, row, RolloutState.RUNNING, What.ROLLOUT_RESUMED, why)


def cancel(unit: Unit, rollout: int, *, ends_running: bool, why: str = "") -> None:
    """End it: what has not begun never does, what has goes on to its end, or not even that.

    Raises:
        NotFound, NotAllowed: as `store.held`.
        Conflict: it has ended.
    """
    row = store.held(unit, rollout)
    if row.state in ENDED:
        raise Conflict("rollout_is", rollout=rollout, state=row.state)
    row.ends_running, row.is_active = ends_running, True
    _turn(unit, row, RolloutState.CANCELLED, What.ROLLOUT_CANCELLED, why)


def _expect(row: RolloutRow, state: RolloutState) -> None:
    if row.state != state:
        raise Conflict("rollout_is", rollout=row.id, state=row.state)


def _turn(unit: Unit, row: RolloutRow, state: RolloutState, what: What, why: str) -> None:
    row.state, row.changed_at = str(state), unit.now
    store.note(unit, row, what, {"playbook": row.playbook}, why)
