"""What our certificates say: who, for what use, how long. Keys are EC P-256."""

import ipaddress
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from fleet_server.errors import Malformed

CA_DAYS: Final = 3652
SERVER_DAYS: Final = 825
ASSET_DAYS: Final = 90
PASSING_DAYS: Final = 1 / 24
_CLOCKS_DIFFER: Final = timedelta(hours=24)


def root(key: ec.EllipticCurvePrivateKey, name: str, now: datetime) -> x509.Certificate:
    """A CA's own certificate."""
    subject = _named(name)
    usage = _usage(signs_certificates=True)
    return (
        _builder(subject, subject, key.public_key(), now, CA_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )


def server(
    ca: x509.Certificate,
    ca_key: ec.EllipticCurvePrivateKey,
    public: ec.EllipticCurvePublicKey,
    hosts: Sequence[str],
    now: datetime,
) -> x509.Certificate:
    """For broker and enrolment listener, under the host names and addresses of `hosts`."""
    names = x509.SubjectAlternativeName([_host(host) for host in hosts])
    builder = _builder(_named(hosts[0][:64]), ca.subject, public, now, SERVER_DAYS)
    builder = _leaf(
        builder.add_extension(names, critical=False), ca, ExtendedKeyUsageOID.SERVER_AUTH
    )
    return builder.sign(ca_key, hashes.SHA256())


def client(
    ca: x509.Certificate,
    ca_key: ec.EllipticCurvePrivateKey,
    public: ec.EllipticCurvePublicKey,
    name: str,
    now: datetime,
    days: float = ASSET_DAYS,
) -> x509.Certificate:
    """For an asset, or for the server's own MQTT client; `name` becomes the MQTT user name."""
    builder = _builder(_named(name), ca.subject, public, now, days)
    return _leaf(builder, ca, ExtendedKeyUsageOID.CLIENT_AUTH).sign(ca_key, hashes.SHA256())


def revoked(
    ca: x509.Certificate,
    ca_key: ec.EllipticCurvePrivateKey,
    serials: Mapping[int, datetime],
    before: datetime | None,
    now: datetime,
) -> x509.CertificateRevocationList:
    """The list of worthless certificates: serial numbers, and since when.

    `before` is the instant of the list that this one replaces. OpenSSL keeps both in memory, takes
    the younger one, counts whole seconds, and ignores one from the future: so lists are dated back
    by a day, and each is a second younger than the one before. They last as long as the CA,
    because one that has expired locks everybody out.
    """
    made_at = (now - _CLOCKS_DIFFER).replace(microsecond=0)
    if before is not None:
        made_at = max(made_at, before + timedelta(seconds=1))
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(ca.subject)
        .last_update(made_at)
        .next_update(ca.not_valid_after_utc)
    )
    for serial, since in serials.items():
        entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(since)
        builder = builder.add_revoked_certificate(entry.build())
    return builder.sign(ca_key, hashes.SHA256())


def requested_key(csr: str) -> ec.EllipticCurvePublicKey:
    """The public key of a certificate signing request; nothing else in it is used.

    Raises:
        Malformed: not a request, not signed by its own key, or its key is not EC P-256.
    """
    try:
        request = x509.load_pem_x509_csr(csr.encode())
        signed = request.is_signature_valid
        key = request.public_key()
    except (ValueError, TypeError, InvalidSignature) as error:
        raise Malformed("bad_csr", problem="it cannot be read") from error
    except Exception as error:  # cryptography raises types of its own for unknown algorithms
        raise Malformed("bad_csr", problem="its algorithm is unknown") from error
    if not signed:
        raise Malformed("bad_csr", problem="its signature is wrong")
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise Malformed("bad_csr", problem="its key is not EC P-256")
    return key


def common_name(certificate: x509.Certificate) -> str:
    """Whom the certificate names, "" for nobody."""
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    value = names[0].value if names else ""
    return value if isinstance(value, str) else ""


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _host(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    public: ec.EllipticCurvePublicKey,
    now: datetime,
    days: float,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _CLOCKS_DIFFER)
        .not_valid_after(now + timedelta(days=days))
    )


def _leaf(
    builder: x509.CertificateBuilder, ca: x509.Certificate, use: x509.ObjectIdentifier
) -> x509.CertificateBuilder:
    issuer = x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(
        ca.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    )
    return (
        builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([use]), critical=False)
        .add_extension(issuer, critical=False)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )
