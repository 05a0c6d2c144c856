"""Whatever arrives, a reader answers with a value or with `Unreadable`, and with nothing else."""

from collections.abc import Callable
from contextlib import suppress

import msgspec
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from telemetry.errors import Unreadable
from telemetry.wire import codec, events, lines, signed
from telemetry.wire.messages import Batch, Envelope, Header
from tests.telemetry import samples

Reader = Callable[[bytes], object]


def _read_batch(payload: bytes) -> Batch:
    return codec.decode_batch(*codec.decode_envelope(payload))


_READERS: dict[str, Reader] = {
    "batch": _read_batch,
    "report": codec.decode_report,
    "event": events.decode,
    "ack": codec.decode_ack,
    "signed": signed.open_sealed,
    "lines": lines.decode,
}

_NOT_JSON = {
    "nothing": b"",
    "a line feed": b"\n",
    "half a text": b'{"metrics":{"a":"',
    "bad UTF-8": b'{"metrics":{"a":"\xff\xfe"},"kind":"\xff"}',
    "bad UTF-8 as a key": b'{"metrics":{"\xff":1},"kind\xff":1}',
    "half a pair": b'{"metrics":{"a":"\\ud800"},"kind":"\\ud800"}',
    "NaN": b'{"metrics":{"a":NaN},"kind":NaN}',
    "Infinity": b'{"metrics":{"a":Infinity},"kind":Infinity}',
    "1e309": b'{"metrics":{"a":1e309},"kind":1e309}',
    "5,000 digits": b'{"metrics":{"a":' + b"9" * 5000 + b'},"kind":' + b"9" * 5000 + b"}",
    "5,000 decimals": b'{"metrics":{"a":0.' + b"9" * 5000 + b'e999},"kind":1.5}',
    "null": b"null",
    "a list": b"[]",
    "a deep list": b"[" * 60_000,
    "two values": b'{"metrics":{}}{"metrics":{}}',
    "zeros": b"\0" * 1000,
}
_KEYS = st.sampled_from(["metrics", "devices", "kind", "header", "sent_at", "greeting", "body"])
_JSON: st.SearchStrategy[object] = st.recursive(
    st.none() | samples.VALUES,
    lambda kids: st.lists(kids) | st.dictionaries(_KEYS | samples.TEXTS, kids),
)
_DEEP = b"[" * 20_000 + b"]" * 20_000
_DEEP_OBJECT = b'{"a":' * 10_000 + b"1" + b"}" * 10_000


@pytest.mark.parametrize("read", _READERS.values(), ids=_READERS)
@pytest.mark.parametrize("payload", _NOT_JSON.values(), ids=_NOT_JSON)
def test_what_is_not_ours_is_unreadable(read: Reader, payload: bytes) -> None:
    with pytest.raises(Unreadable):
        read(payload)


@pytest.mark.parametrize("deep", [_DEEP, _DEEP_OBJECT], ids=["lists", "objects"])
@pytest.mark.parametrize(
    ("read", "start"),
    [
        (codec.decode_report, b'{"metrics":{},"x":'),
        (events.decode, b'{"kind":"probe_hung","probe":"modem","x":'),
        (events.decode, b'{"kind":"of tomorrow","x":'),
        (codec.decode_ack, b'{"sent_at":1,"x":'),
        (_read_batch, b'{"v":1,"id":"m","stream":"reports","epoch":"e","x":'),
    ],
    ids=["report", "event", "unknown event", "ack", "envelope"],
)
def test_deep_nesting_in_a_field_nobody_knows_is_unreadable(
    read: Reader, start: bytes, deep: bytes
) -> None:
    with pytest.raises(Unreadable):
        read(start + deep + b"}")


def test_deep_nesting_in_a_record_is_unreadable() -> None:
    header = Header(1, "ntp", "b", 2, [], [])
    record = samples.record("b", 1, _DEEP)
    payload = codec.encode_batch("m", "reports", "e", [(1, 1)], header, [record])

    with pytest.raises(Unreadable) as caught:
        _read_batch(payload)

    assert (caught.value.code, caught.value.message_id) == ("body", "m")


@given(st.sampled_from(list(_READERS.values())), st.binary(max_size=300))
def test_noise_is_never_more_than_unreadable(read: Reader, noise: bytes) -> None:
    _expect_value_or_unreadable(read, noise)


@given(st.data(), st.sampled_from([codec.JSON, codec.ZSTD]))
def test_a_damaged_batch_is_never_more_than_unreadable(data: st.DataObject, packing: str) -> None:
    records = data.draw(st.lists(samples.RECORDS, min_size=1, max_size=2))
    header = data.draw(samples.HEADERS)
    numbers = [(1, len(records))]
    whole = codec.encode_batch("m", "reports", "e", numbers, header, records, packing)
    at = data.draw(st.integers(0, len(whole) - 1))

    _expect_value_or_unreadable(_read_batch, whole[:at])
    _expect_value_or_unreadable(_read_batch, whole[:at] + data.draw(st.binary()) + whole[at + 1 :])


@given(_JSON)
def test_any_json_is_never_more_than_unreadable(value: object) -> None:
    for read in _READERS.values():
        _expect_value_or_unreadable(read, msgspec.json.encode(value))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("id", "with space"),
        ("id", "x" * 25),
        ("id", "m\n"),
        ("epoch", "UPPER"),
        ("epoch", ""),
        ("epoch", "e\n"),
        ("numbers", [[0, 1]]),
        ("numbers", [[-5, 1]]),
        ("numbers", [[1, 2**53 + 1]]),
        ("numbers", [[1]]),
        ("numbers", [[1.5, 2]]),
        ("v", "1"),
    ],
)
def test_an_envelope_with_a_wrong_field_is_unreadable(field: str, value: object) -> None:
    envelope = {"v": 1, "id": "m", "stream": "reports", "epoch": "e", field: value}

    with pytest.raises(Unreadable) as caught:
        codec.decode_envelope(msgspec.json.encode(envelope) + b"\n")

    assert caught.value.code == "envelope"


def test_an_unknown_version_is_refused_by_name() -> None:
    with pytest.raises(Unreadable) as caught:
        codec.decode_envelope(b'{"v":2,"id":"m","stream":"reports","epoch":"e"}\n')

    assert (caught.value.code, caught.value.message_id) == ("version", "m")


def test_a_message_over_the_limit_is_not_looked_into() -> None:
    with pytest.raises(Unreadable) as caught:
        codec.decode_envelope(b" " * (codec.MAX_PAYLOAD_BYTES + 1))

    assert caught.value.code == "too_large"


@pytest.mark.parametrize(
    ("packed", "code"),
    [
        (zstandard.ZstdCompressor().compress(b"0" * (64 << 20)), "too_large"),
        (zstandard.ZstdCompressor(write_content_size=False).compress(b"0" * 5000), "too_large"),
        (zstandard.ZstdCompressor().compress(b'{"header":{}}' * 99)[:-4], "codec"),
        (b"\x28\xb5\x2f\xfd\x60" + b"\x10\x00" + b"\x00" * 40, "codec"),
        (b"\x50\x2a\x4d\x18\x04\x00\x00\x00abcd", "codec"),
        (b"", "codec"),
        (b"\x1f\x8b gzip", "codec"),
        (zstandard.ZstdCompressor().compress(b'{"header":1}'), "body"),
    ],
    ids=[
        "bomb",
        "bomb of unknown size",
        "truncated",
        "wrong size",
        "empty frame",
        "nothing",
        "gzip",
        "no batch",
    ],
)
def test_a_hostile_frame_is_unreadable(packed: bytes, code: str) -> None:
    envelope = Envelope(1, "m", "reports", "e", [(1, 1)], codec.ZSTD)

    with pytest.raises(Unreadable) as caught:
        codec.decode_batch(envelope, packed)

    assert (caught.value.code, caught.value.message_id) == (code, "m")


def test_a_frame_that_lies_about_its_size_is_unreadable() -> None:
    frame = bytearray(zstandard.ZstdCompressor().compress(b"0" * 300))
    at = frame.index(b"\x2c\x00", 4)  # the size, 300, is written as 300 - 256
    frame[at : at + 2] = b"\x01\x00"

    with pytest.raises(Unreadable) as caught:
        codec.decode_batch(Envelope(1, "m", "reports", "e", [], codec.ZSTD), bytes(frame))

    assert caught.value.code == "codec"


def test_an_unknown_packing_is_refused_by_name() -> None:
    with pytest.raises(Unreadable) as caught:
        codec.decode_batch(Envelope(1, "m", "reports", "e", [], "brotli"), b"")

    assert (caught.value.code, caught.value.message_id) == ("codec", "m")


def test_too_many_records_are_unreadable() -> None:
    header = Header(1, "ntp", "b", 2, [], [])
    records = [samples.record("b", 1, b"1")] * (codec.MAX_RECORDS + 1)
    payload = codec.encode_batch("m", "reports", "e", [(1, len(records))], header, records)

    with pytest.raises(Unreadable) as caught:
        _read_batch(payload)

    assert caught.value.code == "too_large"


def _expect_value_or_unreadable(read: Reader, payload: bytes) -> None:
    with suppress(Unreadable):
        read(payload)
