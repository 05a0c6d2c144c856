"""Test packets of STAMP in the authenticated mode of RFC 8762, with the session id of RFC 8972.

Both ways 112 octets, so that an answer is never larger than its question:

    sender     sequence 4 | 12 zero | timestamp 8 | error estimate 2 | SSID 2 | 68 zero | HMAC 16
    reflector  sequence 4 | 12 zero | timestamp 8 | error estimate 2 | SSID 2 | 4 zero
               | received 8 | 8 zero | sender's sequence 4 | 12 zero | sender's timestamp 8
               | sender's error estimate 2 | 6 zero | sender's TTL 1 | 15 zero | HMAC 16

The HMAC is SHA-256 over all before it, cut to 16 octets. Timestamps are NTP's 64 bits (RFC 5905).
"""

import hashlib
import hmac
import struct
from typing import Final, NamedTuple

PACKET_BYTES: Final = 112
HMAC_BYTES: Final = 16
KEY_BYTES: Final = 32
KEY_LABEL: Final = b"courtfleet link test 1"
"""What the key is bound to when it is derived (`info` of HKDF): it is good for nothing else."""

_SENT: Final = struct.Struct(">L12xQHH68x")
_REFLECTED: Final = struct.Struct(">L12xQHH4xQ8xL12xQH6xB15x")
_NTP_EPOCH: Final = 2_208_988_800
_SYNCHRONISED: Final = 0x8000
_ERROR_ESTIMATE: Final = (21 << 8) | 2  # 2 * 2^(21 - 32) s: about a millisecond (RFC 4656, 4.1.2)


class Sent(NamedTuple):
    """A question; `sent_at` seconds since 1970 by the sender's clock."""

    sequence: int
    sent_at: float
    ssid: int


class Reflected(NamedTuple):
    """An answer: the reflector's count and times, and those of the question. Seconds since 1970."""

    sequence: int
    sent_at: float
    ssid: int
    received_at: float
    sender_sequence: int
    sender_sent_at: float


def ssid_of(asset: str) -> int:
    """The session id of an asset's tests: not unique, and never 0; the HMAC tells who it is."""
    return int.from_bytes(hashlib.sha256(asset.encode()).digest()[:2], "big") or 1


def write_sent(sent: Sent, key: bytes) -> bytes:
    """The packet of a question."""
    estimate = _SYNCHRONISED | _ERROR_ESTIMATE
    return signed(_SENT.pack(sent.sequence, to_ntp(sent.sent_at), estimate, sent.ssid), key)


def read_ssid(packet: bytes) -> int | None:
    """Whose question it claims to be, before anything is checked; None: no such packet."""
    return int.from_bytes(packet[26:28], "big") if len(packet) == PACKET_BYTES else None


def read_sent(packet: bytes, key: bytes) -> Sent | None:
    """The question in a packet; None: not one, or not made with this key."""
    if len(packet) != PACKET_BYTES or not is_signed(packet, key):
        return None
    sequence, sent_at, _, ssid = _SENT.unpack_from(packet)
    return Sent(sequence, from_ntp(sent_at), ssid)


def write_reflected(question: bytes, sequence: int, received_at: float, sent_at: float) -> bytes:
    """The answer to a packet that was checked, not signed yet."""
    sender_sequence, sender_sent_at, estimate, ssid = _SENT.unpack_from(question)
    return _REFLECTED.pack(
        sequence,
        to_ntp(sent_at),
        _SYNCHRONISED | _ERROR_ESTIMATE,
        ssid,
        to_ntp(received_at),
        sender_sequence,
        sender_sent_at,
        estimate,
        0,  # TTL: zero where the socket does not tell it
    )


def read_reflected(packet: bytes, key: bytes) -> Reflected | None:
    """The answer in a packet; None: not one, or not made with this key."""
    if len(packet) != PACKET_BYTES or not is_signed(packet, key):
        return None
    sequence, sent_at, _, ssid, received_at, number, asked_at, _, _ = _REFLECTED.unpack_from(packet)
    return Reflected(
        sequence, from_ntp(sent_at), ssid, from_ntp(received_at), number, from_ntp(asked_at)
    )


def signed(content: bytes, key: bytes) -> bytes:
    """The content with its HMAC behind it."""
    return content + hmac.digest(key, content, "sha256")[:HMAC_BYTES]


def is_signed(packet: bytes, key: bytes) -> bool:
    """Whether the HMAC at a packet's end was made with this key."""
    expected = hmac.digest(key, packet[:-HMAC_BYTES], "sha256")[:HMAC_BYTES]
    return hmac.compare_digest(expected, packet[-HMAC_BYTES:])


def to_ntp(seconds: float) -> int:
    """Seconds since 1970 as 32.32 bits since 1900; era 0 and 1 look the same."""
    whole = int(seconds // 1)
    return ((whole + _NTP_EPOCH) & 0xFFFF_FFFF) << 32 | int((seconds - whole) * 2**32)


def from_ntp(stamp: int) -> float:
    """Seconds since 1970; the era is the one that makes it 1968 to 2104 (RFC 4330, 3)."""
    whole = stamp >> 32
    era = 0 if whole & 0x8000_0000 else 2**32
    return whole + era - _NTP_EPOCH + (stamp & 0xFFFF_FFFF) / 2**32
