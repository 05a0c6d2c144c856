"""A pretended fleet that carries orders out in virtual time, by changing their rows as events do.

What is true at an asset (its order runs, though nobody hears of it in the tunnel) is kept apart
from what the server was told.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import select

from fleet_server.access.model import SYSTEM, Caller, Role
from fleet_server.assets.model import AssetRow
from fleet_server.database import Database
from fleet_server.intake.model import Absence, AssetView, Presence
from fleet_server.orders.model import OrderRow
from fleet_server.rollouts import starting, store
from fleet_server.rollouts.engine import Rollouts
from fleet_server.rollouts.model import NewRollout, Plan, Rollout, Target
from telemetry.rules.readiness import Verdict
from telemetry.wire.orders import RunBundle
from telemetry.words import FINAL_STATES, OrderState, Readiness
from tests.fleet_server.asking import COURT
from tests.fleet_server.prepared import state_database

BEGAN: Final = datetime(2027, 3, 1, 1, 0, tzinfo=UTC)
"""Nine o'clock by the courts' clocks, a Monday."""

BOSS: Final = Caller("boss", Role.OPERATOR)

_OPEN_ORDERS: Final = select(OrderRow).where(
    OrderRow.state.not_in([str(one) for one in FINAL_STATES])
)

Span = tuple[float, float]
"""Minutes since `BEGAN`, from and until."""


@dataclass
class Box:
    """One asset, and what it will do. `off`: nobody hears it; `sitting`: nothing may begin."""

    asset: str
    outcome: OrderState = OrderState.SUCCEEDED
    minutes: float = 4.0
    off: Sequence[Span] = ()
    sitting: Sequence[Span] = ()
    court: str = COURT
    readiness: Readiness = Readiness.READY
    readiness_after: Readiness = Readiness.READY


@dataclass
class Truth:
    """What an asset knows of an order."""

    state: OrderState
    begun_at: datetime | None = None


@dataclass
class Fleet:
    """Also whom the engine asks for views and verdicts. `begun` counts plays by asset."""

    boxes: dict[str, Box]
    now: datetime = BEGAN
    truths: dict[str, Truth] = field(default_factory=dict)
    begun: dict[str, int] = field(default_factory=dict)
    done: set[str] = field(default_factory=set)
    most_working: int = 0

    def view(self, asset: str) -> AssetView:
        box = self.boxes[asset]
        is_on = self.is_on(box)
        return AssetView(
            asset,
            Presence.ONLINE if is_on else Presence.OFFLINE,
            Absence.NONE if is_on else Absence.SILENCE,
            seen_at=round(self._heard_at(box).timestamp() * 1000),
            in_sitting=self._is_in(box.sitting),
            agent_version="1.0",
        )

    def verdicts(self, asset: str) -> tuple[Verdict, ...]:
        box = self.boxes[asset]
        return (Verdict("hearing", box.readiness_after if asset in self.done else box.readiness),)

    def is_on(self, box: Box) -> bool:
        return not self._is_in(box.off)

    def act(self, rows: Iterable[OrderRow]) -> None:
        """Let every order that has not ended come as far as it does by now."""
        for row in rows:
            self._act(row)
        working = [one for one in self.truths.values() if one.state is OrderState.RUNNING]
        self.most_working = max(self.most_working, len(working))

    def _act(self, row: OrderRow) -> None:
        box = self.boxes[row.asset]
        truth = self.truths.get(row.id)
        is_on = self.is_on(box)
        if truth is None:
            if row.valid_until <= self.now:
                self._tell(row, OrderState.EXPIRED)
            elif is_on and row.cancel_asked_at is not None:
                self._tell(row, OrderState.CANCELLED)
            elif is_on:
                self.truths[row.id] = Truth(OrderState.ACCEPTED)
                self._tell(row, OrderState.ACCEPTED)
            elif row.state == OrderState.QUEUED:
                self._tell(row, OrderState.SENT)
            return
        if is_on and row.cancel_asked_at is not None and truth.state not in FINAL_STATES:
            truth.state = OrderState.CANCELLED
        self._live(truth, box, row.valid_until)
        if is_on:
            self._tell(row, truth.state, attempt=int(truth.begun_at is not None))

    def _live(self, truth: Truth, box: Box, valid_until: datetime) -> None:
        """What goes on in the asset, heard or not."""
        if truth.state in {OrderState.ACCEPTED, OrderState.DEFERRED}:
            if self.now >= valid_until:
                truth.state = OrderState.EXPIRED
            elif self._is_in(box.sitting):
                truth.state = OrderState.DEFERRED
            else:
                truth.state, truth.begun_at = OrderState.RUNNING, self.now
                self.begun[box.asset] = self.begun.get(box.asset, 0) + 1
        elif truth.begun_at is not None and truth.state is OrderState.RUNNING:
            is_done = self.now >= truth.begun_at + timedelta(minutes=box.minutes)
            if is_done:
                truth.state = box.outcome
                self.done.add(box.asset)

    def _tell(self, row: OrderRow, state: OrderState, attempt: int = 0) -> None:
        if row.state != state:
            row.state, row.attempt = str(state), attempt
            row.changed_at, row.number = self.now, row.number or row.seq or 1

    def _is_in(self, spans: Iterable[Span]) -> bool:
        minute = (self.now - BEGAN).total_seconds() / 60
        return any(begin <= minute < end for begin, end in spans)

    def _heard_at(self, box: Box) -> datetime:
        minute = (self.now - BEGAN).total_seconds() / 60
        begins = [begin for begin, end in box.off if begin <= minute < end]
        return BEGAN + timedelta(minutes=min(begins)) if begins else self.now


def bundler(playbook: str, variables: Mapping[str, object], is_check: bool) -> RunBundle:
    return RunBundle(playbook, "1", "stream", is_check, "back")


@dataclass
class Trial:
    """A database, a fleet and an engine on one clock."""

    database: Database
    fleet: Fleet
    rollouts: Rollouts

    @property
    def now(self) -> datetime:
        return self.fleet.now

    def start(self, plan: Plan) -> int:
        new = NewRollout("configure", {}, plan, "test")
        return starting.start(self.rollouts, self.database, BOSS, new, self.now)

    def tick(self, minutes: float = 1.0) -> None:
        self.act(minutes)
        self.rollouts.step(self.now)

    def act(self, minutes: float) -> None:
        """Let time pass for the fleet alone."""
        self.fleet.now += timedelta(minutes=minutes)
        with self.database.unit(SYSTEM, self.now) as unit:
            self.fleet.act(unit.session.scalars(_OPEN_ORDERS).all())

    def run(self, minutes: float, tick: float = 1.0) -> None:
        until = self.now + timedelta(minutes=minutes)
        while self.now < until:
            self.tick(tick)

    def rollout(self, rollout: int) -> Rollout:
        with self.database.reading() as session:
            return store.find(session, SYSTEM, rollout)

    def targets(self, rollout: int) -> dict[str, Target]:
        with self.database.reading() as session:
            return {one.asset: one for one in store.targets(session, SYSTEM, rollout)}

    def working(self) -> int:
        """How many assets that are there have an order which has not ended."""
        with self.database.reading() as session:
            rows = session.scalars(_OPEN_ORDERS).all()
        return sum(self.fleet.is_on(self.fleet.boxes[row.asset]) for row in rows)

    def orders(self) -> list[OrderRow]:
        with self.database.reading() as session:
            return list(session.scalars(select(OrderRow).order_by(OrderRow.seq)))


def trial(boxes: Sequence[Box], url: str = "sqlite://") -> Trial:
    database = state_database(url)
    with database.unit(SYSTEM, BEGAN) as unit:
        unit.session.add_all(
            AssetRow(
                id=one.asset,
                kind="vehicle",
                name=one.asset,
                court=one.court,
                plate="",
                note="",
                made_at=BEGAN,
            )
            for one in boxes
        )
    fleet = Fleet({one.asset: one for one in boxes})
    return Trial(database, fleet, Rollouts(database, fleet, fleet, bundler))
