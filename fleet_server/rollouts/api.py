"""What is said over the API about rollouts."""

from datetime import datetime
from typing import Annotated, Final

from pydantic import BaseModel, Field, JsonValue

from fleet_server.orders.api import RecapOut
from fleet_server.rollouts.model import (
    USUAL_WAVES,
    Gate,
    GateCode,
    GateVerdict,
    NewRollout,
    Plan,
    RolloutState,
    Selection,
    TargetState,
    WavePlan,
)
from telemetry.wire.orders import Conditions
from telemetry.words import AssetKind, LinkClass, OrderState, Readiness

_DAY_SECONDS: Final = 86_400

Share = Annotated[int, Field(ge=0, le=100)]
Names = Annotated[list[str], Field(max_length=10_000)]
WhyText = Annotated[str, Field(max_length=200)]


class GateIO(BaseModel):
    """What a wave must come to; both shares are of the wave, and together at most 100 %."""

    success_percent: Share = 80
    failure_percent: Share = 10
    soak_seconds: Annotated[int, Field(ge=0, le=7 * _DAY_SECONDS)] = 1800
    checks_health: bool = True


class WaveIO(BaseModel):
    """So many more assets, or as many as bring it to so much of all."""

    count: Annotated[int | None, Field(ge=1, le=100_000)] = None
    percent: Annotated[int | None, Field(ge=1, le=100)] = None
    gate: GateIO = GateIO()


class SelectionIO(BaseModel):
    """Which assets; what is empty does not matter. `readiness` is for `service`.

    `tags`: at least one of them.
    """

    courts: Names = []
    kinds: list[AssetKind] = []
    versions: Names = []
    assets: Names = []
    service: Annotated[str, Field(max_length=64)] = ""
    readiness: list[Readiness] = []
    tags: Names = []


class RolloutConditionsIO(BaseModel):
    """When an asset may begin. `disturbs`: never in a sitting."""

    disturbs: bool = True
    while_moving: bool = False
    least_battery_percent: Share = 0
    least_free_megabytes: Annotated[int, Field(ge=0)] = 200
    worst_link: LinkClass | None = None
    on_metered: bool = True


def _usual_waves() -> list[WaveIO]:
    return [_wave_form(wave) for wave in USUAL_WAVES]


class PlanIO(BaseModel):
    """How a rollout goes. `lasts_seconds`: then whoever has not got it has missed it."""

    selection: SelectionIO = SelectionIO()
    waves: Annotated[list[WaveIO], Field(max_length=20, default_factory=_usual_waves)]
    conditions: RolloutConditionsIO = RolloutConditionsIO()
    most_at_once: Annotated[int, Field(ge=1, le=10_000)] = 10
    lasts_seconds: Annotated[int, Field(ge=600, le=90 * _DAY_SECONDS)] = 7 * _DAY_SECONDS
    limit_seconds: Annotated[int, Field(ge=1, le=_DAY_SECONDS)] = 1800
    in_windows: bool = True
    needs_approval: bool = False
    is_check: bool = False

    def plan(self) -> Plan:
        selection = self.selection
        return Plan(
            selection=Selection(
                tuple(selection.courts),
                tuple(selection.kinds),
                tuple(selection.versions),
                tuple(selection.assets),
                selection.service,
                tuple(selection.readiness),
                tuple(selection.tags),
            ),
            waves=tuple(
                WavePlan(one.count, one.percent, Gate(**one.gate.model_dump()))
                for one in self.waves
            ),
            conditions=Conditions(**dict(self.conditions)),
            **self.model_dump(exclude={"selection", "waves", "conditions"}),
        )


class RolloutIn(BaseModel):
    """What is to be rolled out, where, and how."""

    playbook: Annotated[str, Field(min_length=1, max_length=64, examples=["configure"])]
    variables: dict[str, JsonValue] = {}
    plan: PlanIO
    why: WhyText = ""

    def new(self) -> NewRollout:
        return NewRollout(self.playbook, dict(self.variables), self.plan.plan(), self.why)


class RolloutCancelIn(BaseModel):
    """`ends_running`: also what has begun; else it goes on to its end."""

    ends_running: bool = False
    why: WhyText = ""


class RolloutWhyIn(BaseModel):
    why: WhyText = ""


class RollbackIn(BaseModel):
    """What undoes it; `playbook` null: what its own bundle brings along for that."""

    playbook: Annotated[str | None, Field(max_length=64)] = None
    variables: dict[str, JsonValue] = {}
    why: WhyText = ""


class CandidateOut(BaseModel):
    """An asset as it is now."""

    asset: str
    court: str
    kind: AssetKind
    version: str
    is_reachable: bool
    in_sitting: bool


class PlannedWaveOut(BaseModel):
    gate: GateIO
    assets: list[CandidateOut]


class RolloutPreview(BaseModel):
    """Who would get it when; `left_out` are in quarantine."""

    waves: list[PlannedWaveOut]
    left_out: list[CandidateOut]


class WaveOut(BaseModel):
    """A wave; `counts` is how many of its assets are in which state."""

    number: int = Field(examples=[1])
    size: int
    gate: GateIO
    verdict: GateVerdict
    code: GateCode
    sentence: str
    opened_at: datetime | None
    decided_at: datetime | None
    counts: dict[TargetState, int]


class TargetOut(BaseModel):
    """An asset of a rollout; `sentence` says why it waits or failed, or what it is at."""

    asset: str
    court: str
    wave: int
    state: TargetState
    code: str
    sentence: str
    order: str | None
    order_state: OrderState | None
    recap: RecapOut | None


class RolloutOut(BaseModel):
    """A rollout; `sentence` says its state, and why it stopped."""

    id: int
    playbook: str
    version: str
    variables: dict[str, JsonValue]
    plan: PlanIO
    state: RolloutState
    code: GateCode
    sentence: str
    undoes: int | None
    made_by: str
    made_at: datetime
    approved_by: str
    why: str
    ends_at: datetime
    is_active: bool
    waves: list[WaveOut]


class RolloutDetail(RolloutOut):
    """Also its assets, in the order in which they have their turn."""

    targets: list[TargetOut]


class RolloutPage(BaseModel):
    """Newest first; `next` is the cursor of the page behind, null on the last."""

    items: list[RolloutOut]
    next: int | None


class WeekWindowIO(BaseModel):
    """Minutes of the day (Asia/Shanghai) on these days, Monday 0; over midnight if it must."""

    days: Annotated[list[Annotated[int, Field(ge=0, le=6)]], Field(min_length=1, max_length=7)]
    from_minute: Annotated[int, Field(ge=0, lt=1440, examples=[1320])]
    until_minute: Annotated[int, Field(ge=0, le=1440, examples=[360])]


class WindowsIO(BaseModel):
    """When a court's assets may be worked on; none: as the fleet's, else at any time."""

    items: Annotated[list[WeekWindowIO], Field(max_length=50)]


class QuarantinedOut(BaseModel):
    asset: str
    court: str
    failures: int
    rollout: int
    since: datetime


class Quarantine(BaseModel):
    items: list[QuarantinedOut]


def gate_form(gate: Gate) -> GateIO:
    return GateIO(
        success_percent=gate.success_percent,
        failure_percent=gate.failure_percent,
        soak_seconds=gate.soak_seconds,
        checks_health=gate.checks_health,
    )


def _wave_form(wave: WavePlan) -> WaveIO:
    return WaveIO(count=wave.count, percent=wave.percent, gate=gate_form(wave.gate))
