"""What an order gave out: cut into events and joined again, whatever a liar sends."""

import base64
import hashlib
import random
from collections.abc import Callable

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from telemetry.errors import Unreadable
from telemetry.wire.events import OrderOutput, encode
from telemetry.wire.output import MAX_OUTPUT_BYTES, PART_BYTES, cut_output, join_output


@given(st.binary(max_size=200))
def test_what_is_cut_can_be_joined(content: bytes) -> None:
    parts = cut_output("order-1", "text/plain", content, is_cut=False)

    assert (join_output(parts) if parts else b"") == content


def test_a_part_fits_a_message() -> None:
    content = random.Random(1).randbytes(3 * PART_BYTES)
    parts = cut_output("order-1", "application/gzip", content, is_cut=True)

    assert len(parts) > 3
    assert all(len(encode(part)) < 40_000 for part in parts)
    assert join_output([*reversed(parts)]) == content


def test_what_is_too_long_is_not_sent() -> None:
    with pytest.raises(ValueError, match="too long"):
        cut_output("order-1", "text/plain", bytes(MAX_OUTPUT_BYTES + 1), is_cut=False)


def lie(packed: bytes) -> OrderOutput:
    sha256 = hashlib.sha256(packed).hexdigest()
    return OrderOutput("order-1", 0, 1, "x", sha256, base64.b64encode(packed).decode())


@pytest.mark.parametrize(
    "change",
    [
        lambda parts: [],
        lambda parts: parts[1:],
        lambda parts: [parts[0], *parts],
        lambda parts: [replace(parts[0], data="?"), *parts[1:]],
        lambda parts: [replace(parts[0], sha256="0" * 64), *parts[1:]],
        lambda parts: [lie(b"no zstd")],
        lambda parts: [lie(zstandard.compress(bytes(1000))[:-3])],
        lambda parts: [lie(zstandard.compress(bytes(100 << 20)))],
    ],
)
def test_parts_that_lie_are_found_out(
    change: Callable[[list[OrderOutput]], list[OrderOutput]],
) -> None:
    content = random.Random(1).randbytes(2 * PART_BYTES)

    with pytest.raises(Unreadable):
        join_output(change(cut_output("order-1", "text/plain", content, is_cut=False)))
