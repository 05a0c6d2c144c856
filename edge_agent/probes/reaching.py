"""The steps to something with an address: TCP, TLS, and one HTTP request, within a deadline."""

import socket
import ssl
from typing import Final, NamedTuple

from edge_agent.probes.deadline import Deadline

_MOST_HEAD_BYTES: Final = 16_384


class NotHttp(Exception):
    """What answers does not speak HTTP."""


class HttpHead(NamedTuple):
    """The beginning of an answer; `location` is "" where it leads nowhere else."""

    status: int
    location: str


def connect(addresses: tuple[str, ...], port: int, deadline: Deadline) -> socket.socket:
    """A connection to the first address that takes one; each but the last has half of what is left.

    Raises:
        TimeoutError: none answered in time.
        OSError: what became of the last one.
    """
    failure: OSError = ConnectionError("no address")
    for tried, address in enumerate(addresses, 1):
        seconds = deadline.left() if tried == len(addresses) else deadline.left() / 2
        try:
            return socket.create_connection((address, port), timeout=seconds)
        except OSError as error:
            failure = error
    raise failure


def secure(
    connection: socket.socket, context: ssl.SSLContext, host: str, deadline: Deadline
) -> ssl.SSLSocket:
    """TLS over the connection, which is closed when that fails.

    Raises:
        TimeoutError, OSError: as ssl has it.
    """
    try:
        connection.settimeout(deadline.left())
        return context.wrap_socket(connection, server_hostname=host)
    except BaseException:
        connection.close()
        raise


def ask_http(connection: socket.socket, host: str, path: str, deadline: Deadline) -> HttpHead:
    """Asks for `path` without any credentials, and reads no more than the answer's head.

    Raises:
        NotHttp: it answers with something else.
        TimeoutError, OSError: as sockets have it.
    """
    request = (
        f"GET {path or '/'} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: courtfleet\r\n"
        "Accept: */*\r\nConnection: close\r\n\r\n"
    )
    connection.settimeout(deadline.left())
    connection.sendall(request.encode("utf-8"))
    head = b""
    while b"\r\n\r\n" not in head and len(head) < _MOST_HEAD_BYTES:
        connection.settimeout(deadline.left())
        received = connection.recv(4096)
        if not received:
            break
        head += received
    return http_head(head)


def http_head(head: bytes) -> HttpHead:
    """The status and the way on.

    Raises:
        NotHttp: this is not the beginning of an HTTP answer.
    """
    first, *lines = head.partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
    words = first.split(" ", 2)
    if not words[0].startswith("HTTP/1.") or len(words) < 2 or not words[1].isdecimal():
        raise NotHttp("not an HTTP answer")
    fields = (line.partition(":") for line in lines)
    locations = [value.strip() for key, _, value in fields if key.lower() == "location"]
    return HttpHead(int(words[1]), locations[0] if locations else "")
