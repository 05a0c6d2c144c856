"""When the kernel received a datagram: a busy program reads it later, and that is no delay of the
link."""

import socket
import struct
import time
from collections.abc import Sequence
from typing import Final

_SO_TIMESTAMPNS: Final = 35  # asm-generic/socket.h; the module socket has no name for it
_TIMESPEC: Final = struct.Struct("@qq")
ROOM: Final = socket.CMSG_SPACE(_TIMESPEC.size)
"""What `recvmsg` needs for it beside the packet."""


def tell_arrivals(sock: socket.socket) -> None:
    """Have a socket tell when packets came."""
    sock.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)


def arrived_at(told: Sequence[tuple[int, int, bytes]]) -> float:
    """Seconds since 1970 by this machine's clock, from what `recvmsg` told; else now."""
    for level, kind, content in told:
        if level == socket.SOL_SOCKET and kind == _SO_TIMESTAMPNS:
            seconds, nanoseconds = _TIMESPEC.unpack_from(content)
            return float(seconds) + float(nanoseconds) / 1e9
    return time.time()
