"""Contents of orders: what is done once, by one asset, one at a time."""

from typing import Annotated, Final

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from telemetry.wire.messages import Ident, Interval, Natural, Word
from telemetry.wire.profile import DeviceSpec
from telemetry.words import LinkClass, OrderKind, RemoteCommand

FAMILY: Final = "order"
"""Of the signed header; its `name` is an `OrderKind`, or `CANCEL`."""
CANCEL: Final = "cancel"
"""Names the order to be cancelled by number (and, in its body, by id); takes no number itself."""
SELF: Final = "self"
"""How a bundle's inventory names the asset that runs it."""

Percent = Annotated[int, Meta(ge=0, le=100)]
LimitSeconds = Annotated[int, Meta(ge=1, le=24 * 3600)]
Tries = Annotated[int, Meta(ge=1, le=10)]


class Conditions(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """When an asset may begin; by default at once, but never while it would disturb a sitting.

    `disturbs`: the sitting lock is asked. `worst_link` "": any. `windows`: from and until, ms since
    1970; none: at any time.
    """

    disturbs: bool = True
    while_moving: bool = False
    least_battery_percent: Percent = 0
    least_free_megabytes: Natural = 200
    worst_link: LinkClass | None = None
    on_metered: bool = True
    windows: list[Interval] = []


class RunBundle(Struct, frozen=True, forbid_unknown_fields=True, tag="bundle"):
    """Run a playbook here. `stream` is what `ansible_runner` transmits, as the text that it is.

    `is_check`: nothing is changed, drift is shown. `rollback`: another such stream, for when this
    one failed, was cut off by a limit or interrupted too often; "": the play does it by itself.
    """

    playbook: Word
    version: Word
    stream: str
    is_check: bool = False
    rollback: str = ""


class CheckNow(Struct, frozen=True, forbid_unknown_fields=True, tag="check_now"):
    """Let the asset check its devices, as its crew would."""


class Diagnose(Struct, frozen=True, forbid_unknown_fields=True, tag="diagnose"):
    """A tar.gz of logs and states, without anything said or shown in court."""


class RunCommand(Struct, frozen=True, forbid_unknown_fields=True, tag="command"):
    """One of a closed list of commands, with its output."""

    command: RemoteCommand


MODEM: Final = "modem"
"""The device of a `Restart` where the profile names SIM cards, and with them a modem."""

MACHINE: Final = "machine"
"""The device of a `Restart` of the asset's computer itself."""

_SYSTEMD_ENDS: Final = (
    *("reboot", "soft-reboot", "poweroff", "halt", "kexec", "exit"),
    *("suspend", "hibernate", "hybrid-sleep", "suspend-then-hibernate"),
)
MACHINE_ENDS: Final = frozenset(
    {*(f"systemd-{how}.service" for how in _SYSTEMD_ENDS), "rescue.service", "emergency.service"}
)
"""Units whose start takes the machine away, so that no order that starts one sees its end."""


class Restart(Struct, frozen=True, forbid_unknown_fields=True, tag="restart"):
    """Restart a systemd unit, or a device of the profile; exactly one is named.

    `spec` is the device as the profile describes it, by which it is found; `MODEM` and
    `MACHINE` need none.
    """

    unit: Word = ""
    device: Word = ""
    spec: DeviceSpec | UnsetType = UNSET


Task = RunBundle | CheckNow | Diagnose | RunCommand | Restart


class Order(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The signed body. `id` stays the same should a restored server send it again by a new number.

    `limit_seconds`: how long it may take once it has begun. `tries`: how often it may be begun when
    crashes or power cuts end it.
    """

    id: Ident
    task: Task
    conditions: Conditions = Conditions()
    limit_seconds: LimitSeconds = 1800
    tries: Tries = 3


class Cancel(Struct, frozen=True, forbid_unknown_fields=True):
    """The body of a cancel."""

    id: Ident


def kind_of(task: Task) -> OrderKind:
    """The word for what a task asks for."""
    return OrderKind(str(task.__struct_config__.tag))


def encode(order: Order) -> bytes:
    """The body as it is signed."""
    return msgspec.json.encode(order)
