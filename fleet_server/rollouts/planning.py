"""Whether a plan can be carried out, which assets are in which wave, and when windows are open."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from msgspec import Struct

from fleet_server.errors import Fault, Misfit
from fleet_server.rollouts.model import Gate, Plan, Selection, WavePlan, Window
from telemetry.rules.readiness import Verdict
from telemetry.words import AssetKind

ZONE: Final = ZoneInfo("Asia/Shanghai")
FREE_GATE: Final = Gate(success_percent=0, failure_percent=100, soak_seconds=0, checks_health=False)
"""Of what goes to all at once and is not to stop: looking what would change, rolling back."""


class Candidate(Struct, frozen=True):
    """An asset that may be chosen, and what is known of it now."""

    asset: str
    court: str
    kind: AssetKind
    version: str
    is_reachable: bool
    in_sitting: bool
    is_quarantined: bool
    verdicts: tuple[Verdict, ...] = ()
    tags: tuple[str, ...] = ()


def check(plan: Plan) -> None:
    """Refuse a plan that contradicts itself, or could not end.

    Raises:
        Misfit: all that is wrong with it.
    """
    faults = [*_wave_faults(plan), *_time_faults(plan)]
    if bool(plan.selection.service) != bool(plan.selection.readiness):
        faults.append(Fault(field="selection", code="rollout_service_and_readiness", facts={}))
    if faults:
        raise Misfit("bad_rollout", faults)


def settled(plan: Plan) -> Plan:
    """The plan as it is carried out: a dry run has one wave, and nothing to wait for after it."""
    if not plan.is_check:
        return plan
    waves = (WavePlan(percent=100, gate=FREE_GATE),)
    return Plan(
        selection=plan.selection,
        waves=waves,
        conditions=plan.conditions,
        most_at_once=plan.most_at_once,
        lasts_seconds=plan.lasts_seconds,
        limit_seconds=plan.limit_seconds,
        in_windows=False,
        is_check=True,
    )


def chosen(selection: Selection, candidates: Iterable[Candidate]) -> list[Candidate]:
    """Those that a selection means; whoever is there comes first, so that canaries are."""
    found = [one for one in candidates if _is_meant(selection, one)]
    return sorted(found, key=lambda one: (not one.is_reachable, one.in_sitting, one.asset))


def sizes(waves: Sequence[WavePlan], count: int) -> list[tuple[int, Gate]]:
    """How many of `count` assets each wave has, and its gate; without waves that would be empty."""
    found, done = [], 0
    for wave in waves:
        if wave.count is not None:
            until = done + wave.count
        else:
            until = -(-count * (wave.percent or 0) // 100)
        size = min(until, count) - done
        if size > 0:
            found.append((size, wave.gate))
            done += size
    return found


def is_open(windows: Sequence[Window], at: datetime) -> bool:
    """Whether work may begin; without windows always."""
    return not windows or any(begin <= at < end for begin, end in _spans(windows, at, at))


def intervals(
    windows: Sequence[Window], since: datetime, until: datetime
) -> list[tuple[datetime, datetime]]:
    """When work may begin between these, for whoever gets its order late."""
    return sorted(
        (max(begin, since), min(end, until))
        for begin, end in _spans(windows, since, until)
        if end > since and begin < until
    )


def _is_meant(selection: Selection, one: Candidate) -> bool:
    verdicts = [found for found in one.verdicts if found.service == selection.service]
    return all(
        (
            not selection.courts or one.court in selection.courts,
            not selection.kinds or one.kind in selection.kinds,
            not selection.versions or one.version in selection.versions,
            not selection.assets or one.asset in selection.assets,
            not selection.tags or not set(selection.tags).isdisjoint(one.tags),
            not selection.service
            or any(found.readiness in selection.readiness for found in verdicts),
        )
    )


def _wave_faults(plan: Plan) -> Iterator[Fault]:
    reached = 0
    for number, wave in enumerate(plan.waves, 1):
        field, gate = f"waves.{number}", wave.gate
        if (wave.count is None) == (wave.percent is None):
            yield Fault(field, "rollout_wave_size", {})
        if wave.percent is not None and wave.percent <= reached:
            yield Fault(field, "rollout_wave_not_larger", {"percent": reached})
        reached = wave.percent or reached
        if gate.success_percent + gate.failure_percent > 100:
            facts = {"success": gate.success_percent, "failure": gate.failure_percent}
            yield Fault(field, "rollout_gate_contradicts", facts)
        if gate.success_percent == 0 and number < len(plan.waves):
            yield Fault(field, "rollout_gate_proves_nothing", {})
    if not plan.waves or plan.waves[-1].percent != 100:
        yield Fault(field="waves", code="rollout_rest_missing", facts={})


def _time_faults(plan: Plan) -> Iterator[Fault]:
    """Each wave needs at least one play and its soak; a plan without that much time cannot end."""
    needed = sum(plan.limit_seconds + wave.gate.soak_seconds for wave in plan.waves)
    if plan.lasts_seconds < needed:
        facts = {"hours": -(-needed // 3600)}
        yield Fault(field="lasts_seconds", code="rollout_too_short", facts=facts)


def _spans(
    windows: Sequence[Window], since: datetime, until: datetime
) -> Iterator[tuple[datetime, datetime]]:
    """Each window of each day from the one before `since` on; one over midnight began then."""
    day = since.astimezone(ZONE).date() - timedelta(days=1)
    last = until.astimezone(ZONE).date()
    while day <= last:
        for window in windows:
            if day.weekday() in window.days:
                is_over_night = window.until_minute <= window.from_minute
                end_day = day + timedelta(days=1) if is_over_night else day
                yield _at(day, window.from_minute), _at(end_day, window.until_minute)
        day += timedelta(days=1)


def _at(day: date, minute: int) -> datetime:
    return datetime.combine(day, time(), ZONE) + timedelta(minutes=minute)
