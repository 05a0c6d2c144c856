"""Servers of the tests' own, on loopback: each answers in one certain way, or not at all."""

import socket
import ssl
import struct
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from threading import Event, Thread

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.services.waiting import PATIENCE_SECONDS

HOST = "127.0.0.1"
_POLL_SECONDS = 0.05

Serve = Callable[[socket.socket], None]
"""What is done with a connection; it is closed afterwards."""


def says(text: str) -> Serve:
    """Reads a request, if one comes, and answers with these lines."""

    def serve(connection: socket.socket) -> None:
        connection.recv(4096)
        connection.sendall(text.replace("\n", "\r\n").encode())

    return serve


def drips(connection: socket.socket) -> None:
    """An answer that never ends: a byte at a time."""
    with suppress(OSError):
        while True:
            connection.sendall(b"H")
            Event().wait(_POLL_SECONDS)


def stays_silent(connection: socket.socket) -> None:
    """Takes the connection, and says nothing until it is closed."""
    with suppress(OSError):
        while connection.recv(4096):
            pass


def resets(connection: socket.socket) -> None:
    """What a filter does that read the name of the host: RST instead of an answer."""
    connection.recv(4096)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


@contextmanager
def tcp_server(serve: Serve, context: ssl.SSLContext | None = None) -> Iterator[int]:
    """Serves each connection in a thread of its own; gives the port."""

    def one(connection: socket.socket) -> None:
        with suppress(OSError), connection:
            if context is None:
                serve(connection)
                return
            with context.wrap_socket(connection, server_side=True) as secured:
                serve(secured)

    accepted: list[socket.socket] = []

    def accept() -> None:
        with suppress(OSError):
            while True:
                connection, _ = listener.accept()
                accepted.append(connection)
                connection.settimeout(PATIENCE_SECONDS)
                Thread(target=one, args=(connection,), daemon=True).start()

    with socket.create_server((HOST, 0)) as listener:
        Thread(target=accept, daemon=True).start()
        try:
            yield listener.getsockname()[1]
        finally:
            for end in (listener, *accepted):
                with suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)


@contextmanager
def closed_port() -> Iterator[int]:
    """A port that nothing listens on."""
    with socket.socket() as holder:
        holder.bind((HOST, 0))
        yield holder.getsockname()[1]


@contextmanager
def silent_datagrams() -> Iterator[int]:
    """A UDP port that takes everything and answers nothing."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ear:
        ear.bind((HOST, 0))
        yield ear.getsockname()[1]


@contextmanager
def name_server(names: Mapping[str, list[str]]) -> Iterator[int]:
    """Knows these names; of others it says that there are none. Gives its port."""
    closing = Event()

    def serve() -> None:
        while not closing.is_set():
            with suppress(TimeoutError):
                query, who = ear.recvfrom(512)
                ear.sendto(name_answer(query, names), who)

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ear:
        ear.bind((HOST, 0))
        ear.settimeout(_POLL_SECONDS)
        thread = Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield ear.getsockname()[1]
        finally:
            closing.set()
            thread.join()


def name_answer(query: bytes, names: Mapping[str, list[str]]) -> bytes:
    """The answer to a query, with the name as a pointer to the question."""
    labels, at = [], 12
    while query[at]:
        labels.append(query[at + 1 : at + 1 + query[at]].decode())
        at += 1 + query[at]
    (kind,) = struct.unpack_from("!H", query, at + 1)
    known = names.get(".".join(labels))
    records = [ip_address(address) for address in known or []]
    wanted = [one.packed for one in records if one.version == (4 if kind == 1 else 6)]
    flags = 0x8180 if known is not None else 0x8183
    answer = query[:2] + struct.pack("!5H", flags, 1, len(wanted), 0, 0) + query[12 : at + 5]
    for packed in wanted:
        answer += struct.pack("!HHHIH", 0xC00C, kind, 1, 60, len(packed)) + packed
    return answer


class Authority:
    """A certificate authority of the test; `file` is its certificate."""

    def __init__(self, folder: Path, name: str = "Test authority") -> None:
        self._folder = folder / name.replace(" ", "-")
        self._folder.mkdir()
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        certificate = self._signed(name, self._key.public_key(), timedelta(), None)
        self.file = self._folder / "authority.pem"
        self.file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))

    def context(self, host: str, *, age: timedelta = timedelta()) -> ssl.SSLContext:
        """For a server of that name; its certificate was made so long ago, for a day."""
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = self._signed(host, key.public_key(), age, host)
        file = self._folder / f"{host}.pem"
        file.write_bytes(
            certificate.public_bytes(serialization.Encoding.PEM)
            + key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context

    def _signed(
        self, name: str, key: ec.EllipticCurvePublicKey, age: timedelta, host: str | None
    ) -> x509.Certificate:
        begins = datetime.now(UTC) - age - timedelta(minutes=5)
        builder = (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
            .issuer_name(self._name)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(begins)
            .not_valid_after(begins + timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=host is None, path_length=None), critical=True)
        )
        if host is not None:
            names = x509.SubjectAlternativeName([x509.DNSName(host)])
            builder = builder.add_extension(names, critical=False)
        return builder.sign(self._key, hashes.SHA256())
