"""PUBLISH as MQTT 5 has it, for what we send and get: QoS 0, not retained, without properties."""

from typing import Final

PUBLISH: Final = 0x30
_QOS: Final = 0x06
_NO_PROPERTIES: Final = b"\0"
_MOST_BYTES: Final = 268_435_455
"""A remaining length has four groups of seven bits."""


def packed(topic: str, payload: bytes) -> bytes:
    """One packet.

    Raises:
        ValueError: more than a packet holds.
    """
    name = topic.encode()
    body = len(name).to_bytes(2, "big") + name + _NO_PROPERTIES + payload
    if len(body) > _MOST_BYTES:
        raise ValueError(f"a packet of {len(body)} bytes")
    return bytes([PUBLISH]) + _length(len(body)) + body


def opened(head: int, body: bytes) -> tuple[bytes, bytes] | None:
    """Topic and payload of a packet's body; None when it is of another QoS or has properties.

    Raises:
        IndexError: the body is too short to be a PUBLISH.
    """
    end = 2 + int.from_bytes(body[:2], "big")
    if head & _QOS or body[end]:
        return None
    return body[2:end], body[end + 1 :]


def _length(left: int) -> bytes:
    """Seven bits a byte, the lowest first; the eighth says that another follows."""
    groups = bytearray()
    while left > 0x7F:
        groups.append(left & 0x7F | 0x80)
        left >>= 7
    groups.append(left)
    return bytes(groups)
