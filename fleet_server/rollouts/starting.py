"""Planning a rollout, starting it, and rolling one back."""

from datetime import datetime

import msgspec
from sqlalchemy.orm import Session

from fleet_server.access.model import Caller
from fleet_server.database import Database, Unit
from fleet_server.errors import Conflict, Malformed
from fleet_server.rollouts import planning, steering, store
from fleet_server.rollouts.engine import Rollouts
from fleet_server.rollouts.model import (
    ENDED,
    Gate,
    NewRollout,
    Plan,
    Rollout,
    Selection,
    TargetState,
    WavePlan,
)
from fleet_server.rollouts.planning import Candidate
from telemetry.wire.orders import RunBundle


class PlannedWave(msgspec.Struct, frozen=True):
    """A wave as it would be."""

    gate: Gate
    members: list[Candidate]


class Preview(msgspec.Struct, frozen=True):
    """Who would get it when, and who would be left out though the selection means them."""

    waves: list[PlannedWave]
    left_out: list[Candidate]


def preview(rollouts: Rollouts, session: Session, caller: Caller, plan: Plan) -> Preview:
    """What would come of a plan now.

    Raises:
        Misfit: it contradicts itself.
    """
    planning.check(plan)
    plan = planning.settled(plan)
    meant = planning.chosen(plan.selection, rollouts.sight.candidates(session, caller))
    members = [one for one in meant if not one.is_quarantined]
    waves, done = [], 0
    for size, gate in planning.sizes(plan.waves, len(members)):
        waves.append(PlannedWave(gate, members[done : done + size]))
        done += size
    return Preview(waves, [one for one in meant if one.is_quarantined])


def start(
    rollouts: Rollouts, database: Database, caller: Caller, new: NewRollout, now: datetime
) -> int:
    """Begin a rollout, or ask for its approval; its id.

    Raises:
        Misfit: the plan contradicts itself.
        Malformed: it means no asset.
        FleetError: what the bundler refuses: no such playbook, wrong variables.
    """
    with database.reading() as session:
        found = preview(rollouts, session, caller, new.plan)
    if not found.waves:
        raise Malformed("rollout_means_nobody")
    bundle = rollouts.bundler(new.playbook, new.variables, new.plan.is_check)
    settled = msgspec.structs.replace(new, plan=planning.settled(new.plan))
    waves = [(wave.gate, [(one.asset, one.court) for one in wave.members]) for wave in found.waves]
    with database.unit(caller, now) as unit:
        return store.create(unit, settled, bundle, waves)


def roll_back(
    rollouts: Rollouts,
    database: Database,
    caller: Caller,
    rollout: int,
    inverse: NewRollout | None,
    now: datetime,
) -> int:
    """End a rollout, and begin another that undoes it where it has begun; its id.

    `inverse` names the playbook and variables that undo it, None: what its own bundle brings along
    for that. It goes to all of them at once and stops for nobody; its plan is the first one's.

    Raises:
        NotFound, NotAllowed: as `store.held`.
        Conflict: nothing has begun, it only looked, or nothing is known to undo it.
    """
    given = (
        None if inverse is None else rollouts.bundler(inverse.playbook, inverse.variables, False)
    )
    with database.unit(caller, now) as unit:
        row = store.held(unit, rollout)
        bundle = given or _own_way_back(store.bundle_of(row))
        [seen] = store.shown(unit.session, [row])
        if seen.plan.is_check:
            raise Conflict("rollout_only_looked", rollout=rollout)
        members = _begun(unit, caller, rollout)
        if not members:
            raise Conflict("rollout_touched_nobody", rollout=rollout)
        if seen.state not in ENDED:
            steering.cancel(unit, rollout, ends_running=True, why="rollback")
        plan = _undoing(seen, [asset for asset, _ in members])
        playbook = bundle.playbook if inverse is None else inverse.playbook
        variables = seen.variables if inverse is None else inverse.variables
        why = "" if inverse is None else inverse.why
        new = NewRollout(playbook, variables, plan, why)
        return store.create(unit, new, bundle, [(planning.FREE_GATE, members)], undoes=rollout)


def _own_way_back(bundle: RunBundle) -> RunBundle:
    if not bundle.rollback:
        raise Conflict("rollout_has_no_way_back", playbook=bundle.playbook)
    return RunBundle(bundle.playbook, bundle.version, bundle.rollback)


def _begun(unit: Unit, caller: Caller, rollout: int) -> list[tuple[str, str]]:
    """Where it has changed something, or may have."""
    return [
        (one.asset, one.court)
        for one in store.targets(unit.session, caller, rollout)
        if one.order is not None
        and (one.order.attempt > 0 or one.state in {TargetState.SOAKING, TargetState.SUCCEEDED})
    ]


def _undoing(seen: Rollout, members: list[str]) -> Plan:
    return msgspec.structs.replace(
        seen.plan,
        selection=Selection(assets=tuple(members)),
        waves=(WavePlan(percent=100, gate=planning.FREE_GATE),),
        needs_approval=False,
    )
