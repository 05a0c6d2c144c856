"""What reaches the agent: one moment, and everything that can happen in it."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

import msgspec

from edge_agent.crew.acts import Act
from edge_agent.errors import Denial
from telemetry.wire.events import Configured, OrderChanged, OrderOutput
from telemetry.wire.lines import OrderLines
from telemetry.wire.messages import Value
from telemetry.words import CheckOutcome, ClockTrust


class Moment(msgspec.Struct, frozen=True):
    """Now. `up` is CLOCK_BOOTTIME in seconds and never jumps; `wall` may lie, as `trust` says."""

    wall: datetime
    up: float
    boot: str
    trust: ClockTrust


class Reading(msgspec.Struct, frozen=True):
    """What a probe answered. `taken` None: when it arrives.

    `reports`: make a report of this reading alone at once (each fix of a track, each row of a
    recording), instead of joining the next report. `failed_units`: by name; None: nobody looked.
    """

    probe: str
    metrics: Mapping[str, Value]
    devices: Mapping[str, Mapping[str, Value]] = {}
    taken: Moment | None = None
    reports: bool = False
    failed_units: Sequence[str] | None = None


class Hung(msgspec.Struct, frozen=True):
    """A probe has not answered within its limit; told once until it answers."""

    probe: str


class LinkUp(msgspec.Struct, frozen=True):
    """CONNACK with success."""


class LinkDown(msgspec.Struct, frozen=True):
    """The connection ended or could not be made; `reason` is for logs and the status page."""

    reason: str


class FromCentre(msgspec.Struct, frozen=True):
    """A message on one of the asset's own topics; `tail` is "ack", "desired" or "order"."""

    tail: str
    payload: bytes


class PublishAnswered(msgspec.Struct, frozen=True):
    """The broker's PUBACK for a message; codes from 0x80 are refusals, 0x10 is "nobody listens"."""

    message_id: str
    reason_code: int


class Checked(msgspec.Struct, frozen=True):
    """Whether `signature` is the server's; None when that could not be found out this time."""

    signature: bytes
    is_genuine: bool | None


class StopAsked(msgspec.Struct, frozen=True):
    """Somebody wants the agent to end; what is accepted is committed."""


class CrewAct(msgspec.Struct, frozen=True):
    """Somebody whose PIN was right does something on the crew page.

    `answer` is called once, after what it led to is committed: None, or why it was not done.
    """

    who: str
    act: Act
    answer: Callable[[Denial | None], None]


class Looked(msgspec.Struct, frozen=True):
    """Somebody looks at the crew page for the first time; there is a picture of the next tick."""


class PinAsked(msgspec.Struct, frozen=True):
    """Somebody is about to try a PIN as `who`, which may be nobody's name.

    `answer` is called once, after the attempt is counted: 0, or how many seconds to wait instead.
    """

    who: str
    answer: Callable[[float], None]


class PinRight(msgspec.Struct, frozen=True):
    """The PIN that was tried as `who` was right."""

    who: str


class TrialDone(msgspec.Struct, frozen=True):
    """What a trial of a check came to; `fault` is a `words.DeviceFault` or "".

    `check` is the number that the trial was begun with.
    """

    device: str
    check: int
    outcome: CheckOutcome
    fault: str = ""


class OrderNote(msgspec.Struct, frozen=True):
    """What the executor says of an order; `at` counts its notes of this order from 0."""

    number: int
    at: int
    event: OrderChanged | OrderOutput


class LinesHeard(msgspec.Struct, frozen=True):
    """What the play of an order is at, told by the executor; whoever misses it misses nothing."""

    number: int
    lines: OrderLines


Input = (
    Reading
    | Hung
    | LinkUp
    | LinkDown
    | FromCentre
    | PublishAnswered
    | Checked
    | CrewAct
    | Looked
    | PinAsked
    | PinRight
    | TrialDone
    | OrderNote
    | LinesHeard
    | Configured
    | StopAsked
)
