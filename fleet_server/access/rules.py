"""How passwords and secrets are kept, and how often somebody may try one."""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from telemetry.wire.people import MOST_PIN_KIBIBYTES

MOST_FAILURES: Final = 5
WITHIN: Final = timedelta(minutes=15)

_HASHER: Final = PasswordHasher(time_cost=3, memory_cost=65_536, parallelism=1)

_PIN_HASHER: Final = PasswordHasher(time_cost=4, memory_cost=MOST_PIN_KIBIBYTES // 2, parallelism=1)


def hashed(password: str) -> str:
    """Argon2id with a salt of its own; takes about 100 ms and 64 MB on purpose."""
    return _HASHER.hash(password)


def hashed_pin(pin: str) -> str:
    """As `hashed`, but an asset can bear to check it: beside an agent there is little memory."""
    return _PIN_HASHER.hash(pin)


def matches(password: str, kept: str) -> bool:
    """Whether `password` is the one that was hashed."""
    try:
        return _HASHER.verify(kept, password)
    except (VerificationError, InvalidHashError):
        return False


def new_secret() -> str:
    """192 random bits for a session or a token."""
    return secrets.token_urlsafe(24)


def fingerprint(secret: str) -> str:
    """How a random secret is kept; it has bits enough to need no salt."""
    return hashlib.sha256(secret.encode()).hexdigest()


def wait_seconds(failures: list[datetime], now: datetime) -> int:
    """How long the next try must wait, 0 for not at all; `failures` oldest first."""
    recent = [at for at in failures if now - at < WITHIN]
    if len(recent) < MOST_FAILURES:
        return 0
    return int((recent[-MOST_FAILURES] + WITHIN - now).total_seconds()) + 1
