"""What can be asked of an asset, as the API takes it, and what is usual for it."""

from collections.abc import Mapping
from typing import Final

from fleet_server.errors import Malformed
from fleet_server.orders.api import BundleIn, CheckNowIn, CommandIn, DiagnoseIn, TaskIn
from fleet_server.orders.model import Bundler
from telemetry.wire.orders import (
    MACHINE,
    MACHINE_ENDS,
    MODEM,
    CheckNow,
    Diagnose,
    Restart,
    RunBundle,
    RunCommand,
    Task,
    kind_of,
)
from telemetry.wire.profile import ByUsb, Profile
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
        Malformed: neither or both of unit and device are named, the unit takes the machine away,
            there is no such device, or it can not be restarted from there.
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
    if asked.unit in MACHINE_ENDS:
        raise Malformed("unit_ends_machine", unit=asked.unit)
    return Restart(asked.unit) if asked.unit else _restarted_device(asked.device, asset, profile)


def _restarted_device(name: str, asset: str, profile: Profile) -> Restart:
    """What the asset can find it by: nothing is restarted that its profile does not name."""
    spec = next((one for one in profile.devices if one.name == name), None)
    if spec is None and name == MODEM and profile.sims:
        return Restart(device=MODEM)
    if spec is None and name == MACHINE:
        return Restart(device=MACHINE)
    if spec is None:
        raise Malformed("no_such_device", asset=asset, device=name)
    if not isinstance(spec.reach, ByUsb):
        raise Malformed("device_not_restarted", asset=asset, device=name)
    return Restart(device=name, spec=spec)


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
