"""The server's own Mosquitto with the server's own authority, and certificates for clients."""

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from fleet_server.authority.store import Authority
from fleet_server.broker import Broker

HOST = "127.0.0.1"


@dataclass(frozen=True)
class Papers:
    """What a client shows, and the authority that it trusts."""

    ca: Path
    certificate: Path
    key: Path

    def context(self) -> ssl.SSLContext:
        context = ssl.create_default_context(cafile=str(self.ca))
        context.load_cert_chain(self.certificate, self.key)
        return context


@dataclass(frozen=True)
class Mosquitto:
    """A running broker on `port` of the loopback."""

    folder: Path
    authority: Authority
    broker: Broker

    @property
    def port(self) -> int:
        return self.broker.port

    def server(self) -> Papers:
        """The papers of the server's own client."""
        a = self.authority
        return Papers(a.ca_file, a.client_certificate_file, a.client_key_file)

    def asset(self, name: str) -> Papers:
        """The papers of an asset, whatever its name."""
        return papers(self.folder, self.authority, name, datetime.now(UTC))


def papers(folder: Path, authority: Authority, name: str, now: datetime) -> Papers:
    """A certificate for `name` that `authority` issued at `now`."""
    place = folder / f"client-{len(list(folder.iterdir()))}"
    place.mkdir()
    key = ec.generate_private_key(ec.SECP256R1())
    request = (
        x509.CertificateSigningRequestBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "anybody")]))
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    certificate = authority.issue(name, request.public_bytes(pem).decode(), now)
    (place / "certificate.pem").write_bytes(certificate.public_bytes(pem))
    (place / "key.pem").write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return Papers(authority.ca_file, place / "certificate.pem", place / "key.pem")


@contextmanager
def mosquitto(folder: Path) -> Iterator[Mosquitto]:
    """Run a broker with all its files in `folder`, as `courtfleet serve` would."""
    clients = folder / "clients"
    clients.mkdir(parents=True)
    authority = Authority(folder / "authority", [HOST, "localhost"], datetime.now(UTC))
    broker = Broker(folder / "broker", authority, HOST, 0)
    broker.prepare()
    keeper = threading.Thread(target=broker.keep, name="mosquitto")
    keeper.start()
    try:
        broker.wait()
        yield Mosquitto(clients, authority, broker)
    finally:
        broker.stop()
        keeper.join()
