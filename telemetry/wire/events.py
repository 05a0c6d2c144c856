"""Bodies of records of the stream `events`: one struct a kind, told apart by `kind`."""

from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from telemetry.errors import Unreadable
from telemetry.wire.messages import Epoch, Ident, Interval, Natural, Word
from telemetry.words import Refusal

Told = Annotated[str, Meta(max_length=500)]
"""What a program said, for people."""


class EpochOpened(Struct, frozen=True, tag_field="kind", tag="epoch_opened"):
    """The agent began to count `stream` anew; `after` is the epoch before, "" for the first."""

    stream: Word
    epoch: Epoch
    after: str
    why: Word


class Dropped(Struct, frozen=True, tag_field="kind", tag="dropped"):
    """Reports (or, renumbered, events) given up; declared in the transaction that deleted them."""

    stream: Word
    epoch: Epoch
    numbers: list[Interval]
    why: Word


class AgentStarted(Struct, frozen=True, tag_field="kind", tag="agent_started"):
    """The agent's process began."""

    version: Word
    boot: Epoch
    hostname: Word = ""


class DocumentHeld(Struct, frozen=True, tag_field="kind", tag="document_held"):
    """A desired document was verified, stored and is in use."""

    name: Word
    version: Natural


class DocumentRefused(Struct, frozen=True, tag_field="kind", tag="document_refused"):
    """A desired document was not taken; `code` is a `words.DocumentRefusal`."""

    name: Word
    version: Natural
    code: Word


class OutboxSetAside(Struct, frozen=True, tag_field="kind", tag="outbox_set_aside"):
    """The outbox could not be used and was kept under another name; `why` an `EpochReason`."""

    why: Word


class ClockFault(Struct, frozen=True, tag_field="kind", tag="clock_fault"):
    """The machine's clock was found wrong by `off_seconds` against a better source."""

    off_seconds: float
    better: Word


class ProbeHung(Struct, frozen=True, tag_field="kind", tag="probe_hung"):
    """A probe has not answered within its limit."""

    probe: Word


MOST_UNITS = 32

Units = Annotated[list[Annotated[str, Meta(max_length=255)]], Meta(max_length=MOST_UNITS)]
"""Units of systemd by name, in order; of more than there is room for the first."""


class UnitsFailed(Struct, frozen=True, tag_field="kind", tag="units_failed"):
    """Other units have failed than those that had `before`; of the first look both are the same."""

    failed: Units
    before: Units


class DeviceChanged(Struct, frozen=True, tag_field="kind", tag="device_changed"):
    """Another device stands where one was known: serial numbers are inventory."""

    device: Word
    before: Word
    after: Word


class Checked(Struct, frozen=True, array_like=True):
    """One step of a check: `outcome` is a `words.CheckOutcome`, `fault` says why."""

    name: Word
    outcome: Word
    fault: Word = ""


class CheckDone(Struct, frozen=True, tag_field="kind", tag="check_done"):
    """Somebody, or the day's plan (`who` ""), had everything tried; it proves readiness.

    `why` is a `words.CheckReason`. `took_seconds` from the first step to the last. `link_class`:
    what a browser found the link to be ("B"); an agent tells its own in every header.
    """

    who: Word
    why: Word
    steps: list[Checked]
    took_seconds: float = 0.0
    link_class: Word = ""


class ManualTicked(Struct, frozen=True, tag_field="kind", tag="manual_ticked"):
    """Somebody looked at things that no sensor sees, and they are there."""

    who: Word
    items: list[Word]


class SeatTaken(Struct, frozen=True, tag_field="kind", tag="seat_taken"):
    """Somebody is here, in this capacity."""

    who: Word
    seat: Word


class SeatLeft(Struct, frozen=True, tag_field="kind", tag="seat_left"):
    """Somebody is not here any more."""

    who: Word
    seat: Word


class SittingBegan(Struct, frozen=True, tag_field="kind", tag="sitting_began"):
    """The sitting lock was taken; `owner`: `crew`, `day` or `recording`."""

    owner: Word
    who: Word = ""
    service: Word = ""
    lease_seconds: float = 0.0


class SittingEnded(Struct, frozen=True, tag_field="kind", tag="sitting_ended"):
    """The sitting lock was given up; `why`: `crew`, `quiet` or `overridden`.

    Overridden: `who` did it, for the reason `said`.
    """

    why: Word
    who: Word = ""
    said: Word = ""


class Disturbed(Struct, frozen=True, tag_field="kind", tag="disturbance"):
    """A step that would disturb was asked for; `outcome` `deferred` (`why`) or `allowed`."""

    step: Word
    outcome: Word
    why: Word = ""


class Maintenance(Struct, frozen=True, tag_field="kind", tag="maintenance"):
    """The asset is being worked on (`is_on`) or is free again; no sitting begins meanwhile."""

    is_on: bool
    who: Word = ""
    why: Word = ""


class Recap(Struct, frozen=True, omit_defaults=True):
    """What a play came to: tasks by outcome, and where it failed."""

    ok: Natural = 0
    changed: Natural = 0
    failed: Natural = 0
    skipped: Natural = 0
    rescued: Natural = 0
    failed_task: Told = ""
    message: Told = ""


class OrderChanged(Struct, frozen=True, tag_field="kind", tag="order", omit_defaults=True):
    """An order came to another `words.OrderState`; each is told once.

    `code`: a `Deferral`, `OrderRefusal` or `OrderFault`, as the state asks. `detail`: for people.
    `attempt`: how often it has been begun. `recap`: of a play that has ended.
    """

    id: Ident
    number: Natural
    state: Word
    code: Word = ""
    detail: Told = ""
    attempt: Natural = 0
    recap: Recap | None = None


class OrderOutput(Struct, frozen=True, tag_field="kind", tag="order_output"):
    """A part of all that an order gave out, see `telemetry.wire.output`.

    `data`: base64 of a piece of one zstd frame; `sha256` is that of the whole frame. All parts are
    told before the final state. `is_cut`: it was longer than may be sent, the middle is left out.
    """

    id: Ident
    part: Natural
    parts: Natural
    media_type: Word
    sha256: Word
    data: str
    is_cut: bool = False


class Configured(Struct, frozen=True, tag_field="kind", tag="configured"):
    """How the machine is set up, as a play left it and as it is since; told when that changes.

    `hash` of the desired configuration that was applied at `applied_at` (ms since 1970); "" and 0:
    none ever was. `differs`: the files that are not as the play left them. `waiting`: what of it
    waits for its device, as a queue for a printer that was off.
    """

    hash: Word
    applied_at: Natural
    differs: list[Told] = []
    waiting: list[Told] = []


class Unknown(Struct, frozen=True):
    """An event of a kind this version does not know; kept as it came, without effect."""

    kind: Word


Event = (
    EpochOpened
    | Dropped
    | AgentStarted
    | DocumentHeld
    | DocumentRefused
    | OutboxSetAside
    | ClockFault
    | ProbeHung
    | UnitsFailed
    | DeviceChanged
    | CheckDone
    | ManualTicked
    | SeatTaken
    | SeatLeft
    | SittingBegan
    | SittingEnded
    | Disturbed
    | Maintenance
    | OrderChanged
    | OrderOutput
    | Configured
)

_KINDS: dict[str, type[Event]] = {kind.__struct_config__.tag: kind for kind in Event.__args__}
_KIND_ONLY = msgspec.json.Decoder(Unknown)
_DECODERS = {name: msgspec.json.Decoder(kind) for name, kind in _KINDS.items()}
_ENCODER = msgspec.json.Encoder()


def encode(event: Event) -> bytes:
    """The body of the event's record."""
    return _ENCODER.encode(event)


def decode(body: bytes) -> Event | Unknown:
    """The event in a record's body.

    Raises:
        Unreadable: not JSON, without a kind, or a known kind with wrong fields.
    """
    try:
        kind = _KIND_ONLY.decode(body)
        decoder = _DECODERS.get(kind.kind)
        return kind if decoder is None else decoder.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise Unreadable(Refusal.RECORD, "not an event") from error
