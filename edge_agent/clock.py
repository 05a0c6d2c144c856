"""The agent's clock: durations from the machine's uptime, instants from an anchor of its boot.

An anchor says what time it was when the machine booted; an instant is the anchor plus the uptime.
It is taken from GNSS, else from a wall clock that NTP keeps, else from the server's greeting. After
that the wall clock may jump as it likes: no instant follows it.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from edge_agent.inputs import Moment
from edge_agent.records import Anchor, Stamp
from telemetry.wire.events import ClockFault
from telemetry.wire.messages import Value
from telemetry.words import ClockTrust

RELEASED_AT: Final = datetime(2026, 11, 1, tzinfo=UTC)
"""No clock that is right shows an earlier time; set anew at each release."""

_RANKS: Final = {
    ClockTrust.GNSS: 0,
    ClockTrust.NTP: 1,
    ClockTrust.SERVER: 2,
    ClockTrust.NONE: 3,
}
_FAULT_MS: Final = 300_000
_WELL_MS: Final = 60_000
_DRIFT_MS: Final = {ClockTrust.GNSS: 500, ClockTrust.NTP: 200, ClockTrust.SERVER: 2_000}
"""An anchor of the same source is renewed when it is off by more than this (noise) ..."""
_STEP_MS: Final = 60_000
"""... and by less than this: a good source does not step."""
_GNSS_TURN_MS: Final = 1024 * 7 * 86_400_000
_GNSS_NEAR_MS: Final = 7 * 86_400_000


def up_ms(moment: Moment) -> int:
    """Whole milliseconds since the boot."""
    return round(moment.up * 1000)


def wall_ms(moment: Moment) -> int:
    """What the wall clock says, ms since 1970."""
    return round(moment.wall.timestamp() * 1000)


class Clock:
    """Anchors by boot; only that of the present boot ever changes."""

    def __init__(self, anchors: Mapping[str, Anchor]) -> None:
        self._anchors = dict(anchors)
        self._fault_told = False

    def observe(self, now: Moment) -> tuple[Anchor | None, ClockFault | None]:
        """Look at the wall clock: a new anchor for this boot, and a fault that is news."""
        anchor = None
        if now.trust is ClockTrust.NTP:
            anchor = self._learn(now, wall_ms(now), ClockTrust.NTP)
        return anchor, self._fault(now)

    def learn_from_fix(self, taken: Moment, metrics: Mapping[str, Value]) -> Anchor | None:
        """A new anchor from a GNSS fix, when its date is known to be right."""
        seconds = metrics.get("gnss_unix_seconds")
        if seconds is None or metrics.get("gnss_time_wrapped") is not False:
            return None
        return self._learn(taken, round(float(seconds) * 1000), ClockTrust.GNSS)

    def learn_from_server(self, now: Moment, sent_at: int) -> Anchor | None:
        """A new anchor from the server's greeting."""
        return self._learn(now, sent_at, ClockTrust.SERVER)

    def stamp(self, moment: Moment) -> Stamp:
        """`moment` for a record: fixed at once where the anchor is there."""
        at, trust = self.instant(moment.boot, up_ms(moment))
        return Stamp(moment.boot, up_ms(moment), at, trust if at is not None else None)

    def instant(self, boot: str, up_ms: int) -> tuple[int | None, ClockTrust]:
        """The instant (ms since 1970) of an uptime; None when that boot never learnt the time."""
        anchor = self._anchors.get(boot)
        if anchor is None:
            return None, ClockTrust.NONE
        return anchor.began_at + up_ms, anchor.trust

    def now_ms(self, now: Moment) -> int:
        """The best guess of now, ms since 1970: the anchor's, else the wall clock's."""
        at, _ = self.instant(now.boot, up_ms(now))
        return max(wall_ms(now), 0) if at is None else at

    def trust(self, now: Moment) -> ClockTrust:
        """Whom `now_ms` comes from."""
        return self.instant(now.boot, 0)[1]

    def vouches_for_wall(self, now: Moment) -> bool:
        """Whether somebody says that the wall clock is right, to five minutes."""
        at, _ = self.instant(now.boot, up_ms(now))
        if at is None:
            return False
        return abs(at - wall_ms(now)) <= _FAULT_MS

    def _learn(self, moment: Moment, at_ms: int, trust: ClockTrust) -> Anchor | None:
        """The anchor that this gives, None when it is not better than what is known."""
        offered = Anchor(at_ms - up_ms(moment), trust)
        if at_ms < RELEASED_AT.timestamp() * 1000:
            return None
        known = self._anchors.get(moment.boot)
        if known is not None and not _replaces(offered, known):
            return None
        self._anchors[moment.boot] = offered
        return offered

    def _fault(self, now: Moment) -> ClockFault | None:
        at, trust = self.instant(now.boot, up_ms(now))
        if at is None:
            return None
        off_ms = wall_ms(now) - at
        if abs(off_ms) < _WELL_MS:
            self._fault_told = False
        if abs(off_ms) <= _FAULT_MS or self._fault_told:
            return None
        self._fault_told = True
        return ClockFault(off_seconds=round(off_ms / 1000, 1), better=trust)


def _replaces(offered: Anchor, known: Anchor) -> bool:
    apart = abs(offered.began_at - known.began_at)
    if offered.trust is known.trust:
        return _DRIFT_MS[known.trust] < apart < _STEP_MS
    if _RANKS[offered.trust] > _RANKS[known.trust]:
        return False
    if offered.trust is ClockTrust.NTP:
        # A wall clock that was set by hand can still claim to be kept by NTP.
        return apart <= _FAULT_MS
    return not _is_turned(apart)


def _is_turned(apart_ms: int) -> bool:
    """Whether two GNSS dates are a multiple of 1,024 weeks apart."""
    turns = round(apart_ms / _GNSS_TURN_MS)
    return turns != 0 and abs(apart_ms - turns * _GNSS_TURN_MS) <= _GNSS_NEAR_MS
