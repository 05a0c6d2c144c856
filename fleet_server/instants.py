"""Instants on the wire are whole milliseconds since 1970."""

from datetime import datetime


def to_ms(at: datetime) -> int:
    """Milliseconds since 1970 of an aware instant."""
    return round(at.timestamp() * 1000)
