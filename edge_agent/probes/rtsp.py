"""Asks a camera to describe its stream (RFC 2326): cheap, and tells whether it would stream."""

from typing import Final
from urllib.parse import urlsplit

from edge_agent.probes.deadline import Deadline
from edge_agent.probes.sockets import Silent, Unreachable, reach

_PORTS: Final = {"rtsp": 554, "rtsps": 322}
_MOST_LINE_BYTES: Final = 1024


def describe(url: str, seconds: float) -> int:
    """The status with which the camera answers, within `seconds`; blocks.

    Raises:
        Unreachable, Silent: as they say.
    """
    try:
        where = urlsplit(url)
        port = where.port or _PORTS[where.scheme]
    except (ValueError, KeyError) as error:
        raise Unreachable(str(error)) from error
    request = f"DESCRIBE {url} RTSP/1.0\r\nCSeq: 1\r\nAccept: application/sdp\r\n\r\n"
    is_tls = where.scheme == "rtsps"
    deadline = Deadline(seconds)
    try:
        with reach(where.hostname or "", port, deadline, is_tls=is_tls) as connection:
            connection.sendall(request.encode("ascii"))
            line = b""
            while b"\n" not in line and len(line) < _MOST_LINE_BYTES:
                connection.settimeout(deadline.left())
                received = connection.recv(_MOST_LINE_BYTES)
                if not received:
                    raise Silent("it hung up")
                line += received
    except OSError as error:
        raise Silent(str(error)) from error
    return _status(line)


def _status(line: bytes) -> int:
    protocol, _, rest = line.partition(b" ")
    code = rest[:3]
    if not protocol.startswith(b"RTSP/") or len(code) != 3 or not code.isdigit():
        raise Silent("it does not speak RTSP")
    return int(code)
