"""What the crew page shows: one immutable picture, made after a tick and sent as JSON."""

from collections.abc import Mapping, Sequence
from typing import Final

from msgspec import Struct

from edge_agent.check_run import Step
from edge_agent.crew.desk import CrewDesk, LastCheck
from edge_agent.inputs import Moment
from telemetry.rules.facts import DeviceFact, Facts, ItemFact, LinkFact, PlatformFact, Seated, here
from telemetry.rules.readiness import Verdict, judge
from telemetry.sentences import names
from telemetry.sentences.telling import Told, tell
from telemetry.sentences.wording import Sentence
from telemetry.wire.catalogue import Service
from telemetry.wire.people import Booking
from telemetry.wire.profile import Profile
from telemetry.words import ClockTrust, DeviceKind, Seat

LANGUAGES: Final = ("zh-CN", "en")
NAMES: Final[dict[str, dict[str, Sentence]]] = {
    "readiness": dict(names.READINESS.items()),
    "kinds": dict(names.DEVICE_KINDS.items()),
    "states": dict(names.DEVICE_STATES.items()),
    "faults": dict(names.DEVICE_FAULTS.items()),
    "platforms": dict(names.PLATFORM_STATES.items()),
    "seats": dict(names.SEATS.items()),
    "links": dict(names.LINK_CLASSES.items()),
}
"""What the words of closed lists are called, as the page asks for them."""


class Standing(Struct, frozen=True):
    """How the agent itself stands. `now_ms` is its best guess of now, as `clock_trust` says."""

    asset: str
    version: str
    now_ms: int
    clock_trust: ClockTrust
    link: str
    rtt_seconds: float | None
    waiting_reports: int
    waiting_events: int
    is_writable: bool


class ServiceView(Struct, frozen=True):
    """A service, whether it can be held now, and its verdict's reasons told in each language."""

    zh: str
    en: str
    verdict: Verdict
    told: Mapping[str, Sequence[Told]]


class DeviceView(Struct, frozen=True):
    """A device of the profile; `fact` None: nothing has looked at it."""

    name: str
    zh: str
    en: str
    kind: DeviceKind
    is_optional: bool
    fact: DeviceFact | None


class PlatformView(Struct, frozen=True):
    """A platform of the profile."""

    name: str
    zh: str
    en: str
    fact: PlatformFact | None


class ItemView(Struct, frozen=True):
    """A manual item of the profile; good until `good_until` (ms since 1970)."""

    name: str
    zh: str
    en: str
    fact: ItemFact | None
    good_until: int | None


class PersonView(Struct, frozen=True):
    """Somebody who may act, without what proves it."""

    id: str
    name: str
    seats: Sequence[Seat]


class SittingView(Struct, frozen=True):
    """The sitting in progress; `left_seconds` 0: the lease is over, it has to be quiet yet."""

    owner: str
    who: str
    service: str
    left_seconds: float


class WorkView(Struct, frozen=True):
    """The maintenance in progress."""

    who: str
    why: str


class CheckView(Struct, frozen=True):
    """The check that runs."""

    who: str
    took_seconds: float
    steps: Sequence[Step]


class CrewView(Struct, frozen=True):
    """All of the page."""

    standing: Standing
    services: Sequence[ServiceView]
    devices: Sequence[DeviceView]
    platforms: Sequence[PlatformView]
    items: Sequence[ItemView]
    people: Sequence[PersonView]
    seated: Sequence[Seated]
    link: LinkFact | None
    sitting: SittingView | None
    work: WorkView | None
    check: CheckView | None
    last_check: LastCheck | None
    next_booking: Booking | None


def crew_view(desk: CrewDesk, standing: Standing, now: Moment) -> CrewView:
    """The page as of now."""
    profile, facts, services = desk.profile, desk.facts, desk.catalogue.services
    sitting, work, check = desk.lock.sitting, desk.lock.work, desk.check
    return CrewView(
        standing=standing,
        services=[_service(one, profile, facts, standing.now_ms) for one in services],
        devices=[
            DeviceView(s.name, s.zh, s.en, s.kind, s.is_optional, facts.devices.get(s.name))
            for s in profile.devices
        ],
        platforms=[
            PlatformView(one.name, one.zh, one.en, facts.platforms.get(one.name))
            for one in profile.platforms
        ],
        items=_items(desk),
        people=[PersonView(one.id, one.name, one.seats) for one in desk.people.values() if one.pin],
        seated=here(facts, standing.now_ms),
        link=facts.link,
        sitting=None
        if sitting is None
        else SittingView(
            sitting.owner, sitting.who, sitting.service, round(desk.lock.left_seconds(now))
        ),
        work=None if work is None else WorkView(work.who, work.why),
        check=None if check is None else CheckView(check.who, check.took_seconds(now), check.steps),
        last_check=desk.last_check,
        next_booking=min(
            (one for one in desk.day.bookings if one.ends_at > standing.now_ms),
            key=lambda one: one.begins_at,
            default=None,
        ),
    )


def _service(service: Service, profile: Profile, facts: Facts, now_ms: int) -> ServiceView:
    verdict = judge(service, profile, facts, now_ms)
    told = {
        language: [tell(reason, profile, language, now_ms) for reason in verdict.reasons]
        for language in LANGUAGES
    }
    return ServiceView(service.zh, service.en, verdict, told)


def _items(desk: CrewDesk) -> list[ItemView]:
    found = []
    for item in desk.profile.manual:
        fact = desk.facts.items.get(item.name)
        until = None if fact is None else fact.at + round(item.good_for_hours * 3_600_000)
        found.append(ItemView(item.name, item.zh, item.en, fact, until))
    return found
