"""Writes what headers told into the state database, so that a restarted server knows it."""

import logging
from threading import Lock
from typing import Final

from sqlalchemy.exc import SQLAlchemyError

from fleet_server.access.model import SYSTEM
from fleet_server.database import Database
from fleet_server.instants import from_ms
from fleet_server.intake import store
from fleet_server.intake.ledger import Ledger
from fleet_server.intake.live import Live

logger = logging.getLogger(__name__)

_EVERY_MS: Final = 10_000


class Keeper:
    """For the writer's thread; `lock` guards the ledger and the live views."""

    def __init__(self, database: Database, ledger: Ledger, live: Live, lock: Lock) -> None:
        self._database = database
        self._ledger = ledger
        self._live = live
        self._lock = lock
        self._saved_at = 0

    def save_when_due(self, now: int) -> None:
        """Save every ten seconds; a failure is logged, because a restart can do without."""
        if now - self._saved_at < _EVERY_MS:
            return
        self._saved_at = now
        try:
            self.save(now)
        except SQLAlchemyError as error:
            logger.warning("marks not saved", extra={"error": type(error).__name__})

    def save(self, now: int) -> None:
        """Save what changed since the last time.

        Raises:
            SQLAlchemyError: the state database refuses.
        """
        with self._lock:
            tracks = [
                (track, store.mark_of(asset, stream, epoch, track))
                for asset, book in self._ledger.books()
                for stream, epoch, track in book.tracks()
                if track.is_unsaved
            ]
            sightings = self._live.sightings()
            for track, _ in tracks:
                track.is_unsaved = False
        try:
            with self._database.unit(SYSTEM, from_ms(now)) as unit:
                store.save_marks(unit.session, [mark for _, mark in tracks])
                store.save_sightings(unit.session, sightings)
        except SQLAlchemyError:
            for track, _ in tracks:
                track.is_unsaved = True
            raise
