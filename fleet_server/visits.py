"""Short visits to the broker under an asset's name: they end the connection of who had it before.

Mosquitto lets a connection live on when its certificate is revoked, but a newer connection with
the same name takes its place, and the name is the certificate's. So the server makes itself a
certificate for some minutes, visits, and leaves. Only the two packets of MQTT 5 that this needs
are spoken here.
"""

import socket
import ssl
import struct
import tempfile
from pathlib import Path
from typing import Final

from msgspec import Struct

from fleet_server.authority.store import Papers

_SECONDS: Final = 10.0
_CONNACK: Final = 0x20
_DISCONNECT: Final = b"\xe0\x00"
_CLEAN_START: Final = 0x02
_KEEPALIVE_SECONDS: Final = 10


class BrokerPlace(Struct, frozen=True):
    """Where this machine reaches the broker. Without `checks_name` its certificate may say what
    assets call it, which is not how it is reached from here."""

    host: str
    port: int
    checks_name: bool = True


def is_let_in(place: BrokerPlace, ca_file: Path, papers: Papers, name: str) -> bool:
    """Whether the broker lets `papers` in; if so, whoever was connected under `name` is not.

    Raises:
        OSError: nobody answers at `place`, or it is not this authority's broker.
    """
    context = ssl.create_default_context(cafile=str(ca_file))
    context.check_hostname = place.checks_name
    with tempfile.NamedTemporaryFile() as file:  # 0600; ssl reads keys from files only
        file.write((papers.certificate + papers.key).encode())
        file.flush()
        context.load_cert_chain(file.name)
    with socket.create_connection((place.host, place.port), _SECONDS) as plain:
        try:
            with context.wrap_socket(plain, server_hostname=place.host) as tls:
                tls.sendall(_connect(name))
                answer = tls.recv(4)
                if len(answer) < 4 or answer[0] != _CONNACK or answer[3] >= 0x80:
                    return False
                tls.sendall(_DISCONNECT)
                return True
        except ssl.SSLCertVerificationError:
            raise
        except (ssl.SSLError, ConnectionError):
            return False


def _connect(name: str) -> bytes:
    """MQTT 5, section 3.1, without properties, will, user name."""
    client = name.encode()
    body = struct.pack(">H4sBBHB", 4, b"MQTT", 5, _CLEAN_START, _KEEPALIVE_SECONDS, 0)
    body += struct.pack(">H", len(client)) + client
    return bytes([0x10, len(body)]) + body
