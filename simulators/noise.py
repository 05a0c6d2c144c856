"""Numbers that look random and are not: functions of a key, quick enough for every reading."""

import hashlib
import math
from typing import Final

_MASK: Final = (1 << 64) - 1
_STEP: Final = 0x9E3779B97F4A7C15


def key_of(*parts: object) -> int:
    """A key for these parts; others give another one."""
    text = "|".join(str(part) for part in parts)
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest())


def unit(key: int, number: int = 0) -> float:
    """A number from 0 to 1, the same for the same arguments (splitmix64)."""
    mixed = (key + number * _STEP) & _MASK
    mixed = ((mixed ^ mixed >> 30) * 0xBF58476D1CE4E5B9) & _MASK
    mixed = ((mixed ^ mixed >> 27) * 0x94D049BB133111EB) & _MASK
    return (mixed ^ mixed >> 31) / 2.0**64


def between(low: float, high: float, key: int, number: int = 0) -> float:
    """A number from `low` to `high`."""
    return low + (high - low) * unit(key, number)


def wave(key: int, at: float) -> float:
    """A value from 0 to 1 that wanders smoothly; a whole `at` is another, unrelated one."""
    knot = math.floor(at)
    part = at - knot
    here = unit(key, knot)
    return here + (unit(key, knot + 1) - here) * part * part * (3.0 - 2.0 * part)
