"""The sitting lock: while court is held nothing may disturb, and the agent alone decides.

```
        begin (crew, day, recording)            lease over            15 quiet minutes
  FREE ──────────────────────────────▶ HELD ───────────────▶ LAPSED ───────────────────▶ FREE
   │ ▲                                  │ ▲                   │  │
   │ └────────── crew's yes, override ──┴─┼───────────────────┘  │
   │ ▲                                    └── camera, microphone ┘
   ▼ │ on, off (a named person)
  MAINTENANCE: no sitting begins
```

Leases and quiet are seconds of `up`; no wall clock takes part in keeping or ending the lock. Only
the day's bookings are instants, and only a clock that somebody vouches for is asked about them.
"""

import logging
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from edge_agent.countdown import Countdown
from edge_agent.errors import ActRefused, Denial
from edge_agent.inputs import Moment
from telemetry.wire import events
from telemetry.wire.people import Booking
from telemetry.words import Deferral, SittingEnd, SittingOwner

logger = logging.getLogger(__name__)

CREW_LEASE_SECONDS: Final = 4 * 3600.0
LONGEST_LEASE_SECONDS: Final = 12 * 3600.0
RENEWED_SECONDS: Final = 300.0
"""At least so much of the lease is left after camera or microphone were seen in use."""
QUIET_SECONDS: Final = 900.0

_SAVE_EVERY_SECONDS: Final = 60.0
_UNHEARD_SECONDS: Final = 120.0
_WATCH_EVERY_SECONDS: Final = 30.0
_MOST_DEFERRED: Final = 32


class Sitting(Struct, frozen=True):
    """A sitting in progress."""

    owner: SittingOwner
    who: str = ""
    service: str = ""


class Work(Struct, frozen=True):
    """Maintenance in progress."""

    who: str
    why: str


class LockState(Struct, frozen=True):
    """What of the lock outlives a restart.

    `begun`: bookings whose time came already. `is_dismissed`: somebody ended a sitting while camera
    or microphone were in use; that use takes the lock no more. `deferred`: steps that were told to
    wait.
    """

    sitting: Sitting | None = None
    lease: Countdown = Countdown()
    work: Work | None = None
    begun: tuple[str, ...] = ()
    is_dismissed: bool = False
    deferred: dict[str, Deferral] = {}


class Allowed(NamedTuple):
    """The step may be taken now; ask again before the next one."""


class Deferred(NamedTuple):
    """The step has to wait."""

    reason: Deferral


class SittingLock:
    """Owned by the agent's thread, and watched at each of its ticks.

    What it decides comes out of `news` as events, and what must outlive a restart out of `unsaved`;
    both belong into the tick's transaction.
    """

    def __init__(self, saved: bytes | None) -> None:
        self._state = _decoded(saved)
        self._news: list[events.Event] = []
        self._is_saved = True
        self._used_at: dict[str, float] = {}
        self._heard_at: float | None = None
        self._quiet_since: float | None = None
        self._watched_at = 0.0

    @property
    def sitting(self) -> Sitting | None:
        """Who holds the lock for what; also while its lease is over and it is not yet quiet."""
        return self._state.sitting

    @property
    def work(self) -> Work | None:
        """Who is working on the asset."""
        return self._state.work

    def left_seconds(self, now: Moment) -> float:
        """What is left of the lease."""
        return 0.0 if self.sitting is None else self._state.lease.left(now)

    def next_due(self) -> float:
        """When to watch again at the latest, in `up` seconds."""
        return float("inf") if self.sitting is None else self._watched_at + _WATCH_EVERY_SECONDS

    def watch(self, now: Moment, now_ms: int | None, bookings: Sequence[Booking]) -> None:
        """Let time pass. `now_ms`: ms since 1970, None while nobody vouches for the clock."""
        if self.sitting is not None and self._was_quiet(now):
            self._end(events.SittingEnded(SittingEnd.QUIET))
        if now_ms is not None:
            self._keep_bookings(bookings, now, now_ms)
        self._watched_at = now.up

    def hear(self, in_use: Mapping[str, bool], now: Moment) -> None:
        """What a reading says of cameras and microphones: by device, whether a program uses it."""
        if not in_use:
            return
        self._heard_at = now.up
        for device, is_used in in_use.items():
            if is_used:
                self._used_at[device] = now.up
            else:
                self._used_at.pop(device, None)
        if any(in_use.values()):
            self._used(now)
        elif self._state.is_dismissed and not self._is_used(now):
            self._change(is_dismissed=False)

    def begin(self, who: str, service: str, now: Moment) -> None:
        """The crew's sitting; one that a booking or a recording began becomes theirs.

        Raises:
            ActRefused: the crew holds the lock already, or the asset is being worked on.
        """
        if self.work is not None:
            raise ActRefused(Denial.IN_MAINTENANCE)
        if self.sitting is not None:
            if self.sitting.owner is SittingOwner.CREW:
                raise ActRefused(Denial.IN_SITTING)
            self._end(events.SittingEnded(SittingEnd.CREW, who))
        self._begin(Sitting(SittingOwner.CREW, who, service), CREW_LEASE_SECONDS, now)

    def end(self, who: str, now: Moment) -> None:
        """The crew's yes: whoever began it, the sitting is over.

        Raises:
            ActRefused: there is none.
        """
        if self.sitting is None:
            raise ActRefused(Denial.NOT_IN_SITTING)
        self._end(events.SittingEnded(SittingEnd.CREW, who))
        self._change(is_dismissed=self._is_used(now))

    def override(self, who: str, said: str, now: Moment) -> None:
        """Break the lock; the event says who did, and the reason they gave.

        Raises:
            ActRefused: there is no sitting, or no reason was given.
        """
        if self.sitting is None:
            raise ActRefused(Denial.NOT_IN_SITTING)
        if not said.strip():
            raise ActRefused(Denial.NO_REASON)
        self._end(events.SittingEnded(SittingEnd.OVERRIDDEN, who, said.strip()))
        self._change(is_dismissed=self._is_used(now))

    def begin_work(self, who: str, why: str) -> None:
        """Somebody works on the asset; until it is over no sitting begins.

        Raises:
            ActRefused: a sitting is in progress, somebody works on it already, or no reason.
        """
        if self.sitting is not None:
            raise ActRefused(Denial.IN_SITTING)
        if self.work is not None:
            raise ActRefused(Denial.IN_MAINTENANCE)
        if not why.strip():
            raise ActRefused(Denial.NO_REASON)
        self._change(work=Work(who, why.strip()))
        self._news.append(events.Maintenance(True, who, why.strip()))

    def end_work(self, who: str) -> None:
        """The asset is free again.

        Raises:
            ActRefused: nobody works on it.
        """
        if self.work is None:
            raise ActRefused(Denial.NOT_IN_MAINTENANCE)
        self._change(work=None)
        self._news.append(events.Maintenance(False, who))

    def touch(self) -> None:
        """Somebody is at the crew page: it is not quiet."""
        self._quiet_since = None

    def may_disturb(self, step: str, now: Moment) -> Allowed | Deferred:
        """Whether `step` may be taken now. To be asked before each step, not once for all.

        That a step has to wait is told once for each reason, and that it need not any longer.
        """
        deferred = self._state.deferred
        if self.sitting is None:
            if step in deferred:
                self._change(deferred={s: why for s, why in deferred.items() if s != step})
                self._news.append(events.Disturbed(step, "allowed"))
            return Allowed()
        is_held = self._state.lease.left(now) > 0
        reason = Deferral.IN_SITTING if is_held else Deferral.NOT_QUIET
        if deferred.get(step) is not reason:
            others = [(s, why) for s, why in deferred.items() if s != step]
            self._change(deferred=dict([*others, (step, reason)][-_MOST_DEFERRED:]))
            self._news.append(events.Disturbed(step, "deferred", reason))
        return Deferred(reason)

    def news(self) -> list[events.Event]:
        """What was decided since the last call, in order."""
        news, self._news = self._news, []
        return news

    def unsaved(self, now: Moment, *, anew: bool = False) -> bytes | None:
        """The state to keep, when it differs from what was kept last; `anew`: in any case.

        What is left of a lease is kept once a minute: after a reboot it may be that much longer,
        never shorter.
        """
        lease = self._state.lease
        is_old = lease.boot != now.boot or not 0 <= now.up - lease.up < _SAVE_EVERY_SECONDS
        if self.sitting is not None and is_old:
            self._change(lease=lease.seen(now))
        if self._is_saved and not anew:
            return None
        self._is_saved = True
        return msgspec.json.encode(self._state)

    def _used(self, now: Moment) -> None:
        self._quiet_since = None
        if self.sitting is None:
            if self.work is None and not self._state.is_dismissed:
                self._begin(Sitting(SittingOwner.RECORDING), RENEWED_SECONDS, now)
        elif self._state.lease.left(now) < RENEWED_SECONDS - _SAVE_EVERY_SECONDS:
            self._change(lease=Countdown.begun(now, RENEWED_SECONDS))

    def _was_quiet(self, now: Moment) -> bool:
        """Whether the lease is over and 15 minutes followed in which nothing and nobody moved.

        Only what was watched counts, not a sleep; nor does the silence of whoever would have told
        of a camera.
        """
        is_deaf = self._heard_at is not None and now.up - self._heard_at > _UNHEARD_SECONDS
        has_slept = now.up - self._watched_at > 2 * _WATCH_EVERY_SECONDS
        if self._state.lease.left(now) > 0:
            self._quiet_since = None
            return False
        if self._quiet_since is None or is_deaf or has_slept:
            self._quiet_since = now.up
        return now.up - self._quiet_since >= QUIET_SECONDS

    def _is_used(self, now: Moment) -> bool:
        return any(now.up - at <= _UNHEARD_SECONDS for at in self._used_at.values())

    def _keep_bookings(self, bookings: Sequence[Booking], now: Moment, now_ms: int) -> None:
        """A booking takes the lock when its time comes, once; in maintenance it goes on waiting."""
        known = {booking.id for booking in bookings}
        begun = [name for name in self._state.begun if name in known]
        for booking in bookings:
            is_on = booking.locks and booking.begins_at <= now_ms < booking.ends_at
            if not is_on or booking.id in begun or self.work is not None:
                continue
            begun.append(booking.id)
            if self.sitting is None:
                seconds = min((booking.ends_at - now_ms) / 1000, LONGEST_LEASE_SECONDS)
                self._begin(Sitting(SittingOwner.DAY, "", booking.service), seconds, now)
        if tuple(begun) != self._state.begun:
            self._change(begun=tuple(begun))

    def _begin(self, sitting: Sitting, seconds: float, now: Moment) -> None:
        self._quiet_since = None
        self._change(sitting=sitting, lease=Countdown.begun(now, seconds), is_dismissed=False)
        self._news.append(events.SittingBegan(sitting.owner, sitting.who, sitting.service, seconds))

    def _end(self, event: events.SittingEnded) -> None:
        self._change(sitting=None, lease=Countdown())
        self._news.append(event)

    def _change(self, **changes: object) -> None:
        self._state = replace(self._state, **changes)
        self._is_saved = False


def _decoded(saved: bytes | None) -> LockState:
    """What was kept; when that cannot be read a sitting may be on, until it was quiet."""
    if saved is None:
        return LockState()
    try:
        return msgspec.json.decode(saved, type=LockState)
    except msgspec.MsgspecError:
        logger.exception("the sitting lock's state cannot be read, it counts as held")
        return LockState(Sitting(SittingOwner.RECORDING))
