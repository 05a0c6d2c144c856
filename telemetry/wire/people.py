"""Contents of the desired documents `people` and `day`: who may act on an asset, and what is on."""

from typing import Annotated, Final

from msgspec import Meta, Struct

from telemetry.wire.messages import Natural, Word
from telemetry.wire.profile import Key, Title
from telemetry.words import Seat

MOST_PIN_KIBIBYTES: Final = 32 * 1024
"""What a PIN's hash may cost to check: so much memory an asset's agent has room for."""


class Person(Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody who may act on the crew page. `pin` is an argon2id hash, "" lets nobody in."""

    id: Word
    name: Title
    seats: Annotated[list[Seat], Meta(max_length=8)] = []
    pin: Annotated[str, Meta(max_length=200)] = ""


class People(Struct, frozen=True, forbid_unknown_fields=True):
    """Everybody who may act on this asset."""

    people: Annotated[list[Person], Meta(max_length=200)] = []


WAKE_UP_HOURS: Final = 24.0
"""A check that was asked for longer ago is for a day that is over."""


class Booking(Struct, frozen=True, forbid_unknown_fields=True):
    """Something that is to happen on this asset; instants in ms since 1970.

    `locks`: the sitting lock is taken by itself when it begins.
    """

    id: Word
    service: Key
    begins_at: Natural
    ends_at: Natural
    place: Annotated[str, Meta(max_length=80)] = ""
    locks: bool = True


class Day(Struct, frozen=True, forbid_unknown_fields=True):
    """What is booked on this asset.

    `check_at` (ms since 1970; 0: never): from then on, for `WAKE_UP_HOURS`, the asset checks itself
    once by itself, as soon as it is on and no sitting or maintenance is.
    """

    bookings: Annotated[list[Booking], Meta(max_length=64)] = []
    check_at: Natural = 0
