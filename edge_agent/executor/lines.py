"""The newest lines of the play that runs, for whoever listens now; in memory only."""

from collections import deque
from threading import Lock

from telemetry.wire.lines import MOST_LINES, Line, OrderLines


class Lines:
    """One thread adds, any may ask."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._newest: deque[Line] = deque(maxlen=MOST_LINES)
        self._attempt = 0
        self._count = 0

    def begin(self, attempt: int) -> None:
        """What comes from now on belongs to this attempt."""
        with self._lock:
            self._newest.clear()
            self._attempt, self._count = attempt, 0

    def add(self, line: Line) -> None:
        with self._lock:
            self._newest.append(line)
            self._count += 1

    def after(self, order: str, told: tuple[int, int]) -> OrderLines | None:
        """Those after the attempt and the number that were `told` last; None: there are none."""
        with self._lock:
            attempt, known = told
            kept = self._count - len(self._newest)
            first = max(kept, known + 1) if attempt == self._attempt else kept
            lines = list(self._newest)[first - kept :]
            return OrderLines(order, self._attempt, first, lines) if lines else None
