"""The verdict is what a person would say, names what is missing, and mending that helps."""

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from enum import Enum
from typing import Final, TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace as with_fields

from fleet_server.descriptions.reading import default_catalogue, default_profile
from telemetry.rules.grades import CODE_RANK, RANK
from telemetry.rules.readiness import Outlook, Reason, Verdict, expect, judge
from telemetry.wire.catalogue import Need, Service
from telemetry.wire.profile import BySupply, DeviceSpec, Profile
from telemetry.words import AssetKind, DeviceKind, LinkClass, Readiness, Seat
from telemetry.words import ReadinessReason as Code
from tests.telemetry.rules.situations import (
    LAST_MONTH,
    LATER,
    NOW,
    RECENTLY,
    YESTERDAY,
    Device,
    Item,
    Platform,
    Situation,
    later_reference,
    reference,
)

SERVICES: Final = {service.name: service for service in default_catalogue().services}
PROFILES: Final = {kind: default_profile(kind) for kind in AssetKind}
_PLATFORMS: Final = sorted({p.name for profile in PROFILES.values() for p in profile.platforms})
_ITEMS: Final = sorted({i.name for profile in PROFILES.values() for i in profile.manual})
_DEVICES: Final = sorted({d.name for p in PROFILES.values() for d in p.devices})
_INSTANTS: Final = st.sampled_from([RECENTLY, YESTERDAY, LAST_MONTH])

needs = st.builds(
    Need,
    st.lists(st.sampled_from(DeviceKind), min_size=1, max_size=3, unique=True),
    st.integers(1, 3),
    st.booleans(),
)
services = st.sampled_from(list(SERVICES.values())) | st.builds(
    Service,
    st.just("made-up"),
    st.just("虚构"),
    st.just("Made up"),
    needs=st.lists(needs, max_size=4),
    platforms=st.lists(st.sampled_from(_PLATFORMS), max_size=3, unique=True),
    manual=st.lists(st.sampled_from(_ITEMS), max_size=3, unique=True),
    link=st.sampled_from(LinkClass),
    link_at_least=st.none() | st.sampled_from(LinkClass),
    power_minutes=st.sampled_from([0.0, 30.0, 90.0]),
    seats=st.dictionaries(st.sampled_from(Seat), st.integers(1, 2), max_size=2),
    fresh_seconds=st.floats(120, 40_000),
    proven_days=st.floats(2, 14),
)
profiles = st.sampled_from(list(PROFILES.values()))
_E = TypeVar("_E", bound=Enum)


def _each(names: Iterable[str], fine: _E) -> st.SearchStrategy[dict[str, _E]]:
    """Every one of them in some state, about half of them fine."""
    states = st.just(fine) | st.sampled_from(list(type(fine)))
    return st.fixed_dictionaries(dict.fromkeys(names, states))


@st.composite
def cases(draw: st.DrawFn) -> tuple[Service, Profile, Situation]:
    """A service, the profile of an asset, and how that asset stands."""
    profile = draw(profiles)
    situation = st.builds(
        Situation,
        devices=_each([spec.name for spec in profile.devices], Device.WORKS),
        platforms=_each([platform.name for platform in profile.platforms], Platform.UP),
        items=_each([item.name for item in profile.manual], Item.THERE),
        link=st.none() | st.tuples(st.sampled_from(LinkClass), st.booleans(), _INSTANTS),
        power=st.none()
        | st.tuples(st.none() | st.booleans(), st.floats(0, 200), _INSTANTS)
        | st.tuples(st.booleans(), st.none(), _INSTANTS),
        empty_seats=st.frozensets(st.sampled_from(Seat)),
        in_maintenance=st.booleans(),
        heard_at=st.none() | _INSTANTS,
    )
    return draw(services), profile, draw(situation)


def _parts(service: Service) -> Iterator[Service]:
    """The service as services that need one thing each, so that the worst hides nothing."""
    plain = Service(
        service.name,
        service.zh,
        service.en,
        fresh_seconds=service.fresh_seconds,
        proven_days=service.proven_days,
    )
    yield from (with_fields(plain, needs=[need]) for need in service.needs)
    yield from (with_fields(plain, platforms=[name]) for name in service.platforms)
    yield from (with_fields(plain, manual=[name]) for name in service.manual)
    yield from (with_fields(plain, seats={seat: n}) for seat, n in service.seats.items())
    yield with_fields(plain, link=service.link, link_at_least=service.link_at_least)
    yield with_fields(plain, power_minutes=service.power_minutes)


def _judged(service: Service, profile: Profile, situation: Situation) -> Verdict:
    return judge(service, profile, situation.facts(profile), NOW)


_TROUBLES: Final[Mapping[str, Callable[[Situation], Situation]]] = {
    "missing device": lambda s: replace(
        s, devices={**s.devices, "printer": Device.GONE, "portable-printer": Device.GONE}
    ),
    "poor link": lambda s: replace(s, link=(LinkClass.D, True, RECENTLY)),
    "low power": lambda s: replace(s, power=(False, 10.0, RECENTLY)),
    "stale data": lambda s: replace(
        s,
        devices={
            **dict.fromkeys(_DEVICES, Device.WORKED_YESTERDAY),
            **s.devices,
        },
        platforms={**dict.fromkeys(_PLATFORMS, Platform.UP_YESTERDAY), **s.platforms},
    ),
    "platform down": lambda s: replace(s, platforms={**s.platforms, "case-files": Platform.DOWN}),
    "seat empty": lambda s: replace(s, empty_seats=frozenset(Seat)),
}


@pytest.mark.parametrize("name", SERVICES)
def test_every_combination_of_troubles_is_judged_as_a_person_would(name: str) -> None:
    service = SERVICES[name]
    for profile in PROFILES.values():
        tried: set[Verdict] = set()  # what a service does not mind leads to the same ones again
        for picks in itertools.product([False, True], repeat=len(_TROUBLES)):
            situation = Situation()
            for trouble in itertools.compress(_TROUBLES.values(), picks):
                situation = trouble(situation)

            verdict = _judged(service, profile, situation)

            assert verdict.readiness is reference(service, profile, situation), situation
            if verdict not in tried:
                tried.add(verdict)
                _assert_is_told_well(verdict)
                _assert_mending_helps(service, profile, situation, verdict)


@given(cases())
def test_any_situation_is_judged_as_a_person_would(
    case: tuple[Service, Profile, Situation],
) -> None:
    service, profile, situation = case
    heard = replace(situation, in_maintenance=False, heard_at=RECENTLY)
    asked = [(service, situation), *((part, heard) for part in _parts(service))]

    for part, present in asked:
        verdict = _judged(part, profile, present)

        assert verdict.readiness is reference(part, profile, present), part
        _assert_is_told_well(verdict)


@given(cases())
def test_mending_what_a_reason_names_helps(
    case: tuple[Service, Profile, Situation],
) -> None:
    service, profile, situation = case
    verdict = _judged(service, profile, situation)

    _assert_mending_helps(service, profile, situation, verdict)


@given(cases())
def test_what_a_service_does_not_need_changes_nothing(
    case: tuple[Service, Profile, Situation],
) -> None:
    service, profile, situation = case
    kinds = {kind for need in service.needs for kind in need.kinds}
    needed = {spec.name for spec in profile.devices if spec.kind in kinds}
    worse = replace(
        situation,
        devices={
            **situation.devices,
            **{name: Device.BROKEN for name in _DEVICES if name not in needed},
        },
        platforms={
            **situation.platforms,
            **{name: Platform.DOWN for name in _PLATFORMS if name not in service.platforms},
        },
        items={
            **situation.items,
            **{name: Item.MISSING for name in _ITEMS if name not in service.manual},
        },
        empty_seats=situation.empty_seats | (set(Seat) - set(service.seats)),
        link=None if service.link is LinkClass.NONE else situation.link,
        power=situation.power if service.power_minutes else (False, 0.0, LAST_MONTH),
    )

    assert _judged(service, profile, worse) == _judged(service, profile, situation)


@given(cases())
def test_what_is_expected_is_what_a_person_would_expect(
    case: tuple[Service, Profile, Situation],
) -> None:
    service, profile, situation = case
    heard = replace(situation, in_maintenance=False, heard_at=RECENTLY)
    asked = [(service, situation), *((part, heard) for part in _parts(service))]

    for part, present in asked:
        verdict = expect(part, profile, present.facts(profile), LATER, NOW, Outlook())

        assert verdict.readiness is later_reference(part, profile, present), part
        _assert_is_told_well(verdict)


def _assert_is_told_well(verdict: Verdict) -> None:
    """A reason for whatever is not ready, each once, worst first, and since when not proven."""
    keys = [(-RANK[reason.readiness], CODE_RANK[reason.code]) for reason in verdict.reasons]

    assert (verdict.readiness is Readiness.READY) == (not verdict.reasons)
    assert keys == sorted(keys)
    assert len(set(verdict.reasons)) == len(verdict.reasons)
    if verdict.reasons:
        assert verdict.reasons[0].readiness is verdict.readiness
    assert (verdict.proven_at is not None) == (verdict.readiness is Readiness.NOT_PROVEN)


def _assert_mending_helps(
    service: Service, profile: Profile, situation: Situation, verdict: Verdict
) -> None:
    for reason in verdict.reasons:
        mended = _judged(service, *_mended(reason, service, profile, situation))

        assert RANK[mended.readiness] <= RANK[verdict.readiness]
        assert RANK[mended.readiness] < RANK[verdict.readiness] or len(mended.reasons) < len(
            verdict.reasons
        ), (reason, mended.reasons)


def _mended(
    reason: Reason, service: Service, profile: Profile, situation: Situation
) -> tuple[Profile, Situation]:
    """The asset after somebody did what the reason asks for, and nothing else."""
    name = reason.name
    if reason.code is Code.DEVICE_LACKING:
        spare = [
            DeviceSpec(f"spare-{number}", reason.kinds[0], BySupply())
            for number in range(round((reason.needed or 0) - (reason.has or 0)))
        ]
        if DeviceKind.BATTERY in reason.kinds:  # one that works tells of power, too
            situation = replace(situation, power=situation.power or (True, None, RECENTLY))
        return with_fields(profile, devices=[*profile.devices, *spare]), situation
    match reason.code.partition("_")[0]:
        case "device":
            situation = replace(situation, devices={**situation.devices, name: Device.WORKS})
        case "platform":
            situation = replace(situation, platforms={**situation.platforms, name: Platform.UP})
        case "item":
            situation = replace(situation, items={**situation.items, name: Item.THERE})
        case "seat":
            empty = situation.empty_seats - {reason.seat}
            situation = replace(situation, empty_seats=frozenset(s for s in empty if s))
        case "link":
            situation = replace(situation, link=(service.link, True, RECENTLY))
        case "power":
            situation = replace(situation, power=(True, None, RECENTLY))
        case "maintenance":
            situation = replace(situation, in_maintenance=False)
        case "silent" | "never":
            situation = replace(situation, heard_at=RECENTLY)
    return profile, situation
