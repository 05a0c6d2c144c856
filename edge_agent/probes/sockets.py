"""TCP connections to devices, with one deadline for all that happens on them.

A socket's own time-out begins anew with each byte, so that a device which sends one now and then
would never be given up.
"""

import socket
import ssl
from typing import TYPE_CHECKING, TypeAlias

from edge_agent.probes.deadline import Deadline
from edge_agent.probes.reaching import connect, secure
from edge_agent.probes.resolver import NoSuchName, Resolver

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer


class Unreachable(Exception):
    """There is nothing at this address that takes a connection."""


class Silent(Exception):
    """It takes a connection, and gives no answer, none in time, or none that can be understood."""


class TimedSocket(socket.socket):
    """Receives until `deadline`, then raises TimeoutError."""

    deadline: Deadline

    def recv_into(self, buffer: "WriteableBuffer", nbytes: int = 0, flags: int = 0) -> int:
        self.settimeout(self.deadline.left())
        return super().recv_into(buffer, nbytes, flags)

    def recv(self, bufsize: int, flags: int = 0) -> bytes:
        self.settimeout(self.deadline.left())
        return super().recv(bufsize, flags)


class TimedTlsSocket(ssl.SSLSocket):
    """The same under TLS."""

    deadline: Deadline

    def recv_into(
        self, buffer: "WriteableBuffer", nbytes: int | None = None, flags: int = 0
    ) -> int:
        self.settimeout(self.deadline.left())
        return super().recv_into(buffer, nbytes, flags)

    def recv(self, buflen: int = 1024, flags: int = 0) -> bytes:
        self.settimeout(self.deadline.left())
        return super().recv(buflen, flags)


Timed: TypeAlias = TimedSocket | TimedTlsSocket


def reach(host: str, port: int, deadline: Deadline, *, is_tls: bool = False) -> Timed:
    """A connection to the device, whoever it is.

    Devices sign their certificates themselves, and nothing secret is said to them.

    Raises:
        Unreachable: the name has no address, or none takes a connection in time.
        OSError: it does not speak TLS, or not in time.
    """
    try:
        addresses = Resolver().resolve(host, deadline).addresses
        plain = connect(addresses, port, deadline)
    except (OSError, NoSuchName, OverflowError) as error:  # OverflowError: no such port
        raise Unreachable(str(error)) from error
    bare = TimedSocket(fileno=plain.detach())
    timed = _under_tls(bare, host, deadline) if is_tls else bare
    timed.deadline = deadline
    return timed


def _under_tls(connection: TimedSocket, host: str, deadline: Deadline) -> TimedTlsSocket:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.sslsocket_class = TimedTlsSocket
    wrapped = secure(connection, context, host, deadline)
    assert isinstance(wrapped, TimedTlsSocket)  # noqa: S101 -- the context was told so
    return wrapped
