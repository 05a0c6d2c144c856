"""Lines of plays that run now: the newest of each order, in memory, and who wants to know of more.

Nobody waits for them and nothing is kept of them: what an order gives out comes with its end.
"""

import logging
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from threading import Lock
from typing import Final, NamedTuple

from msgspec import Struct, field

from telemetry.errors import Unreadable
from telemetry.wire import lines
from telemetry.wire.lines import Line
from telemetry.words import LineKind, word

logger = logging.getLogger(__name__)

MOST_KEPT: Final = 60
"""Lines an order, of some hundred bytes each."""
_LOOKS_SECONDS: Final = 60.0
"""So long after somebody has asked for an order's lines they are told that there are more."""


class Numbered(NamedTuple):
    """A line, and its number in its attempt; numbers that are missing never came."""

    number: int
    line: Line


class _Play(Struct):
    asset: str
    attempt: int = 0
    last: int = -1
    kept: deque[Numbered] = field(default_factory=lambda: deque(maxlen=MOST_KEPT))
    change: int = 0


class OrdersLines:
    """Of orders that have not ended. For any thread."""

    def __init__(self, up: Callable[[], float] = time.monotonic) -> None:
        self._up = up
        self._lock = Lock()
        self._plays: dict[str, _Play] = {}
        self._looked_at: dict[str, float] = {}
        self._change = 0

    def keep(self, active: Mapping[str, str]) -> None:
        """Take lines of these orders of these assets from now on; all others are forgotten."""
        with self._lock:
            self._plays = {
                order: self._plays.get(order) or _Play(asset) for order, asset in active.items()
            }
            self._looked_at = {o: at for o, at in self._looked_at.items() if o in active}

    def take(self, asset: str, payload: bytes) -> None:
        """What an asset says; of another's order, of none, or known already, it means nothing."""
        try:
            said = lines.decode(payload)
        except Unreadable as error:
            logger.info("unreadable lines", extra={"asset": asset, "why": error.detail})
            return
        with self._lock:
            play = self._plays.get(said.id)
            if play is None or play.asset != asset or said.attempt < play.attempt:
                return
            if said.attempt > play.attempt:
                play.attempt, play.last = said.attempt, -1
                play.kept.clear()
            for number, line in enumerate(said.lines, said.first):
                if number > play.last and word(LineKind, line.what) is not None:
                    play.kept.append(Numbered(number, line))
                    play.last = number
            if said.id in self._looked_at:
                self._change += 1
                play.change = self._change

    def of(self, order: str) -> tuple[int, Sequence[Numbered]]:
        """The attempt, and its newest lines, oldest first; more of them will be told of."""
        with self._lock:
            play = self._plays.get(order)
            if play is None:
                return 0, ()
            self._looked_at[order] = self._up()
            return play.attempt, tuple(play.kept)

    def changed_since(self, token: int) -> tuple[int, list[str]]:
        """A token for the next call, and whose orders, that somebody looks at, have more lines."""
        if token == self._change:  # nobody looks, as a rule
            return token, []
        with self._lock:
            oldest = self._up() - _LOOKS_SECONDS
            self._looked_at = {o: at for o, at in self._looked_at.items() if at >= oldest}
            plays = [self._plays[order] for order in self._looked_at]
            return self._change, sorted({one.asset for one in plays if one.change > token})
