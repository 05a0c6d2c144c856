"""Instants on the wire are whole milliseconds since 1970."""

from datetime import UTC, datetime
from typing import Final

_LAST_MS: Final = 253_402_300_799_000


def to_ms(at: datetime) -> int:
    """Milliseconds since 1970 of an aware instant."""
    return round(at.timestamp() * 1000)


def from_ms(ms: int) -> datetime:
    """Milliseconds since 1970 as an aware instant; the far future ends with the year 9999."""
    return datetime.fromtimestamp(min(ms, _LAST_MS) / 1000, UTC)
