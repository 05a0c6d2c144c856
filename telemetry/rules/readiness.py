"""Whether an asset can hold a service, now or later, and what is missing.

Everything that the service needs is graded by itself (`telemetry.rules.grades`); each grade below
`ready` is a reason, and the verdict is the worst of them. Four rules are behind the grades:

* Bad news holds until better news comes: a printer without paper stays so while nobody looks.
* Good news grows old: what was not seen to work lately is not proven (any more). During a sitting
  nothing is tried, so what was proven when it began counts as fresh.
* What was never seen to work is unknown: a machine that cannot tell has not found a fault.
* What a service does not need, and what a profile does not name, is not asked for.

For later, what belongs to the asset is carried over (its devices, and what is known to be missing),
what belongs to a place or an hour is not: link, seats, what a platform says at the moment. The
table of all of it is in `docs/readiness.md`.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from telemetry.rules import grades
from telemetry.rules.facts import LINK_STEP, Facts, LinkFact, here
from telemetry.rules.grades import Reason, Span
from telemetry.wire.catalogue import Service
from telemetry.wire.profile import PLATFORM_PREFIX, Profile
from telemetry.words import LinkClass, Readiness
from telemetry.words import ReadinessReason as Code

__all__ = ["Outlook", "Reason", "Verdict", "expect", "judge"]

_DAY_SECONDS: Final = 86_400.0


class Verdict(Struct, frozen=True):
    """What an asset can do for one service; reasons worst first, none when it is ready.

    `proven_at`: of what is `not_proven`, since when not all of it is. `self_checked_at`: when a
    person with a browser found out some of what is known, the oldest of it (ms since 1970).
    """

    service: str
    readiness: Readiness
    reasons: tuple[Reason, ...] = ()
    proven_at: int | None = None
    self_checked_at: int | None = None


class Outlook(Struct, frozen=True):
    """What is known of a later time, beside the facts; instants in ms since 1970.

    `link`: what the place gives by experience, None when nobody knows (it is not asked then).
    `starts_at_home`: it stands at its home base before, where it is charged. `maintenance`: what is
    booked, from and to; what is over is left out. `inspection_until`, `upkeep_until`: when its
    inspection runs out, and when it should have been looked after.
    """

    link: LinkClass | None = None
    starts_at_home: bool = True
    maintenance: tuple[tuple[int, int], ...] = ()
    inspection_until: int | None = None
    upkeep_until: int | None = None


def judge(service: Service, profile: Profile, facts: Facts, now_ms: int) -> Verdict:
    """What the asset can do for the service now."""
    verdict = _verdict(service, _present(service, profile, facts, now_ms))
    by_hand = [*_self_checked(service, profile, facts), *_self_checked_link(service, facts)]
    return replace(verdict, self_checked_at=min(by_hand, default=None))


def expect(
    service: Service, profile: Profile, facts: Facts, at_ms: int, now_ms: int, outlook: Outlook
) -> Verdict:
    """What the asset will be able to do at `at_ms`, as far as can be said at `now_ms`."""
    verdict = _verdict(service, _later(service, profile, facts, at_ms, now_ms, outlook))
    by_hand = _self_checked(service, profile, facts)
    return replace(verdict, self_checked_at=min(by_hand, default=None))


def _present(service: Service, profile: Profile, facts: Facts, now_ms: int) -> Iterator[Reason]:
    until_ms = now_ms if facts.sitting_since is None else min(now_ms, facts.sitting_since)
    fresh = grades.span(service.fresh_seconds, until_ms, now_ms)
    if facts.in_maintenance:
        yield Reason(Code.MAINTENANCE, Readiness.NOT_READY)
    yield from grades.of_presence(
        facts.presence, grades.span(service.fresh_seconds, now_ms, now_ms)
    )
    yield from grades.of_power(service.power_minutes, profile, facts.power, fresh)
    yield from grades.of_link(service, facts.link, fresh)
    for need in service.needs:
        yield from grades.of_devices(need, profile, facts, fresh, is_off_fine=False)
    yield from grades.of_platforms(service, profile, facts.platforms, fresh, counts_failures=True)
    yield from grades.of_seats(service.seats, here(facts, now_ms))
    yield from grades.of_items(service, profile, facts.items, now_ms)


def _later(
    service: Service, profile: Profile, facts: Facts, at_ms: int, now_ms: int, outlook: Outlook
) -> Iterator[Reason]:
    proven = grades.span(service.proven_days * _DAY_SECONDS, at_ms, now_ms)
    yield from _of_outlook(facts, outlook, at_ms)
    yield from grades.of_presence(facts.presence, proven)
    if not outlook.starts_at_home:
        yield from grades.of_power(service.power_minutes, profile, facts.power, proven)
    if outlook.link is not None:
        there = LinkFact(outlook.link, is_sure=True, at=now_ms)
        yield from grades.of_link(service, there, Span(now_ms, now_ms))
    for need in service.needs:
        yield from grades.of_devices(need, profile, facts, proven, is_off_fine=True)
    yield from grades.of_platforms(service, profile, facts.platforms, proven, counts_failures=False)
    yield from grades.of_missing_items(service, profile, facts.items)


def _of_outlook(facts: Facts, outlook: Outlook, at_ms: int) -> Iterator[Reason]:
    booked = [begins for begins, ends in outlook.maintenance if begins <= at_ms < ends]
    # Under way now, and nobody booked an end of it before then.
    is_endless = facts.in_maintenance and not any(ends <= at_ms for _, ends in outlook.maintenance)
    if booked or is_endless:
        since = min(booked, default=None)
        yield Reason(Code.MAINTENANCE, Readiness.NOT_READY, since=since)
    if outlook.inspection_until is not None and outlook.inspection_until <= at_ms:
        yield Reason(Code.INSPECTION_DUE, Readiness.NOT_READY, since=outlook.inspection_until)
    if outlook.upkeep_until is not None and outlook.upkeep_until <= at_ms:
        yield Reason(Code.UPKEEP_DUE, Readiness.LIMITED, since=outlook.upkeep_until)


def _self_checked(service: Service, profile: Profile, facts: Facts) -> Iterator[int]:
    """When somebody found out by themselves what is known of devices and platforms it needs."""
    kinds = {kind for need in service.needs for kind in need.kinds}
    for spec in profile.devices:
        fact = facts.devices.get(spec.name)
        at = facts.self_checked.get(spec.name)
        if spec.kind in kinds and fact is not None and fact.told is not None and fact.told.at == at:
            yield fact.told.at
    for name in service.platforms:
        found = facts.platforms.get(name)
        if found is not None and found.at == facts.self_checked.get(PLATFORM_PREFIX + name):
            yield found.at


def _self_checked_link(service: Service, facts: Facts) -> Iterator[int]:
    link = facts.link
    if service.link is LinkClass.NONE or link is None:
        return
    if link.at == facts.self_checked.get(LINK_STEP):
        yield link.at


def _verdict(service: Service, found: Iterable[Reason]) -> Verdict:
    reasons = _worst_first(found)
    readiness = reasons[0].readiness if reasons else Readiness.READY
    proven_at = None
    if readiness is Readiness.NOT_PROVEN:
        stale = [reason.since for reason in reasons if reason.readiness is readiness]
        proven_at = min((at for at in stale if at is not None), default=None)
    return Verdict(service.name, readiness, reasons, proven_at)


def _worst_first(found: Iterable[Reason]) -> tuple[Reason, ...]:
    """By readiness, then by the order of codes, then as the service and the profile name things.

    What two needs say of one thing is said once, by the one that minds most.
    """
    ordered = sorted(found, key=lambda r: (-grades.RANK[r.readiness], grades.CODE_RANK[r.code]))
    said: dict[Reason, Reason] = {}
    for reason in ordered:
        said.setdefault(replace(reason, readiness=Readiness.NOT_READY), reason)
    return tuple(said.values())
