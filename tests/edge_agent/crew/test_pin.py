"""The short-lived process that looks at a PIN."""

import subprocess
import sys

import msgspec
import pytest
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from edge_agent.crew import pin

HASH = Argon2id(
    salt=b"0123456789abcdef", length=32, iterations=1, lanes=1, memory_cost=64
).derive_phc_encoded(b"2468")


def ask(question: pin.Question) -> int:
    return subprocess.run(
        [sys.executable, "-m", "edge_agent.crew.pin"],
        input=msgspec.json.encode(question),
        stderr=subprocess.DEVNULL,
        check=False,
    ).returncode


def test_the_process_says_right_wrong_or_that_it_cannot_tell() -> None:
    assert ask(pin.Question(HASH, "2468")) == pin.RIGHT
    assert ask(pin.Question(HASH, "2469")) == pin.WRONG
    assert ask(pin.Question("not a hash", "2468")) not in {pin.RIGHT, pin.WRONG}


def test_a_hash_of_the_servers_own_library_is_understood() -> None:
    from argon2 import PasswordHasher

    hashed = PasswordHasher(time_cost=2, memory_cost=1024, parallelism=1).hash("1357")

    assert pin.is_right(pin.Question(hashed, "1357"))
    assert not pin.is_right(pin.Question(hashed, "1358"))


@pytest.mark.parametrize(
    "hash",
    [
        "",
        "$argon2i$v=19$m=64,t=1,p=1$MDEyMzQ1Njc$AAAA",
        "$argon2id$v=19$m=999999,t=1,p=1$MDEyMzQ1Njc$AAAA",
    ],
)
def test_what_is_no_hash_or_costs_too_much_memory_is_refused(hash: str) -> None:
    with pytest.raises(ValueError, match="argon2id"):
        pin.is_right(pin.Question(hash, "2468"))
