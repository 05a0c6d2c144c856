"""Payloads of batches and acks: JSON, or JSON packed with zstd and a shared dictionary.

A batch is the envelope's JSON, a line feed, and the batch's JSON, packed as the envelope's `codec`
says. The envelope is never packed, so that a message whose rest is damaged can still be answered,
and its record numbers kept aside.
"""

import base64
import secrets
import threading
import zlib
from collections.abc import Sequence
from pathlib import Path

import msgspec
import zstandard

from telemetry.errors import TooLarge, Unreadable
from telemetry.wire.messages import VERSION, Ack, Batch, Envelope, Header, Interval, Record, Report
from telemetry.words import Refusal

MAX_PAYLOAD_BYTES = 64 * 1024
MAX_UNPACKED_BYTES = 1 << 20
MAX_RECORDS = 1000
JSON = "json"
ZSTD = "zstd1"

_ENCODER = msgspec.json.Encoder()
_ENVELOPE = msgspec.json.Decoder(Envelope)
_BATCH = msgspec.json.Decoder(Batch)
_ACK = msgspec.json.Decoder(Ack)
_REPORT = msgspec.json.Decoder(Report)


class _Zstd(threading.local):
    """A compressor and a decompressor a thread: zstandard's are not for sharing."""

    def __init__(self) -> None:
        shared = zstandard.ZstdCompressionDict(
            Path(__file__).with_name("zstd1.txt").read_bytes(),
            dict_type=zstandard.DICT_TYPE_RAWCONTENT,
        )
        self.packer = zstandard.ZstdCompressor(
            level=6, dict_data=shared, write_dict_id=False, write_checksum=False
        )
        self.unpacker = zstandard.ZstdDecompressor(dict_data=shared)


_zstd = _Zstd()


def new_message_id() -> str:
    """64 random bits, 11 characters."""
    return base64.urlsafe_b64encode(secrets.token_bytes(8)).rstrip(b"=").decode()


def record_crc(boot: str, up_ms: int, body: bytes | memoryview) -> int:
    """CRC-32 over what was measured; `measured_at` is a note on it and stays outside."""
    return zlib.crc32(body, zlib.crc32(f"{boot}|{up_ms}|".encode()))


def encode_batch(
    message_id: str,
    stream: str,
    epoch: str,
    numbers: list[Interval],
    header: Header,
    records: Sequence[Record],
    codec: str = ZSTD,
) -> bytes:
    """One batch as it goes to the broker; `numbers` are those of `records`, in order.

    Raises:
        TooLarge: packed over `MAX_PAYLOAD_BYTES`, or unpacked over `MAX_UNPACKED_BYTES`.
    """
    body = _ENCODER.encode(Batch(header, list(records)))
    if len(body) > MAX_UNPACKED_BYTES:
        raise TooLarge(f"batch of {len(body)} bytes, at most {MAX_UNPACKED_BYTES}")
    if codec == ZSTD:
        body = _zstd.packer.compress(body)
    envelope = _ENCODER.encode(Envelope(VERSION, message_id, stream, epoch, numbers, codec))
    payload = envelope + b"\n" + body
    if len(payload) > MAX_PAYLOAD_BYTES:
        raise TooLarge(f"message of {len(payload)} bytes, at most {MAX_PAYLOAD_BYTES}")
    return payload


def decode_envelope(payload: bytes) -> tuple[Envelope, bytes]:
    """The envelope, and what follows its line.

    Raises:
        Unreadable: with code `envelope`, `version` or `too_large`.
    """
    if len(payload) > MAX_PAYLOAD_BYTES:
        raise Unreadable(Refusal.TOO_LARGE, f"{len(payload)} bytes")
    line, _, rest = payload.partition(b"\n")
    try:
        envelope = _ENVELOPE.decode(line)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise Unreadable(Refusal.ENVELOPE, "the first line is not an envelope") from error
    if envelope.v != VERSION:
        raise Unreadable(Refusal.VERSION, f"wire version {envelope.v}", envelope.id)
    return envelope, rest


def decode_batch(envelope: Envelope, packed: bytes) -> Batch:
    """The batch behind `envelope`, its records as many as the envelope numbers.

    Bodies are not looked into: see `decode_report` and `events.decode`.

    Raises:
        Unreadable: with code `codec`, `too_large` or `body`, and the message's id.
    """
    body = _unpacked(envelope, packed)
    try:
        batch = _BATCH.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise Unreadable(Refusal.BODY, "not a batch", envelope.id) from error
    if len(batch.records) > MAX_RECORDS:
        raise Unreadable(Refusal.TOO_LARGE, f"{len(batch.records)} records", envelope.id)
    numbered = 0
    for low, high in envelope.numbers:
        numbered += high - low + 1
    if numbered != len(batch.records):
        detail = f"{len(batch.records)} records under {numbered} numbers"
        raise Unreadable(Refusal.BODY, detail, envelope.id)
    return batch


def decode_report(body: bytes | memoryview) -> Report:
    """The report in a record's body.

    Raises:
        Unreadable: with code `record`.
    """
    try:
        return _REPORT.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise Unreadable(Refusal.RECORD, "not a report") from error


def encode_report(report: Report) -> bytes:
    """The body of a report's record.

    Raises:
        ValueError: a value is not finite; JSON has no word for that.
    """
    body = _ENCODER.encode(report)
    if b":null" in body:
        try:
            _REPORT.decode(body)
        except msgspec.ValidationError as error:
            raise ValueError("a metric is not finite") from error
    return body


def encode_ack(ack: Ack) -> bytes:
    """An ack's payload, plain JSON."""
    return _ENCODER.encode(ack)


def decode_ack(payload: bytes) -> Ack:
    """The ack in `payload`.

    Raises:
        Unreadable: with code `body`.
    """
    try:
        return _ACK.decode(payload)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise Unreadable(Refusal.BODY, "not an ack") from error


def _unpacked(envelope: Envelope, packed: bytes) -> bytes:
    if envelope.codec == JSON:
        return packed
    if envelope.codec != ZSTD:
        raise Unreadable(Refusal.CODEC, f"codec {envelope.codec[:16]!r}", envelope.id)
    try:
        size = zstandard.frame_content_size(packed)
        if not 0 <= size <= MAX_UNPACKED_BYTES:
            raise Unreadable(Refusal.TOO_LARGE, f"unpacks to {size} bytes", envelope.id)
        return _zstd.unpacker.decompress(packed, max_output_size=MAX_UNPACKED_BYTES)
    except zstandard.ZstdError as error:
        raise Unreadable(Refusal.CODEC, "does not unpack", envelope.id) from error
