"""How an asset stands, why it is not set up just now, and whose turn it is."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

from fleet_server.configuration.model import (
    Attempt,
    ConfigurationState,
    Converge,
    Hold,
    Situation,
)
from telemetry.words import FINAL_STATES, OrderState

MOST_AT_ONCE: Final = 10
"""So many assets are set up at the same time without anybody asking."""

MOST_FAILURES: Final = 3
"""On so many assets a configuration may fail, unless more have it, before no other gets it."""

SETTLES: Final = timedelta(minutes=2)
"""So long after a play its asset may need to say how it is set up now."""

FIRST_PAUSE: Final = timedelta(minutes=15)
LONGEST_PAUSE: Final = timedelta(days=1)
LONGEST_WAIT: Final = timedelta(hours=2)
"""A device that was off may be back; nobody tells of it."""

REMEMBERED: Final = 2 * LONGEST_PAUSE
"""Older attempts decide nothing any more."""

_State = ConfigurationState
_FAILURES: Final = frozenset({OrderState.FAILED, OrderState.ROLLED_BACK, OrderState.REFUSED})
_NOT_BEGUN: Final = frozenset({OrderState.QUEUED, OrderState.SENT})
_WANTING: Final = frozenset(
    {_State.FAILING, _State.DRIFTED, _State.BEHIND, _State.NEVER, _State.WAITING}
)


def state_of(one: Situation, now: datetime) -> ConfigurationState:
    """How the asset stands; one that is switched off has not failed."""
    last = _last(one)
    report = one.report
    is_same = report is not None and report.hash == one.desired
    if not one.desired:
        return _State.NOTHING
    if last is not None and last.state not in FINAL_STATES:
        is_away = last.state in _NOT_BEGUN and not one.is_heard
        return _State.UNHEARD if is_away else _State.APPLYING
    if report is not None and is_same and not report.differs:
        return _State.WAITING if report.waiting else _State.IN_STEP
    if last is not None and last.state in _FAILURES and _is_unanswered(one, last):
        return _State.FAILING
    if not one.is_heard:
        return _State.UNHEARD
    if last is not None and not is_same and now < last.changed_at + SETTLES:
        return _State.APPLYING
    if report is None or not report.hash:
        return _State.NEVER
    return _State.DRIFTED if is_same else _State.BEHIND


def hold_of(one: Situation, state: ConfigurationState, now: datetime) -> Hold:
    """Why an asset that is not as desired is not set up now; NONE: it may be, or is."""
    if state not in _WANTING or not one.is_heard:
        return Hold.NONE
    if one.converge is Converge.BY_HAND:
        return Hold.BY_HAND
    if one.is_quarantined:
        return Hold.QUARANTINED
    again_at = next_try(one, state)
    if again_at is not None and now < again_at:
        return Hold.PAUSE
    if not one.is_open:
        return Hold.WINDOW
    if one.in_sitting:
        return Hold.IN_SITTING
    return Hold.BUSY if one.is_busy else Hold.NONE


def next_try(one: Situation, state: ConfigurationState) -> datetime | None:
    """When it may be tried again, later each time while it comes to nothing; None: at once."""
    last = _last(one)
    report = one.report
    if state is _State.WAITING and report is not None:
        waits = sum(attempt.placed_at > report.hash_seen_at for attempt in _plays(one))
        return report.applied_seen_at + min(FIRST_PAUSE * (1 << min(waits, 8)), LONGEST_WAIT)
    if last is None:
        return None
    tries = sum(
        attempt.state is not OrderState.EXPIRED and _is_unanswered(one, attempt)
        for attempt in _plays(one)
    )
    if tries == 0:
        return last.changed_at + SETTLES
    return last.changed_at + min(FIRST_PAUSE * (1 << min(tries - 1, 8)), LONGEST_PAUSE)


def braked(found: Iterable[tuple[Situation, ConfigurationState]]) -> frozenset[str]:
    """Configurations that fail more than they succeed: nobody else gets them by itself."""
    failing: Counter[str] = Counter()
    fine: Counter[str] = Counter()
    for one, state in found:
        if state is _State.FAILING:
            failing[one.desired] += 1
        elif state in {_State.IN_STEP, _State.WAITING}:
            fine[one.desired] += 1
    return frozenset(
        desired
        for desired, count in failing.items()
        if count >= MOST_FAILURES and count > fine[desired]
    )


def holds(
    found: Sequence[tuple[Situation, ConfigurationState]], now: datetime
) -> list[tuple[Situation, ConfigurationState, Hold]]:
    """The same with what keeps each; those that nothing keeps have their turn now."""
    stopped = braked(found)
    room = MOST_AT_ONCE - sum(state is _State.APPLYING for _, state in found)
    told = []
    for one, state in found:
        hold = hold_of(one, state, now)
        if hold is Hold.NONE and is_wanting(one, state):
            if one.desired in stopped and state is not _State.FAILING:
                hold = Hold.BRAKED
            elif room <= 0:
                hold = Hold.TURN
            else:
                room -= 1
        told.append((one, state, hold))
    return told


def is_wanting(one: Situation, state: ConfigurationState) -> bool:
    """Whether a play would help, and can be begun."""
    return state in _WANTING and one.is_heard


def _plays(one: Situation) -> list[Attempt]:
    return [attempt for attempt in one.attempts if not attempt.is_check]


def _last(one: Situation) -> Attempt | None:
    return next(iter(_plays(one)), None)


def _is_unanswered(one: Situation, attempt: Attempt) -> bool:
    """Whether the asset has said nothing of a play since; one that failed writes nothing down."""
    return one.report is None or attempt.placed_at > one.report.applied_seen_at
