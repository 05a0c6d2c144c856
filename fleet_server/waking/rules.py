"""Who is asked, when, and what an answer means."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from fleet_server.waking.model import Use, WakeAsk, WakePlan, WakeState, Woken
from telemetry.rules.facts import ITEM_PREFIX, LINK_STEP
from telemetry.rules.grades import Reason
from telemetry.rules.readiness import Verdict
from telemetry.wire.events import CheckDone, Checked
from telemetry.wire.people import Day
from telemetry.wire.profile import PLATFORM_PREFIX, Profile
from telemetry.words import (
    CheckOutcome,
    DeviceFault,
    LinkClass,
    PlatformState,
    Readiness,
)
from telemetry.words import ReadinessReason as Code

ZONE: Final = ZoneInfo("Asia/Shanghai")
LATE: Final = timedelta(hours=2)
"""A server that was down at the time asks so much later still."""

GRACE: Final = timedelta(minutes=15)
"""So long an asset has before it counts as not woken."""

_UNPROVEN: Final = frozenset({Readiness.NOT_PROVEN, Readiness.UNKNOWN})
_PLATFORM_CODES: Final = {
    PlatformState.BLOCKED: Code.PLATFORM_BLOCKED,
    PlatformState.FAULT: Code.PLATFORM_FAULT,
}


def due_at(plan: WakePlan, ran_at: datetime | None, now: datetime) -> datetime | None:
    """The instant of today at which is to be asked, if that is to be done now."""
    at = _on(now, plan.ask_minute)
    is_done = ran_at is not None and ran_at >= at
    return at if at <= now < at + LATE and not is_done else None


def use_of(plan: WakePlan, day: Day, now: datetime) -> Use | None:
    """When an asset is to be used tomorrow: as booked, else as the plan assumes."""
    tomorrow = (now.astimezone(ZONE) + timedelta(days=1)).date()
    booked = [one for one in day.bookings if _date(one.begins_at) == tomorrow]
    if booked:
        first = min(one.begins_at for one in booked)
        services = dict.fromkeys(one.service for one in booked)
        return Use(datetime.fromtimestamp(first / 1000, ZONE), tuple(services))
    if not plan.assumes_use:
        return None
    return Use(_on(now + timedelta(days=1), plan.use_minute))


def concerned(use: Use, verdicts: Sequence[Verdict]) -> list[Verdict]:
    """Those that were booked, or all that the asset has the devices for."""
    if use.services:
        return [one for one in verdicts if one.service in use.services]
    return [one for one in verdicts if not _lacks(one)]


def must_be_asked(verdicts: Iterable[Verdict], *, is_online: bool) -> bool:
    """Whether the asset is off, or not all of what it needs then is proven."""
    reasons = (reason for one in verdicts for reason in one.reasons)
    return not is_online or any(reason.readiness in _UNPROVEN for reason in reasons)


def outcome(
    ask: WakeAsk,
    heard_at: datetime | None,
    check: tuple[datetime, CheckDone] | None,
    profile: Profile,
    now: datetime,
) -> Woken:
    """What came of asking; `check` is the last one since."""
    if check is not None:
        at, done = check
        broken = tuple(found_wrong(done, profile))
        if not broken and not _proves(done, profile):
            return Woken(ask, WakeState.UNCHECKED, at)
        return Woken(ask, WakeState.BROKEN if broken else WakeState.PROVEN, at, broken)
    if now < ask.asked_at + GRACE:
        return Woken(ask, WakeState.ASKED)
    is_heard = heard_at is not None and heard_at >= ask.asked_at
    return Woken(ask, WakeState.UNCHECKED if is_heard else WakeState.NOT_WOKEN)


def found_wrong(done: CheckDone, profile: Profile) -> Iterator[Reason]:
    """What a check found wrong, as reasons that can be told."""
    kinds = {spec.name: spec.kind for spec in profile.devices}
    for step in done.steps:
        if step.outcome != CheckOutcome.FAILED:
            continue
        if step.name == LINK_STEP:
            yield Reason(Code.LINK_NONE, Readiness.NOT_READY, link_needed=LinkClass.D)
        elif step.name.startswith(PLATFORM_PREFIX):
            yield _platform(step)
        elif step.name.startswith(ITEM_PREFIX):
            name = step.name.removeprefix(ITEM_PREFIX)
            yield Reason(Code.ITEM_MISSING, Readiness.NOT_READY, name)
        elif step.name in kinds:
            faults = tuple(fault for fault in DeviceFault if fault == step.fault)
            kind = (kinds[step.name],)
            yield Reason(
                Code.DEVICE_FAULT, Readiness.NOT_READY, step.name, kinds=kind, faults=faults
            )


def _proves(done: CheckDone, profile: Profile) -> bool:
    """Whether something passed beside the link; where nothing else is to be checked, that does."""
    passed = {step.name for step in done.steps if step.outcome == CheckOutcome.PASSED}
    has_more = bool(profile.devices or profile.platforms)
    return bool(passed - {LINK_STEP}) if has_more else bool(passed)


def _platform(step: Checked) -> Reason:
    state = next((one for one in PlatformState if one == step.fault), PlatformState.NOT_ANSWERING)
    code = _PLATFORM_CODES.get(state, Code.PLATFORM_NOT_ANSWERING)
    return Reason(code, Readiness.NOT_READY, step.name.removeprefix(PLATFORM_PREFIX))


def _lacks(verdict: Verdict) -> bool:
    return any(
        reason.code is Code.DEVICE_LACKING and reason.readiness is Readiness.NOT_READY
        for reason in verdict.reasons
    )


def _on(day: datetime, minute: int) -> datetime:
    """That minute of the day, by the courts' clocks."""
    date = day.astimezone(ZONE).date()
    return datetime.combine(date, time(minute // 60, minute % 60), ZONE)


def _date(ms: int) -> object:
    return datetime.fromtimestamp(ms / 1000, ZONE).date()
