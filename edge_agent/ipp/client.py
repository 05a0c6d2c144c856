"""Asks a printer, and hands it a document: IPP on its way over HTTP (RFC 8010, section 4).

The standard library's HTTP client would cost two megabytes for as long as the agent runs, and has
no deadline for a whole answer.
"""

import socket
from typing import Final
from urllib.parse import quote, urlsplit

from edge_agent.ipp.message import Answer, Malformed, decode_answer
from edge_agent.probes.deadline import Deadline
from edge_agent.probes.reaching import NotHttp, http_head
from edge_agent.probes.sockets import Silent, Unreachable, reach

_PORT: Final = 631
_MOST_ANSWER_BYTES: Final = 512_000
_RECEIVED_BYTES: Final = 65_536


class Denied(Exception):
    """It answers, and does not let us in."""


def ask(uri: str, request: bytes, seconds: float) -> Answer:
    """The answer of the printer at `uri`, all of it within `seconds`; blocks.

    Raises:
        Unreachable, Silent, Denied: as they say.
    """
    try:
        where = urlsplit(uri)
        host, port = where.hostname or "", where.port or _PORT
    except ValueError as error:
        raise Unreachable(str(error)) from error
    head = (
        f"POST {quote(where.path or '/', safe='/%')} HTTP/1.1\r\nHost: {quote(host, safe=':')}\r\n"
        f"Content-Type: application/ipp\r\nContent-Length: {len(request)}\r\n"
        "Connection: close\r\n\r\n"
    )
    deadline = Deadline(seconds)
    try:
        with reach(host, port, deadline, is_tls=where.scheme == "ipps") as connection:
            connection.sendall(head.encode("ascii") + request)
            status, body = _received(connection, deadline)
    except (OSError, NotHttp, ValueError) as error:
        raise Silent(str(error)) from error
    return _understood(status, body)


def _received(connection: socket.socket, deadline: Deadline) -> tuple[int, bytes]:
    """Status and body of the answer.

    Raises:
        OSError: it ends too early, or not in time; NotHttp, ValueError: it is no HTTP answer.
    """
    received = b""
    while len(received) <= _MOST_ANSWER_BYTES:
        connection.settimeout(deadline.left())
        more = connection.recv(_RECEIVED_BYTES)
        received += more
        answer = whole_answer(received, is_over=not more)
        if answer is not None:
            return answer
        if not more:
            raise ConnectionResetError("it hung up")
    raise NotHttp("an answer without an end")


def whole_answer(received: bytes, *, is_over: bool) -> tuple[int, bytes] | None:
    """Status and body of an HTTP answer; None while it is not complete. `is_over`: no more comes.

    Raises:
        NotHttp, ValueError: it is none.
    """
    head, end_of_head, rest = received.partition(b"\r\n\r\n")
    if not end_of_head:
        return None
    status = http_head(head).status
    if status < 200:  # "go on"; the answer itself follows
        return whole_answer(rest, is_over=is_over)
    lines = head.decode("latin-1").lower().split("\r\n")[1:]
    fields = {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}
    if "chunked" in fields.get("transfer-encoding", ""):
        body = _unchunked(rest)
        return None if body is None else (status, body)
    if "content-length" in fields:
        length = int(fields["content-length"])
        return (status, rest[:length]) if len(rest) >= length else None
    return (status, rest) if is_over else None


def _unchunked(rest: bytes) -> bytes | None:
    """The chunks in one; None while the last one has not come.

    Raises:
        NotHttp, ValueError: a chunk's size is no size.
    """
    body = b""
    while True:
        size, end_of_line, rest = rest.partition(b"\r\n")
        if not end_of_line:
            return None
        length = int(size.partition(b";")[0], 16)
        if length < 0:
            raise NotHttp("less than nothing")
        if length == 0:
            return body
        if len(rest) < length + 2:
            return None
        body += rest[:length]
        rest = rest[length + 2 :]


def _understood(status: int, body: bytes) -> Answer:
    if status in {401, 403, 426}:
        raise Denied(f"HTTP {status}")
    if status != 200:
        raise Silent(f"HTTP {status}")
    try:
        return decode_answer(body)
    except Malformed as error:
        raise Silent(str(error)) from error
