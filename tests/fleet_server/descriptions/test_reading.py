"""A file is taken whole or not at all, and everything that is wrong with it is named."""

from typing import TypeVar

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import inspect

from fleet_server.descriptions import fitting, reading
from fleet_server.descriptions.reading import read
from fleet_server.documents import contents
from fleet_server.sentences import say
from telemetry.wire.catalogue import Catalogue
from telemetry.wire.profile import Profile
from telemetry.words import AssetKind, DeviceKind

_C = TypeVar("_C", Catalogue, Profile)

CATALOGUE = """\
[[services]]
name = "Hearing"
zh = "开庭"
needs = [
  { kinds = ["camera"], count = 0 },
  { kinds = ["camra", 5], optional = true },
  { kinds = [] },
]
link = "E"
power_minutes = "ninety"
fresh_seconds = 5
seats = { judge = 1, juge = 1.5 }

[[service]]
name = "filing"
"""

PROFILE = """\
name = 5
[[devices]]
name = "camera"
kind = "camera"
reach = { by = "vidio", path = "/dev/video0" }
may_be_off = 1

[[devices]]
name = "pad"
kind = "signature_pad"
reach = { vendor = "04b8" }

[[devices]]
name = "printer"
kind = "printer"
reach = { by = "ipp", uri = "http://192.0.2.9/" }

[[devices]]
name = "reader"
kind = "id_reader"
reach = { by = "usb", vendor = "4B8", product = "0001", serial = "1" }

[link_test]
port = 70000
"""


def _told(kind: type[_C], text: str) -> list[str]:
    found = read(kind, text)
    assert found.content is None
    return [f"{found.line(p)} {p.field}: {say(p.code, 'en', **p.facts)}" for p in found.problems]


def test_every_mistake_in_a_catalogue_is_named_with_its_line_and_what_was_expected() -> None:
    kinds = ", ".join(DeviceKind)

    assert _told(Catalogue, CATALOGUE) == [
        (
            "2 services[0].name: expected 1 to 32 of a-z, 0-9 and '-', not beginning with '-';"
            ' found "Hearing"'
        ),
        "5 services[0].needs[0].count: expected a whole number ≥ 1, ≤ 16; found 0",
        (
            f'6 services[0].needs[1].kinds[0]: expected one of {kinds}; found "camra",'
            " did you mean camera?"
        ),
        f"6 services[0].needs[1].kinds[1]: expected one of {kinds}; found 5",
        (
            "6 services[0].needs[1].optional: there is no field optional here;"
            " did you mean is_optional?"
        ),
        "7 services[0].needs[2].kinds: expected 1 to 8 elements; found 0",
        '9 services[0].link: expected one of A, B, C, D, none; found "E"',
        '10 services[0].power_minutes: expected a number ≥ 0, ≤ 1,440; found "ninety"',
        "11 services[0].fresh_seconds: expected a number ≥ 10, ≤ 604,800; found 5",
        (
            "12 services[0].seats.juge: expected one of judge, clerk, bailiff, driver, mediator;"
            ' found "juge", did you mean judge?'
        ),
        "12 services[0].seats.juge: expected a whole number ≥ 1, ≤ 8; found 1.5",
        "1 services[0]: en is missing",
        "14 service: there is no field service here; did you mean services?",
    ]


def test_every_mistake_in_a_profile_is_named_with_its_line_and_what_was_expected() -> None:
    ways = "ipp, rtsp, video, sound, usb, address, folder, supply, input, mavlink"

    assert _told(Profile, PROFILE) == [
        "1 name: expected a text in quotes; found 5",
        f'5 devices[0].reach.by: expected one of {ways}; found "vidio", did you mean video?',
        "6 devices[0].may_be_off: expected true or false; found 1",
        "11 devices[1].reach: by is missing",
        (
            "16 devices[2].reach.uri: expected an address like ipp://192.0.2.9:631/ipp/print;"
            ' found "http://192.0.2.9/"'
        ),
        (
            "21 devices[3].reach.vendor: expected four of 0-9 and a-f, as lsusb shows them,"
            ' like "04b8"; found "4B8"'
        ),
        (
            "21 devices[3].reach.serial: there is no field serial here; those there are:"
            " vendor, product"
        ),
        "24 link_test.port: expected a whole number ≥ 1, ≤ 65,535; found 70000",
    ]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('[[services]]\nname = "a\n', 2),
        ("[[services]]\nname = \n", 2),
        ('services = [\n  { name = "a" },\n', 3),
        ('name = "a"\nname = "b"\n', 2),
        ("x = " + "[" * 2000, 1),
    ],
)
def test_what_is_no_toml_is_told_with_its_line(text: str, line: int) -> None:
    found = read(Catalogue, text)

    assert found.content is None
    assert [problem.code for problem in found.problems] == ["not_toml"]
    assert found.line(found.problems[0]) == line


def test_what_comes_with_the_server_is_sound() -> None:
    catalogue = reading.default_catalogue()
    profiles = [reading.default_profile(kind) for kind in AssetKind]

    assert len(catalogue.services) == 13
    assert [profile.name for profile in profiles] == list(AssetKind)
    assert all(profile.devices and profile.platforms for profile in profiles)


_FIELDS = [
    *["services", "name", "zh", "en", "needs", "kinds", "count", "link", "seats", "judge"],
    *["devices", "kind", "reach", "by", "vendor", "product", "link_test", "platforms"],
]
json_like = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-2, 3)
    | st.floats(allow_nan=False)
    | st.sampled_from(["camera", "none", "usb", "judge", "A", "0000", "/dev/x", ""]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(_FIELDS), inner, max_size=5)
    ),
    max_leaves=12,
)


@given(st.sampled_from(list(contents.KINDS.values())), json_like)
def test_a_misfit_is_found_exactly_where_the_document_would_be_refused(
    kind: type[contents.Content], data: object
) -> None:
    problems = fitting.misfits(kind, data)
    try:
        msgspec.convert(data, kind)
        fits = True
    except msgspec.ValidationError:
        fits = False

    assert fits == (not problems)


@pytest.mark.parametrize("kind", contents.KINDS.values())
def test_every_pattern_of_a_document_has_a_sentence(kind: type) -> None:
    patterns = set(_patterns(inspect.type_info(kind)))

    assert patterns <= set(fitting.FORMS)


def _patterns(kind: inspect.Type) -> list[str]:
    match kind:
        case inspect.StructType():
            return [pattern for field in kind.fields for pattern in _patterns(field.type)]
        case inspect.UnionType():
            return [pattern for one in kind.types for pattern in _patterns(one)]
        case inspect.ListType():
            return _patterns(kind.item_type)
        case inspect.DictType():
            return _patterns(kind.key_type) + _patterns(kind.value_type)
        case inspect.StrType(pattern=str(pattern)):
            return [pattern]
    return []
