"""Whether an asset can hold a service now, and what is missing.

Everything that the service needs is graded by itself; each grade below `ready` is a reason, and
the verdict is the worst of them. `docs/readiness.md` has the table of grades. Four rules are
behind it:

* Bad news holds until better news comes: a printer without paper stays so while nobody looks.
* Good news grows old: what was not seen to work within `fresh_seconds` is not proven (any more).
  During a sitting nothing is tried, so what was proven when it began counts as fresh.
* What was never seen to work is unknown: a machine that cannot tell has not found a fault.
* What a service does not need, and what a profile does not name, is not asked for.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from msgspec import Struct

from telemetry.rules.facts import DeviceFact, Facts
from telemetry.rules.rhythm import FUTURE_SECONDS
from telemetry.wire.catalogue import Need, Service
from telemetry.wire.profile import Profile
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

_RANK: Final = {readiness: rank for rank, readiness in enumerate(Readiness)}
_CODE_RANK: Final = {code: rank for rank, code in enumerate(Code)}
_CLASS_RANK: Final = {link_class: rank for rank, link_class in enumerate(LinkClass)}
_FUTURE_MS: Final = round(FUTURE_SECONDS * 1000)

_PLATFORM_CODES: Final = {
    PlatformState.NOT_ANSWERING: Code.PLATFORM_NOT_ANSWERING,
    PlatformState.BLOCKED: Code.PLATFORM_BLOCKED,
    PlatformState.FAULT: Code.PLATFORM_FAULT,
}


class Reason(Struct, frozen=True, omit_defaults=True):
    """Why a service is not better than `readiness`; what a code does not speak of stays empty.

    `name` of a device, platform or manual item, `asset` when another one carries it; `kinds` that
    would do; `has` and `needed` are minutes (power), or how many (devices, seats). `since`: when it
    was last proven, or when the bad news was seen (ms since 1970; None: never).
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


class Verdict(Struct, frozen=True):
    """What an asset can do for one service; reasons worst first, none when it is ready.

    `proven_at`: of what is `not_proven`, since when not all of it is (ms since 1970).
    """

    service: str
    readiness: Readiness
    reasons: tuple[Reason, ...] = ()
    proven_at: int | None = None


def judge(service: Service, profile: Profile, facts: Facts, now_ms: int) -> Verdict:
    """What the asset can do for the service now."""
    return _verdict(service, list(_Judgement(service, profile, facts, now_ms).reasons()))


def _verdict(service: Service, found: Sequence[Reason]) -> Verdict:
    reasons = _worst_first(found)
    readiness = reasons[0].readiness if reasons else Readiness.READY
    proven_at = None
    if readiness is Readiness.NOT_PROVEN:
        stale = [reason.since for reason in reasons if reason.readiness is readiness]
        proven_at = min((at for at in stale if at is not None), default=None)
    return Verdict(service.name, readiness, reasons, proven_at)


def _worst_first(found: Sequence[Reason]) -> tuple[Reason, ...]:
    """By readiness, then by the order of codes, then as the service and the profile name things.

    What two needs say of one thing is said once, by the one that minds most.
    """
    ordered = sorted(found, key=lambda r: (-_RANK[r.readiness], _CODE_RANK[r.code]))
    said: dict[tuple[Code, str, str, tuple[DeviceKind, ...], Seat | None], Reason] = {}
    for reason in ordered:
        said.setdefault((reason.code, reason.asset, reason.name, reason.kinds, reason.seat), reason)
    return tuple(said.values())


class _Candidate(Struct, frozen=True):
    """A device that might serve a need: where it is, and what it is good for."""

    asset: str
    name: str
    fact: DeviceFact
    code: Code | None
    readiness: Readiness


class _Judgement:
    """One service of one asset at one instant."""

    def __init__(self, service: Service, profile: Profile, facts: Facts, now_ms: int) -> None:
        self._service = service
        self._profile = profile
        self._facts = facts
        self._now_ms = now_ms
        # Age counts until a sitting begins: nothing is tried during one.
        quiet_since = now_ms if facts.sitting_since is None else facts.sitting_since
        self._fresh_after_ms = min(now_ms, quiet_since) - round(service.fresh_seconds * 1000)

    def reasons(self) -> Iterator[Reason]:
        if self._facts.in_maintenance:
            yield Reason(Code.MAINTENANCE, Readiness.NOT_READY)
        yield from self._presence()
        yield from self._power()
        yield from self._link()
        for need in self._service.needs:
            yield from self._devices(need)
        yield from self._platforms()
        yield from self._seats()
        yield from self._items()

    def _is_fresh(self, at: int) -> bool:
        """Also not from a clock that runs ahead, whose instants would stay fresh for years."""
        return self._fresh_after_ms <= at <= self._now_ms + _FUTURE_MS

    def _presence(self) -> Iterator[Reason]:
        presence = self._facts.presence
        if presence is None:
            return
        heard_at = presence.heard_at
        if heard_at is None:
            yield Reason(Code.NEVER_HEARD, Readiness.UNKNOWN)
        elif self._now_ms - heard_at > self._service.fresh_seconds * 1000:
            yield Reason(Code.SILENT, Readiness.NOT_PROVEN, since=heard_at)

    def _power(self) -> Iterator[Reason]:
        needed, power = self._service.power_minutes, self._facts.power
        if needed <= 0:
            return
        if power is None:
            if any(spec.kind is DeviceKind.BATTERY for spec in self._profile.devices):
                yield Reason(Code.POWER_UNKNOWN, Readiness.UNKNOWN, needed=needed)
            return
        at, has = power.at, power.minutes
        if power.is_on_mains or (has is not None and has >= needed):
            if not self._is_fresh(at):
                yield Reason(
                    Code.POWER_STALE, Readiness.NOT_PROVEN, has=has, needed=needed, since=at
                )
        elif has is None:
            yield Reason(Code.POWER_UNKNOWN, Readiness.UNKNOWN, needed=needed, since=at)
        else:
            yield Reason(Code.POWER_LOW, Readiness.NOT_READY, has=has, needed=needed, since=at)

    def _link(self) -> Iterator[Reason]:
        needed, link = self._service.link, self._facts.link
        if needed is LinkClass.NONE:
            return
        if link is None:
            yield Reason(Code.LINK_UNKNOWN, Readiness.UNKNOWN, link_needed=needed)
            return
        least = self._service.link_at_least or needed
        graded: list[tuple[Code, Readiness]] = []
        if _CLASS_RANK[link.link_class] > max(_CLASS_RANK[least], _CLASS_RANK[needed]):
            is_none = link.link_class is LinkClass.NONE
            code = Code.LINK_NONE if is_none else Code.LINK_POOR
            graded.append((code, Readiness.NOT_READY))
        else:
            if not self._is_fresh(link.at):
                graded.append((Code.LINK_STALE, Readiness.NOT_PROVEN))
            if _CLASS_RANK[link.link_class] > _CLASS_RANK[needed]:
                graded.append((Code.LINK_REDUCED, Readiness.LIMITED))
            elif not link.is_sure:
                graded.append((Code.LINK_UNSURE, Readiness.LIMITED))
        for code, readiness in graded:
            yield Reason(
                code, readiness, link_has=link.link_class, link_needed=needed, since=link.at
            )

    def _devices(self, need: Need) -> Iterator[Reason]:
        """What keeps the best `count` of those that would do from being ready."""
        kinds = tuple(need.kinds)
        found = sorted(
            self._candidates(need),
            key=lambda c: (_RANK[c.readiness], -1 if c.code is None else -_CODE_RANK[c.code]),
        )
        for one in found[: need.count]:
            if one.code is None:
                continue
            is_bad = one.readiness is Readiness.NOT_READY
            yield Reason(
                one.code,
                self._as_far_as_needed(one.readiness, need),
                one.name,
                one.asset,
                (one.fact.kind,),
                one.fact.faults,
                since=one.fact.at if is_bad else one.fact.proven_at,
            )
        if len(found) < need.count:
            yield Reason(
                Code.DEVICE_LACKING,
                self._as_far_as_needed(Readiness.NOT_READY, need),
                kinds=kinds,
                has=len(found),
                needed=need.count,
            )

    def _as_far_as_needed(self, readiness: Readiness, need: Need) -> Readiness:
        return Readiness.LIMITED if need.is_optional else readiness

    def _candidates(self, need: Need) -> Iterator[_Candidate]:
        """The asset's own in the order of its profile, then those that it carries."""
        for spec in self._profile.devices:
            if spec.kind in need.kinds:
                fact = self._facts.devices.get(spec.name)
                if fact is None or fact.kind is not spec.kind:
                    fact = DeviceFact(spec.kind)
                yield self._candidate("", spec.name, fact)
        for carried in self._facts.carried:
            for name, fact in carried.devices.items():
                if fact.kind in need.kinds:
                    yield self._candidate(carried.asset, name, fact)

    def _candidate(self, asset: str, name: str, fact: DeviceFact) -> _Candidate:
        code, readiness = self._grade(fact)
        return _Candidate(asset, name, fact, code, readiness)

    def _grade(self, fact: DeviceFact) -> tuple[Code | None, Readiness]:
        if fact.state is DeviceState.ABSENT:
            return Code.DEVICE_ABSENT, Readiness.NOT_READY
        if fact.state is DeviceState.FAULT:
            return Code.DEVICE_FAULT, Readiness.NOT_READY
        if fact.proven_at is None:
            is_off = fact.state is DeviceState.OFF
            return Code.DEVICE_OFF if is_off else Code.DEVICE_UNKNOWN, Readiness.UNKNOWN
        if fact.state is DeviceState.OFF:
            return Code.DEVICE_OFF, Readiness.NOT_PROVEN
        if not self._is_fresh(fact.proven_at):
            return Code.DEVICE_STALE, Readiness.NOT_PROVEN
        if fact.state is DeviceState.LIMITED:
            return Code.DEVICE_LIMITED, Readiness.LIMITED
        return None, Readiness.READY

    def _platforms(self) -> Iterator[Reason]:
        named = {platform.name for platform in self._profile.platforms}
        for name in self._service.platforms:
            if name not in named:
                continue
            fact = self._facts.platforms.get(name)
            if fact is None:
                yield Reason(Code.PLATFORM_UNKNOWN, Readiness.UNKNOWN, name)
            elif fact.state in _PLATFORM_CODES:
                code = _PLATFORM_CODES[fact.state]
                yield Reason(code, Readiness.NOT_READY, name, since=fact.at)
            elif not self._is_fresh(fact.at):
                yield Reason(Code.PLATFORM_STALE, Readiness.NOT_PROVEN, name, since=fact.at)

    def _seats(self) -> Iterator[Reason]:
        for seat, needed in self._service.seats.items():
            has = sum(one.seat is seat for one in self._facts.seated)
            if has < needed:
                yield Reason(
                    Code.SEAT_EMPTY, Readiness.NOT_READY, seat=seat, has=has, needed=needed
                )

    def _items(self) -> Iterator[Reason]:
        """A manual item is good for the hours that its profile says, whatever the service says."""
        named = {item.name: item for item in self._profile.manual}
        for name in self._service.manual:
            if name not in named:
                continue
            fact = self._facts.items.get(name)
            good_for_ms = named[name].good_for_hours * 3_600_000
            if fact is None:
                yield Reason(Code.ITEM_UNKNOWN, Readiness.UNKNOWN, name)
            elif not fact.is_there:
                yield Reason(Code.ITEM_MISSING, Readiness.NOT_READY, name, since=fact.at)
            elif not self._now_ms - good_for_ms <= fact.at <= self._now_ms + _FUTURE_MS:
                yield Reason(Code.ITEM_STALE, Readiness.NOT_PROVEN, name, since=fact.at)
