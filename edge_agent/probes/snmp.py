"""The one question to SNMP v2c that the agent asks: GET sysUpTime.0 (RFC 3416, in BER).

Reading only. The community is a setting of the machine, never part of a document on the air.
"""

import secrets
import socket
from typing import Final

from edge_agent.probes.deadline import Deadline

_TRY_SECONDS: Final = 1.0
_MOST_BYTES: Final = 2048
_INTEGER, _TEXT, _NULL, _OID, _SEQUENCE, _TICKS = 0x02, 0x04, 0x05, 0x06, 0x30, 0x43
_GET, _RESPONSE = 0xA0, 0xA2
_V2C: Final = 1
_SYS_UP_TIME: Final = bytes([0x2B, 6, 1, 2, 1, 1, 3, 0])  # 1.3.6.1.2.1.1.3.0


class NotSnmp(Exception):
    """Not an answer to our question."""


def up_seconds(address: str, port: int, community: str, deadline: Deadline) -> float:
    """How long the device has been up; a device that counts no time, 0. Asked again each second.

    Raises:
        TimeoutError: no answer in time; a wrong community has none either.
        OSError: nothing listens there, or there is no way to it.
    """
    number = secrets.randbelow(1 << 30)
    question = request(community, number)
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as connection:
        connection.connect((address, port))
        while True:
            this_try = deadline.at_most(_TRY_SECONDS)
            connection.send(question)
            try:
                while True:
                    connection.settimeout(this_try.left())
                    try:
                        return answered(connection.recv(_MOST_BYTES), number)
                    except NotSnmp:
                        continue  # late, or somebody else's
            except TimeoutError:
                deadline.left()


def request(community: str, number: int) -> bytes:
    """The message that asks for sysUpTime.0."""
    binding = _packed(_SEQUENCE, _packed(_OID, _SYS_UP_TIME) + _packed(_NULL, b""))
    fields = _whole(number) + _whole(0) + _whole(0) + _packed(_SEQUENCE, binding)
    return _packed(
        _SEQUENCE, _whole(_V2C) + _packed(_TEXT, community.encode()) + _packed(_GET, fields)
    )


def answered(message: bytes, number: int) -> float:
    """The seconds in an answer.

    Raises:
        NotSnmp: it is not the answer to the request of that number.
    """
    try:
        kind, body, _ = _unpacked(message)
        _, _, rest = _unpacked(body)  # version
        _, _, rest = _unpacked(rest)  # community
        kind_of_pdu, fields, _ = _unpacked(rest)
        _, its_number, rest = _unpacked(fields)
        if (kind, kind_of_pdu, int.from_bytes(its_number)) != (_SEQUENCE, _RESPONSE, number):
            raise NotSnmp("another question's")
        _, _, rest = _unpacked(rest)  # error status and index: it speaks, and that is enough
        _, _, rest = _unpacked(rest)
        _, bindings, _ = _unpacked(rest)
        _, binding, _ = _unpacked(bindings)
        _, name, rest = _unpacked(binding)
        kind_of_value, value, _ = _unpacked(rest)
    except IndexError as error:
        raise NotSnmp("cut short") from error
    if name != _SYS_UP_TIME or kind_of_value != _TICKS:
        return 0.0
    return int.from_bytes(value) / 100


def _packed(kind: int, body: bytes) -> bytes:
    if len(body) < 0x80:
        return bytes([kind, len(body)]) + body
    return bytes([kind, 0x82]) + len(body).to_bytes(2) + body


def _whole(value: int) -> bytes:
    return _packed(_INTEGER, value.to_bytes(value.bit_length() // 8 + 1))


def _unpacked(data: bytes) -> tuple[int, bytes, bytes]:
    """Kind and body of the first value, and what follows it.

    Raises:
        IndexError: there is less than it says.
    """
    kind, length, at = data[0], data[1], 2
    if length & 0x80:
        at += length & 0x7F
        length = int.from_bytes(data[2:at])
    if len(data) < at + length:
        raise IndexError("cut short")
    return kind, data[at : at + length], data[at + length :]
