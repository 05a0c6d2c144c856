"""The machine's key, its signing requests, and what certificates say. Not for the running agent."""

import hashlib
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.x509.oid import NameOID

from edge_agent.errors import NoIdentity
from telemetry.wire.stamp import KEY_BYTES, KEY_LABEL


def new_key() -> bytes:
    """A new EC P-256 private key, PEM."""
    return ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def signing_request(key_pem: bytes, name: str) -> str:
    """A certificate signing request (PEM). The server decides on the name; this one is a hint."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    request = x509.CertificateSigningRequestBuilder().subject_name(subject)
    signed = request.sign(_private(key_pem), hashes.SHA256())
    return signed.public_bytes(serialization.Encoding.PEM).decode()


def signature(key_pem: bytes, said: bytes) -> bytes:
    """ECDSA with SHA-256 over `said`, DER."""
    return _private(key_pem).sign(said, ec.ECDSA(hashes.SHA256()))


def link_key(key_pem: bytes, ca_pem: bytes) -> bytes:
    """The key of this machine's link tests: ECDH with the authority's key, HKDF over SHA-256.

    Raises:
        NoIdentity: a file of the identity cannot be used.
    """
    try:
        theirs = x509.load_pem_x509_certificate(ca_pem).public_key()
    except ValueError as error:
        raise NoIdentity("the authority's certificate cannot be read") from error
    if not isinstance(theirs, ec.EllipticCurvePublicKey):
        raise NoIdentity("the authority's key is of another kind")
    secret = _private(key_pem).exchange(ec.ECDH(), theirs)
    return HKDF(hashes.SHA256(), KEY_BYTES, None, KEY_LABEL).derive(secret)


def public_key_sha256(key_pem: bytes) -> str:
    """Over the DER of the public key, in lower-case hexadecimal."""
    return _sha256(_private(key_pem).public_key())


def certified_key_sha256(certificate_pem: str) -> str:
    """The same, of the key that a certificate (PEM) is for.

    Raises:
        ValueError: not a certificate.
    """
    key = x509.load_pem_x509_certificate(certificate_pem.encode()).public_key()
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise ValueError("the certificate is for another kind of key")
    return _sha256(key)


def two_thirds(certificate_pem: str, now: datetime) -> int:
    """When two thirds of what is left of a certificate's life are over, ms since 1970.

    Raises:
        ValueError: not a certificate.
    """
    ends = x509.load_pem_x509_certificate(certificate_pem.encode()).not_valid_after_utc
    return round((now + (ends - now) * 2 / 3).timestamp() * 1000)


def _private(key_pem: bytes) -> ec.EllipticCurvePrivateKey:
    try:
        key = serialization.load_pem_private_key(key_pem, None)
    except ValueError as error:
        raise NoIdentity("this machine's key cannot be read; enrol it again") from error
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise NoIdentity("this machine's key is of another kind; enrol it again")
    return key


def _sha256(key: ec.EllipticCurvePublicKey) -> str:
    der = key.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return hashlib.sha256(der).hexdigest()
