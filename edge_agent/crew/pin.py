"""Whether a PIN is somebody's: `python -m edge_agent.crew.pin`, a short life.

Reads {"hash": ..., "pin": ...} on standard input. Exit status: 0 right, 10 wrong, anything else: it
could not be found out. The running agent never imports the library that this needs, and has no
room for the memory that an argon2id hash is meant to cost.
"""

import re
import sys
from typing import Final

import msgspec
from msgspec import Struct

from telemetry.wire.people import MOST_PIN_KIBIBYTES

RIGHT: Final = 0
WRONG: Final = 10
"""Not 1: that is what Python ends with when something else went wrong."""

_PARAMETERS: Final = re.compile(r"\$argon2id\$v=19\$m=(\d{1,6}),t=(\d{1,2}),p=(\d)\$")


class Question(Struct):
    """`hash` is an argon2id hash in PHC form."""

    hash: str
    pin: str


def is_right(question: Question) -> bool:
    """Whether the hash was made of this PIN.

    Raises:
        ValueError: no argon2id hash, or one that costs more memory than there is.
    """
    parameters = _PARAMETERS.match(question.hash)
    if parameters is None or int(parameters[1]) > MOST_PIN_KIBIBYTES:
        raise ValueError(f"not an argon2id hash of at most {MOST_PIN_KIBIBYTES} KiB")
    from cryptography.exceptions import InvalidKey
    from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

    try:
        Argon2id.verify_phc_encoded(question.pin.encode(), question.hash)
    except InvalidKey:
        return False
    return True


def main() -> int:
    """The process: one question, answered by the exit status."""
    question = msgspec.json.decode(sys.stdin.buffer.read(), type=Question)
    return RIGHT if is_right(question) else WRONG


if __name__ == "__main__":
    sys.exit(main())
