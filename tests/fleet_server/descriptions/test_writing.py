"""A description written as TOML is read as the same description."""

import pytest

from fleet_server.descriptions import reading
from fleet_server.descriptions.writing import written
from telemetry.wire.catalogue import Catalogue, Need, Service
from telemetry.wire.profile import ByUsb, DeviceSpec, LinkTest, Profile
from telemetry.words import AssetKind, DeviceKind, LinkClass, Seat


@pytest.mark.parametrize("kind", AssetKind)
def test_a_bundled_profile_is_the_same_after_writing_and_reading(kind: AssetKind) -> None:
    profile = reading.default_profile(kind)

    found = reading.read(Profile, written(profile))

    assert found.problems == []
    assert found.content == profile


def test_the_bundled_catalogue_is_the_same_after_writing_and_reading() -> None:
    catalogue = reading.default_catalogue()

    assert reading.read(Catalogue, written(catalogue)).content == catalogue


@pytest.mark.parametrize("title", ['say "court"', "a\\b", "two\nlines", "bell\x07del\x7f", "法庭"])
def test_no_title_breaks_the_text(title: str) -> None:
    profile = Profile(title, [DeviceSpec("pad", DeviceKind.SIGNATURE_PAD, ByUsb("04b8", "0001"))])

    assert reading.read(Profile, written(profile)).content == profile


def test_what_is_as_by_default_is_left_out() -> None:
    service = Service(
        "hearing",
        "开庭",
        "Hearing",
        needs=[Need([DeviceKind.CAMERA], count=2)],
        link=LinkClass.B,
        seats={Seat.JUDGE: 1},
    )
    catalogue = written(Catalogue([service]))
    profile = written(Profile(link_test=LinkTest(every_seconds=10.0)))

    assert catalogue == (
        "[[services]]\n"
        'name = "hearing"\n'
        'zh = "开庭"\n'
        'en = "Hearing"\n'
        'needs = [{ kinds = ["camera"], count = 2 }]\n'
        'link = "B"\n'
        "seats = { judge = 1 }\n"
    )
    assert profile == "[link_test]\nevery_seconds = 10\n"
