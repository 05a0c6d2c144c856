"""What a gate says, and what is to be done next. Values in, values out.

```
target  waiting ─▶ out ─▶ soaking ─▶ succeeded          wave  open ─▶ passed ─▶ (failed, by
           ▲        │        └─────▶ failed                   │        stragglers of it)
           └ recall ┴─▶ failed | skipped | missed             └────▶ failed
```

A slot is what at most N assets have at once. An asset has one from when its order is placed until
that has ended. Whoever cannot begin (a sitting, no link) gives it back when another could use it:
the order is recalled before it has begun, and the asset waits for another turn. No order may begin
later than `VALIDITY` after it was placed, heard or not; so what became of an asset that fell silent
with one in hand is known to be over at last, and its slot is free.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct

from fleet_server.rollouts.model import (
    ENDED,
    SETTLED,
    Gate,
    GateCode,
    GateVerdict,
    Order,
    Rollout,
    RolloutState,
    Target,
    TargetState,
    Wave,
    Why,
)
from telemetry.words import FINAL_STATES, OrderRefusal, OrderState

VALIDITY: Final = timedelta(hours=2)
"""So long an asset may begin with an order; after that it waits for another."""

PATIENCE: Final = timedelta(minutes=15)
"""So long an order may lie with an asset that does not begin, when others want its slot."""

UNHEARD: Final = timedelta(minutes=5)
"""The same of an asset that is not heard of."""

PAUSE: Final = timedelta(minutes=15)
"""So long whoever gave a slot back, or could not take the order, is not asked again."""

_NOT_BEGUN: Final = frozenset(
    {OrderState.QUEUED, OrderState.SENT, OrderState.ACCEPTED, OrderState.DEFERRED}
)
_NOT_TAKEN: Final = frozenset({OrderState.QUEUED, OrderState.SENT})
_PASSING: Final = frozenset({OrderRefusal.OUTBOX_FULL, OrderRefusal.NOT_YET_VALID})
"""Refusals that another day might not bring."""


class Standing(Struct, frozen=True):
    """One unsettled asset of a wave that has begun, and what is known of it now.

    `may_begin`: a maintenance window of its court is open. `silent_for`: how long nothing was heard
    of one that is not reachable. `health`: what is wrong with it since its order was placed.
    """

    target: Target
    is_reachable: bool
    silent_for: timedelta = timedelta()
    in_sitting: bool = False
    may_begin: bool = True
    is_quarantined: bool = False
    health: Why = Why.NONE


class Move(Struct, frozen=True):
    """The asset comes to this state."""

    asset: str
    wave: int
    state: TargetState
    why: Why = Why.NONE


class Decide(Struct, frozen=True):
    """The wave's gate says this."""

    wave: int
    verdict: GateVerdict
    code: GateCode = GateCode.NONE


class OpenWave(Struct, frozen=True):
    """The wave begins."""

    wave: int


class End(Struct, frozen=True):
    """The rollout ends so."""

    state: RolloutState
    code: GateCode = GateCode.NONE


class Place(Struct, frozen=True):
    """The asset gets its order."""

    asset: str


class Withdraw(Struct, frozen=True):
    """The asset's order is to end; `is_recall`: the asset gets another one later."""

    asset: str
    order: str
    is_recall: bool


class Close(Struct, frozen=True):
    """Nothing is left to do."""


Step = Move | Decide | OpenWave | End | Place | Withdraw | Close


def verdict(
    gate: Gate, counts: Mapping[TargetState, int], busy: int
) -> tuple[GateVerdict, GateCode]:
    """What a gate says of a wave with so many assets in each state.

    `busy` of them are at it now, and may still fail. Passed means that enough succeeded and that
    even if all of these failed, no more would have than may. Never open once all have settled:
    from `success + failure <= 100` follows `ceil(n s / 100) + floor(n f / 100) <= n`.
    """
    size = sum(counts.values()) - counts.get(TargetState.SKIPPED, 0)
    if size == 0:
        return GateVerdict.FAILED, GateCode.NOBODY_LEFT
    needed = -(-size * gate.success_percent // 100)
    allowed = size * gate.failure_percent // 100
    failed = counts.get(TargetState.FAILED, 0)
    if failed > allowed:
        return GateVerdict.FAILED, GateCode.TOO_MANY_FAILED
    if size - failed - counts.get(TargetState.MISSED, 0) < needed:
        return GateVerdict.FAILED, GateCode.TOO_FEW_LEFT
    is_enough = counts.get(TargetState.SUCCEEDED, 0) >= needed
    return (GateVerdict.PASSED if is_enough and failed + busy <= allowed else GateVerdict.OPEN), (
        GateCode.NONE
    )


def next_steps(rollout: Rollout, standings: Sequence[Standing], now: datetime) -> list[Step]:
    """What is to be done now, in this order, in one transaction.

    `standings`: every asset that has not settled, of the waves that have begun (of all waves once
    the rollout has ended); in the order in which they have their turn.
    """
    gates = {wave.number: wave.gate for wave in rollout.waves}
    moves = [
        move
        for one in standings
        if (move := _moved(rollout, gates[one.target.wave], one, now)) is not None
    ]
    moved = {move.asset for move in moves}
    rest = [one for one in standings if one.target.asset not in moved]
    waves = _recounted(rollout.waves, standings, moves)
    decisions = list(_decisions(rollout, waves, rest, moves, now))
    steps: list[Step] = [*moves, *decisions]
    verdicts = {wave.number: wave.verdict for wave in waves} | {
        one.wave: one.verdict for one in decisions
    }
    if rollout.state in ENDED:
        steps += _withdrawals(rollout, rest)
        if not standings:
            steps.append(Close())
        return steps
    end = _ending(rollout, waves, decisions, verdicts, now)
    if end is not None:
        return [*steps, end]
    if rollout.state is RolloutState.RUNNING:
        begun = [wave for wave in waves if wave.opened_at is not None]
        if len(begun) < len(waves) and all(
            verdicts[wave.number] is GateVerdict.PASSED for wave in begun
        ):
            steps.append(OpenWave(len(begun)))
        steps += _turns(rollout, rest, now)
    return steps


def waits_for(rollout: Rollout, one: Standing, now: datetime) -> Why:
    """Why an asset without an order has none yet."""
    if rollout.state is RolloutState.AWAITING_APPROVAL:
        return Why.APPROVAL
    if rollout.waves[one.target.wave].opened_at is None:
        return Why.WAVE
    if rollout.state is RolloutState.PAUSED:
        return Why.PAUSED
    return _hindrance(rollout, one, now) or Why.TURN


def holds_slot(one: Standing, limit: timedelta, now: datetime) -> bool:
    """Whether the asset counts among those that are at it; `limit`: how long a play lasts at most.

    One that fell silent does as long as it may be at it unheard.
    """
    order = one.target.order
    if one.target.state is not TargetState.OUT or order is None or order.state in FINAL_STATES:
        return False
    if one.is_reachable:
        return True
    is_recalled = order.is_cancel_asked and order.state in _NOT_TAKEN
    return not is_recalled and now < order.valid_until + limit


def _hindrance(rollout: Rollout, one: Standing, now: datetime) -> Why:
    tried_at = one.target.tried_at
    if not one.is_reachable:
        return Why.UNREACHABLE
    if not one.may_begin:
        return Why.WINDOW
    if one.in_sitting and rollout.plan.conditions.disturbs:
        return Why.IN_SITTING
    return Why.RETRY if tried_at is not None and now < tried_at + PAUSE else Why.NONE


def _moved(rollout: Rollout, gate: Gate, one: Standing, now: datetime) -> Move | None:
    """What became of the asset since, if anything."""
    target, order = one.target, one.target.order
    found: tuple[TargetState, Why] | None = None
    if target.state is TargetState.WAITING:
        found = _left_out(rollout, one)
    elif target.state is TargetState.OUT and order is not None:
        found = _outcome(target, order, gate, has_ended=rollout.state in ENDED)
    elif target.state is TargetState.SOAKING and order is not None:
        found = _proof(gate, one, is_over=_soaked(rollout, gate, order, now))
    is_open = found is None or found[0] is TargetState.WAITING
    if is_open and now >= rollout.ends_at:
        found = TargetState.MISSED, Why.DEADLINE
    return None if found is None else Move(target.asset, target.wave, *found)


def _left_out(rollout: Rollout, one: Standing) -> tuple[TargetState, Why] | None:
    for is_so, why in (
        (one.target.is_retired, Why.RETIRED),
        (rollout.state in ENDED, Why.ROLLOUT_ENDED),
        (one.is_quarantined and rollout.undoes is None, Why.QUARANTINED),
    ):
        if is_so:
            return TargetState.SKIPPED, why
    return None


def _outcome(
    target: Target, order: Order, gate: Gate, *, has_ended: bool
) -> tuple[TargetState, Why] | None:
    match order.state:
        case OrderState.SUCCEEDED:
            is_soaked = gate.soak_seconds or gate.checks_health
            return (TargetState.SOAKING if is_soaked else TargetState.SUCCEEDED), Why.NONE
        case OrderState.FAILED:
            return TargetState.FAILED, Why.PLAY
        case OrderState.ROLLED_BACK:
            return TargetState.FAILED, Why.ROLLED_BACK
        case OrderState.REFUSED if order.code in _PASSING:
            return TargetState.WAITING, Why.RETRY
        case OrderState.REFUSED:
            return TargetState.FAILED, Why.REFUSED
        case OrderState.EXPIRED:
            return TargetState.WAITING, Why.RETRY
        case OrderState.CANCELLED if target.is_recalled:
            return TargetState.WAITING, Why.RETRY
        case OrderState.CANCELLED:
            return TargetState.SKIPPED, Why.ROLLOUT_ENDED if has_ended else Why.WITHDRAWN
        case _:
            return None


def _soaked(rollout: Rollout, gate: Gate, order: Order, now: datetime) -> bool:
    return now >= min(order.changed_at + timedelta(seconds=gate.soak_seconds), rollout.ends_at)


def _proof(gate: Gate, one: Standing, *, is_over: bool) -> tuple[TargetState, Why] | None:
    if not is_over:
        return None
    if not gate.checks_health:
        return TargetState.SUCCEEDED, Why.NONE
    if not one.is_reachable:
        return None
    if one.health is not Why.NONE:
        return TargetState.FAILED, one.health
    return TargetState.SUCCEEDED, Why.NONE


def _recounted(
    waves: Sequence[Wave], standings: Iterable[Standing], moves: Iterable[Move]
) -> list[Wave]:
    """The waves, with what has just moved counted where it is now."""
    before = {one.target.asset: one.target.state for one in standings}
    counts = {wave.number: Counter(wave.counts) for wave in waves}
    for move in moves:
        counts[move.wave][before[move.asset]] -= 1
        counts[move.wave][move.state] += 1
    return [
        Wave(
            wave.number,
            wave.size,
            wave.gate,
            wave.verdict,
            wave.code,
            wave.opened_at,
            wave.decided_at,
            dict(counts[wave.number]),
        )
        for wave in waves
    ]


def _decisions(
    rollout: Rollout,
    waves: Sequence[Wave],
    rest: Sequence[Standing],
    moves: Sequence[Move],
    now: datetime,
) -> Iterator[Decide]:
    """Verdicts that are new. What passed can still fail by its stragglers, never the reverse."""
    limit = timedelta(seconds=rollout.plan.limit_seconds)
    busy = Counter(
        one.target.wave
        for one in rest
        if holds_slot(one, limit, now)
        or (one.target.state is TargetState.SOAKING and one.is_reachable)
    )
    busy.update(move.wave for move in moves if move.state is TargetState.SOAKING)
    for wave in waves:
        if rollout.state in ENDED:
            if wave.verdict is GateVerdict.OPEN:
                yield Decide(wave.number, GateVerdict.CUT_SHORT)
            continue
        if wave.opened_at is None:
            continue
        found, code = verdict(wave.gate, wave.counts, busy[wave.number])
        is_better = wave.verdict is GateVerdict.PASSED and found is not GateVerdict.FAILED
        if found is not wave.verdict and wave.verdict is not GateVerdict.FAILED and not is_better:
            yield Decide(wave.number, found, code)


def _ending(
    rollout: Rollout,
    waves: Sequence[Wave],
    decisions: Sequence[Decide],
    verdicts: Mapping[int, GateVerdict],
    now: datetime,
) -> End | None:
    for one in decisions:
        if one.verdict is GateVerdict.FAILED:
            is_late = now >= rollout.ends_at and one.code is GateCode.TOO_FEW_LEFT
            return End(RolloutState.STOPPED, GateCode.DEADLINE if is_late else one.code)
    open_states = set(TargetState) - SETTLED
    is_settled = not any(wave.counts.get(state, 0) for wave in waves for state in open_states)
    if is_settled and set(verdicts.values()) == {GateVerdict.PASSED}:
        return End(RolloutState.SUCCEEDED)
    if now >= rollout.ends_at:
        return End(RolloutState.STOPPED, GateCode.DEADLINE)
    return None


def _withdrawals(rollout: Rollout, rest: Iterable[Standing]) -> Iterator[Withdraw]:
    """After the end: what has not begun does not begin; what runs ends, or is ended on demand."""
    for one in rest:
        order = one.target.order
        if one.target.state is not TargetState.OUT or order is None or order.is_cancel_asked:
            continue
        if rollout.ends_running or not _has_begun(order):
            yield Withdraw(one.target.asset, order.id, is_recall=False)


def _turns(rollout: Rollout, rest: Sequence[Standing], now: datetime) -> Iterator[Step]:
    """Who gets an order now, and who gives a slot back because others could use it."""
    limit = timedelta(seconds=rollout.plan.limit_seconds)
    free = rollout.plan.most_at_once - sum(holds_slot(one, limit, now) for one in rest)
    due = [
        one.target
        for one in rest
        if one.target.state is TargetState.WAITING and not _hindrance(rollout, one, now)
    ]
    for target in due[: max(free, 0)]:
        yield Place(target.asset)
    wanted = len(due) - max(free, 0)
    for one in rest:
        if wanted <= 0:
            return
        order = one.target.order
        if order is not None and holds_slot(one, limit, now) and _is_stuck(one, order, now):
            wanted -= 1
            if not order.is_cancel_asked:
                yield Withdraw(one.target.asset, order.id, is_recall=True)


def _is_stuck(one: Standing, order: Order, now: datetime) -> bool:
    if _has_begun(order):
        return False
    is_gone = not one.is_reachable and one.silent_for >= UNHEARD
    return is_gone or now >= order.placed_at + PATIENCE


def _has_begun(order: Order) -> bool:
    return order.attempt > 0 or order.state not in _NOT_BEGUN
