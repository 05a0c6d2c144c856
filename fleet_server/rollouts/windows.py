"""The maintenance windows of courts."""

from collections.abc import Sequence
from typing import Final

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from fleet_server.database import Unit
from fleet_server.journal.model import What
from fleet_server.rollouts.model import Window, WindowsRow

FLEET: Final = ""
"""Whose windows count for courts that have none of their own."""

Windows = dict[str, tuple[Window, ...]]


def all_of(session: Session) -> Windows:
    """Those of each court that has some, and the fleet's."""
    return {
        row.court: msgspec.json.decode(row.windows, type=tuple[Window, ...])
        for row in session.scalars(select(WindowsRow))
    }


def of_court(found: Windows, court: str) -> tuple[Window, ...]:
    """Those that count for a court; none: at any time."""
    return found.get(court) or found.get(FLEET, ())


def put(unit: Unit, court: str, windows: Sequence[Window]) -> None:
    """Make the windows of a court, or of the fleet (""); none takes them away."""
    row = unit.session.get(WindowsRow, court)
    before = None if row is None else msgspec.json.decode(row.windows, type=tuple[Window, ...])
    wanted = tuple(windows) or None
    if before == wanted:
        return
    if wanted is None:
        unit.session.delete(row)
    else:
        text = msgspec.json.encode(wanted).decode()
        unit.session.merge(WindowsRow(court=court, windows=text))
    subject = f"court:{court}" if court else "fleet"
    unit.journal(What.ROLLOUT_WINDOWS_CHANGED, subject, before, wanted, court=court or None)
