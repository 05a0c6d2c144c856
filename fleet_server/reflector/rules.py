"""What of an asset's test packets is answered: each once, not too many, none from another time."""

from typing import Final

from telemetry.wire.burst import FILL_BYTES, OVERHEAD_BYTES

CLOCKS_DIFFER_SECONDS: Final = 300.0
"""A packet that claims another time than this is of another day, or its sender's clock is wrong."""

_WINDOW: Final = 1024
_ANSWERS_A_SECOND: Final = 20.0
_ANSWERS_AT_ONCE: Final = 60.0
_FILLS_AT_ONCE: Final = 64_000_000 / FILL_BYTES
_FILLS_A_SECOND: Final = _FILLS_AT_ONCE / 600


class Window:
    """Takes each number once; one that is far behind the highest never (RFC 4303, 3.4.3)."""

    def __init__(self) -> None:
        self.highest = -1
        self._seen = 0

    def takes(self, number: int) -> bool:
        """Whether it is new; it is not any more then."""
        ahead = number - self.highest
        if ahead > 0:
            self._seen = (self._seen << min(ahead, _WINDOW) | 1) & ((1 << _WINDOW) - 1)
            self.highest = number
            return True
        if ahead <= -_WINDOW or self._seen >> -ahead & 1:
            return False
        self._seen |= 1 << -ahead
        return True


class Allowance:
    """So many at once, and so many a second in the long run; `up` in seconds."""

    def __init__(self, at_once: float, a_second: float) -> None:
        self._most = self._left = at_once
        self._a_second = a_second
        self._at: float | None = None

    def grants(self, up: float) -> bool:
        """Whether there is one more."""
        if self._at is not None:
            self._left = min(self._most, self._left + (up - self._at) * self._a_second)
        self._at = up
        if self._left < 1.0:
            return False
        self._left -= 1.0
        return True


class Session:
    """The tests of one asset. `answered` counts answers since its sender began to count.

    A sender counts from 0 when it starts; packets of before are told by their time. What its
    packets say must be checked before; instants are seconds since 1970 by the sender's clock.
    """

    def __init__(self) -> None:
        self.answered = 0
        self._window = Window()
        self._began_at = 0.0
        self._newest_at = 0.0
        self._allowance = Allowance(_ANSWERS_AT_ONCE, _ANSWERS_A_SECOND)

    def takes(self, sequence: int, sent_at: float, up: float) -> bool:
        """Whether a question is to be answered."""
        begins_anew = sent_at > self._newest_at and sequence <= self._window.highest
        is_of_before = sent_at < self._began_at or (
            sent_at < self._newest_at and sequence > self._window.highest
        )
        if is_of_before or not self._allowance.grants(up):
            return False
        if begins_anew:
            self._window, self.answered = Window(), 0
        if begins_anew or self._newest_at == 0.0:
            self._began_at = sent_at
        self._newest_at = max(self._newest_at, sent_at)
        return self._window.takes(sequence)


class Count:
    """What arrived of an asset's newest burst; instants are seconds of one steady clock."""

    def __init__(self) -> None:
        self.burst = 0
        self.received_bytes = 0
        self._window = Window()
        self._first_at: float | None = None
        self._last_at = 0.0
        self._allowance = Allowance(_FILLS_AT_ONCE, _FILLS_A_SECOND)

    @property
    def microseconds(self) -> int:
        """From the first to the last packet."""
        return round((self._last_at - self._first_at) * 1e6) if self._first_at is not None else 0

    def takes(self, burst: int, sequence: int, up: float) -> bool:
        """Whether a packet is of the newest burst, and new; a newer burst begins a new count."""
        if burst < self.burst or not self._allowance.grants(up):
            return False
        if burst > self.burst:
            self.burst, self.received_bytes = burst, 0
            self._window, self._first_at = Window(), None
        return self._window.takes(sequence)

    def fill(self, at: float) -> None:
        """One large packet arrived; the first one only starts the watch."""
        if self._first_at is None:
            self._first_at = self._last_at = at
            return
        self.received_bytes += FILL_BYTES + OVERHEAD_BYTES
        self._last_at = max(self._last_at, at)
