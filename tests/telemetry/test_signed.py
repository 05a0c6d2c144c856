"""A signed message is taken apart as it was sealed; any change to it shows."""

import base64
import hashlib

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemetry.errors import Unreadable
from telemetry.wire import signed
from tests.telemetry import samples


def _sign(message: bytes) -> bytes:
    """As long as a real signature; who checks it stands elsewhere."""
    return hashlib.sha512(b"key" + message).digest()


def _sealed(body: bytes = b'{"report_moving_seconds":5}') -> bytes:
    return signed.seal("veh-001", "desired", "settings", 3, (1000, 2000), body, _sign)


@given(samples.TEXTS, samples.TEXTS, samples.NATURALS, st.text(st.characters(codec="utf-8")))
def test_a_sealed_message_opens_as_it_was(asset: str, name: str, number: int, body: str) -> None:
    payload = signed.seal(asset, "desired", name, number, (5, 6), body.encode(), _sign)
    opened = signed.open_sealed(payload)

    header = opened.header
    assert (header.asset, header.family, header.name) == (asset, "desired", name)
    assert (header.number, header.not_before, header.not_after) == (number, 5, 6)
    assert opened.body == body.encode()
    assert opened.signature == _sign(opened.signed)


@given(st.binary(max_size=100))
def test_a_signature_is_carried_byte_for_byte(signature: bytes) -> None:
    payload = signed.seal("a", "desired", "settings", 1, (0, 1), b"{}", lambda _: signature)

    assert signed.open_sealed(payload).signature == signature


def test_another_body_does_not_open() -> None:
    payload = _sealed().replace(b'_seconds\\":5', b'_seconds\\":9')

    with pytest.raises(Unreadable) as caught:
        signed.open_sealed(payload)

    assert caught.value.code == "body"
    assert "not the one that was signed" in caught.value.detail


def test_another_header_is_not_what_was_signed() -> None:
    opened = signed.open_sealed(_sealed().replace(b"veh-001", b"veh-002"))

    assert opened.header.asset == "veh-002"
    assert opened.signature != _sign(opened.signed)


@pytest.mark.parametrize(
    "change",
    [
        {"signature": "no base64!"},
        {"signature": 5},
        {"header": "{}"},
        {"header": "["},
        {"more": "fields"},
        {"header": '{"v":1,"asset":"a","family":"f","name":"n","number":1,"not_before":0}'},
    ],
    ids=str,
)
def test_a_message_of_another_form_is_unreadable(change: dict[str, object]) -> None:
    parts = msgspec.json.decode(_sealed(), type=dict[str, object])

    with pytest.raises(Unreadable) as caught:
        signed.open_sealed(msgspec.json.encode(parts | change))

    assert caught.value.code == "body"


def test_half_an_order_is_never_carried_out() -> None:
    header = {
        "v": 1,
        "asset": "veh-001",
        "family": "desired",
        "name": "settings",
        "number": 1,
        "not_before": 0,
        "not_after": 1,
        "sha256": hashlib.sha256(b"{}").hexdigest(),
        "only_when": "parked",
    }
    text = msgspec.json.encode(header).decode()
    signature = base64.b64encode(_sign(text.encode())).decode()

    with pytest.raises(Unreadable):
        signed.open_sealed(msgspec.json.encode(signed.Sealed(text, signature, "{}")))


def test_a_header_of_another_version_is_refused() -> None:
    with pytest.raises(Unreadable) as caught:
        signed.open_sealed(_sealed().replace(b'\\"v\\":1', b'\\"v\\":2'))

    assert caught.value.code == "version"


def test_a_message_over_the_limit_is_not_looked_into() -> None:
    with pytest.raises(Unreadable) as caught:
        signed.open_sealed(b" " * (signed.MAX_SIGNED_BYTES + 1))

    assert caught.value.code == "too_large"
