"""What holds of every rollout, whatever its assets do and when."""

from datetime import timedelta
from typing import Final

from hypothesis import given, settings
from hypothesis import strategies as st

from fleet_server.rollouts import planning, rules
from fleet_server.rollouts.model import (
    CANARY,
    ENDED,
    SETTLED,
    Gate,
    GateVerdict,
    Plan,
    RolloutState,
    TargetState,
    WavePlan,
    Why,
)
from telemetry.words import OrderState, Readiness
from tests.fleet_server.rollouts.paper import Paper
from tests.fleet_server.rollouts.pretended import BEGAN, Box

_MINUTES: Final = 8 * 60
_TICK: Final = 3.0
_PLAY: Final = timedelta(minutes=20)

_percents = st.integers(0, 100)
_spans = st.lists(
    st.tuples(st.integers(0, _MINUTES), st.integers(1, 300)).map(lambda it: (it[0], sum(it))),
    max_size=2,
)


@st.composite
def gates(draw: st.DrawFn) -> Gate:
    success = draw(st.integers(1, 100))
    failure = draw(st.integers(0, 100 - success))
    return Gate(success, failure, 60 * draw(st.integers(0, 30)), draw(st.booleans()))


@st.composite
def boxes(draw: st.DrawFn) -> list[Box]:
    count = draw(st.integers(1, 10))
    return [
        Box(
            f"veh-{number:03}",
            outcome=draw(
                st.sampled_from(
                    [OrderState.SUCCEEDED] * 4 + [OrderState.FAILED, OrderState.ROLLED_BACK]
                )
            ),
            minutes=draw(st.integers(1, 19)),
            off=draw(_spans),
            sitting=draw(_spans),
            readiness_after=draw(st.sampled_from([Readiness.READY] * 5 + [Readiness.NOT_READY])),
        )
        for number in range(count)
    ]


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    waves = (
        WavePlan(count=draw(st.integers(1, 3)), gate=draw(gates())),
        WavePlan(percent=draw(st.integers(1, 99)), gate=draw(gates())),
        WavePlan(percent=100, gate=draw(gates())),
    )
    plan = Plan(
        waves=waves,
        most_at_once=draw(st.integers(1, 4)),
        lasts_seconds=_MINUTES * 60,
        limit_seconds=int(_PLAY.total_seconds()),
    )
    planning.check(plan)
    return plan


@given(gates(), st.lists(st.sampled_from(sorted(SETTLED)), min_size=1, max_size=40))
def test_a_wave_in_which_all_have_settled_has_passed_or_failed(
    gate: Gate, states: list[TargetState]
) -> None:
    counts = {state: states.count(state) for state in SETTLED}

    assert rules.verdict(gate, counts, busy=0)[0] in {GateVerdict.PASSED, GateVerdict.FAILED}


@given(gates(), st.lists(st.sampled_from(list(TargetState)), min_size=1, max_size=40), st.data())
def test_a_gate_never_takes_a_failure_back(
    gate: Gate, states: list[TargetState], data: st.DataObject
) -> None:
    """Whatever the others still come to."""
    now = {state: states.count(state) for state in TargetState}
    if rules.verdict(gate, now, busy=0)[0] is not GateVerdict.FAILED:
        return
    ends = [
        one
        if one in SETTLED
        else data.draw(st.sampled_from(sorted(SETTLED - {TargetState.SKIPPED})))
        for one in states
    ]

    later = {state: ends.count(state) for state in TargetState}
    assert rules.verdict(gate, later, busy=0)[0] is GateVerdict.FAILED


def test_a_gate_opens_once_not_even_those_at_it_could_shut_it() -> None:
    gate = Gate(success_percent=50, failure_percent=20)
    counts = {TargetState.SUCCEEDED: 6, TargetState.OUT: 3, TargetState.WAITING: 1}

    assert rules.verdict(gate, counts, busy=3)[0] is GateVerdict.OPEN
    assert rules.verdict(gate, counts, busy=2)[0] is GateVerdict.PASSED


@settings(max_examples=50, deadline=None)
@given(boxes(), plans())
def test_every_wave_comes_to_a_verdict_and_never_more_than_n_are_at_it(
    fleet: list[Box], plan: Plan
) -> None:
    paper = Paper(plan, fleet)
    while paper.rollout.is_active:
        paper.tick(_TICK)
        assert paper.fleet.now <= BEGAN + timedelta(minutes=_MINUTES + 10 * _TICK) + _PLAY

    assert paper.rollout.state in ENDED
    for wave in paper.rollout.waves:
        assert wave.verdict is not GateVerdict.OPEN
        assert (wave.verdict is GateVerdict.CUT_SHORT) <= (
            paper.rollout.state is RolloutState.STOPPED
        )
    assert all(one.state in SETTLED for one in paper.targets.values())
    assert all(one.code is not Why.WITHDRAWN for one in paper.targets.values()), "nobody did"
    assert paper.fleet.most_working <= plan.most_at_once
    assert set(paper.fleet.begun.values()) <= {1}


@settings(max_examples=20, deadline=None)
@given(boxes(), plans(), st.integers(0, 60), st.sampled_from(["paused", "cancelled"]))
def test_who_is_paused_or_cancelled_places_nothing(
    fleet: list[Box], plan: Plan, ticks: int, state: str
) -> None:
    paper = Paper(plan, fleet)
    for _ in range(ticks):
        paper.tick(_TICK)
    if paper.rollout.state in ENDED:
        return
    placed = len(paper.rows)
    paper.turn(state=RolloutState(state))
    while paper.rollout.is_active:
        paper.tick(_TICK)

    assert len(paper.rows) == placed
    assert all(one.state in SETTLED for one in paper.targets.values())


@settings(max_examples=20, deadline=None)
@given(boxes(), plans())
def test_bad_canaries_stop_it_before_wave_two(fleet: list[Box], plan: Plan) -> None:
    size = min(2, len(fleet))
    for box in fleet[:size]:
        box.outcome = OrderState.FAILED
    waves = (WavePlan(count=2, gate=CANARY), *plan.waves[1:])
    paper = Paper(Plan(waves=waves, lasts_seconds=plan.lasts_seconds, limit_seconds=1200), fleet)
    while paper.rollout.is_active:
        paper.tick(_TICK)

    assert {row.asset for row in paper.rows} <= {box.asset for box in fleet[:size]}
