"""Instants as people write them in commands."""

import re
from datetime import UTC, datetime, timedelta
from typing import Final

from fleet_server.errors import CommandFailed

_AGO: Final = re.compile(r"(\d+)([smhd])\Z")
_UNITS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


def instant(text: str, now: datetime) -> str:
    """ISO 8601 in UTC of an instant, "now", or how long ago (`90s`, `30m`, `2h`, `7d`).

    Raises:
        CommandFailed: it is none of these.
    """
    ago = _AGO.match(text)
    if ago is not None:
        at = now - timedelta(seconds=int(ago[1]) * _UNITS[ago[2]])
    elif text == "now":
        at = now
    else:
        try:
            at = datetime.fromisoformat(text).astimezone(UTC)
        except ValueError as error:
            raise CommandFailed("bad_instant", text=text) from error
    return at.isoformat()
