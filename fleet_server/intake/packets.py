"""Packets as MQTT 5 has them: a stream cut into them, and PUBLISH for what we send and get.

That is at QoS 0, not retained, without properties.
"""

from typing import Final

PUBLISH: Final = 0x30
_KIND_AND_QOS: Final = 0xF6
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
    """Topic and payload of a PUBLISH, from its first byte and its body.

    None when it is another packet, of another QoS, has properties, or is none at all.
    """
    if head & _KIND_AND_QOS != PUBLISH:
        return None
    end = 2 + int.from_bytes(body[:2], "big")
    if body[end : end + 1] != _NO_PROPERTIES:
        return None
    return body[2:end], body[end + 1 :]


class Splitter:
    """Cuts what one connection brings into packets; what is not whole yet waits for the rest."""

    def __init__(self) -> None:
        self._rest = b""

    def split(self, data: bytes) -> list[tuple[int, bytes]]:
        """First byte and body of each packet that is whole with `data`.

        Raises:
            ValueError: this is no MQTT; the connection is of no more use.
        """
        data = self._rest + data
        found = []
        at, end = 0, len(data)
        while end - at >= 2:
            # Read here as far as it is two groups, as nearly always: a call costs more.
            length, start = data[at + 1], at + 2
            if length > 0x7F:
                if start < end and data[start] <= 0x7F:
                    length, start = length & 0x7F | data[start] << 7, start + 1
                else:
                    length, start = _long_length(data, at + 1)
            if start + length > end:
                break
            found.append((data[at], data[start : start + length]))
            at = start + length
        self._rest = data[at:]
        return found


def _long_length(data: bytes, at: int) -> tuple[int, int]:
    """The remaining length that begins at `at`, and where the body does.

    Of a length that has not come whole yet: more than there can be.

    Raises:
        ValueError: it has more than four groups.
    """
    length = 0
    for group, byte in enumerate(data[at : at + 4]):
        length |= (byte & 0x7F) << 7 * group
        if byte <= 0x7F:
            return length, at + group + 1
    if len(data) - at >= 4:
        raise ValueError("a length of more than four bytes")
    return _MOST_BYTES, len(data)


def _length(left: int) -> bytes:
    """Seven bits a byte, the lowest first; the eighth says that another follows."""
    groups = bytearray()
    while left > 0x7F:
        groups.append(left & 0x7F | 0x80)
        left >>= 7
    groups.append(left)
    return bytes(groups)
