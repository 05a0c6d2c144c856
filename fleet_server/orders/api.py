"""What is said over the API about orders."""

from datetime import datetime
from typing import Annotated, Final, Literal

from pydantic import AwareDatetime, BaseModel, Field, JsonValue

from fleet_server.errors import Malformed
from fleet_server.instants import to_ms
from fleet_server.orders.model import OutputState
from telemetry.wire.orders import (
    Conditions,
    Diagnose,
    RunCommand,
    Task,
)
from telemetry.words import LineKind, LinkClass, OrderKind, OrderState, RemoteCommand

_LOOKS_ONLY: Final = Conditions(disturbs=False, while_moving=True, least_free_megabytes=0)

Percent = Annotated[int, Field(ge=0, le=100)]


class BundleIn(BaseModel):
    """Run a playbook there; `is_check`: only find out what it would change."""

    kind: Literal["bundle"]
    playbook: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$")]
    variables: dict[str, JsonValue] = {}
    is_check: bool = False


class CheckNowIn(BaseModel):
    """Check the devices, as the crew would."""

    kind: Literal["check_now"]


class DiagnoseIn(BaseModel):
    """Collect logs and states, without anything said or shown in court."""

    kind: Literal["diagnose"]


class CommandIn(BaseModel):
    """One of a closed list of commands that only look."""

    kind: Literal["command"]
    command: RemoteCommand


class RestartIn(BaseModel):
    """Restart a systemd unit, a device of the profile, or the `machine`; exactly one is named."""

    kind: Literal["restart"]
    unit: Annotated[
        str, Field(pattern=r"^([A-Za-z0-9][A-Za-z0-9:_.@-]{0,54}\.(service|socket|timer))?$")
    ] = ""
    device: Annotated[str, Field(max_length=64, pattern=r"^[^\x00-\x1f\x7f]*$")] = ""


TaskIn = Annotated[
    BundleIn | CheckNowIn | DiagnoseIn | CommandIn | RestartIn, Field(discriminator="kind")
]


class WindowIO(BaseModel):
    """A time when it may begin."""

    since: AwareDatetime
    until: AwareDatetime


class ConditionsIO(BaseModel):
    """When the asset may begin. `disturbs`: not while court is held; `windows`: none is any time.

    `worst_link`: null is any.
    """

    disturbs: bool = True
    while_moving: bool = False
    least_battery_percent: Percent = 0
    least_free_megabytes: Annotated[int, Field(ge=0, le=10**9)] = 200
    worst_link: LinkClass | None = None
    on_metered: bool = True
    windows: Annotated[list[WindowIO], Field(max_length=32)] = []

    @classmethod
    def usual(cls, task: Task) -> "ConditionsIO":
        """By default at once, but never while it would disturb a sitting or a drive."""
        if isinstance(task, Diagnose | RunCommand):
            return cls.model_validate(_LOOKS_ONLY, from_attributes=True)
        return cls()

    def conditions(self) -> Conditions:
        """As they travel.

        Raises:
            Malformed: a window runs backwards.
        """
        windows = [(_ms(window.since), _ms(window.until)) for window in self.windows]
        if any(since >= until for since, until in windows):
            raise Malformed("window_backwards")
        return Conditions(
            self.disturbs,
            self.while_moving,
            self.least_battery_percent,
            self.least_free_megabytes,
            self.worst_link,
            self.on_metered,
            windows,
        )


def _ms(at: datetime) -> int:
    return max(to_ms(at), 1)


Count = Annotated[int, Field(ge=0)]


class OrderIn(BaseModel):
    """What an asset is to do once; null for what is usual for such a task.

    `valid_until`: when it is of no use any more, at most 30 days from now; null: in a day.
    `conditions`: when it may begin. `limit_seconds`: how long it may take. `tries`: how often it
    may be begun when crashes or power cuts end it.
    """

    task: TaskIn = Field(
        examples=[{"kind": "bundle", "playbook": "configure", "variables": {}, "is_check": True}]
    )
    valid_until: AwareDatetime | None = None
    conditions: ConditionsIO | None = None
    limit_seconds: Annotated[int | None, Field(ge=1, le=24 * 3600)] = None
    tries: Annotated[int, Field(ge=1, le=10)] = 3
    why: Annotated[str, Field(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")] = ""


class CancelIn(BaseModel):
    """Why it is to end, for the journal."""

    why: Annotated[str, Field(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")] = ""


class RecapOut(BaseModel):
    """What a play came to: tasks by outcome, and where it failed."""

    ok: int
    changed: int
    failed: int
    skipped: int
    rescued: int
    failed_task: str
    message: str


class OrderOut(BaseModel):
    """An order as it stands. `asked_for` and `sentence` are in the reader's language.

    `number` is null until it is sent; while it is, a cancel takes it back without a trace at the
    asset. `source`: what placed it ("rollout:7"), "" for a person. `cancel_asked_at`: the asset
    is told to end it. `output` says whether what it gave out is here.
    """

    id: str = Field(examples=["8f14e45fceea167a5a36dedd"])
    asset: str = Field(examples=["veh-001"])
    number: int | None = Field(examples=[12])
    kind: OrderKind
    title: str = Field(examples=["configure"])
    is_check: bool
    asked_for: str = Field(examples=["剧本：configure"])
    state: OrderState
    code: str = Field(examples=["play"])
    sentence: str = Field(examples=["失败：有任务失败"])
    detail: str
    attempt: Count
    is_final: bool
    recap: RecapOut | None
    placed_at: datetime
    who: str
    why: str
    source: str
    valid_until: datetime
    changed_at: datetime
    cancel_asked_at: datetime | None
    output: OutputState


class OrderStepOut(BaseModel):
    """A state that an order came to; `at` by the asset's clock where that is known."""

    state: OrderState
    code: str
    sentence: str
    detail: str
    attempt: Count
    at: datetime


class OrderDetail(OrderOut):
    """An order with all it came to, oldest first."""

    steps: list[OrderStepOut]


class OrderLineOut(BaseModel):
    """A line of a play that runs; `sentence` is in the reader's language. Some numbers may lack."""

    number: Count
    what: LineKind
    task: str = Field(examples=["Write the printer queues"])
    host: str
    sentence: str = Field(examples=["已更改：Write the printer queues"])


class OrderLinesOut(BaseModel):
    """The newest lines of the attempt that runs, oldest first; none once the order has ended."""

    attempt: Count
    items: list[OrderLineOut]


class OrderPage(BaseModel):
    """Newest first; `next` is the cursor of the page behind, null on the last."""

    items: list[OrderOut]
    next: int | None
