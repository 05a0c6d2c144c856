"""The reflector's UDP socket, in the event loop.

Not asyncio's own datagram endpoint: it does not tell when the kernel received a packet, and what a
packet waited for a busy loop would count as jitter of the asset's uplink.
"""

import asyncio
import contextlib
import socket
import time
from collections.abc import AsyncIterator
from typing import Final

from fleet_server.errors import BadSettings
from fleet_server.reflector.reflector import Reflector
from telemetry.wire.arrival import ROOM, arrived_at, tell_arrivals

_AT_ONCE: Final = 64
_MOST_BYTES: Final = 2048
_RECEIVE_BUFFER_BYTES: Final = 4 * 1024 * 1024


def udp_socket(host: str, port: int, flag: str) -> socket.socket:
    """A bound socket that tells when packets came; port 0 takes a free one.

    Raises:
        BadSettings: something listens there.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    made = socket.socket(family, socket.SOCK_DGRAM)
    made.setblocking(False)
    tell_arrivals(made)
    # A burst comes faster than a busy loop reads it.
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BUFFER_BYTES)
    try:
        made.bind((host, port))
    except OSError as error:
        made.close()
        raise BadSettings("port_taken", port=port, host=host, flag=flag) from error
    return made


@contextlib.asynccontextmanager
async def reflecting(reflector: Reflector, at: socket.socket) -> AsyncIterator[None]:
    """Answer what comes to a socket, within the block."""
    loop = asyncio.get_running_loop()
    loop.add_reader(at, _read, reflector, at)
    try:
        yield
    finally:
        loop.remove_reader(at)


def _read(reflector: Reflector, at: socket.socket) -> None:
    """What has come, but not so much that others in the loop wait long."""
    for _ in range(_AT_ONCE):
        try:
            packet, told, flags, sender = at.recvmsg(_MOST_BYTES, ROOM)
        except OSError:  # nothing more, or an earlier answer could not be delivered
            return
        if flags & socket.MSG_TRUNC:
            continue
        received_at = arrived_at(told)
        answer = reflector.answer(packet, received_at, _steady(received_at))
        if answer is not None:
            with contextlib.suppress(OSError):  # no room to send it now: as if it were lost
                at.sendto(answer, sender)


def _steady(received_at: float) -> float:
    """The same instant by the steady clock."""
    return time.monotonic() - max(0.0, time.time() - received_at)
