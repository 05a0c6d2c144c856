"""Situations of an asset in plain words, the reports and events they lead to, and what a person
would say about them: the reference, which knows nothing of how the rules come to their verdict."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Final

from msgspec.structs import replace

from telemetry.rules.facts import Facts, LinkFact, Presence, with_event, with_report
from telemetry.wire import events
from telemetry.wire.catalogue import Service
from telemetry.wire.messages import Report, Value
from telemetry.wire.profile import Profile
from telemetry.words import LinkClass, Readiness, Seat

NOW: Final = 1_700_000_000_000
LATER: Final = NOW + 12 * 3_600_000
RECENTLY: Final = NOW - 60_000
YESTERDAY: Final = NOW - 86_400_000
LAST_MONTH: Final = NOW - 31 * 86_400_000  # longer than the longest that a ticked item is good for
"""Services in tests are fresh for 2 min to 11 h, and proven for 2 to 14 days."""

Looks = tuple[tuple[int, str, str], ...]
"""When, in which state, with which faults it was seen."""


class Device(Enum):
    """What happened to a device: what was seen, and how bad that is now and for later."""

    WORKS = ((RECENTLY, "ok", ""),), "ready", "ready"
    LOW = ((RECENTLY, "limited", "paper_low"),), "limited", "limited"
    WORKED_YESTERDAY = ((YESTERDAY, "ok", ""),), "not_proven", "ready"
    WAS_LOW_YESTERDAY = ((YESTERDAY, "limited", "battery_low"),), "not_proven", "limited"
    WORKED_LAST_MONTH = ((LAST_MONTH, "ok", ""),), "not_proven", "not_proven"
    OFF = ((RECENTLY - 1, "ok", ""), (RECENTLY, "off", "")), "not_proven", "ready"
    OFF_SINCE_EVER = ((RECENTLY, "off", ""),), "unknown", "unknown"
    NEVER_SEEN = (), "unknown", "unknown"
    CANNOT_BE_TOLD = ((RECENTLY, "unknown", "hung"),), "unknown", "unknown"
    HANGS_SINCE = ((RECENTLY - 1, "ok", ""), (RECENTLY, "unknown", "hung")), "ready", "ready"
    BROKEN = ((YESTERDAY, "ok", ""), (RECENTLY, "fault", "jammed")), "not_ready", "not_ready"
    BROKE_LAST_MONTH = ((LAST_MONTH, "fault", "stopped"),), "not_ready", "not_ready"
    BROKEN_THEN_OFF = (
        ((YESTERDAY, "fault", "toner_out"), (RECENTLY, "off", "")),
        "not_ready",
        "not_ready",
    )
    MENDED = ((YESTERDAY, "fault", "toner_out"), (RECENTLY, "ok", "")), "ready", "ready"
    GONE = ((YESTERDAY, "ok", ""), (RECENTLY, "absent", "not_found")), "not_ready", "not_ready"

    @property
    def looks(self) -> Looks:
        looks: Looks = self.value[0]
        return looks

    def grade(self, *, is_later: bool, may_be_off: bool) -> Readiness:
        if self is Device.GONE and may_be_off:  # then it is thought to lie there, switched off
            return Device.OFF.grade(is_later=is_later, may_be_off=may_be_off)
        return Readiness(self.value[2 if is_later else 1])


class Platform(Enum):
    """What happened to a platform."""

    UP = ((RECENTLY, "ok"),), "ready", "ready"
    UP_YESTERDAY = ((YESTERDAY, "ok"),), "not_proven", "ready"
    UP_LAST_MONTH = ((LAST_MONTH, "ok"),), "not_proven", "not_proven"
    NEVER = (), "unknown", "unknown"
    DOWN = ((YESTERDAY, "ok"), (RECENTLY, "not_answering")), "not_ready", "ready"
    BLOCKED = ((LAST_MONTH, "ok"), (YESTERDAY, "blocked")), "not_ready", "not_proven"
    BROKEN_FROM_THE_FIRST = ((RECENTLY, "fault"),), "not_ready", "unknown"

    @property
    def looks(self) -> tuple[tuple[int, str], ...]:
        looks: tuple[tuple[int, str], ...] = self.value[0]
        return looks

    def grade(self, *, is_later: bool) -> Readiness:
        return Readiness(self.value[2 if is_later else 1])


class Item(Enum):
    """What happened to a manual item, each good for 24 h or more."""

    THERE = "ready"
    TICKED_LAST_MONTH = "not_proven"
    NEVER = "unknown"
    MISSING = "not_ready"


@dataclass(frozen=True)
class Situation:
    """How an asset stands. What is left out works, and is there."""

    devices: Mapping[str, Device] = field(default_factory=dict)
    platforms: Mapping[str, Platform] = field(default_factory=dict)
    items: Mapping[str, Item] = field(default_factory=dict)
    link: tuple[LinkClass, bool, int] | None = (LinkClass.A, True, RECENTLY)
    power: tuple[bool | None, float | None, int] | None = (True, None, RECENTLY)
    empty_seats: frozenset[Seat] = frozenset()
    in_maintenance: bool = False
    heard_at: int | None = RECENTLY

    def facts(self, profile: Profile) -> Facts:
        """What agent and server come to know of it."""
        facts = replace(Facts(), presence=Presence(self.heard_at))
        for at, report in sorted(self._reports(profile).items()):
            facts = with_report(facts, profile, report, at)
        for at, event in self._events(profile):
            facts = with_event(facts, profile, event, at)
        if self.link is not None:
            link_class, is_sure, at = self.link
            facts = replace(facts, link=LinkFact(link_class, is_sure, at))
        return facts

    def _reports(self, profile: Profile) -> Mapping[int, Report]:
        """What was measured at each instant."""
        reports: defaultdict[int, Report] = defaultdict(lambda: Report({}, {}))
        for spec in profile.devices:
            for at, state, faults in self.devices.get(spec.name, Device.WORKS).looks:
                values: dict[str, Value] = {"device_state": state, "device_faults": faults}
                reports[at].devices[spec.name] = values
        for platform in profile.platforms:
            for at, state in self.platforms.get(platform.name, Platform.UP).looks:
                reports[at].devices[f"platform-{platform.name}"] = {"platform_state": state}
        if self.power is not None:
            mains, minutes, at = self.power
            metrics = {"mains_power": mains, "power_minutes": minutes}
            told = {key: value for key, value in metrics.items() if value is not None}
            reports[at].metrics.update(told)
        return reports

    def _events(self, profile: Profile) -> Iterator[tuple[int, events.Event]]:
        for item in profile.manual:
            match self.items.get(item.name, Item.THERE):
                case Item.THERE:
                    yield RECENTLY, events.ManualTicked("wang", [item.name])
                case Item.TICKED_LAST_MONTH:
                    yield LAST_MONTH, events.ManualTicked("wang", [item.name])
                case Item.MISSING:
                    step = events.Checked(f"item-{item.name}", "failed")
                    yield RECENTLY, events.CheckDone("wang", "departure", [step])
                case Item.NEVER:
                    pass
        for seat in set(Seat) - self.empty_seats:
            for number in range(2):
                yield RECENTLY, events.SeatTaken(f"person-{number}", seat)
        if self.in_maintenance:
            yield RECENTLY, events.Maintenance(is_on=True)


_ORDER: Final = ["ready", "limited", "not_proven", "unknown", "not_ready"]


def worse(*grades: Readiness) -> Readiness:
    """The worst of them; ready when there are none."""
    return max(grades, key=_ORDER.index, default=Readiness.READY)


def reference(service: Service, profile: Profile, situation: Situation) -> Readiness:
    """What a person would say of the service now."""
    grades = [
        *_of_needs(service, profile, situation, is_later=False),
        *_of_platforms(service, profile, situation, is_later=False),
        _of_link(service, situation),
        _of_power(service, profile, situation),
        *(
            Readiness(situation.items.get(item.name, Item.THERE).value)
            for item in profile.manual
            if item.name in service.manual
        ),
    ]
    if situation.in_maintenance or situation.empty_seats & set(service.seats):
        grades.append(Readiness.NOT_READY)
    if situation.heard_at is None:
        grades.append(Readiness.UNKNOWN)
    elif situation.heard_at != RECENTLY:
        grades.append(Readiness.NOT_PROVEN)
    return worse(*grades)


def later_reference(service: Service, profile: Profile, situation: Situation) -> Readiness:
    """What a person would say of the service tomorrow, of an asset that goes home first."""
    grades = [
        *_of_needs(service, profile, situation, is_later=True),
        *_of_platforms(service, profile, situation, is_later=True),
    ]
    missing = {name for name, item in situation.items.items() if item is Item.MISSING}
    named = {item.name for item in profile.manual}
    if situation.in_maintenance or missing & named & set(service.manual):
        grades.append(Readiness.NOT_READY)
    if situation.heard_at is None:
        grades.append(Readiness.UNKNOWN)
    elif situation.heard_at == LAST_MONTH:
        grades.append(Readiness.NOT_PROVEN)
    return worse(*grades)


def _of_needs(
    service: Service, profile: Profile, situation: Situation, *, is_later: bool
) -> Iterator[Readiness]:
    for need in service.needs:
        grades = [
            situation.devices.get(spec.name, Device.WORKS).grade(
                is_later=is_later, may_be_off=spec.may_be_off
            )
            for spec in profile.devices
            if spec.kind in need.kinds
        ]
        # Take the best ones, as many as are needed; whatever is lacking is the worst.
        best = sorted([*grades, *[Readiness.NOT_READY] * need.count], key=_ORDER.index)
        grade = best[need.count - 1]
        if need.is_optional and grade is not Readiness.READY:
            grade = Readiness.LIMITED
        yield grade


def _of_platforms(
    service: Service, profile: Profile, situation: Situation, *, is_later: bool
) -> Iterator[Readiness]:
    for platform in profile.platforms:
        if platform.name in service.platforms:
            state = situation.platforms.get(platform.name, Platform.UP)
            yield state.grade(is_later=is_later)


def _of_link(service: Service, situation: Situation) -> Readiness:
    if service.link == "none":
        return Readiness.READY
    if situation.link is None:
        return Readiness.UNKNOWN
    has, is_sure, at = situation.link
    at_least = service.link_at_least or service.link
    letters = ["A", "B", "C", "D", "none"]
    is_good = letters.index(has) <= letters.index(service.link)
    if not is_good and letters.index(has) > letters.index(at_least):
        return Readiness.NOT_READY
    if at != RECENTLY:
        return Readiness.NOT_PROVEN
    return Readiness.READY if is_good and is_sure else Readiness.LIMITED


def _of_power(service: Service, profile: Profile, situation: Situation) -> Readiness:
    if service.power_minutes == 0:
        return Readiness.READY
    if situation.power is None:
        has_battery = any(spec.kind == "battery" for spec in profile.devices)
        return Readiness.UNKNOWN if has_battery else Readiness.READY
    mains, minutes, at = situation.power
    if mains or (minutes is not None and minutes >= service.power_minutes):
        return Readiness.READY if at == RECENTLY else Readiness.NOT_PROVEN
    return Readiness.UNKNOWN if minutes is None else Readiness.NOT_READY
