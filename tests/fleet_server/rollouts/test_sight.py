"""What an asset told of itself since its order was placed, as a gate sees it."""

from collections.abc import Sequence

import pytest

from fleet_server.access.model import SYSTEM
from fleet_server.intake.model import EventRow
from fleet_server.rollouts.model import Gate, Plan, TargetState, WavePlan, Why
from telemetry.wire import events
from tests.fleet_server.rollouts.pretended import Box, Trial, trial

ASSET = "veh-001"
PLAN = Plan(waves=(WavePlan(percent=100, gate=Gate(soak_seconds=600)),), most_at_once=1)


def tell(found: Trial, told: Sequence[events.Event]) -> None:
    with found.database.unit(SYSTEM, found.now) as unit:
        for number, event in enumerate(told):
            row = EventRow(
                asset=ASSET,
                epoch="e1",
                number=1 + number,
                crc=0,
                kind=str(event.__struct_config__.tag),
                body=events.encode(event).decode(),
                trust="ntp",
                boot="b",
                up_ms=0,
                received_at=found.now,
            )
            unit.session.add(row)


@pytest.mark.parametrize(
    ("told", "came_to"),
    [
        ([], (TargetState.SUCCEEDED, Why.NONE)),
        ([events.ProbeHung("modem")], (TargetState.FAILED, Why.PROBE_FAILED)),
        ([events.UnitsFailed(["cups.service"], [])], (TargetState.FAILED, Why.UNIT_FAILED)),
        ([events.UnitsFailed(["a", "b"], ["a"])], (TargetState.FAILED, Why.UNIT_FAILED)),
        ([events.UnitsFailed([], ["a"])], (TargetState.SUCCEEDED, Why.NONE)),
        (
            [events.UnitsFailed([], ["a"]), events.UnitsFailed(["a"], [])],
            (TargetState.SUCCEEDED, Why.NONE),
        ),
    ],
)
def test_what_has_failed_since_is_harm_and_what_had_before_is_not(
    told: Sequence[events.Event], came_to: tuple[TargetState, Why]
) -> None:
    found = trial([Box(ASSET)])
    rollout = found.start(PLAN)
    found.run(12)
    before = found.targets(rollout)[ASSET].state
    tell(found, told)
    found.run(20)
    after = found.targets(rollout)[ASSET]

    assert before is TargetState.SOAKING
    assert (after.state, after.code) == came_to
