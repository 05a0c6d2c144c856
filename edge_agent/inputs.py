"""What reaches the agent: one moment, and everything that can happen in it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from edge_agent.crew.acts import Act
from edge_agent.errors import Denial
from telemetry.wire.messages import Value
from telemetry.words import CheckOutcome, ClockTrust


@dataclass(frozen=True, slots=True)
class Moment:
    """Now. `up` is CLOCK_BOOTTIME in seconds and never jumps; `wall` may lie, as `trust` says."""

    wall: datetime
    up: float
    boot: str
    trust: ClockTrust


@dataclass(frozen=True, slots=True)
class Reading:
    """What a probe answered. `taken` None: when it arrives.

    `reports`: make a report of this reading alone at once (each fix of a track, each row of a
    recording), instead of joining the next report.
    """

    probe: str
    metrics: Mapping[str, Value]
    devices: Mapping[str, Mapping[str, Value]] = field(default_factory=dict)
    taken: Moment | None = None
    reports: bool = False


@dataclass(frozen=True, slots=True)
class Hung:
    """A probe has not answered within its limit; told once until it answers."""

    probe: str


@dataclass(frozen=True, slots=True)
class LinkUp:
    """CONNACK with success."""


@dataclass(frozen=True, slots=True)
class LinkDown:
    """The connection ended or could not be made; `reason` is for logs and the status page."""

    reason: str


@dataclass(frozen=True, slots=True)
class FromCentre:
    """A message on one of the asset's own topics; `tail` is "ack", "desired" or "order"."""

    tail: str
    payload: bytes


@dataclass(frozen=True, slots=True)
class PublishAnswered:
    """The broker's PUBACK for a message; codes from 0x80 are refusals, 0x10 is "nobody listens"."""

    message_id: str
    reason_code: int


@dataclass(frozen=True, slots=True)
class Checked:
    """Whether `signature` is the server's; None when that could not be found out this time."""

    signature: bytes
    is_genuine: bool | None


@dataclass(frozen=True, slots=True)
class StopAsked:
    """Somebody wants the agent to end; what is accepted is committed."""


@dataclass(frozen=True, slots=True)
class CrewAct:
    """Somebody whose PIN was right does something on the crew page.

    `answer` is called once, after what it led to is committed: None, or why it was not done.
    """

    who: str
    act: Act
    answer: Callable[[Denial | None], None]


@dataclass(frozen=True, slots=True)
class Looked:
    """Somebody looks at the crew page for the first time; there is a picture of the next tick."""


@dataclass(frozen=True, slots=True)
class PinAsked:
    """Somebody is about to try a PIN as `who`, which may be nobody's name.

    `answer` is called once, after the attempt is counted: 0, or how many seconds to wait instead.
    """

    who: str
    answer: Callable[[float], None]


@dataclass(frozen=True, slots=True)
class PinRight:
    """The PIN that was tried as `who` was right."""

    who: str


@dataclass(frozen=True, slots=True)
class TrialDone:
    """What a trial of a check came to; `fault` is a `words.DeviceFault` or "".

    `check` is the number that the trial was begun with.
    """

    device: str
    check: int
    outcome: CheckOutcome
    fault: str = ""


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
    | StopAsked
)
