"""What can be asked of an asset, as the API takes it, and what is usual for it."""

from collections.abc import Mapping
from typing import Final

from fleet_server.errors import Malformed
from fleet_server.orders.api import BundleIn, CheckNowIn, CommandIn, DiagnoseIn, TaskIn
from fleet_server.orders.model import Bundler
from telemetry.wire.orders import (
    CheckNow,
    Diagnose,
    Restart,
    RunBundle,
    RunCommand,
    Task,
    kind_of,
)
from telemetry.wire.profile import Profile
from telemetry.words import OrderKind

_LIMIT_SECONDS: Final[Mapping[OrderKind, int]] = {
    OrderKind.BUNDLE: 1800,
    OrderKind.CHECK_NOW: 600,
    OrderKind.DIAGNOSE: 300,
    OrderKind.COMMAND: 60,
    OrderKind.RESTART: 120,
}


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
