"""Asks for the next certificate: `python -m edge_agent.renewal FOLDER`, a short life.

The new one is written beside the present one; the link tries both until the new one has worked.
"""

import base64
import sys
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from edge_agent import identity, keys
from edge_agent.centre import Centre
from edge_agent.errors import EdgeError, EnrolmentFailed
from telemetry.wire.enrolment import RenewRequest, renewal_proof


def renew(folder: Path, now: datetime) -> None:
    """Ask with the present certificate and key; the key stays the same. Blocks.

    Raises:
        NoIdentity: not enrolled, or the key cannot be read.
        EnrolmentFailed: unreachable, refused, or the answer cannot be used.
    """
    card = identity.load_card(folder)
    try:
        key = (folder / identity.KEY).read_bytes()
        present = (folder / identity.CERTIFICATE).read_text()
        ca = (folder / identity.CA).read_text()
    except OSError as error:
        raise EnrolmentFailed(f"{error.filename} cannot be read: {error.strerror}") from error
    csr = keys.signing_request(key, card.asset)
    proof = base64.b64encode(keys.signature(key, renewal_proof(csr))).decode()
    centre = Centre(card.enrolment_host, card.enrolment_port)
    answer = centre.renew(ca, RenewRequest(csr, present, proof))
    if (
        answer.asset != card.asset
        or keys.certified_key_sha256(answer.certificate) != card.public_key_sha256
    ):
        raise EnrolmentFailed("the server's certificate is for another asset or key")
    identity.write_durably(folder / identity.NEXT_CERTIFICATE, answer.certificate.encode())
    renew_at = keys.two_thirds(answer.certificate, now)
    identity.save_card(folder, msgspec.structs.replace(card, renew_at=renew_at))


def main(argv: list[str]) -> int:
    """The process: 0 renewed, 1 not, with one sentence on standard error."""
    try:
        renew(Path(argv[0]), datetime.now(UTC))
    except EdgeError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
