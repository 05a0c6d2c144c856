"""Rollouts, their waves and assets; maintenance windows; assets in quarantine."""

from datetime import datetime
from enum import StrEnum, unique
from typing import Final

from msgspec import Struct
from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from fleet_server.tables import Base, RowId
from telemetry.wire.events import Recap
from telemetry.wire.orders import Conditions
from telemetry.words import AssetKind, OrderState, Readiness


@unique
class RolloutState(StrEnum):
    """The life of a rollout; the last three are its end."""

    AWAITING_APPROVAL = "awaiting_approval"
    RUNNING = "running"
    PAUSED = "paused"
    SUCCEEDED = "succeeded"  # every wave passed its gate
    STOPPED = "stopped"  # a wave did not, or time ran out
    CANCELLED = "cancelled"


ENDED: Final = frozenset({RolloutState.SUCCEEDED, RolloutState.STOPPED, RolloutState.CANCELLED})


@unique
class TargetState(StrEnum):
    """Where one asset of a rollout stands; the last four are for good."""

    WAITING = "waiting"  # it has no order
    OUT = "out"  # it has one that has not ended
    SOAKING = "soaking"  # it succeeded; whether it stays well is seen later
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    SKIPPED = "skipped"  # taken out, as if it had never been in its wave
    MISSED = "missed"  # time ran out


SETTLED: Final = frozenset(
    {TargetState.SUCCEEDED, TargetState.FAILED, TargetState.SKIPPED, TargetState.MISSED}
)


@unique
class Why(StrEnum):
    """Why an asset waits, failed or is left out."""

    NONE = ""
    # it waits
    APPROVAL = "approval"
    PAUSED = "paused"
    WAVE = "wave"  # its wave has not begun
    TURN = "turn"  # as many as may are at it
    UNREACHABLE = "unreachable"
    IN_SITTING = "in_sitting"
    WINDOW = "window"
    RETRY = "retry"  # it could not take the order just now, or gave its turn to another
    SOAK = "soak"
    UNHEARD = "unheard"  # done, but nobody knows yet how it is
    # it failed
    PLAY = "play"
    ROLLED_BACK = "rolled_back"
    REFUSED = "refused"
    READINESS_WORSE = "readiness_worse"
    PROBE_FAILED = "probe_failed"
    UNIT_FAILED = "unit_failed"
    # it was left out
    WITHDRAWN = "withdrawn"  # somebody cancelled its order
    QUARANTINED = "quarantined"
    RETIRED = "retired"
    ROLLOUT_ENDED = "rollout_ended"
    # time ran out
    DEADLINE = "deadline"


@unique
class GateVerdict(StrEnum):
    """What a wave's gate says."""

    OPEN = "open"
    PASSED = "passed"
    FAILED = "failed"
    CUT_SHORT = "cut_short"  # the rollout ended before


@unique
class GateCode(StrEnum):
    """Why a gate stays shut, and with it why a rollout stopped."""

    NONE = ""
    TOO_MANY_FAILED = "too_many_failed"
    TOO_FEW_LEFT = "too_few_left"  # so many missed it that not enough can succeed any more
    NOBODY_LEFT = "nobody_left"  # all of the wave were taken out
    DEADLINE = "deadline"


class RolloutRow(Base):
    """One rollout. `plan` is the JSON of `Plan`, `bundle` that of the `RunBundle` all are sent.

    `is_active`: the engine still has something to do with it, also after its end. `ends_running`:
    cancelled so that plays under way are ended too. `undoes`: the rollout that this one rolls back.
    `court`: the one that all its assets belong to, None for several.
    """

    __tablename__ = "rollouts"

    id: Mapped[int] = mapped_column(RowId, primary_key=True, autoincrement=True)
    playbook: Mapped[str]
    version: Mapped[str]
    variables: Mapped[str] = mapped_column(Text)
    plan: Mapped[str] = mapped_column(Text)
    bundle: Mapped[str] = mapped_column(Text)
    state: Mapped[str]
    code: Mapped[str] = mapped_column(default="")
    is_active: Mapped[bool] = mapped_column(index=True)
    ends_running: Mapped[bool] = mapped_column(default=False)
    undoes: Mapped[int | None] = mapped_column(RowId)
    court: Mapped[str | None]
    made_by: Mapped[str]
    made_at: Mapped[datetime]
    why: Mapped[str] = mapped_column(default="")
    approved_by: Mapped[str] = mapped_column(default="")
    ends_at: Mapped[datetime]
    changed_at: Mapped[datetime]


class WaveRow(Base):
    """One wave; the first is 0."""

    __tablename__ = "rollout_waves"

    rollout: Mapped[int] = mapped_column(RowId, ForeignKey("rollouts.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    size: Mapped[int]
    gate: Mapped[str] = mapped_column(Text)
    verdict: Mapped[str]
    code: Mapped[str] = mapped_column(default="")
    opened_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]


class TargetRow(Base):
    """One asset of a rollout. `before`: its readiness by service when its order was placed, JSON.

    `is_recalled`: its order was withdrawn so that another has its turn. `tried_at`: when it had an
    order last that came to nothing.
    """

    __tablename__ = "rollout_targets"
    __table_args__ = (Index("ix_rollout_targets_open", "rollout", "wave", "state"),)

    rollout: Mapped[int] = mapped_column(RowId, ForeignKey("rollouts.id"), primary_key=True)
    asset: Mapped[str] = mapped_column(primary_key=True)
    court: Mapped[str] = mapped_column(index=True)
    wave: Mapped[int]
    place: Mapped[int]
    state: Mapped[str]
    code: Mapped[str] = mapped_column(default="")
    order_id: Mapped[str | None]
    is_recalled: Mapped[bool] = mapped_column(default=False)
    before: Mapped[str | None] = mapped_column(Text)
    tried_at: Mapped[datetime | None]
    changed_at: Mapped[datetime]


class WindowsRow(Base):
    """When a court's assets (all courts' that have none of their own: "") may be worked on."""

    __tablename__ = "rollout_windows"

    court: Mapped[str] = mapped_column(primary_key=True)
    windows: Mapped[str] = mapped_column(Text)


class QuarantineRow(Base):
    """How often an asset failed in a row; `since`: it is in quarantine."""

    __tablename__ = "rollout_quarantine"

    asset: Mapped[str] = mapped_column(primary_key=True)
    failures: Mapped[int]
    rollout: Mapped[int] = mapped_column(RowId)
    since: Mapped[datetime | None]


class Gate(Struct, frozen=True):
    """What a wave must come to before the next begins.

    Shares are of the wave without those taken out; together they are at most 100, so that every
    wave in which all have settled has passed or failed.
    """

    success_percent: int = 80
    failure_percent: int = 10
    soak_seconds: int = 1800
    checks_health: bool = True


class WavePlan(Struct, frozen=True):
    """How large a wave is: so many more, or as many as bring it to so much of all assets."""

    count: int | None = None
    percent: int | None = None
    gate: Gate = Gate()


CANARY: Final = Gate(success_percent=100, failure_percent=0)
USUAL_WAVES: Final = (
    WavePlan(count=2, gate=CANARY),
    WavePlan(percent=10),
    WavePlan(percent=50),
    WavePlan(percent=100),
)


class Selection(Struct, frozen=True):
    """Which assets; what is empty does not matter. `readiness` is for `service`.

    With `tags` those that have at least one of them.
    """

    courts: tuple[str, ...] = ()
    kinds: tuple[AssetKind, ...] = ()
    versions: tuple[str, ...] = ()
    assets: tuple[str, ...] = ()
    service: str = ""
    readiness: tuple[Readiness, ...] = ()
    tags: tuple[str, ...] = ()


class Plan(Struct, frozen=True):
    """How a rollout goes. `lasts_seconds`: then whoever has not got it has missed it.

    `is_check`: nothing is changed, each asset says what would be. `in_windows`: the maintenance
    windows of each asset's court count.
    """

    selection: Selection = Selection()
    waves: tuple[WavePlan, ...] = USUAL_WAVES
    conditions: Conditions = Conditions()
    most_at_once: int = 10
    lasts_seconds: int = 7 * 86_400
    limit_seconds: int = 1800
    in_windows: bool = True
    needs_approval: bool = False
    is_check: bool = False


class Window(Struct, frozen=True):
    """Minutes of the day (Asia/Shanghai) on these days of the week, Monday 0.

    One that ends before it begins lasts until the day after.
    """

    days: tuple[int, ...]
    from_minute: int
    until_minute: int


class Order(Struct, frozen=True):
    """Of a target's order what decides; `changed_at` is when the server heard of its state."""

    id: str
    state: OrderState
    code: str
    attempt: int
    placed_at: datetime
    changed_at: datetime
    valid_until: datetime
    is_cancel_asked: bool
    recap: Recap | None = None


class Target(Struct, frozen=True):
    """One asset of a rollout, as it was written down."""

    asset: str
    court: str
    wave: int
    state: TargetState
    code: Why = Why.NONE
    order: Order | None = None
    is_recalled: bool = False
    before: str | None = None
    tried_at: datetime | None = None
    is_retired: bool = False


class Wave(Struct, frozen=True):
    """One wave, and how many of its assets are in which state."""

    number: int
    size: int
    gate: Gate
    verdict: GateVerdict
    code: GateCode
    opened_at: datetime | None
    decided_at: datetime | None
    counts: dict[TargetState, int]


class Rollout(Struct, frozen=True):
    """One rollout and its waves, in their order."""

    id: int
    playbook: str
    version: str
    variables: dict[str, object]
    plan: Plan
    state: RolloutState
    code: GateCode
    is_active: bool
    ends_running: bool
    undoes: int | None
    court: str | None
    made_by: str
    made_at: datetime
    why: str
    approved_by: str
    ends_at: datetime
    waves: tuple[Wave, ...]


class Quarantined(Struct, frozen=True):
    """An asset that rollouts leave out until somebody releases it."""

    asset: str
    court: str
    failures: int
    rollout: int
    since: datetime


class NewRollout(Struct, frozen=True):
    """What somebody wants rolled out."""

    playbook: str
    variables: dict[str, object]
    plan: Plan
    why: str = ""
