"""Knows whoever holds a station key, and how much each may ask for."""

import threading
from datetime import datetime, timedelta
from enum import StrEnum, unique
from typing import Final

from msgspec import Struct

from fleet_server.database import Database
from fleet_server.errors import TooOften
from fleet_server.selfcheck import store
from fleet_server.selfcheck.model import StationKey


@unique
class Use(StrEnum):
    """What a key is used for, each within its own bounds."""

    LOOKS = "looks"
    BYTES = "bytes"
    RESULTS = "results"


class Bound(Struct, frozen=True):
    """So much within such a time."""

    most: int
    within: timedelta


BOUNDS: Final = {
    Use.LOOKS: Bound(120, timedelta(minutes=1)),
    Use.BYTES: Bound(64_000_000, timedelta(minutes=10)),
    Use.RESULTS: Bound(12, timedelta(hours=1)),
}


class SelfChecks:
    """Safe to share between threads. What was used is counted in memory, for known keys only."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._used: dict[tuple[str, Use], tuple[datetime, int]] = {}

    def recognise(self, secret: str, now: datetime) -> StationKey:
        """Whose key it is.

        Raises:
            NotSignedIn: nobody's, expired, or of a retired asset.
        """
        with self._database.reading() as session:
            return store.recognise(session, secret, now)

    def use(self, key: StationKey, use: Use, amount: int, now: datetime) -> None:
        """Note that a key is used.

        Raises:
            TooOften: it would be more than `BOUNDS` allow.
        """
        bound = BOUNDS[use]
        with self._lock:
            since, used = self._used.get((key.asset, use), (now, 0))
            if not since <= now < since + bound.within:
                since, used = now, 0
            if used + amount > bound.most:
                wait = since + bound.within - now
                raise TooOften("self_checks_too_often", seconds=int(wait.total_seconds()) + 1)
            self._used[key.asset, use] = (since, used + amount)
