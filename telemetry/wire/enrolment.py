"""The enrolment string that `courtfleet assets add` prints, and what the listener exchanges."""

import base64
import binascii
import re
import zlib

from msgspec import Struct

from telemetry.errors import BadEnrolmentString

_PREFIX = "cf1"
_FORM = re.compile(r"cf1\.([A-Za-z0-9_-]+)\.([0-9a-f]{8})\Z")


class Invitation(Struct, frozen=True):
    """Where to enrol, how to recognise the server, and the one-time secret.

    `fingerprint` is the SHA-256 of the CA certificate (DER) in lower-case hexadecimal.
    """

    host: str
    port: int
    fingerprint: str
    secret: str


def to_string(invitation: Invitation) -> str:
    """One word without characters that a shell or a QR code minds."""
    text = "|".join(
        [invitation.host, str(invitation.port), invitation.fingerprint, invitation.secret]
    ).encode()
    body = base64.urlsafe_b64encode(text).rstrip(b"=").decode()
    return f"{_PREFIX}.{body}.{zlib.crc32(text):08x}"


def from_string(string: str) -> Invitation:
    """The invitation in `string`.

    Raises:
        BadEnrolmentString: mistyped, cut, or not an enrolment string.
    """
    form = _FORM.match(string.strip())
    if form is None:
        raise BadEnrolmentString("an enrolment string has the form cf1.….…; copy it whole")
    try:
        text = base64.urlsafe_b64decode(form[1] + "=" * (-len(form[1]) % 4))
        if zlib.crc32(text) != int(form[2], 16):
            raise BadEnrolmentString("the enrolment string is damaged; copy it whole")
        host, port, fingerprint, secret = text.decode().split("|")
        if not 0 < int(port) < 65536:
            raise BadEnrolmentString("the enrolment string names no port; ask for a new one")
        return Invitation(host, int(port), fingerprint, secret)
    except (binascii.Error, ValueError) as error:
        raise BadEnrolmentString("the enrolment string is damaged; copy it whole") from error


class EnrolRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """POST /enrol: the secret and a certificate signing request (PEM). The server names the asset.

    GET /ca, on the same port, answers the CA's certificate as PEM; only its fingerprint counts.
    """

    csr: str
    secret: str


class RenewRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """POST /renew: the present certificate (PEM), a request for the next one, and a proof.

    `proof` is base64 of an ECDSA signature (SHA-256, DER) over `renewal_proof(csr)`, made with the
    key of the present certificate.
    """

    csr: str
    certificate: str
    proof: str


def renewal_proof(csr: str) -> bytes:
    """What the present key signs to ask for the next certificate."""
    return b"courtfleet renewal 1\n" + csr.encode()


class EnrolAnswer(Struct, frozen=True):
    """The answer to both: the asset's name, certificates (PEM), broker, and signing key (PEM).

    `signing_key` is the public Ed25519 key that orders and desired documents are checked with.
    """

    asset: str
    certificate: str
    ca: str
    broker_host: str
    broker_port: int
    signing_key: str
