"""Asks a printer, and hands it a document: IPP on its way over HTTP (RFC 8010, section 4)."""

import socket
from typing import Final
from urllib.parse import urlsplit

from edge_agent.ipp.message import Answer, Malformed, decode_answer
from edge_agent.probes.deadline import Deadline
from edge_agent.probes.sockets import Silent, Unreachable, reach

_PORT: Final = 631
_MOST_ANSWER_BYTES: Final = 512_000


class Denied(Exception):
    """It answers, and does not let us in."""


def ask(uri: str, request: bytes, seconds: float) -> Answer:
    """The answer of the printer at `uri`, all of it within `seconds`; blocks.

    Raises:
        Unreachable, Silent, Denied: as they say.
    """
    import http.client  # and e-mail's parser behind it: 1 MB, so only where there is a printer

    try:
        where = urlsplit(uri)
        host, port = where.hostname or "", where.port or _PORT
        connection = http.client.HTTPConnection(host, port)
    except (ValueError, http.client.InvalidURL) as error:
        raise Unreachable(str(error)) from error
    try:
        is_tls = where.scheme == "ipps"
        timed: socket.socket = reach(host, port, Deadline(seconds), is_tls=is_tls)
        connection.sock = timed
        headers = {"Content-Type": "application/ipp"}
        connection.request("POST", where.path or "/", request, headers)
        response = connection.getresponse()
        body = response.read(_MOST_ANSWER_BYTES)
    except (OSError, http.client.HTTPException) as error:
        raise Silent(str(error)) from error
    finally:
        connection.close()
    return _understood(response.status, body)


def _understood(status: int, body: bytes) -> Answer:
    if status in {401, 403, 426}:
        raise Denied(f"HTTP {status}")
    if status != 200:
        raise Silent(f"HTTP {status}")
    try:
        return decode_answer(body)
    except Malformed as error:
        raise Silent(str(error)) from error
