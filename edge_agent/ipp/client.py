"""Asks a printer, and hands it a document: IPP on its way over HTTP (RFC 8010, section 4)."""

import http.client
import socket
from time import monotonic
from typing import Final
from urllib.parse import urlsplit

from edge_agent.ipp.message import Answer, Malformed, decode_answer
from edge_agent.probes.sockets import Silent, Unreachable, connect, under_tls

_PORT: Final = 631
_MOST_ANSWER_BYTES: Final = 512_000


class Denied(Exception):
    """It answers, and does not let us in."""


def ask(uri: str, request: bytes, seconds: float) -> Answer:
    """The answer of the printer at `uri`, all of it within `seconds`; blocks.

    Raises:
        Unreachable, Silent, Denied: as they say.
    """
    try:
        where = urlsplit(uri)
        address = (where.hostname or "", where.port or _PORT)
        connection = _Connection(*address, seconds, is_tls=where.scheme == "ipps")
    except (ValueError, http.client.InvalidURL) as error:
        raise Unreachable(str(error)) from error
    try:
        connection.connect()
        headers = {"Content-Type": "application/ipp"}
        connection.request("POST", where.path or "/", request, headers)
        response = connection.getresponse()
        body = response.read(_MOST_ANSWER_BYTES)
    except Unreachable:
        raise
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


class _Connection(http.client.HTTPConnection):
    """One deadline for everything, however slowly the other end drips."""

    def __init__(self, host: str, port: int, seconds: float, *, is_tls: bool) -> None:
        super().__init__(host, port)
        self._until = monotonic() + seconds
        self._is_tls = is_tls

    def connect(self) -> None:
        connection = connect(self.host, self.port, self._until)
        self.sock: socket.socket = under_tls(connection) if self._is_tls else connection
