"""A machine in the field as enrolment sees it: a key, and requests made with it."""

import base64
from dataclasses import dataclass, field

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from telemetry.wire.enrolment import renewal_proof


@dataclass
class Machine:
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )

    def csr(self, name: str = "whoever") -> str:
        return signing_request(self.key, name)

    def sign(self, said: bytes) -> bytes:
        return self.key.sign(said, ec.ECDSA(hashes.SHA256()))

    def proof(self, csr: str) -> str:
        return base64.b64encode(self.sign(renewal_proof(csr))).decode()

    def key_pem(self) -> str:
        return self.key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ).decode()

    @staticmethod
    def pem(certificate: x509.Certificate) -> str:
        return certificate.public_bytes(serialization.Encoding.PEM).decode()


def signing_request(
    key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey, name: str = "whoever"
) -> str:
    """A certificate signing request as PEM."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = x509.CertificateSigningRequestBuilder().subject_name(subject).sign(key, hashes.SHA256())
    return made.public_bytes(serialization.Encoding.PEM).decode()
