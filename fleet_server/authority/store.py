"""The keys and certificates of one server, in a folder that only its user can read.

There are two authorities, one for real assets and one for simulated ones; a server opens one of
them, and everything it issues, shows and accepts is of that one.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from msgspec import Struct

from fleet_server.authority import rules
from fleet_server.authority.model import SERVER_NAME
from fleet_server.errors import Malformed
from telemetry.wire.stamp import KEY_BYTES, KEY_LABEL

_RENEW: Final = timedelta(days=270)
_RENEWABLE: Final = timedelta(days=180)


class Present(Struct, frozen=True):
    """A certificate that its owner showed: whose it is, and its number in hexadecimal."""

    asset: str
    serial: str
    has_expired: bool


class Papers(Struct, frozen=True):
    """A certificate with its key (PEM), for the server's own use."""

    name: str
    serial: int
    certificate: str
    key: str


class Authority:
    """Issues certificates and signs what goes down. Safe to share between threads.

    `hosts` are the names and addresses under which assets reach this server.
    """

    def __init__(
        self, folder: Path, hosts: Sequence[str], now: datetime, *, simulated: bool = False
    ) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder = folder / ("simulated" if simulated else "real")
        self._folder.mkdir(mode=0o700, exist_ok=True)
        self._hosts = list(hosts)
        self.simulated = simulated
        self.ca_file = self._folder / "ca.pem"
        self.server_certificate_file = self._folder / "server.pem"
        self.server_key_file = self._folder / "server.key"
        self.client_certificate_file = self._folder / "client.pem"
        self.client_key_file = self._folder / "client.key"
        self.revoked_file = self._folder / "revoked.pem"
        self._ca_key = _kept_key(self._folder / "ca.key")
        self._ca = self._kept_root(now)
        self._signing_key = _kept_signing_key(self._folder / "signing.key")
        self.refresh(now)
        if not self.revoked_file.exists():
            self.write_revoked({}, now)

    @property
    def ca_pem(self) -> str:
        return _pem(self._ca)

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the CA's certificate (DER), lower-case hexadecimal."""
        return self._ca.fingerprint(hashes.SHA256()).hex()

    @property
    def signing_pem(self) -> str:
        """The public key that orders and desired documents are checked with."""
        public = self._signing_key.public_key()
        form = serialization.PublicFormat.SubjectPublicKeyInfo
        return public.public_bytes(serialization.Encoding.PEM, form).decode()

    @property
    def sign(self) -> Callable[[bytes], bytes]:
        """Ed25519, with a key that is no certificate's."""
        return self._signing_key.sign

    def refresh(self, now: datetime) -> bool:
        """Renew the server's own certificates where needed; whether anything changed.

        What is running goes on with the ones before until it is started again.

        Needed: absent, soon over, of another CA, or not for the present hosts.
        """
        server_key = _kept_key(self.server_key_file)
        client_key = _kept_key(self.client_key_file)
        changed = False
        if not self._is_good_server(_loaded(self.server_certificate_file), now):
            public = server_key.public_key()
            made = rules.server(self._ca, self._ca_key, public, self._hosts, now)
            _write(self.server_certificate_file, _pem(made).encode())
            changed = True
        if not self._lasts(_loaded(self.client_certificate_file), now + _RENEW):
            public = client_key.public_key()
            made = rules.client(self._ca, self._ca_key, public, SERVER_NAME, now, rules.SERVER_DAYS)
            _write(self.client_certificate_file, _pem(made).encode())
            changed = True
        return changed

    def agree(self, public_key: bytes) -> bytes:
        """The key of an asset's link tests, from its public key (DER): ECDH, HKDF over SHA-256.

        Raises:
            TypeError: the key is no EC key.
        """
        theirs = serialization.load_der_public_key(public_key)
        if not isinstance(theirs, ec.EllipticCurvePublicKey):
            raise TypeError("an asset's key is not an EC key")
        secret = self._ca_key.exchange(ec.ECDH(), theirs)
        return HKDF(hashes.SHA256(), KEY_BYTES, None, KEY_LABEL).derive(secret)

    def write_revoked(self, serials: Mapping[int, datetime], now: datetime) -> None:
        """Write the list of worthless certificates: serial numbers, and since when."""
        before = None
        if self.revoked_file.exists():
            before = x509.load_pem_x509_crl(self.revoked_file.read_bytes()).last_update_utc
        made = rules.revoked(self._ca, self._ca_key, serials, before, now)
        _write(self.revoked_file, made.public_bytes(serialization.Encoding.PEM))

    def passing(self, name: str, now: datetime) -> Papers:
        """Papers in an asset's name that are good for an hour and never written to a table."""
        key = ec.generate_private_key(ec.SECP256R1())
        made = rules.client(self._ca, self._ca_key, key.public_key(), name, now, rules.PASSING_DAYS)
        return Papers(name, made.serial_number, _pem(made), _private(key).decode())

    def issue(self, asset: str, csr: str, now: datetime) -> x509.Certificate:
        """A client certificate for `asset` over the key of a signing request.

        Raises:
            Malformed: the request is not usable.
        """
        return rules.client(self._ca, self._ca_key, rules.requested_key(csr), asset, now)

    def check_renewal(self, certificate: str, said: bytes, proof: bytes, now: datetime) -> Present:
        """Whom `certificate` names, when its key's owner signed `said`.

        For half a year after its end too: an asset may have lain in a cupboard meanwhile.

        Raises:
            Malformed: not this authority's, too old, not an asset's, or the proof is wrong.
        """
        try:
            present = x509.load_pem_x509_certificate(certificate.encode())
        except ValueError as error:
            raise Malformed("bad_renewal", problem="it cannot be read") from error
        try:
            present.verify_directly_issued_by(self._ca)
        except (ValueError, TypeError, InvalidSignature) as error:
            raise Malformed("bad_renewal", problem="it is not of this server") from error
        if not present.not_valid_before_utc <= now <= present.not_valid_after_utc + _RENEWABLE:
            raise Malformed("bad_renewal", problem="it has expired; enrol again")
        key = present.public_key()
        name = rules.common_name(present)
        if name == SERVER_NAME or not isinstance(key, ec.EllipticCurvePublicKey):
            raise Malformed("bad_renewal", problem="it is not an asset's")
        try:
            key.verify(proof, said, ec.ECDSA(hashes.SHA256()))
        except InvalidSignature as error:
            raise Malformed("bad_renewal", problem="the proof is wrong") from error
        has_expired = now > present.not_valid_after_utc
        return Present(name, f"{present.serial_number:x}", has_expired)

    def _kept_root(self, now: datetime) -> x509.Certificate:
        found = _loaded(self.ca_file)
        if found is not None:
            return found
        kind = "simulated assets" if self.simulated else "assets"
        made = rules.root(self._ca_key, f"Courtfleet CA for {kind}", now)
        _write(self.ca_file, _pem(made).encode())
        return made

    def _lasts(self, found: x509.Certificate | None, until: datetime) -> bool:
        if found is None or found.not_valid_after_utc < until:
            return False
        try:
            found.verify_directly_issued_by(self._ca)
        except (ValueError, TypeError, InvalidSignature):
            return False
        return True

    def _is_good_server(self, found: x509.Certificate | None, now: datetime) -> bool:
        if found is None or not self._lasts(found, now + _RENEW):
            return False
        names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        present = {*names.get_values_for_type(x509.DNSName)}
        present |= {str(address) for address in names.get_values_for_type(x509.IPAddress)}
        return present == set(self._hosts)


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def _loaded(path: Path) -> x509.Certificate | None:
    return x509.load_pem_x509_certificate(path.read_bytes()) if path.exists() else None


def _kept_key(path: Path) -> ec.EllipticCurvePrivateKey:
    if not path.exists():
        _write(path, _private(ec.generate_private_key(ec.SECP256R1())))
    key = serialization.load_pem_private_key(path.read_bytes(), None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise TypeError(f"{path.name} is not an EC key")
    return key


def _kept_signing_key(path: Path) -> ed25519.Ed25519PrivateKey:
    if not path.exists():
        _write(path, _private(ed25519.Ed25519PrivateKey.generate()))
    key = serialization.load_pem_private_key(path.read_bytes(), None)
    if not isinstance(key, ed25519.Ed25519PrivateKey):
        raise TypeError(f"{path.name} is not an Ed25519 key")
    return key


def _private(key: ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all, and readable by nobody else from its first moment on."""
    part = path.with_name(path.name + ".part")
    part.unlink(missing_ok=True)
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
