"""The time while the store is down: what it is tried with, and who was told to hold."""

from collections import deque
from collections.abc import Collection, Sequence
from typing import Final

from fleet_server.intake.arrivals import Arrival

HOLD_SECONDS: Final = 30.0
"""How long assets are told to wait; they are told sooner when the store works."""

_TRY_MS: Final = 1000
_KEPT_MESSAGES: Final = 8


class Outage:
    """Begins with a commit that failed, ends with one that did not."""

    def __init__(self) -> None:
        self._kept: deque[Arrival] = deque()
        self._tried_at = 0
        self._told: set[str] = set()

    def __bool__(self) -> bool:
        return bool(self._kept)

    @property
    def hold_seconds(self) -> float:
        """What every answer says at the moment."""
        return HOLD_SECONDS if self._kept else 0.0

    def begin(self, refused: Sequence[Arrival], now: int) -> Sequence[Arrival]:
        """Keep some messages of the commit that failed to try the store with; the others."""
        self._kept.extend(refused[:_KEPT_MESSAGES])
        self._tried_at = now
        return refused[_KEPT_MESSAGES:]

    def tell(self, asset: str) -> None:
        """Note that the asset was told to hold."""
        self._told.add(asset)

    def next_try(self, now: int) -> Sequence[Arrival]:
        """What to commit now: once a second one message, each in turn.

        In turn, so that a message that can never be stored keeps nobody else out.
        """
        if now - self._tried_at < _TRY_MS:
            return ()
        self._tried_at = now
        self._kept.rotate(-1)
        return (self._kept[0],)

    def end(self, committed: Collection[Arrival]) -> tuple[Collection[str], Sequence[Arrival]]:
        """Who has to be told, and what of the kept messages nobody would send again."""
        told, self._told = self._told, set()
        left = [a for a in self._kept if not a.numbers and a not in committed]
        self._kept.clear()
        return told, left
