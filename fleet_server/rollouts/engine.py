"""Carries rollouts on: places orders, hears what became of them, opens and shuts gates.

A step of one rollout is one transaction that begins with the lock of its row: it reads, decides and
writes all of it, orders included. So whatever dies between two statements has done nothing, and of
any number of engines one does it; the others pass over what is locked (docs/adr/0013).
"""

import contextlib
import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

import msgspec
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from fleet_server.access.model import SYSTEM
from fleet_server.database import Database, Unit
from fleet_server.errors import Conflict, FleetError
from fleet_server.instants import to_ms
from fleet_server.journal.model import What
from fleet_server.orders import store as orders
from fleet_server.orders.model import NewOrder
from fleet_server.rollouts import planning, quarantine, rules, store, windows
from fleet_server.rollouts.model import (
    ENDED,
    GateCode,
    Rollout,
    RolloutRow,
    Target,
    TargetState,
    Why,
)
from fleet_server.rollouts.rules import (
    Close,
    Decide,
    End,
    Move,
    OpenWave,
    Place,
    Standing,
    Step,
    Withdraw,
)
from fleet_server.rollouts.sight import Judge, Sight, Views
from telemetry.wire.orders import Conditions, RunBundle

logger = logging.getLogger(__name__)

EVERY: Final = timedelta(seconds=2)

Bundler = Callable[[str, Mapping[str, object], bool], RunBundle]
"""A playbook's name, its variables, and whether nothing is to be changed, to what is sent."""


class Rollouts:
    """`step` is for one thread, the rest for any."""

    def __init__(self, database: Database, views: Views, judge: Judge, bundler: Bundler) -> None:
        self._database = database
        self.sight = Sight(views, judge)
        self.bundler = bundler

    def step(self, now: datetime) -> None:
        """Carry on all that is not over; one that cannot be does not keep the others waiting.

        Raises:
            SQLAlchemyError: the database refuses; the next step does it again.
        """
        with self._database.reading() as session:
            found = store.active(session)
        failed: SQLAlchemyError | None = None
        for rollout in found:
            try:
                self._carry_on(rollout, now)
            except SQLAlchemyError as error:
                failed = error
        if failed is not None:
            raise failed

    def standings(self, session: Session, rollout: Rollout, now: datetime) -> list[Standing]:
        """Who of it can still move, and what is known of them."""
        all_waves = rollout.state in ENDED
        targets = store.unsettled(session, rollout, all_waves=all_waves)
        return self.sight.standings(session, targets, now, in_windows=rollout.plan.in_windows)

    def _carry_on(self, rollout: int, now: datetime) -> None:
        """Looks before it locks: mostly there is nothing to do, and SQLite has one writer."""
        with self._database.reading() as session:
            seen = store.find(session, SYSTEM, rollout)
            if not rules.next_steps(seen, self.standings(session, seen, now), now):
                return
        with self._database.unit(SYSTEM, now) as unit:
            row = store.seized(unit, rollout)
            if row is None:
                return
            seen = store.shown(unit.session, [row])[0]
            standings = self.standings(unit.session, seen, now)
            steps = rules.next_steps(seen, standings, now)
            _Transaction(unit, row, seen, standings, self.sight).take(steps)


class _Transaction:
    """The steps of one rollout that belong together, being written."""

    def __init__(
        self,
        unit: Unit,
        row: RolloutRow,
        rollout: Rollout,
        standings: Sequence[Standing],
        sight: Sight,
    ) -> None:
        self._unit = unit
        self._row = row
        self._rollout = rollout
        self._targets = {one.target.asset: one.target for one in standings}
        self._sight = sight
        self._bundle = store.bundle_of(row)
        self._windows = windows.all_of(unit.session) if rollout.plan.in_windows else {}
        self._conditions: dict[str, Conditions] = {}
        self._changes: dict[str, dict[str, object]] = {}
        self._succeeded: list[str] = []
        self._valid_until = min(unit.now + rules.VALIDITY, row.ends_at)

    def take(self, steps: Sequence[Step]) -> None:
        for step in steps:
            match step:
                case Move():
                    self._move(step)
                case Place(asset):
                    self._place(self._targets[asset])
                case Withdraw(asset, order, is_recall):
                    if is_recall:
                        self._change(asset, is_recalled=True)
                    with contextlib.suppress(Conflict):  # it has ended since it was looked at
                        orders.cancel(self._unit, order, store.source(self._row.id))
                case Decide():
                    self._decide(step)
                case OpenWave(number):
                    self._open(number)
                case End():
                    self._end(step)
                case Close():
                    self._row.is_active = False
        store.change_targets(self._unit, self._row.id, self._changes)
        quarantine.note_successes(self._unit, self._succeeded)

    def _move(self, move: Move) -> None:
        values: dict[str, object] = {"state": str(move.state), "code": str(move.why)}
        if move.state is TargetState.WAITING:
            values |= {"order_id": None, "is_recalled": False, "tried_at": self._unit.now}
        self._change(move.asset, **values)
        if self._rollout.plan.is_check:
            return
        if move.state is TargetState.FAILED:
            court = self._targets[move.asset].court
            quarantine.note_failure(self._unit, move.asset, court, self._row.id)
        elif move.state is TargetState.SUCCEEDED:
            self._succeeded.append(move.asset)

    def _place(self, target: Target) -> None:
        new = NewOrder(
            task=self._bundle,
            title=self._row.playbook,
            valid_until=self._valid_until,
            conditions=self._conditions_of(target.court),
            limit_seconds=self._rollout.plan.limit_seconds,
            why=self._row.why,
            source=store.source(self._row.id),
        )
        try:
            placed = orders.place(self._unit, target.asset, new)
        except Conflict:  # retired since it was looked at
            self._change(target.asset, state=str(TargetState.SKIPPED), code=str(Why.RETIRED))
            return
        except FleetError as error:  # as an order that is too large to send
            logger.warning("an order could not be placed", extra={"code": error.code})
            self._change(target.asset, state=str(TargetState.FAILED), code=str(Why.REFUSED))
            return
        before = self._sight.before(target.asset)
        state = str(TargetState.OUT)
        self._change(target.asset, state=state, code="", order_id=placed.id, before=before)

    def _conditions_of(self, court: str) -> Conditions:
        found = self._conditions.get(court)
        if found is None:
            mine = windows.of_court(self._windows, court)
            spans = planning.intervals(mine, self._unit.now, self._valid_until)
            found = msgspec.structs.replace(
                self._rollout.plan.conditions,
                windows=[(to_ms(begin), to_ms(end)) for begin, end in spans],
            )
            self._conditions[court] = found
        return found

    def _decide(self, step: Decide) -> None:
        values = {"verdict": str(step.verdict), "code": str(step.code)}
        store.change_wave(self._unit, self._row.id, step.wave, **values, decided_at=self._unit.now)

    def _open(self, number: int) -> None:
        store.change_wave(self._unit, self._row.id, number, opened_at=self._unit.now)
        said: dict[str, str | int] = {
            "playbook": self._row.playbook,
            "wave": number + 1,
            "assets": self._rollout.waves[number].size,
        }
        store.note(self._unit, self._row, What.WAVE_OPENED, said)

    def _end(self, step: End) -> None:
        self._row.state, self._row.code = str(step.state), str(step.code)
        self._row.changed_at = self._unit.now
        is_late = step.code is GateCode.DEADLINE
        outcome = str(GateCode.DEADLINE if is_late else step.state)
        said = {"playbook": self._row.playbook, "outcome": outcome, "code": str(step.code)}
        store.note(self._unit, self._row, What.ROLLOUT_ENDED, said)

    def _change(self, asset: str, **values: object) -> None:
        self._changes.setdefault(asset, {}).update(values)
