"""The engine: a large fleet, two engines at one database, and death between any two statements."""

import multiprocessing
import os
import random
import signal
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from threading import Thread

import pytest
from sqlalchemy import event

from fleet_server.database import Database
from fleet_server.rollouts.engine import Rollouts
from fleet_server.rollouts.model import (
    CANARY,
    Gate,
    GateVerdict,
    Plan,
    RolloutState,
    TargetState,
    WavePlan,
)
from telemetry.words import OrderState
from tests.fleet_server.rollouts.pretended import Box, Fleet, Trial, bundler, trial
from tests.services.postgres import postgres
from tests.services.waiting import wait_for

_QUICK = Gate(success_percent=80, failure_percent=20, soak_seconds=300)
_ALL_AT_ONCE = Plan(waves=(WavePlan(percent=100, gate=_QUICK),), most_at_once=3)


@pytest.mark.parametrize("size", [400, pytest.param(2000, marks=pytest.mark.soak)])
def test_a_large_fleet_is_through_in_a_day(size: int) -> None:
    dice = random.Random(7)
    boxes = [Box(f"veh-{number:04}") for number in range(size)]
    for box in boxes:
        box.minutes = dice.uniform(2, 12)
        if dice.random() < 0.02:
            box.outcome = OrderState.FAILED
        if dice.random() < 0.25:
            begin = dice.uniform(0, 200)
            box.sitting = [(begin, begin + dice.uniform(30, 180))]
        if dice.random() < 0.15:
            begin = dice.uniform(0, 100)
            box.off = [(begin, begin + dice.uniform(60, 25 * 60))]
    found = trial(boxes)
    gate = Gate(success_percent=70, failure_percent=10, soak_seconds=900)
    waves = (
        WavePlan(count=5, gate=Gate(60, 40)),
        *(WavePlan(percent=one, gate=gate) for one in (10, 50, 100)),
    )
    rollout = found.start(Plan(waves=waves, most_at_once=size // 8, lasts_seconds=48 * 3600))
    most_working = 0
    for _ in range(28 * 6):
        if not found.rollout(rollout).is_active:
            break
        found.tick(10)
        most_working = max(most_working, found.working())

    seen = found.rollout(rollout)
    assert seen.state is RolloutState.SUCCEEDED
    states = Counter(one.state for one in found.targets(rollout).values())
    failing = sum(box.outcome is OrderState.FAILED for box in boxes)
    assert states == {TargetState.SUCCEEDED: size - failing, TargetState.FAILED: failing}
    assert {wave.verdict for wave in seen.waves} == {GateVerdict.PASSED}
    assert set(found.fleet.begun.values()) == {1}
    assert most_working == size // 8, "as many at once as may, never more"


class _Killed(BaseException):
    """kill -9."""


@contextmanager
def _killing(database: Database, after: int) -> Iterator[None]:
    """Whoever uses the database dies before its statement of this number."""
    numbers = count(1)

    def strike(*_: object) -> None:
        if next(numbers) == after:
            raise _Killed

    event.listen(database.engine, "before_cursor_execute", strike)
    try:
        yield
    finally:
        event.remove(database.engine, "before_cursor_execute", strike)


def _step_dying_everywhere(found: Trial) -> None:
    """Carry on until a step gets through, each try dying one statement later."""
    for after in count(1):
        found.rollouts = Rollouts(found.database, found.fleet, found.fleet, bundler)
        try:
            with _killing(found.database, after):
                found.rollouts.step(found.now)
        except _Killed:
            continue
        return


def test_death_between_any_two_statements_costs_nothing(tmp_path: Path) -> None:
    boxes = [Box(f"veh-{number}") for number in range(4)]
    boxes[2].sitting = [(8, 40)]
    calm, dying = trial(boxes), trial(boxes, f"sqlite:///{tmp_path / 'state.sqlite'}")
    plan = Plan(waves=(WavePlan(count=1, gate=CANARY), WavePlan(percent=100, gate=_QUICK)))
    for one in (calm, dying):
        one.start(plan)

    while calm.rollout(1).is_active:
        calm.tick(8)
        dying.act(8)
        _step_dying_everywhere(dying)

    def told(one: Trial) -> list[tuple[object, ...]]:
        return [(row.asset, row.state, row.placed_at, row.changed_at) for row in one.orders()]

    assert told(dying) == told(calm)
    assert dying.rollout(1) == calm.rollout(1)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.integration)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'state.sqlite'}"
        return
    with postgres() as made:
        yield made


def test_two_engines_at_one_database_place_each_order_once(url: str) -> None:
    found = trial([Box(f"veh-{number:02}") for number in range(12)], url)
    others = [Database(url), Database(url)]
    engines = [Rollouts(one, found.fleet, found.fleet, bundler) for one in others]
    rollout = found.start(_ALL_AT_ONCE)
    while found.rollout(rollout).is_active:
        threads = [Thread(target=one.step, args=(found.now,)) for one in engines]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        found.tick(3)
    for one in (*others, found.database):
        one.close()

    assert found.fleet.begun == {f"veh-{number:02}": 1 for number in range(12)}
    assert found.fleet.most_working <= 3


def _step_and_be_killed(url: str, fleet: Fleet) -> None:
    """In a process of its own: the engine of a server that dies with the rollout in its hands."""
    database = Database(url)

    def strike(connection: object, cursor: object, statement: str, *_: object) -> None:
        if statement.startswith("INSERT INTO orders"):
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(database.engine, "after_cursor_execute", strike)
    Rollouts(database, fleet, fleet, bundler).step(fleet.now)


def _steps_and_places(found: Trial) -> bool:
    found.rollouts.step(found.now)
    return bool(found.orders())


@pytest.mark.integration
def test_what_a_killed_server_had_in_its_hands_another_does_once() -> None:
    with postgres() as url:
        found = trial([Box(f"veh-{number:02}") for number in range(6)], url)
        rollout = found.start(_ALL_AT_ONCE)
        found.rollouts.step(found.now)  # the wave is open, and nobody has an order yet
        engine = multiprocessing.get_context("fork").Process(
            target=_step_and_be_killed, args=(url, found.fleet)
        )
        engine.start()
        engine.join()
        after_death = found.orders()  # it had written some, and committed none
        wait_for(lambda: _steps_and_places(found))
        placed = [one.asset for one in found.orders()]
        while found.rollout(rollout).is_active:
            found.tick(3)
        found.database.close()

    assert engine.exitcode == -signal.SIGKILL
    assert after_death == []
    assert placed == ["veh-00", "veh-01", "veh-02"]
    assert found.fleet.begun == {f"veh-{number:02}": 1 for number in range(6)}
