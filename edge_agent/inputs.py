"""What reaches the agent: one moment, and everything that can happen in it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from telemetry.wire.messages import Value
from telemetry.words import ClockTrust


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


Input = Reading | Hung | LinkUp | LinkDown | FromCentre | PublishAnswered | Checked | StopAsked
