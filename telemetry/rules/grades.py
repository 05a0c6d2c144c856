"""What each thing that a service needs is good for: a reason for everything that is not ready.

One function a subject; `docs/readiness.md` has all of them in a table. Instants are ms since 1970.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from telemetry.rules.facts import (
    DeviceFact,
    Facts,
    ItemFact,
    LinkFact,
    PlatformFact,
    PowerFact,
    Presence,
    Seated,
)
from telemetry.rules.rhythm import FUTURE_SECONDS
from telemetry.wire.catalogue import Need, Service
from telemetry.wire.profile import ManualItem, Profile
from telemetry.words import (
    DeviceFault,
    DeviceKind,
    DeviceState,
    LinkClass,
    PlatformState,
    Readiness,
    Seat,
)
from telemetry.words import ReadinessReason as Code

RANK: Final = {readiness: rank for rank, readiness in enumerate(Readiness)}
CODE_RANK: Final = {code: rank for rank, code in enumerate(Code)}
_CLASS_RANK: Final = {link_class: rank for rank, link_class in enumerate(LinkClass)}
_PLATFORM_CODES: Final = {
    PlatformState.NOT_ANSWERING: Code.PLATFORM_NOT_ANSWERING,
    PlatformState.BLOCKED: Code.PLATFORM_BLOCKED,
    PlatformState.FAULT: Code.PLATFORM_FAULT,
}
_TOLD: Final = frozenset({Code.DEVICE_ABSENT, Code.DEVICE_FAULT, Code.DEVICE_LIMITED})
_FUTURE_MS: Final = round(FUTURE_SECONDS * 1000)
_HOUR_SECONDS: Final = 3600.0


class Reason(Struct, frozen=True, omit_defaults=True):
    """Why a service is not better than `readiness`; what a code does not speak of stays empty.

    `name` of a device, platform or manual item, `asset` when another one carries it; `kinds` that
    would do; `has` and `needed` are minutes (power), or how many (devices, seats). `since`: when it
    was last proven, or when the bad news was seen, or what is due (ms since 1970; None: never).
    """

    code: Code
    readiness: Readiness
    name: str = ""
    asset: str = ""
    kinds: tuple[DeviceKind, ...] = ()
    faults: tuple[DeviceFault, ...] = ()
    seat: Seat | None = None
    link_has: LinkClass | None = None
    link_needed: LinkClass | None = None
    has: float | None = None
    needed: float | None = None
    since: int | None = None


class Span(Struct, frozen=True):
    """From when to when something must have been seen to count, both included."""

    after_ms: float
    before_ms: float

    def holds(self, at: int) -> bool:
        return self.after_ms <= at <= self.before_ms


def span(seconds: float, until_ms: int, now_ms: int) -> Span:
    """The last `seconds` before `until_ms`.

    A little of the future belongs to it, since clocks differ; more is a clock that runs ahead, and
    what it dated would stay fresh for years.
    """
    return Span(until_ms - seconds * 1000, now_ms + _FUTURE_MS)


def of_presence(presence: Presence | None, fresh: Span) -> Iterator[Reason]:
    """Whether the server hears the asset; an agent does not ask that of itself."""
    if presence is None:
        return
    if presence.heard_at is None:
        yield Reason(Code.NEVER_HEARD, Readiness.UNKNOWN)
    elif presence.heard_at < fresh.after_ms:
        yield Reason(Code.SILENT, Readiness.NOT_PROVEN, since=presence.heard_at)


def of_power(
    needed: float, profile: Profile, power: PowerFact | None, fresh: Span
) -> Iterator[Reason]:
    """Enough on mains, or for `needed` minutes without.

    An asset that has no battery and tells nothing of power is not asked.
    """
    if needed <= 0:
        return
    if power is None:
        if any(spec.kind is DeviceKind.BATTERY for spec in profile.devices):
            yield Reason(Code.POWER_UNKNOWN, Readiness.UNKNOWN, needed=needed)
        return
    has, at = power.minutes, power.at
    if power.is_on_mains or (has is not None and has >= needed):
        if not fresh.holds(at):
            yield Reason(Code.POWER_STALE, Readiness.NOT_PROVEN, has=has, needed=needed, since=at)
    elif has is None:
        yield Reason(Code.POWER_UNKNOWN, Readiness.UNKNOWN, needed=needed, since=at)
    else:
        yield Reason(Code.POWER_LOW, Readiness.NOT_READY, has=has, needed=needed, since=at)


def of_link(service: Service, link: LinkFact | None, fresh: Span) -> Iterator[Reason]:
    """The class that the service needs, or with limits the one that it goes down to."""
    needed = service.link
    if needed is LinkClass.NONE:
        return
    if link is None:
        yield Reason(Code.LINK_UNKNOWN, Readiness.UNKNOWN, link_needed=needed)
        return
    for code, readiness in _link_grades(service, link, fresh):
        yield Reason(code, readiness, link_has=link.link_class, link_needed=needed, since=link.at)


def _link_grades(service: Service, link: LinkFact, fresh: Span) -> Iterator[tuple[Code, Readiness]]:
    has, needed = _CLASS_RANK[link.link_class], _CLASS_RANK[service.link]
    least = needed if service.link_at_least is None else _CLASS_RANK[service.link_at_least]
    if has > max(least, needed):
        is_none = link.link_class is LinkClass.NONE
        yield Code.LINK_NONE if is_none else Code.LINK_POOR, Readiness.NOT_READY
        return
    if not fresh.holds(link.at):
        yield Code.LINK_STALE, Readiness.NOT_PROVEN
    if has > needed:
        yield Code.LINK_REDUCED, Readiness.LIMITED
    elif not link.is_sure:
        yield Code.LINK_UNSURE, Readiness.LIMITED


def of_devices(
    need: Need,
    profile: Profile,
    facts: Facts,
    fresh: Span,
    *,
    is_off_fine: bool,
) -> Iterator[Reason]:
    """What keeps the best `count` of those that would do from being ready.

    `is_off_fine`: what is switched off can be switched on until then.
    """
    found = [
        _of_device(asset, name, fact, fresh, is_off_fine=is_off_fine)
        for asset, name, fact in _that_would_do(need, profile, facts)
    ]
    limit = Readiness.LIMITED if need.is_optional else None
    for reason in sorted(found, key=_weight)[: need.count]:
        if reason is not None:
            yield replace(reason, readiness=limit or reason.readiness)
    if len(found) < need.count:
        yield Reason(
            Code.DEVICE_LACKING,
            limit or Readiness.NOT_READY,
            kinds=tuple(need.kinds),
            has=len(found),
            needed=need.count,
        )


def _that_would_do(
    need: Need, profile: Profile, facts: Facts
) -> Iterator[tuple[str, str, DeviceFact]]:
    """Asset ("" the own one), name and fact: its own as the profile names them, then carried."""
    for spec in profile.devices:
        if spec.kind in need.kinds:
            fact = facts.devices.get(spec.name)
            is_known = fact is not None and fact.kind is spec.kind
            yield "", spec.name, fact if fact is not None and is_known else DeviceFact(spec.kind)
    for other in facts.carried:
        for name, fact in other.devices.items():
            if fact.kind in need.kinds:
                yield other.asset, name, fact


def _weight(reason: Reason | None) -> tuple[int, int]:
    """Better devices first; of equally bad ones that whose reason weighs least."""
    if reason is None:
        return (RANK[Readiness.READY], 0)
    return (RANK[reason.readiness], -CODE_RANK[reason.code])


def _of_device(
    asset: str, name: str, fact: DeviceFact, fresh: Span, *, is_off_fine: bool
) -> Reason | None:
    """Why a device cannot be counted on, with the faults of the look that says so."""
    code, readiness = _grade(fact, fresh, is_off_fine=is_off_fine)
    if code is None:
        return None
    look = fact.told if code in _TOLD else fact.last
    faults = look.faults if look else ()
    since = fact.told.at if fact.told else None
    return Reason(code, readiness, name, asset, (fact.kind,), faults, since=since)


def _grade(fact: DeviceFact, fresh: Span, *, is_off_fine: bool) -> tuple[Code | None, Readiness]:
    told = fact.told
    is_off = fact.last is not None and fact.last.state is DeviceState.OFF
    if told is None:
        return Code.DEVICE_OFF if is_off else Code.DEVICE_UNKNOWN, Readiness.UNKNOWN
    if told.state is DeviceState.ABSENT:
        return Code.DEVICE_ABSENT, Readiness.NOT_READY
    if told.state is DeviceState.FAULT:
        return Code.DEVICE_FAULT, Readiness.NOT_READY
    if is_off and not is_off_fine:
        return Code.DEVICE_OFF, Readiness.NOT_PROVEN
    if not fresh.holds(told.at):
        return Code.DEVICE_STALE, Readiness.NOT_PROVEN
    if told.state is DeviceState.LIMITED:
        return Code.DEVICE_LIMITED, Readiness.LIMITED
    return None, Readiness.READY


def of_platforms(
    service: Service,
    profile: Profile,
    platforms: Mapping[str, PlatformFact],
    fresh: Span,
    *,
    counts_failures: bool,
) -> Iterator[Reason]:
    """Those that the profile names. `counts_failures`: one that does not answer is not ready."""
    named = {platform.name for platform in profile.platforms}
    for name in service.platforms:
        if name not in named:
            continue
        fact = platforms.get(name)
        code = None if fact is None else _PLATFORM_CODES.get(fact.state)
        if fact is not None and code is not None and counts_failures:
            yield Reason(code, Readiness.NOT_READY, name, since=fact.at)
        elif fact is None or fact.proven_at is None:
            yield Reason(Code.PLATFORM_UNKNOWN, Readiness.UNKNOWN, name)
        elif not fresh.holds(fact.proven_at):
            yield Reason(Code.PLATFORM_STALE, Readiness.NOT_PROVEN, name, since=fact.proven_at)


def of_seats(needed: Mapping[Seat, int], here: Sequence[Seated]) -> Iterator[Reason]:
    """As many people in each seat as the service needs."""
    for seat in Seat:
        has = sum(one.seat is seat for one in here)
        if has < needed.get(seat, 0):
            yield Reason(
                Code.SEAT_EMPTY, Readiness.NOT_READY, seat=seat, has=has, needed=needed[seat]
            )


def of_items(
    service: Service, profile: Profile, items: Mapping[str, ItemFact], now_ms: int
) -> Iterator[Reason]:
    """Those that the profile names, each good for its own hours."""
    for item in _items(service, profile):
        fact = items.get(item.name)
        if fact is None:
            yield Reason(Code.ITEM_UNKNOWN, Readiness.UNKNOWN, item.name)
            continue
        fresh = span(item.good_for_hours * _HOUR_SECONDS, now_ms, now_ms)
        if fact.is_there and not fresh.holds(fact.at):
            yield Reason(Code.ITEM_STALE, Readiness.NOT_PROVEN, item.name, since=fact.at)
    yield from of_missing_items(service, profile, items)


def of_missing_items(
    service: Service, profile: Profile, items: Mapping[str, ItemFact]
) -> Iterator[Reason]:
    """Only those of which somebody said that they are not there."""
    for item in _items(service, profile):
        fact = items.get(item.name)
        if fact is not None and not fact.is_there:
            yield Reason(Code.ITEM_MISSING, Readiness.NOT_READY, item.name, since=fact.at)


def _items(service: Service, profile: Profile) -> Iterator[ManualItem]:
    named = {item.name: item for item in profile.manual}
    return (named[name] for name in service.manual if name in named)
