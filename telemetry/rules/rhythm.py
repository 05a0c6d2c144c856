"""The reporting rhythm: how often an asset reports, and when silence means something."""

from typing import Final

from telemetry.wire.documents import Settings

MOVING_METRES_PER_SECOND: Final = 1.5
"""Faster than a parked receiver's noise, slower than a walk."""

_STALE_AT_LEAST_SECONDS: Final = 60.0
_STALE_RHYTHMS: Final = 3.0
LATE_SECONDS: Final = 60.0
"""A record that arrives later than this is stored, but is not live."""

FUTURE_SECONDS: Final = 300.0
"""A record that claims to be measured further ahead than this has a clock fault."""


def report_every_seconds(settings: Settings, speed_metres_per_second: float | None) -> float:
    """How long until the next report at this speed (None: no fix, taken as standing)."""
    moving = (speed_metres_per_second or 0.0) >= MOVING_METRES_PER_SECOND
    return settings.report_moving_seconds if moving else settings.report_standing_seconds


def stale_after_seconds(announced_every_seconds: float) -> float:
    """Silence longer than this makes an asset stale, given the rhythm that it announced."""
    return max(_STALE_AT_LEAST_SECONDS, _STALE_RHYTHMS * announced_every_seconds)
