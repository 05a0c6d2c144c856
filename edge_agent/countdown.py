"""Seconds that run by the machine's uptime, and go on where they were after a restart or reboot."""

from typing import Self

from msgspec import Struct

from edge_agent.inputs import Moment


class Countdown(Struct, frozen=True):
    """`seconds` were left at `up` of `boot`.

    On another boot what was left counts anew: nobody knows how long the machine was off, and the
    wall clock may say anything.
    """

    boot: str = ""
    up: float = 0.0
    seconds: float = 0.0

    @classmethod
    def begun(cls, now: Moment, seconds: float) -> Self:
        """One that begins now."""
        return cls(now.boot, now.up, seconds)

    def left(self, now: Moment) -> float:
        """Seconds left, never below 0."""
        if now.boot != self.boot or now.up < self.up:
            return self.seconds
        return max(self.seconds - (now.up - self.up), 0.0)

    def seen(self, now: Moment) -> Self:
        """The same as of now; from here on it runs on the present boot."""
        return self.begun(now, self.left(now))
