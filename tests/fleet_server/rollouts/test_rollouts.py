"""Rollouts in virtual time: what a gate stops, who waits for what, and what people may do."""

from datetime import timedelta
from itertools import pairwise

import pytest

from fleet_server.access.model import Caller, Role
from fleet_server.errors import Conflict, Malformed, Misfit, NotAllowed
from fleet_server.rollouts import quarantine, starting, steering, windows
from fleet_server.rollouts.model import (
    CANARY,
    Gate,
    GateCode,
    GateVerdict,
    Plan,
    RolloutState,
    Selection,
    TargetState,
    WavePlan,
    Why,
    Window,
)
from telemetry.words import OrderState, Readiness
from tests.fleet_server.rollouts.pretended import BOSS, Box, Trial, trial

_QUICK = Gate(success_percent=80, failure_percent=20, soak_seconds=300)
_WAVES = (WavePlan(count=2, gate=CANARY), WavePlan(percent=50, gate=_QUICK), WavePlan(percent=100))
_OTHER = Caller("other", Role.OPERATOR)


def _boxes(count: int) -> list[Box]:
    return [Box(f"veh-{number:03}") for number in range(1, count + 1)]


def _ended(found: Trial, rollout: int, minutes: float = 600) -> RolloutState:
    until = found.now + timedelta(minutes=minutes)
    while found.rollout(rollout).is_active and found.now < until:
        found.tick(3)
    return found.rollout(rollout).state


def test_waves_go_out_one_after_the_other_each_behind_its_gate() -> None:
    found = trial(_boxes(12))
    rollout = found.start(Plan(waves=_WAVES))

    assert _ended(found, rollout) is RolloutState.SUCCEEDED

    waves = found.rollout(rollout).waves
    assert [wave.size for wave in waves] == [2, 4, 6]
    for before, after in pairwise(waves):
        assert before.decided_at is not None
        assert after.opened_at is not None
        assert before.decided_at <= after.opened_at
    assert set(found.fleet.begun.values()) == {1}
    assert len(found.fleet.begun) == 12


def test_two_bad_canaries_stop_it_before_wave_two() -> None:
    boxes = _boxes(12)
    for box in boxes[:2]:
        box.outcome = OrderState.FAILED
    found = trial(boxes)
    rollout = found.start(Plan(waves=_WAVES))

    assert _ended(found, rollout) is RolloutState.STOPPED

    seen = found.rollout(rollout)
    assert seen.code is GateCode.TOO_MANY_FAILED
    assert [wave.verdict for wave in seen.waves] == [
        GateVerdict.FAILED,
        GateVerdict.CUT_SHORT,
        GateVerdict.CUT_SHORT,
    ]
    assert set(found.fleet.begun) == {"veh-001", "veh-002"}


def test_whoever_is_worse_after_it_has_failed() -> None:
    boxes = _boxes(3)
    boxes[0].readiness_after = Readiness.NOT_READY
    found = trial(boxes)
    rollout = found.start(Plan(waves=_WAVES))

    assert _ended(found, rollout) is RolloutState.STOPPED
    assert found.targets(rollout)["veh-001"].code is Why.READINESS_WORSE


def test_an_asset_that_comes_back_after_a_day_gets_it_then_and_took_no_slot() -> None:
    boxes = _boxes(5)
    boxes[4].off = [(0, 24 * 60)]
    found = trial(boxes)
    rollout = found.start(Plan(waves=(WavePlan(percent=100, gate=_QUICK),), most_at_once=1))

    found.run(60, tick=2)
    assert found.targets(rollout)["veh-005"].state is TargetState.WAITING
    assert len(found.fleet.begun) == 4
    assert found.rollout(rollout).waves[0].verdict is GateVerdict.PASSED
    found.run(24 * 60 + 30, tick=15)

    assert found.targets(rollout)["veh-005"].state is TargetState.SUCCEEDED
    assert found.rollout(rollout).state is RolloutState.SUCCEEDED


def test_whoever_is_cut_off_with_its_order_gives_its_slot_to_another() -> None:
    boxes = _boxes(3)
    found = trial(boxes)
    rollout = found.start(Plan(waves=(WavePlan(percent=100, gate=_QUICK),), most_at_once=1))
    found.rollouts.step(found.now)
    found.rollouts.step(found.now)
    boxes[0].off = [(0, 300)]

    found.run(120, tick=3)
    assert set(found.fleet.begun) == {"veh-002", "veh-003"}
    found.run(240, tick=5)

    assert found.fleet.begun == {"veh-001": 1, "veh-002": 1, "veh-003": 1}
    assert found.fleet.most_working == 1
    assert found.rollout(rollout).state is RolloutState.SUCCEEDED


def test_assets_in_session_are_left_alone_to_the_end_of_it() -> None:
    boxes = _boxes(4)
    boxes[0].sitting = [(0, 200)]
    boxes[1].sitting = [(2, 200)]  # begins when the order is there already
    found = trial(boxes)
    plan = Plan(waves=(WavePlan(percent=100, gate=_QUICK),), most_at_once=1)
    rollout = found.start(plan)

    found.run(199, tick=4)
    assert set(found.fleet.begun) <= {"veh-002", "veh-003", "veh-004"}
    assert _ended(found, rollout) is RolloutState.SUCCEEDED
    assert set(found.fleet.begun.values()) == {1}


def test_a_paused_rollout_places_nothing_and_goes_on_when_resumed() -> None:
    found = trial(_boxes(6))
    rollout = found.start(Plan(waves=_WAVES, most_at_once=1))
    found.run(2)
    with found.database.unit(BOSS, found.now) as unit:
        steering.pause(unit, rollout)
    placed = len(found.orders())
    found.run(120, tick=10)
    assert len(found.orders()) == placed

    with found.database.unit(BOSS, found.now) as unit:
        steering.resume(unit, rollout)

    assert _ended(found, rollout) is RolloutState.SUCCEEDED


@pytest.mark.parametrize("ends_running", [False, True])
def test_a_cancelled_rollout_withdraws_what_has_not_begun(ends_running: bool) -> None:
    boxes = _boxes(4)
    boxes[1].sitting = [(1, 500)]
    boxes[0].minutes = 30
    found = trial(boxes)
    gate = Gate(success_percent=50, failure_percent=50)
    rollout = found.start(Plan(waves=(WavePlan(percent=100, gate=gate),), most_at_once=2))
    found.run(5)
    with found.database.unit(BOSS, found.now) as unit:
        steering.cancel(unit, rollout, ends_running=ends_running)

    assert _ended(found, rollout) is RolloutState.CANCELLED
    states = {order.asset: order.state for order in found.orders()}
    assert states["veh-001"] == ("cancelled" if ends_running else "succeeded")
    assert states.get("veh-002", "cancelled") == "cancelled"


def test_only_somebody_else_may_approve() -> None:
    found = trial(_boxes(2))
    rollout = found.start(Plan(waves=_WAVES, needs_approval=True))
    found.run(30, tick=10)
    assert found.orders() == []
    with pytest.raises(NotAllowed), found.database.unit(BOSS, found.now) as unit:
        steering.approve(unit, rollout)

    with found.database.unit(_OTHER, found.now) as unit:
        steering.approve(unit, rollout)

    assert _ended(found, rollout) is RolloutState.SUCCEEDED
    assert found.rollout(rollout).approved_by == "other"


def test_nothing_begins_outside_a_courts_windows() -> None:
    found = trial(_boxes(2))
    with found.database.unit(BOSS, found.now) as unit:  # it is nine in the morning, a Monday
        windows.put(unit, windows.FLEET, [Window((0,), 22 * 60, 2 * 60)])
    rollout = found.start(Plan(waves=(WavePlan(percent=100, gate=_QUICK),)))

    found.run(13 * 60 - 20, tick=20)
    assert found.orders() == []
    assert _ended(found, rollout) is RolloutState.SUCCEEDED


def test_whoever_failed_three_times_in_a_row_is_left_out_until_released() -> None:
    boxes = _boxes(3)
    boxes[0].outcome = OrderState.FAILED
    found = trial(boxes)
    plan = Plan(waves=(WavePlan(percent=100, gate=Gate(60, 40, 0, checks_health=False)),))
    for _ in range(3):
        found.fleet.done.clear()
        assert _ended(found, found.start(plan)) is RolloutState.SUCCEEDED

    fourth = found.start(plan)
    assert sorted(found.targets(fourth)) == ["veh-002", "veh-003"]
    with found.database.unit(BOSS, found.now) as unit:
        quarantine.release(unit, "veh-001", "looked after")
    assert sorted(found.targets(found.start(plan))) == ["veh-001", "veh-002", "veh-003"]


def test_it_is_rolled_back_where_it_has_begun_and_nowhere_else() -> None:
    boxes = _boxes(6)
    boxes[1].outcome = OrderState.FAILED
    found = trial(boxes)
    rollout = found.start(Plan(waves=_WAVES))
    assert _ended(found, rollout) is RolloutState.STOPPED

    back = starting.roll_back(found.rollouts, found.database, BOSS, rollout, None, found.now)
    boxes[1].outcome = OrderState.SUCCEEDED

    assert _ended(found, back) is RolloutState.SUCCEEDED
    assert sorted(found.targets(back)) == ["veh-001", "veh-002"]
    assert '"stream":"back"' in found.orders()[-1].body


def test_a_dry_run_changes_nothing_and_asks_everybody() -> None:
    boxes = _boxes(6)
    boxes[1].outcome = OrderState.FAILED
    found = trial(boxes)
    rollout = found.start(Plan(waves=_WAVES, is_check=True))

    assert _ended(found, rollout) is RolloutState.SUCCEEDED
    assert len(found.rollout(rollout).waves) == 1
    assert all('"is_check":true' in order.body for order in found.orders())
    with pytest.raises(Conflict):
        starting.roll_back(found.rollouts, found.database, BOSS, rollout, None, found.now)


def test_a_plan_that_contradicts_itself_is_refused_with_everything_that_is_wrong() -> None:
    found = trial(_boxes(2))
    waves = (WavePlan(gate=Gate(90, 20)), WavePlan(percent=50, gate=Gate(0, 0)))

    with pytest.raises(Misfit) as caught:
        found.start(Plan(waves=(*waves, WavePlan(percent=40))))

    assert [one.code for one in caught.value.faults] == [
        "rollout_wave_size",
        "rollout_gate_contradicts",
        "rollout_gate_proves_nothing",
        "rollout_wave_not_larger",
        "rollout_rest_missing",
    ]
    with pytest.raises(Malformed):
        found.start(Plan(selection=Selection(assets=("veh-999",))))
