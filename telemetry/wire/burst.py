"""Packets of the uplink burst, beside STAMP's on the same port and under the same key.

A burst is a row of large packets that nobody answers; a small question behind them asks what
arrived, and its answer is exactly as large. No packet is of STAMP's size.

    "CFB1" | SSID 2 | kind 1 | 0 | burst 8 | sequence 4 | bytes 8 | microseconds 8 | ... | HMAC 16
"""

import struct
from enum import IntEnum, unique
from typing import Final, NamedTuple

from telemetry.wire.stamp import HMAC_BYTES, is_signed, signed

FILL_BYTES: Final = 1200
"""Below what any path of today carries in one piece."""

_HEAD: Final = struct.Struct(">4sHBxQLQQ")
_MAGIC: Final = b"CFB1"
QUESTION_BYTES: Final = _HEAD.size + HMAC_BYTES
OVERHEAD_BYTES: Final = 28
"""What IPv4 and UDP add to each packet."""


@unique
class Kind(IntEnum):
    """What a packet is for."""

    FILL = 0
    QUESTION = 1
    ANSWER = 2


class Burst(NamedTuple):
    """One packet. `burst`: when it began, microseconds since 1970, the same in all its packets.

    An answer tells how many octets arrived in fills (`received_bytes`, with what IP and UDP add)
    from the first to the last one, in so many microseconds; the first one is where time begins, so
    its octets do not count.
    """

    kind: Kind
    ssid: int
    burst: int
    sequence: int
    received_bytes: int = 0
    microseconds: int = 0


def write(packet: Burst, key: bytes) -> bytes:
    """The packet; a fill is as large as `FILL_BYTES`, others as `QUESTION_BYTES`."""
    head = _HEAD.pack(
        _MAGIC,
        packet.ssid,
        packet.kind,
        packet.burst,
        packet.sequence,
        packet.received_bytes,
        packet.microseconds,
    )
    size = FILL_BYTES if packet.kind is Kind.FILL else QUESTION_BYTES
    return signed(head.ljust(size - HMAC_BYTES, b"\0"), key)


def read_ssid(packet: bytes) -> int | None:
    """Whose it claims to be, before anything is checked; None: no packet of a burst."""
    is_one = len(packet) in {FILL_BYTES, QUESTION_BYTES} and packet.startswith(_MAGIC)
    return int.from_bytes(packet[4:6], "big") if is_one else None


def read(packet: bytes, key: bytes) -> Burst | None:
    """What it says; None: no packet of a burst, or not made with this key."""
    if read_ssid(packet) is None or not is_signed(packet, key):
        return None
    _, ssid, kind, burst, sequence, received_bytes, microseconds = _HEAD.unpack_from(packet)
    is_fill = len(packet) == FILL_BYTES
    if kind not in set(Kind) or is_fill != (kind == Kind.FILL):
        return None
    return Burst(Kind(kind), ssid, burst, sequence, received_bytes, microseconds)
