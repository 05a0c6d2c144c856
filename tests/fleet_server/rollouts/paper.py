"""A rollout on paper: the rules alone, carried out in memory, with the pretended fleet."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

import msgspec

from fleet_server.orders.model import OrderRow
from fleet_server.rollouts import planning, rules
from fleet_server.rollouts.model import (
    ENDED,
    SETTLED,
    GateCode,
    GateVerdict,
    Order,
    Plan,
    Rollout,
    RolloutState,
    Target,
    TargetState,
    Wave,
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
    Withdraw,
)
from telemetry.words import FINAL_STATES, OrderState, Readiness
from tests.fleet_server.asking import COURT
from tests.fleet_server.rollouts.pretended import BEGAN, Box, Fleet

_BY_ITSELF: Final = FINAL_STATES - {OrderState.CANCELLED, OrderState.EXPIRED}


class Paper:
    """One rollout; what must hold at every moment is asserted as it goes on."""

    def __init__(self, plan: Plan, boxes: Sequence[Box]) -> None:
        self.fleet = Fleet({box.asset: box for box in boxes})
        self.rows: list[OrderRow] = []
        self.targets: dict[str, Target] = {}
        waves, names = [], [box.asset for box in boxes]
        for number, (size, gate) in enumerate(planning.sizes(plan.waves, len(boxes))):
            for name in names[len(self.targets) :][:size]:
                self.targets[name] = Target(name, COURT, number, TargetState.WAITING)
            waves.append(Wave(number, size, gate, GateVerdict.OPEN, GateCode.NONE, None, None, {}))
        self.rollout = Rollout(
            id=1,
            playbook="configure",
            version="1",
            variables={},
            plan=plan,
            state=RolloutState.RUNNING,
            code=GateCode.NONE,
            is_active=True,
            ends_running=False,
            undoes=None,
            court=None,
            made_by="boss",
            made_at=BEGAN,
            why="",
            approved_by="",
            ends_at=BEGAN + timedelta(seconds=plan.lasts_seconds),
            waves=tuple(waves),
        )

    def tick(self, minutes: float) -> None:
        self.fleet.now += timedelta(minutes=minutes)
        self.fleet.act([row for row in self.rows if row.state not in FINAL_STATES])
        for step in rules.next_steps(self._counted(), self._standings(), self.fleet.now):
            match step:
                case Move(asset, _, state, why):
                    self._move(asset, state, why)
                case Decide(wave, verdict, code):
                    self._wave(wave, verdict=verdict, code=code, decided_at=self.fleet.now)
                case OpenWave(wave):
                    self._wave(wave, opened_at=self.fleet.now)
                case End(state, code):
                    self.turn(state=state, code=code)
                case Place(asset):
                    self._place(asset)
                case Withdraw(asset, _, is_recall):
                    self._withdraw(asset, is_recall=is_recall)
                case Close():
                    self.turn(is_active=False)

    def turn(self, **values: object) -> None:
        self.rollout = msgspec.structs.replace(self.rollout, **values)

    def _move(self, asset: str, state: TargetState, why: Why) -> None:
        target = self.targets[asset]
        assert target.state not in SETTLED
        if state is TargetState.WAITING:
            assert target.order is not None
            row = self._row(asset)
            assert row.state not in _BY_ITSELF, "an order that ended by itself is not given again"
            target = msgspec.structs.replace(
                target, order=None, is_recalled=False, tried_at=self.fleet.now
            )
        self.targets[asset] = msgspec.structs.replace(target, state=state, code=why)

    def _place(self, asset: str) -> None:
        assert self.rollout.state is RolloutState.RUNNING
        assert self.rollout.waves[self.targets[asset].wave].opened_at is not None
        assert self.fleet.is_on(self.fleet.boxes[asset])
        assert all(
            row.state in FINAL_STATES - _BY_ITSELF for row in self.rows if row.asset == asset
        ), "no asset gets the order twice"
        row = OrderRow(
            id=str(len(self.rows)),
            asset=asset,
            state="queued",
            attempt=0,
            placed_at=self.fleet.now,
            changed_at=self.fleet.now,
            valid_until=min(self.fleet.now + rules.VALIDITY, self.rollout.ends_at),
        )
        self.rows.append(row)
        self.targets[asset] = msgspec.structs.replace(
            self.targets[asset], state=TargetState.OUT, order=self._order(row)
        )

    def _withdraw(self, asset: str, *, is_recall: bool) -> None:
        row = self._row(asset)
        if is_recall:
            assert row.attempt == 0, "what has begun is not disturbed"
            is_on = self.fleet.is_on(self.fleet.boxes[asset])
            assert not is_on or self.fleet.now >= row.placed_at + rules.PATIENCE
            self.targets[asset] = msgspec.structs.replace(self.targets[asset], is_recalled=True)
        if row.state == OrderState.QUEUED:
            row.state, row.changed_at = "cancelled", self.fleet.now
        else:
            row.cancel_asked_at = self.fleet.now

    def _wave(self, number: int, **values: object) -> None:
        waves = list(self.rollout.waves)
        waves[number] = msgspec.structs.replace(waves[number], **values)
        self.turn(waves=tuple(waves))

    def _counted(self) -> Rollout:
        counts: dict[int, Counter[TargetState]] = {}
        for one in self.targets.values():
            counts.setdefault(one.wave, Counter())[one.state] += 1
        waves = tuple(
            msgspec.structs.replace(wave, counts=dict(counts[wave.number]))
            for wave in self.rollout.waves
        )
        return msgspec.structs.replace(self.rollout, waves=waves)

    def _standings(self) -> list[Standing]:
        found = []
        for asset, target in self.targets.items():
            is_begun = self.rollout.waves[target.wave].opened_at is not None
            if target.state in SETTLED or not (is_begun or self.rollout.state in ENDED):
                continue
            if target.order is not None:
                order = self._order(self._row(asset))
                target = self.targets[asset] = msgspec.structs.replace(target, order=order)
            box, view = self.fleet.boxes[asset], self.fleet.view(asset)
            is_worse = box.readiness_after is Readiness.NOT_READY
            seen_at = view.seen_at or 0
            found.append(
                Standing(
                    target,
                    is_reachable=self.fleet.is_on(box),
                    silent_for=timedelta(milliseconds=self.fleet.now.timestamp() * 1000 - seen_at),
                    in_sitting=view.in_sitting,
                    health=Why.READINESS_WORSE if is_worse else Why.NONE,
                )
            )
        return sorted(found, key=lambda one: (one.target.wave, one.target.tried_at or BEGAN))

    def _row(self, asset: str) -> OrderRow:
        order = self.targets[asset].order
        assert order is not None
        return self.rows[int(order.id)]

    @staticmethod
    def _order(row: OrderRow) -> Order:
        return Order(
            id=row.id,
            state=OrderState(row.state),
            code=row.code or "",
            attempt=row.attempt,
            placed_at=row.placed_at,
            changed_at=row.changed_at,
            valid_until=row.valid_until,
            is_cancel_asked=row.cancel_asked_at is not None,
        )
