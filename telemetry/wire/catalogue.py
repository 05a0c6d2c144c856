"""Content of the desired document `catalogue`: what each service of a court needs."""

from typing import Annotated

from msgspec import Meta, Struct

from telemetry.wire.profile import Key, Title
from telemetry.words import DeviceKind, LinkClass, Seat


class Need(Struct, frozen=True, forbid_unknown_fields=True):
    """At least `count` devices that work, of any of these kinds.

    Without them the service cannot be held; `is_optional`: it can, with limits.
    """

    kinds: Annotated[list[DeviceKind], Meta(min_length=1, max_length=8)]
    count: Annotated[int, Meta(ge=1, le=16)] = 1
    is_optional: bool = False


class Service(Struct, frozen=True, forbid_unknown_fields=True):
    """One service, and what it needs of the asset that is to serve.

    `link`: the class that it needs; `link_at_least`: down to this class it goes, with limits
    (None: not below `link`). `link` `none`: it needs no link. `platforms` and `manual` are names in
    the asset's profile; what a profile does not name is not asked for. `power_minutes`:
    how long it must go on without mains. What was last seen longer ago than `fresh_seconds` proves
    nothing for now; for later, what was seen to work within `proven_days` counts.
    """

    name: Key
    zh: Title
    en: Title
    needs: Annotated[list[Need], Meta(max_length=16)] = []
    platforms: Annotated[list[Key], Meta(max_length=16)] = []
    manual: Annotated[list[Key], Meta(max_length=16)] = []
    link: LinkClass = LinkClass.NONE
    link_at_least: LinkClass | None = None
    power_minutes: Annotated[float, Meta(ge=0, le=1440)] = 0.0
    seats: dict[Seat, Annotated[int, Meta(ge=1, le=8)]] = {}
    fresh_seconds: Annotated[float, Meta(ge=10, le=7 * 86_400)] = 900.0
    proven_days: Annotated[float, Meta(gt=0, le=366)] = 7.0


class Catalogue(Struct, frozen=True, forbid_unknown_fields=True):
    """All services, in the order in which people see them."""

    services: Annotated[list[Service], Meta(max_length=64)] = []
