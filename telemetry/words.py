"""The closed lists of words both sides speak; each word is also its code on the wire."""

import re
from enum import StrEnum, unique
from typing import TypeVar

ASSET_ID = re.compile(r"[a-z0-9-]{1,32}\Z")

_W = TypeVar("_W", bound=StrEnum)


def word(kind: type[_W], text: object) -> _W | None:
    """The word of a closed list; None for one of a later version."""
    try:
        return kind(str(text))
    except ValueError:
        return None


@unique
class AssetKind(StrEnum):
    """Something in the field with an agent."""

    VEHICLE = "vehicle"
    BACKPACK = "backpack"
    CLINIC = "clinic"
    STATION = "station"


@unique
class Stream(StrEnum):
    """The two streams of records: reports may be dropped with a declaration, events never."""

    REPORTS = "reports"
    EVENTS = "events"


@unique
class ClockTrust(StrEnum):
    """Where an instant comes from, most trusted first; `none` means that it is not known."""

    GNSS = "gnss"
    NTP = "ntp"
    SERVER = "server"
    NONE = "none"


@unique
class LinkClass(StrEnum):
    """What a hearing could do over the link."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"
    NONE = "none"


@unique
class Refusal(StrEnum):
    """Why the server did not take a message or a record."""

    ENVELOPE = "envelope"  # the first line cannot be read; nobody can be answered
    VERSION = "version"  # a wire version this server does not speak
    CODEC = "codec"  # unknown compression, or it does not unpack
    TOO_LARGE = "too_large"
    BODY = "body"  # the batch is not the JSON that the format asks for
    RECORD = "record"  # one record is not what its stream carries
    CRC = "crc"  # the record was damaged on its way
    UNKNOWN_METRICS = "unknown_metrics"  # more than 64 that the catalogue does not know
    GREET_FIRST = "greet_first"  # no greeting on this connection, or an epoch it did not name
    FORKED = "forked"  # this number was taken already, with other content
    FOREIGN = "foreign"  # the topic is not the certificate's


SENDER_KEEPS = frozenset({Refusal.GREET_FIRST, Refusal.FORKED})
"""After these the agent still owns the records; after any other the server holds them aside."""


@unique
class DropReason(StrEnum):
    """Why an agent gave up reports, or record numbers; always declared by an event."""

    OUTBOX_FULL = "outbox_full"
    DISK_FULL = "disk_full"
    TOO_LARGE = "too_large"
    DAMAGED = "damaged"
    RENUMBERED = "renumbered"  # refused as forked, emitted again: it has another number now


@unique
class EpochReason(StrEnum):
    """Why an agent began to count anew."""

    FIRST = "first"
    DISK_WENT_BACK = "disk_went_back"
    FORKED = "forked"
    OTHER_MACHINE = "other_machine"
    OTHER_ASSET = "other_asset"
    OUTBOX_DAMAGED = "outbox_damaged"


@unique
class Document(StrEnum):
    """The desired documents: whole, versioned, latest wins."""

    SETTINGS = "settings"
    PROFILE = "profile"
    CATALOGUE = "catalogue"
    PEOPLE = "people"
    DAY = "day"


@unique
class DocumentRefusal(StrEnum):
    """Why an agent did not take a desired document."""

    SIGNATURE = "signature"
    ADDRESSEE = "addressee"
    NOT_YET_VALID = "not_yet_valid"
    EXPIRED = "expired"
    OLDER = "older"
    HASH = "hash"
    CONTENT = "content"


@unique
class OrderKind(StrEnum):
    """What an order asks for."""

    BUNDLE = "bundle"
    CHECK_NOW = "check_now"
    DIAGNOSE = "diagnose"
    COMMAND = "command"
    RESTART = "restart"


@unique
class OrderState(StrEnum):
    """The life of an order; `queued`, `sent` and `expired` are the server's to say."""

    QUEUED = "queued"
    SENT = "sent"
    ACCEPTED = "accepted"
    DEFERRED = "deferred"  # accepted, and the asset says not now
    DOWNLOADING = "downloading"
    RUNNING = "running"
    VERIFYING = "verifying"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    ROLLED_BACK = "rolled_back"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    REFUSED = "refused"


@unique
class LineKind(StrEnum):
    """What a live line of a play says of its task."""

    BEGUN = "begun"
    OK = "ok"
    CHANGED = "changed"
    SKIPPED = "skipped"
    FAILED = "failed"
    IGNORED = "ignored"  # it failed, and the play goes on
    UNREACHABLE = "unreachable"


FINAL_STATES = frozenset(
    {
        OrderState.SUCCEEDED,
        OrderState.FAILED,
        OrderState.ROLLED_BACK,
        OrderState.CANCELLED,
        OrderState.EXPIRED,
        OrderState.REFUSED,
    }
)
"""After these nothing comes any more."""


@unique
class OrderRefusal(StrEnum):
    """Why an agent did not take an order. The first four leave its number free."""

    SIGNATURE = "signature"
    ADDRESSEE = "addressee"
    HASH = "hash"
    OLDER = "older"  # a number that was taken already
    NOT_YET_VALID = "not_yet_valid"
    EXPIRED = "expired"
    CONTENT = "content"
    DONE_ALREADY = "done_already"  # another number, the same order: the server was restored
    OUTBOX_FULL = "outbox_full"  # its events might find no room
    NO_EXECUTOR = "no_executor"  # nothing on this machine may carry it out


@unique
class OrderFault(StrEnum):
    """Why an order failed."""

    PLAY = "play"  # a task failed; the recap says which
    TIME_LIMIT = "time_limit"
    MEMORY_LIMIT = "memory_limit"
    INTERRUPTED = "interrupted"  # by crashes or power cuts, as often as it may be tried
    EXECUTOR = "executor"  # it could not be started, or told nothing sensible


@unique
class RemoteCommand(StrEnum):
    """What may be asked of a machine; nothing else is run, and none of them takes an argument."""

    DISK_USE = "disk_use"
    MEMORY_USE = "memory_use"
    NETWORK_STATE = "network_state"
    FAILED_UNITS = "failed_units"
    AGENT_LOG = "agent_log"
    TIME_STATE = "time_state"


@unique
class RecordClass(StrEnum):
    """What became of a record number; the first that applies, in this order."""

    STORED = "stored"
    SET_ASIDE = "set_aside"
    DROPPED = "dropped"
    LOST = "lost"
    MISSING = "missing"


@unique
class DeviceKind(StrEnum):
    """What an instrument on an asset is for; how it is reached is another matter."""

    CAMERA = "camera"
    DOCUMENT_CAMERA = "document_camera"
    MICROPHONE = "microphone"
    SPEAKER = "speaker"
    RECORDER = "recorder"
    PRINTER = "printer"
    PORTABLE_PRINTER = "portable_printer"
    SCANNER = "scanner"
    SIGNATURE_PAD = "signature_pad"
    FINGERPRINT_READER = "fingerprint_reader"
    ID_READER = "id_reader"
    SEAL_DEVICE = "seal_device"
    FACE_TERMINAL = "face_terminal"
    TABLET = "tablet"
    ROUTER = "router"
    DRONE = "drone"
    BATTERY = "battery"
    IGNITION = "ignition"


@unique
class DeviceState(StrEnum):
    """What a device was found to be when it was last looked at, best first."""

    OK = "ok"
    LIMITED = "limited"  # works, and somebody should look after it: paper low, battery low
    OFF = "off"  # not there, and its profile says that it may be off between uses
    FAULT = "fault"  # there, and does not do what it is for
    ABSENT = "absent"  # its profile says that it should be there, and it is not
    UNKNOWN = "unknown"  # this machine cannot tell: unavailable is not failed


@unique
class DeviceFault(StrEnum):
    """Why a device is not `ok`."""

    NOT_FOUND = "not_found"  # not plugged in, no such name
    NOT_ANSWERING = "not_answering"
    REFUSED = "refused"  # it answers, and does not let us in
    OTHER_SERIAL = "other_serial"  # the same type, another one
    PAPER_OUT = "paper_out"
    PAPER_LOW = "paper_low"
    TONER_OUT = "toner_out"
    TONER_LOW = "toner_low"
    JAMMED = "jammed"
    COVER_OPEN = "cover_open"
    STOPPED = "stopped"  # its queue was stopped, or it says stopped without a reason we know
    PICTURE_BLACK = "picture_black"
    PICTURE_FROZEN = "picture_frozen"
    SILENT = "silent"
    SPACE_LOW = "space_low"
    SPACE_OUT = "space_out"
    BATTERY_LOW = "battery_low"
    BATTERY_OUT = "battery_out"
    HUNG = "hung"  # the question itself never came back


@unique
class PlatformState(StrEnum):
    """What a platform that a court needs was found to be, from the asset's own link."""

    OK = "ok"
    NOT_ANSWERING = "not_answering"  # no name, no route, no answer in time
    BLOCKED = "blocked"  # something on the way answered instead: reset, foreign certificate, portal
    FAULT = "fault"  # it answers with an error of its own


@unique
class Seat(StrEnum):
    """Whom a service needs on the spot."""

    JUDGE = "judge"
    CLERK = "clerk"
    BAILIFF = "bailiff"
    DRIVER = "driver"
    MEDIATOR = "mediator"


@unique
class Readiness(StrEnum):
    """What an asset can do for one service, best first; see `telemetry.rules.readiness`."""

    READY = "ready"
    LIMITED = "limited"
    NOT_PROVEN = "not_proven"
    UNKNOWN = "unknown"
    NOT_READY = "not_ready"


@unique
class ReadinessReason(StrEnum):
    """Why a service is not simply ready, what weighs most first.

    Reasons of one verdict are told in this order; `telemetry.rules.readiness` says when each holds.
    """

    MAINTENANCE = "maintenance"  # it is being worked on, or will be then
    INSPECTION_DUE = "inspection_due"  # its inspection will have run out: it may not be used
    NEVER_HEARD = "never_heard"
    SILENT = "silent"
    UPKEEP_DUE = "upkeep_due"  # it should have been looked after by then
    POWER_LOW = "power_low"
    POWER_UNKNOWN = "power_unknown"
    POWER_STALE = "power_stale"
    LINK_NONE = "link_none"
    LINK_POOR = "link_poor"  # below what the service can do with
    LINK_REDUCED = "link_reduced"  # below what it needs, and it can do with it
    LINK_UNSURE = "link_unsure"  # good enough as far as measured, and not all of it was
    LINK_UNKNOWN = "link_unknown"
    LINK_STALE = "link_stale"
    DEVICE_LACKING = "device_lacking"  # its profile names too few of such
    DEVICE_ABSENT = "device_absent"
    DEVICE_FAULT = "device_fault"
    DEVICE_LIMITED = "device_limited"
    DEVICE_OFF = "device_off"
    DEVICE_UNKNOWN = "device_unknown"  # never seen to work
    DEVICE_STALE = "device_stale"  # seen to work, too long ago
    PLATFORM_NOT_ANSWERING = "platform_not_answering"
    PLATFORM_BLOCKED = "platform_blocked"
    PLATFORM_FAULT = "platform_fault"
    PLATFORM_UNKNOWN = "platform_unknown"
    PLATFORM_STALE = "platform_stale"
    SEAT_EMPTY = "seat_empty"
    ITEM_MISSING = "item_missing"  # somebody looked, and it is not there
    ITEM_UNKNOWN = "item_unknown"  # nobody has looked
    ITEM_STALE = "item_stale"  # somebody looked, too long ago


@unique
class SittingOwner(StrEnum):
    """Who took the sitting lock."""

    CREW = "crew"
    DAY = "day"  # a booking's time came
    RECORDING = "recording"  # camera or microphone are in use


@unique
class SittingEnd(StrEnum):
    """Why the sitting lock was given up."""

    CREW = "crew"
    QUIET = "quiet"
    OVERRIDDEN = "overridden"


@unique
class Deferral(StrEnum):
    """Why a step that would disturb a sitting, or an order, has to wait."""

    IN_SITTING = "in_sitting"
    NOT_QUIET = "not_quiet"  # the lease is over, but nobody said yes and it was not quiet for long
    MOVING = "moving"
    BATTERY = "battery"
    DISK = "disk"
    LINK = "link"
    METERED = "metered"
    WINDOW = "window"  # none of the times when it may begin
    BUSY = "busy"  # somebody is working on the asset, or a check runs


@unique
class CheckOutcome(StrEnum):
    """What one step of a check came to."""

    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"  # not there to be tried, not tried in time, or it would have disturbed
    REFUSED = "refused"  # somebody, or their browser, did not let it be tried


@unique
class Untried(StrEnum):
    """Why a step of a self-check came to nothing."""

    NOT_ALLOWED = "not_allowed"  # somebody, or their browser, refused
    NOT_TRIED = "not_tried"
    NOT_SUPPORTED = "not_supported"  # this browser cannot do it
    INSECURE_PAGE = "insecure_page"  # browsers give no camera to a page that came without TLS
    OLD_FILE = "old_file"  # it was not made just now


@unique
class CheckReason(StrEnum):
    """Why a check was made."""

    DEPARTURE = "departure"
    WAKE_UP = "wake_up"  # the day before, as the centre asked for it
    SELF_CHECK = "self_check"  # in a browser, where no agent runs
