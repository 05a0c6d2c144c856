"""What is known of an asset, as agent and server both build it from reports and events.

Each fact keeps the newest look (`at`) and the newest proof that it worked (`proven_at`), so the
order in which reports arrive makes no difference. A device that a report does not name was not
looked at: its fact stays, and grows old. Instants are ms since 1970.
"""

from collections.abc import Collection, Mapping
from typing import Final

from msgspec import Struct, field
from msgspec.structs import replace

from telemetry.rules.rhythm import FUTURE_SECONDS
from telemetry.wire import events
from telemetry.wire.messages import Report, Value
from telemetry.wire.profile import PLATFORM_PREFIX, DeviceSpec, Profile
from telemetry.words import (
    CheckReason,
    DeviceFault,
    DeviceKind,
    DeviceState,
    LinkClass,
    PlatformState,
    Seat,
    word,
)

ITEM_PREFIX: Final = "item-"
"""A manual item's name in checks is this and its name in the profile."""

LINK_STEP: Final = "link"
"""The link's name in checks."""

SEAT_SECONDS: Final = 12 * 3600.0
"""Nobody says on the way home that they leave, so a seat that was taken is held this long."""

WORKING: Final = frozenset({DeviceState.OK, DeviceState.LIMITED})
_SILENT: Final = frozenset({DeviceState.OFF, DeviceState.UNKNOWN})
_STATES: Final = tuple(DeviceState)
_PLATFORM_STATES: Final = tuple(PlatformState)
_NOT_THERE: Final = frozenset({DeviceFault.NOT_FOUND, DeviceFault.NOT_ANSWERING})
_PASSED: Final = "passed"
_FAILED: Final = "failed"


class Look(Struct, frozen=True):
    """What a device was found to be at one instant."""

    state: DeviceState
    faults: tuple[DeviceFault, ...]
    at: int


class DeviceFact(Struct, frozen=True, omit_defaults=True):
    """What is known of one device; None: never.

    `last`: the newest look. `told`: the newest that told whether it works, so that a fault is not
    forgotten when the device is switched off. `proven_at`: when it was last found working.
    """

    kind: DeviceKind
    last: Look | None = None
    told: Look | None = None
    proven_at: int | None = None


class PlatformFact(Struct, frozen=True, omit_defaults=True):
    """What is known of one platform, as seen from this asset."""

    state: PlatformState
    at: int
    proven_at: int | None = None


class LinkFact(Struct, frozen=True):
    """The link class; not `is_sure` when a measure that it needs is unknown ("B?")."""

    link_class: LinkClass
    is_sure: bool
    at: int


class PowerFact(Struct, frozen=True, omit_defaults=True):
    """`minutes` that it can go on without mains; None where the machine cannot tell."""

    at: int
    is_on_mains: bool | None = None
    minutes: float | None = None


class ItemFact(Struct, frozen=True):
    """Somebody looked at a manual item at this instant, and it was there or not."""

    is_there: bool
    at: int


class Seated(Struct, frozen=True, omit_defaults=True):
    """Somebody said at `since` that they are here in this capacity."""

    who: str
    seat: Seat
    since: int = 0

    def is_of(self, who: str, seat: str) -> bool:
        return (self.who, self.seat) == (who, seat)


class Carried(Struct, frozen=True):
    """What another asset brings along (a backpack on a vehicle): its devices, by their names."""

    asset: str
    devices: Mapping[str, DeviceFact]


class Presence(Struct, frozen=True):
    """When the server last heard the asset (None: never); an agent has none of itself."""

    heard_at: int | None


class Facts(Struct, frozen=True, omit_defaults=True):
    """All that is known of an asset; names are those of its profile.

    `sitting_since`: a sitting has been on since then, and nothing that could disturb it was tried.
    `self_checked`: when a step of a check was last done by a person in a browser, by its name; what
    is known of that thing came from there if it is of the same instant.
    """

    devices: Mapping[str, DeviceFact] = field(default_factory=dict)
    platforms: Mapping[str, PlatformFact] = field(default_factory=dict)
    items: Mapping[str, ItemFact] = field(default_factory=dict)
    link: LinkFact | None = None
    power: PowerFact | None = None
    seated: tuple[Seated, ...] = ()
    carried: tuple[Carried, ...] = ()
    sitting_since: int | None = None
    in_maintenance: bool = False
    presence: Presence | None = None
    self_checked: Mapping[str, int] = field(default_factory=dict)


def with_report(facts: Facts, profile: Profile, report: Report, at_ms: int) -> Facts:
    """`facts` and what a report of that instant says of devices, platforms and power.

    The link is not in it: a class comes from a series of reports (`telemetry.rules.link_class`).
    """
    devices = dict(facts.devices)
    for spec in profile.devices:
        look = _look(spec, report.devices.get(spec.name, {}), at_ms)
        if look is not None:
            devices[spec.name] = looked(spec.kind, devices.get(spec.name), look)
    platforms = dict(facts.platforms)
    for platform in profile.platforms:
        answer = _platform(report.devices.get(PLATFORM_PREFIX + platform.name, {}), at_ms)
        if answer is not None:
            platforms[platform.name] = _newer_platform(platforms.get(platform.name), answer)
    power = _power(report.metrics, at_ms)
    if power is None or (facts.power is not None and facts.power.at > at_ms):
        power = facts.power
    return replace(facts, devices=devices, platforms=platforms, power=power)


def with_hung(facts: Facts, profile: Profile, names: Collection[str], at_ms: int) -> Facts:
    """`facts` and that the question to these devices has not come back."""
    devices = dict(facts.devices)
    for spec in profile.devices:
        if spec.name in names:
            hung = Look(DeviceState.UNKNOWN, (DeviceFault.HUNG,), at_ms)
            devices[spec.name] = looked(spec.kind, devices.get(spec.name), hung)
    return replace(facts, devices=devices)


def looked(kind: DeviceKind, known: DeviceFact | None, look: Look) -> DeviceFact:
    """What is known of a device after one more look; what was known of another kind is void."""
    if known is None or known.kind is not kind:
        known = DeviceFact(kind)
    return DeviceFact(
        kind,
        last=_newest(known.last, look),
        told=known.told if look.state in _SILENT else _newest(known.told, look),
        proven_at=_later(known.proven_at, look.at if look.state in WORKING else None),
    )


def with_event(facts: Facts, profile: Profile, event: events.Event, at_ms: int) -> Facts:
    """`facts` and what an event of that instant says; events are to be given in their order."""
    match event:
        case events.CheckDone():
            facts = _with_check(facts, profile, event, at_ms)
        case events.ManualTicked(items=items):
            there = ItemFact(is_there=True, at=at_ms)
            facts = replace(facts, items={**facts.items, **dict.fromkeys(items, there)})
        case events.SeatTaken(who=who, seat=seat) if seat in set(Seat):
            rest = tuple(one for one in facts.seated if not one.is_of(who, seat))
            facts = replace(facts, seated=(*rest, Seated(who, Seat(seat), at_ms)))
        case events.SeatLeft(who=who, seat=seat):
            rest = tuple(one for one in facts.seated if not one.is_of(who, seat))
            facts = replace(facts, seated=rest)
        case events.SittingBegan():
            facts = replace(facts, sitting_since=at_ms)
        case events.SittingEnded():
            facts = replace(facts, sitting_since=None)
        case events.Maintenance(is_on=is_on):
            facts = replace(facts, in_maintenance=is_on)
        case _:
            pass
    return facts


def here(facts: Facts, now_ms: int) -> tuple[Seated, ...]:
    """Whose seats are still held; during a sitting nobody's time runs out.

    What a clock far ahead dated would be held for years, so it does not count.
    """
    since = facts.sitting_since
    until_ms = now_ms if since is None else min(now_ms, since)
    after_ms, before_ms = until_ms - SEAT_SECONDS * 1000, now_ms + FUTURE_SECONDS * 1000
    return tuple(one for one in facts.seated if after_ms <= one.since <= before_ms)


def _with_check(facts: Facts, profile: Profile, done: events.CheckDone, at_ms: int) -> Facts:
    for step in done.steps:
        facts = _with_step(facts, profile, step, at_ms)
    if done.why != CheckReason.SELF_CHECK:
        return facts
    by_hand = dict.fromkeys((s.name for s in done.steps if s.outcome in {_PASSED, _FAILED}), at_ms)
    link_class = word(LinkClass, done.link_class)
    if link_class is not None and (facts.link is None or facts.link.at <= at_ms):
        facts = replace(facts, link=LinkFact(link_class, is_sure=True, at=at_ms))
    return replace(facts, self_checked={**facts.self_checked, **by_hand})


def _with_step(facts: Facts, profile: Profile, step: events.Checked, at_ms: int) -> Facts:
    """One step of a check: what passed is proven, what failed is a fault, else nothing new."""
    if step.outcome not in {_PASSED, _FAILED}:
        return facts
    has_passed = step.outcome == _PASSED
    if step.name.startswith(ITEM_PREFIX):
        item = ItemFact(is_there=has_passed, at=at_ms)
        return replace(facts, items={**facts.items, step.name.removeprefix(ITEM_PREFIX): item})
    if step.name.startswith(PLATFORM_PREFIX):
        name, found = step.name.removeprefix(PLATFORM_PREFIX), PlatformState.OK
        if not has_passed:
            found = word(PlatformState, step.fault) or PlatformState.NOT_ANSWERING
        answer = PlatformFact(found, at_ms, at_ms if has_passed else None)
        seen = _newer_platform(facts.platforms.get(name), answer)
        return replace(facts, platforms={**facts.platforms, name: seen})
    for spec in profile.devices:
        if spec.name == step.name:
            faults = faults_of(step.fault)
            state = DeviceState.FAULT
            if has_passed:  # with a fault: it works, and somebody should look after it
                state = DeviceState.LIMITED if faults else DeviceState.OK
            look = Look(state, faults, at_ms)
            fact = looked(spec.kind, facts.devices.get(spec.name), look)
            return replace(facts, devices={**facts.devices, spec.name: fact})
    return facts


def _look(spec: DeviceSpec, values: Mapping[str, Value], at_ms: int) -> Look | None:
    """What a reading says of a device; None when it does not speak of its state."""
    if "device_state" not in values:
        return None
    state = word(DeviceState, values["device_state"]) or DeviceState.UNKNOWN
    faults = faults_of(values.get("device_faults", ""))
    is_unreached = bool(faults) and _NOT_THERE.issuperset(faults)
    if spec.may_be_off and (
        state is DeviceState.ABSENT or (state is DeviceState.FAULT and is_unreached)
    ):
        state, faults = DeviceState.OFF, ()
    return Look(state, faults, at_ms)


def _platform(values: Mapping[str, Value], at_ms: int) -> PlatformFact | None:
    if "platform_state" not in values:
        return None
    state = word(PlatformState, values["platform_state"])
    if state is None:
        return None
    return PlatformFact(state, at_ms, at_ms if state is PlatformState.OK else None)


def _power(metrics: Mapping[str, Value], at_ms: int) -> PowerFact | None:
    mains, minutes = metrics.get("mains_power"), metrics.get("power_minutes")
    is_on_mains = mains if isinstance(mains, bool) else None
    is_number = isinstance(minutes, int | float) and not isinstance(minutes, bool)
    left = float(minutes) if is_number and minutes is not None else None
    if is_on_mains is None and left is None:
        return None
    return PowerFact(at_ms, is_on_mains, left)


def _newest(*looks: Look | None) -> Look | None:
    """The latest; of two at one instant the worse, whichever came first."""
    known = [look for look in looks if look is not None]
    return max(known, key=lambda k: (k.at, _STATES.index(k.state), k.faults), default=None)


def _newer_platform(known: PlatformFact | None, seen: PlatformFact) -> PlatformFact:
    if known is None:
        return seen
    last = max(known, seen, key=lambda fact: (fact.at, _PLATFORM_STATES.index(fact.state)))
    return replace(last, proven_at=_later(known.proven_at, seen.proven_at))


def _later(one: int | None, other: int | None) -> int | None:
    return max((at for at in (one, other) if at is not None), default=None)


def faults_of(text: Value) -> tuple[DeviceFault, ...]:
    """Comma-separated faults, in the order of their list; words of a later version are left out."""
    if not text:
        return ()
    said = str(text).split(",")
    return tuple(fault for fault in DeviceFault if fault in said)
