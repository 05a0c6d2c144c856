"""The signed envelope of everything that goes down: orders and desired documents.

What is signed is the text of `header`, byte for byte; the header holds the body's SHA-256. How a
signature is made and checked (Ed25519) is passed in: this package knows no cryptography library.
"""

import base64
import binascii
import hashlib
from collections.abc import Callable
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from telemetry.errors import Unreadable
from telemetry.wire.messages import Natural, Word
from telemetry.words import Refusal

MAX_SIGNED_BYTES = 1 << 20

Sign = Callable[[bytes], bytes]
"""Message to a 64-byte Ed25519 signature."""


class SignedHeader(Struct, frozen=True, forbid_unknown_fields=True):
    """Whom it is for, which one it is, when it is valid (ms since 1970), and its body's hash.

    `number` is a document's version or an order's number; `name` the document's or order's kind.
    """

    v: int
    asset: Word
    family: Word
    name: Word
    number: Natural
    not_before: Natural
    not_after: Natural
    sha256: Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")]


class Sealed(Struct, frozen=True, forbid_unknown_fields=True):
    """As it travels: header and body are texts, so that their bytes stay as they were signed."""

    header: str
    signature: str
    body: str


class Opened(Struct, frozen=True):
    """A sealed message taken apart and its hash checked; the signature is *not* checked yet."""

    header: SignedHeader
    signed: bytes
    signature: bytes
    body: bytes


_SEALED = msgspec.json.Decoder(Sealed)
_HEADER = msgspec.json.Decoder(SignedHeader)


def seal(
    asset: str,
    family: str,
    name: str,
    number: int,
    validity: tuple[int, int],
    body: bytes,
    sign: Sign,
) -> bytes:
    """The payload for topic `down/{family}`; `validity` is not_before and not_after in ms."""
    header = msgspec.json.encode(
        SignedHeader(
            v=1,
            asset=asset,
            family=family,
            name=name,
            number=number,
            not_before=validity[0],
            not_after=validity[1],
            sha256=hashlib.sha256(body).hexdigest(),
        )
    )
    signature = base64.b64encode(sign(header)).decode()
    return msgspec.json.encode(Sealed(header.decode(), signature, body.decode()))


def open_sealed(payload: bytes) -> Opened:
    """Take `payload` apart and compare the body with its hash.

    Raises:
        Unreadable: too large, not of this form, or the body is not the one that was signed.
    """
    if len(payload) > MAX_SIGNED_BYTES:
        raise Unreadable(Refusal.TOO_LARGE, f"{len(payload)} bytes")
    try:
        sealed = _SEALED.decode(payload)
        header = _HEADER.decode(sealed.header)
        signature = base64.b64decode(sealed.signature, validate=True)
    except (msgspec.MsgspecError, UnicodeDecodeError, binascii.Error, ValueError) as error:
        raise Unreadable(Refusal.BODY, "not a signed message") from error
    body = sealed.body.encode()
    if header.v != 1:
        raise Unreadable(Refusal.VERSION, f"signed header version {header.v}")
    if hashlib.sha256(body).hexdigest() != header.sha256:
        raise Unreadable(Refusal.BODY, "the body is not the one that was signed")
    return Opened(header, sealed.header.encode(), signature, body)
