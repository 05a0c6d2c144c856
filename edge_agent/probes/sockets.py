"""TCP connections with one deadline for all that happens on them.

A socket's own time-out begins anew with each byte, so that a device which sends one now and then
would never be given up.
"""

import socket
import ssl
from time import monotonic
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_LEAST_SECONDS: Final = 0.001  # nothing left: 0 would mean "do not block"


class Unreachable(Exception):
    """There is nothing at this address that takes a connection."""


class Silent(Exception):
    """It takes a connection, and gives no answer, none in time, or none that can be understood."""


class TimedSocket(socket.socket):
    """Receives until `until` on the clock `time.monotonic`, then raises TimeoutError."""

    until = float("inf")

    def recv_into(self, buffer: "WriteableBuffer", nbytes: int = 0, flags: int = 0) -> int:
        self.settimeout(seconds_left(self.until))
        return super().recv_into(buffer, nbytes, flags)

    def recv(self, bufsize: int, flags: int = 0) -> bytes:
        self.settimeout(seconds_left(self.until))
        return super().recv(bufsize, flags)


class TimedTlsSocket(ssl.SSLSocket):
    """The same under TLS."""

    until = float("inf")

    def recv_into(
        self, buffer: "WriteableBuffer", nbytes: int | None = None, flags: int = 0
    ) -> int:
        self.settimeout(seconds_left(self.until))
        return super().recv_into(buffer, nbytes, flags)


def seconds_left(until: float) -> float:
    """What a socket may still wait.

    Raises:
        TimeoutError: nothing is left.
    """
    left = until - monotonic()
    if left <= 0:
        raise TimeoutError("no answer in time")
    return max(left, _LEAST_SECONDS)


def connect(host: str, port: int, until: float) -> TimedSocket:
    """A connection to the first of the host's addresses that takes it.

    Raises:
        Unreachable: the host has no address, or none takes it in time.
    """
    failure: Exception | None = None
    try:
        for family, kind, protocol, _, address in socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM
        ):
            connection = TimedSocket(family, kind, protocol)
            connection.until = until
            try:
                connection.settimeout(seconds_left(until))
                connection.connect(address)
            except OSError as error:
                connection.close()
                failure = error
            else:
                return connection
    except (OSError, UnicodeError) as error:  # a name that can be none makes a UnicodeError
        failure = error
    raise Unreachable(str(failure)) from failure


def under_tls(connection: TimedSocket) -> TimedTlsSocket:
    """The connection under TLS, whoever is at its other end.

    Devices sign their certificates themselves, and nothing secret is said to them.

    Raises:
        OSError: it is not TLS, or not in time.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.sslsocket_class = TimedTlsSocket
    connection.settimeout(seconds_left(connection.until))
    try:
        wrapped = context.wrap_socket(connection)
    except BaseException:
        connection.close()
        raise
    assert isinstance(wrapped, TimedTlsSocket)  # noqa: S101 -- the context was told so
    wrapped.until = connection.until
    return wrapped
