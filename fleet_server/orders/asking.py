"""What can be asked of an asset, as the API takes it, and what is usual for it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Final, Literal

from pydantic import AwareDatetime, BaseModel, Field, JsonValue

from fleet_server.errors import Malformed
from fleet_server.orders.model import Bundler
from telemetry.wire.orders import (
    CheckNow,
    Conditions,
    Diagnose,
    Restart,
    RunBundle,
    RunCommand,
    Task,
    kind_of,
)
from telemetry.wire.profile import Profile
from telemetry.words import LinkClass, OrderKind, RemoteCommand

_LIMIT_SECONDS: Final[Mapping[OrderKind, int]] = {
    OrderKind.BUNDLE: 1800,
    OrderKind.CHECK_NOW: 600,
    OrderKind.DIAGNOSE: 300,
    OrderKind.COMMAND: 60,
    OrderKind.RESTART: 120,
}
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
    """Restart a systemd unit, or a device of the profile; exactly one is named."""

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


def new_task(asked: TaskIn, asset: str, bundler: Bundler, profile: Profile) -> Task:
    """The task as it travels.

    Raises:
        Malformed: neither or both of unit and device are named, or there is no such device.
        FleetError: as the bundler says.
    """
    match asked:
        case BundleIn():
            return bundler(asked.playbook, asked.variables, asked.is_check)
        case CommandIn():
            return RunCommand(asked.command)
        case DiagnoseIn():
            return Diagnose()
        case CheckNowIn():
            return CheckNow()
    if bool(asked.unit) == bool(asked.device):
        raise Malformed("restart_needs_one")
    if asked.device and asked.device not in {device.name for device in profile.devices}:
        raise Malformed("no_such_device", asset=asset, device=asked.device)
    return Restart(asked.unit, asked.device)


def title_of(task: Task) -> str:
    """The playbook, command, unit or device."""
    match task:
        case RunBundle():
            return task.playbook
        case RunCommand():
            return str(task.command)
        case Restart():
            return task.unit or task.device
        case _:
            return ""


def limit_seconds(task: Task) -> int:
    """How long it may take when nobody says so."""
    return _LIMIT_SECONDS[kind_of(task)]


def _ms(at: datetime) -> int:
    return max(round(at.timestamp() * 1000), 1)
