"""When whose assets may be worked on, for whoever else places orders by itself."""

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from fleet_server.rollouts import planning, quarantine, windows

Spans = Callable[[str], Sequence[tuple[datetime, datetime]] | None]
"""When between two instants a court's assets may begin; None: at any time."""


class Openings:
    """Reads, and keeps nothing."""

    def shut_out(self, session: Session) -> frozenset[str]:
        """Whoever is in quarantine."""
        return quarantine.assets_in(session)

    def spans(self, session: Session, since: datetime, until: datetime) -> Spans:
        """The maintenance windows of courts between these."""
        found = windows.all_of(session)

        def of(court: str) -> Sequence[tuple[datetime, datetime]] | None:
            mine = windows.of_court(found, court)
            return planning.intervals(mine, since, until) if mine else None

        return of
