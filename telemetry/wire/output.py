"""What an order gave out, on its way: packed with zstd as a whole, then cut into events."""

import base64
import binascii
import hashlib
from collections.abc import Sequence
from typing import Final

import zstandard

from telemetry.errors import Unreadable
from telemetry.wire.events import OrderOutput
from telemetry.words import Refusal

PART_BYTES: Final = 24 * 1024
"""Of packed output in one event: with base64 it fits a message, and leaves room for others."""
MAX_PARTS: Final = 64
MAX_OUTPUT_BYTES: Final = 4 << 20
"""Unpacked; what is longer is cut before."""
_LEVEL: Final = 9


def cut_output(id: str, media_type: str, content: bytes, *, is_cut: bool) -> list[OrderOutput]:
    """The events that carry `content`, in order; none when there is nothing to say.

    Raises:
        ValueError: it is longer than `MAX_OUTPUT_BYTES`, or does not pack well enough.
    """
    packed = zstandard.ZstdCompressor(level=_LEVEL).compress(content) if content else b""
    pieces = [packed[at : at + PART_BYTES] for at in range(0, len(packed), PART_BYTES)]
    if len(content) > MAX_OUTPUT_BYTES or len(pieces) > MAX_PARTS:
        raise ValueError(f"an output of {len(content)} bytes is too long")
    sha256 = hashlib.sha256(packed).hexdigest()
    return [
        OrderOutput(id, at, len(pieces), media_type, sha256, _text(piece), is_cut)
        for at, piece in enumerate(pieces)
    ]


def join_output(parts: Sequence[OrderOutput]) -> bytes:
    """The content that these parts carry, in any order.

    Raises:
        Unreadable: a part is missing or damaged, or it unpacks to more than `MAX_OUTPUT_BYTES`.
    """
    ordered = sorted(parts, key=lambda part: part.part)
    if not ordered or [part.part for part in ordered] != list(range(ordered[0].parts)):
        raise Unreadable(Refusal.BODY, "a part of the output is missing")
    try:
        packed = b"".join(base64.b64decode(part.data, validate=True) for part in ordered)
    except (binascii.Error, ValueError) as error:
        raise Unreadable(Refusal.BODY, "not base64") from error
    if hashlib.sha256(packed).hexdigest() != ordered[0].sha256:
        raise Unreadable(Refusal.BODY, "not the output that was sent")
    return _unpacked(packed)


def _unpacked(packed: bytes) -> bytes:
    """Bounded by what comes out, since a bomb is small as long as it is packed."""
    unpacker = zstandard.ZstdDecompressor().decompressobj()
    found = bytearray()
    try:
        for at in range(0, len(packed), 256):
            found += unpacker.decompress(packed[at : at + 256])
            if len(found) > MAX_OUTPUT_BYTES:
                raise Unreadable(Refusal.TOO_LARGE, "the output unpacks to too much")
    except zstandard.ZstdError as error:
        raise Unreadable(Refusal.CODEC, "not zstd") from error
    if not unpacker.eof:
        raise Unreadable(Refusal.CODEC, "the output breaks off")
    return bytes(found)


def _text(piece: bytes) -> str:
    return base64.b64encode(piece).decode()
