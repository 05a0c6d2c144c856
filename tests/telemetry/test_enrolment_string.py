"""An enrolment string survives shells and copying, and shows when it was cut or mistyped."""

import base64
import re
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemetry.errors import BadEnrolmentString
from telemetry.wire import enrolment
from telemetry.wire.enrolment import Invitation

_INVITATIONS = st.builds(
    Invitation,
    host=st.from_regex(r"[a-z0-9.:\[\]-]{1,60}", fullmatch=True),
    port=st.integers(1, 65_535),
    fingerprint=st.from_regex(r"[0-9a-f]{64}", fullmatch=True),
    secret=st.from_regex(r"[A-Za-z0-9_-]{1,40}", fullmatch=True),
)
_ONE = Invitation("fleet.example", 8444, "ab" * 32, "s3cret-s3cret")


@given(_INVITATIONS, st.sampled_from(["", " ", "\n", " \t\r\n"]))
def test_an_invitation_survives_copying(invitation: Invitation, space: str) -> None:
    string = enrolment.to_string(invitation)

    assert re.fullmatch(r"[A-Za-z0-9._-]+", string)
    assert enrolment.from_string(space + string + space) == invitation


@given(st.data())
def test_a_cut_or_mistyped_string_is_noticed(data: st.DataObject) -> None:
    string = enrolment.to_string(_ONE)
    at = data.draw(st.integers(4, len(string) - 1))
    other = data.draw(st.sampled_from("abcdefghXYZ0189-_.").filter(lambda c: c != string[at]))
    wrong = data.draw(st.sampled_from([string[:at], string[:at] + other + string[at + 1 :]]))

    try:
        read = enrolment.from_string(wrong)
    except BadEnrolmentString:
        return
    assert read == _ONE  # the last character of base64 has bits that nobody reads


@given(st.text())
def test_any_other_text_is_refused_in_words(text: str) -> None:
    with pytest.raises(BadEnrolmentString, match="copy it whole"):
        enrolment.from_string(text)


@pytest.mark.parametrize("inner", ["a|b|c", "a|0|f|s", "a|70000|f|s", "a|port|f|s", "a|1|f|s|more"])
def test_a_string_that_says_something_else_is_refused(inner: str) -> None:
    body = base64.urlsafe_b64encode(inner.encode()).rstrip(b"=").decode()
    string = f"cf1.{body}.{zlib.crc32(inner.encode()):08x}"

    with pytest.raises(BadEnrolmentString):
        enrolment.from_string(string)


def test_bytes_that_are_no_text_are_refused() -> None:
    inner = b"\xff\xfe|1|f|s"
    body = base64.urlsafe_b64encode(inner).rstrip(b"=").decode()
    string = f"cf1.{body}.{zlib.crc32(inner):08x}"

    with pytest.raises(BadEnrolmentString):
        enrolment.from_string(string)
