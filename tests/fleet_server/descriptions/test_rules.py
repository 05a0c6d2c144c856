"""What has the right form and cannot be meant is told: an error, or a warning where it may be."""

from collections.abc import Mapping

from fleet_server.descriptions import rules
from fleet_server.descriptions.model import Problem, is_sound
from fleet_server.descriptions.reading import default_catalogue, default_profile
from telemetry.wire.catalogue import Catalogue, Need, Service
from telemetry.wire.profile import (
    ByAddress,
    ByIpp,
    ByUsb,
    DeviceSpec,
    ManualItem,
    Platform,
    Profile,
    Sim,
)
from telemetry.words import AssetKind, DeviceKind, LinkClass

PAD = DeviceSpec("pad", DeviceKind.SIGNATURE_PAD, ByUsb("04b8", "0001"))
VAN = Profile(
    "van",
    [PAD],
    [ManualItem("seal", "印章", "Seal")],
    [Platform("mediation", "调解平台", "Mediation platform", "mediation.court.test")],
)
SIGNING = Service(
    "signing",
    "签名",
    "Signing",
    needs=[Need([DeviceKind.SIGNATURE_PAD])],
    platforms=["mediation"],
    manual=["seal"],
    link=LinkClass.C,
)
CATALOGUE = Catalogue([SIGNING])


def _told(problems: list[Problem]) -> Mapping[str, str]:
    return {problem.field: problem.code for problem in problems}


def _of_service(**changes: object) -> list[Problem]:
    fields = {name: getattr(SIGNING, name) for name in SIGNING.__struct_fields__}
    return rules.of_catalogue(Catalogue([Service(**{**fields, **changes})]), [VAN])


def test_what_fits_together_is_not_criticised() -> None:
    assert rules.of_catalogue(CATALOGUE, [VAN]) == []
    assert rules.of_profile(VAN, CATALOGUE) == []


def test_a_service_named_twice_is_an_error() -> None:
    problems = rules.of_catalogue(Catalogue([SIGNING, SIGNING, SIGNING]), [VAN])

    assert _told(problems) == {"services[1]": "name_twice", "services[2]": "name_twice"}
    assert problems[1].facts == {"name": "signing", "first": "services[0]"}
    assert not is_sound(problems)


def test_limits_that_are_better_than_what_is_needed_are_an_error() -> None:
    better = _of_service(link_at_least=LinkClass.B)
    needless = _of_service(link=LinkClass.NONE, link_at_least=LinkClass.D)

    assert _told(better) == {"services[0].link_at_least": "link_order"}
    assert _told(needless) == {"services[0].link_at_least": "link_not_needed"}
    assert not is_sound(better)
    assert _of_service(link_at_least=LinkClass.C) == []
    assert _of_service(link_at_least=LinkClass.NONE) == []


def test_what_no_profile_has_is_a_warning() -> None:
    problems = _of_service(
        needs=[Need([DeviceKind.SIGNATURE_PAD], 2), Need([DeviceKind.DRONE], is_optional=True)],
        platforms=["mediation", "meditation"],
        manual=["emblem"],
    )

    assert _told(problems) == {
        "services[0].needs[0]": "need_unmet",
        "services[0].needs[1]": "need_unmet",
        "services[0].platforms[1]": "platform_unnamed",
        "services[0].manual[0]": "item_unnamed",
    }
    assert is_sound(problems)


def test_what_is_named_twice_in_a_profile_is_an_error() -> None:
    twice = Profile(
        "twice",
        [PAD, DeviceSpec("pad", DeviceKind.TABLET, ByAddress("192.0.2.1", 5555))],
        [*VAN.manual, *VAN.manual],
        [*VAN.platforms, *VAN.platforms],
        [Sim("8" * 19), Sim("8" * 19)],
    )

    assert _told(rules.of_profile(twice, CATALOGUE)) == {
        "devices[1]": "name_twice",
        "manual[1]": "name_twice",
        "platforms[1]": "name_twice",
        "sims[1]": "name_twice",
    }


def test_what_nobody_needs_and_what_is_only_a_placeholder_is_a_warning() -> None:
    profile = Profile(
        "new",
        [
            DeviceSpec("pad", DeviceKind.SIGNATURE_PAD, ByUsb("0000", "0000")),
            DeviceSpec("reader", DeviceKind.ID_READER, ByUsb("0000", "0000")),
            DeviceSpec("printer", DeviceKind.PRINTER, ByIpp("ipp://printer.example:631/ipp/print")),
        ],
        [ManualItem("emblem", "国徽", "Emblem")],
        [Platform("mediator", "调解", "Mediation", "mediation.example")],
    )

    problems = rules.of_profile(profile, CATALOGUE)

    assert _told(problems) == {
        "devices[0].reach.vendor": "placeholder",
        "devices[1].reach.vendor": "placeholder",
        "devices[2].reach.uri": "placeholder",
        "platforms[0].host": "placeholder",
        "platforms[0].name": "platform_unneeded",
        "manual[0].name": "item_unneeded",
    }
    assert is_sound(problems)


def test_two_devices_behind_one_address_are_a_warning_unless_a_serial_tells_them_apart() -> None:
    one, other = (
        DeviceSpec(name, DeviceKind.SIGNATURE_PAD, ByUsb("04b8", "0001"), serial=serial)
        for name, serial in (("left", "L1"), ("right", "R1"))
    )
    again = DeviceSpec("again", DeviceKind.TABLET, ByUsb("04b8", "0001"), serial="L1")

    assert rules.of_profile(Profile("p", [one, other]), CATALOGUE) == []
    assert _told(rules.of_profile(Profile("p", [one, other, again]), CATALOGUE)) == {
        "devices[2].reach": "same_reach"
    }


def test_names_that_reports_use_themselves_and_odd_paths_are_errors() -> None:
    reserved = Profile(
        "p",
        [DeviceSpec("platform-a", DeviceKind.TABLET, ByAddress("192.0.2.1", 1))],
        platforms=[
            Platform("mediation", "调解", "Mediation", "mediation.court.test", path="login")
        ],
    )

    problems = rules.of_profile(reserved, CATALOGUE)

    assert _told(problems) == {
        "devices[0].name": "name_reserved",
        "platforms[0].path": "path_without_slash",
    }
    assert not is_sound(problems)


def test_what_comes_with_the_server_fits_together_but_for_its_placeholders() -> None:
    catalogue = default_catalogue()
    profiles = [default_profile(kind) for kind in AssetKind]

    assert rules.of_catalogue(catalogue, profiles) == []
    for profile in profiles:
        assert {p.code for p in rules.of_profile(profile, catalogue)} <= {"placeholder"}


def test_every_service_can_be_held_by_some_asset_that_comes_with_the_server() -> None:
    profiles = [default_profile(kind) for kind in AssetKind]

    for service in default_catalogue().services:
        assert any(not rules.unmet(service, profile) for profile in profiles), service.name
