"""What somebody can do on the crew page; each is JSON with its name in `act`."""

from typing import Annotated, TypeAlias

from msgspec import Meta, Struct

from telemetry.wire.profile import Key
from telemetry.words import Seat

Said = Annotated[str, Meta(max_length=64)]
"""A reason; it travels in an event."""


class BeginSitting(Struct, frozen=True, forbid_unknown_fields=True, tag_field="act", tag="begin"):
    """Court is held from now on; `service` "" where none of the catalogue fits."""

    service: Annotated[str, Meta(max_length=32)] = ""


class EndSitting(Struct, frozen=True, forbid_unknown_fields=True, tag_field="act", tag="end"):
    """The sitting is over."""


class Override(Struct, frozen=True, forbid_unknown_fields=True, tag_field="act", tag="override"):
    """Break somebody's sitting, for a reason that goes into the journal."""

    why: Said


class BeginWork(Struct, frozen=True, forbid_unknown_fields=True, tag_field="act", tag="work"):
    """The asset is being worked on."""

    why: Said


class EndWork(Struct, frozen=True, forbid_unknown_fields=True, tag_field="act", tag="work_over"):
    """The asset is free again."""


class TakeSeat(Struct, frozen=True, forbid_unknown_fields=True, tag_field="act", tag="take_seat"):
    """I am here, in this capacity."""

    seat: Seat


class LeaveSeat(Struct, frozen=True, forbid_unknown_fields=True, tag_field="act", tag="leave_seat"):
    """I am not here any more."""

    seat: Seat


class TickItems(Struct, frozen=True, forbid_unknown_fields=True, tag_field="act", tag="tick"):
    """I looked at these manual items, and they are there."""

    items: Annotated[list[Key], Meta(min_length=1, max_length=32)]


class BeginCheck(Struct, frozen=True, forbid_unknown_fields=True, tag_field="act", tag="check"):
    """Try everything now; `items` that I looked at: whether they are there."""

    items: Annotated[dict[Key, bool], Meta(max_length=32)] = {}


Act: TypeAlias = (
    BeginSitting
    | EndSitting
    | Override
    | BeginWork
    | EndWork
    | TakeSeat
    | LeaveSeat
    | TickItems
    | BeginCheck
)
