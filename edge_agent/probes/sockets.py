"""TCP connections to devices, and what may become of asking them."""

import socket
import ssl

from edge_agent.probes.deadline import Deadline
from edge_agent.probes.reaching import connect, secure
from edge_agent.probes.resolver import NoSuchName, Resolver


class Unreachable(Exception):
    """There is nothing at this address that takes a connection."""


class Silent(Exception):
    """It takes a connection, and gives no answer, none in time, or none that can be understood."""


def reach(host: str, port: int, deadline: Deadline, *, is_tls: bool = False) -> socket.socket:
    """A connection to the device, whoever it is; what receives on it keeps the deadline.

    Devices sign their certificates themselves, and nothing secret is said to them.

    Raises:
        Unreachable: the name has no address, or none takes a connection in time.
        OSError: it does not speak TLS, or not in time.
    """
    try:
        addresses = Resolver().resolve(host, deadline).addresses
        connection = connect(addresses, port, deadline)
    except (OSError, NoSuchName, OverflowError) as error:  # OverflowError: no such port
        raise Unreachable(str(error)) from error
    if not is_tls:
        return connection
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return secure(connection, context, host, deadline)
