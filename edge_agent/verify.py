"""Whether a signature is the server's: `python -m edge_agent.verify SIGNING_KEY`, a short life.

Reads 64 bytes of signature and then the text on standard input. Exit status: 0 genuine, 1 not,
anything else: it could not be found out. The running agent never imports the library that this
needs.
"""

import sys
from pathlib import Path
from typing import Final

SIGNATURE_BYTES: Final = 64
GENUINE: Final = 0
FORGED: Final = 1


def verifies(signing_key: bytes, signed: bytes, signature: bytes) -> bool:
    """Whether `signature` over `signed` was made with the Ed25519 key of this public key (PEM).

    Raises:
        ValueError: the key is not an Ed25519 public key.
    """
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    key = load_pem_public_key(signing_key)
    if not isinstance(key, Ed25519PublicKey):
        raise ValueError("not an Ed25519 public key")
    try:
        key.verify(signature, signed)
    except InvalidSignature:
        return False
    return True


def main(argv: list[str]) -> int:
    """The process: one question, answered by the exit status."""
    said = sys.stdin.buffer.read()
    genuine = verifies(Path(argv[0]).read_bytes(), said[SIGNATURE_BYTES:], said[:SIGNATURE_BYTES])
    return GENUINE if genuine else FORGED


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
