"""Signed orders and cancels, and an executor that only writes down what it is told."""

from dataclasses import dataclass, field

import msgspec

from edge_agent.inputs import OrderNote
from telemetry.wire import orders
from telemetry.wire.events import OrderChanged
from telemetry.wire.orders import Cancel, Conditions, Order, RunBundle, RunCommand, Task
from telemetry.wire.signed import seal
from telemetry.words import OrderKind, OrderState, RemoteCommand

SIGNATURE = b"s" * 64
UNTIL = 2_000_000_000_000
AT_ONCE = Conditions(disturbs=False)
COMMAND = RunCommand(RemoteCommand.DISK_USE)
BUNDLE = RunBundle("configure", "7", "{}\n")


def order(
    number: int = 1,
    id: str = "",
    task: Task = COMMAND,
    conditions: Conditions = AT_ONCE,
    *,
    asset: str = "veh-001",
    family: str = orders.FAMILY,
    name: str = "",
    validity: tuple[int, int] = (0, UNTIL),
    body: bytes | None = None,
    tries: int = 3,
) -> bytes:
    made = Order(id or f"order-{number}", task, conditions, tries=tries)
    content = orders.encode(made) if body is None else body
    kind = name or orders.kind_of(task)
    return seal(asset, family, kind, number, validity, content, lambda text: SIGNATURE)


def cancel(
    number: int = 1, id: str = "", *, asset: str = "veh-001", validity: tuple[int, int] = (0, UNTIL)
) -> bytes:
    body = msgspec.json.encode(Cancel(id or f"order-{number}"))
    return seal(asset, orders.FAMILY, orders.CANCEL, number, validity, body, lambda _: SIGNATURE)


@dataclass
class Asked:
    """The executor's port."""

    begun: list[tuple[int, int]] = field(default_factory=list)
    cancelled: list[int] = field(default_factory=list)
    is_able: bool = True

    def can(self, kind: OrderKind) -> bool:
        return self.is_able

    def carry_out(self, number: int, sealed: bytes, heard: int) -> None:
        self.begun.append((number, heard))

    def cancel(self, number: int, sealed: bytes) -> None:
        self.cancelled.append(number)


def note(at: int, state: OrderState, number: int = 1, code: str = "") -> OrderNote:
    event = OrderChanged(f"order-{number}", number, state, code, attempt=1)
    return OrderNote(number, at, event)
