"""How an asset stands, why it waits, and whose turn it is."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from fleet_server.configuration import rules
from fleet_server.configuration.model import (
    Attempt,
    ConfigurationState,
    Converge,
    Hold,
    Report,
    Situation,
)
from telemetry.words import OrderState

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
WANTED, OTHER = "a" * 16, "b" * 16
State = ConfigurationState


def ago(minutes: float) -> datetime:
    return NOW - timedelta(minutes=minutes)


def report(hash_: str = WANTED, minutes: float = 60, differs: int = 0, waiting: int = 0) -> Report:
    at = ago(minutes)
    files, queues = ("/etc/localtime",) * differs, ("courtroom",) * waiting
    return Report(hash_, at, files, queues, at, at, at)


def attempt(state: OrderState, placed: float, ended: float = 0.0) -> Attempt:
    return Attempt("o1", "", False, state, "", "", ago(placed), ago(ended), None, "none")


def situation(**given: object) -> Situation:
    one = Situation("veh-001", "c", "vehicle", WANTED, is_heard=True, converge=Converge.WHEN_IDLE)
    return replace(one, **given)


FAILED = (attempt(OrderState.FAILED, 20, 10),)
QUEUED = (attempt(OrderState.QUEUED, 1),)


@pytest.mark.parametrize(
    ("given", "state"),
    [
        ({"desired": ""}, State.NOTHING),
        ({}, State.NEVER),
        ({"report": report("")}, State.NEVER),
        ({"report": report(OTHER)}, State.BEHIND),
        ({"report": report()}, State.IN_STEP),
        ({"report": report(), "is_heard": False}, State.IN_STEP),
        ({"report": report(waiting=1)}, State.WAITING),
        ({"report": report(differs=1)}, State.DRIFTED),
        ({"report": report(differs=1), "is_heard": False}, State.UNHEARD),
        ({"is_heard": False}, State.UNHEARD),
        ({"report": report(OTHER), "attempts": QUEUED}, State.APPLYING),
        ({"report": report(OTHER), "attempts": QUEUED, "is_heard": False}, State.UNHEARD),
        ({"report": report(OTHER), "attempts": FAILED}, State.FAILING),
        ({"report": report(OTHER), "attempts": FAILED, "is_heard": False}, State.FAILING),
        # what failed before it was set up all the same does not count any more
        ({"report": report(minutes=5, differs=1), "attempts": FAILED}, State.DRIFTED),
        ({"attempts": (attempt(OrderState.SUCCEEDED, 3, 1),)}, State.APPLYING),
        ({"attempts": (attempt(OrderState.SUCCEEDED, 9, 5),)}, State.NEVER),
        ({"attempts": (attempt(OrderState.EXPIRED, 9, 5),)}, State.NEVER),
    ],
)
def test_how_an_asset_stands(given: dict[str, object], state: ConfigurationState) -> None:
    assert rules.state_of(situation(**given), NOW) is state


@pytest.mark.parametrize(
    ("given", "hold"),
    [
        ({}, Hold.NONE),
        ({"converge": Converge.BY_HAND}, Hold.BY_HAND),
        ({"is_quarantined": True}, Hold.QUARANTINED),
        ({"is_open": False}, Hold.WINDOW),
        ({"in_sitting": True}, Hold.IN_SITTING),
        ({"is_busy": True}, Hold.BUSY),
        ({"attempts": FAILED}, Hold.PAUSE),
        ({"attempts": (attempt(OrderState.FAILED, 30, 16),)}, Hold.NONE),
        ({"attempts": (attempt(OrderState.FAILED, 30, 16),) * 2}, Hold.PAUSE),
        ({"report": report(waiting=1, minutes=10)}, Hold.PAUSE),
        ({"report": report(waiting=1, minutes=20)}, Hold.NONE),
        ({"report": report(differs=1, minutes=1), "attempts": FAILED}, Hold.NONE),
    ],
)
def test_why_an_asset_is_not_set_up_just_now(given: dict[str, object], hold: Hold) -> None:
    one = situation(**given)

    assert rules.hold_of(one, rules.state_of(one, NOW), NOW) is hold


def turns(found: list[Situation]) -> list[Hold]:
    judged = [(one, rules.state_of(one, NOW)) for one in found]
    return [hold for _, _, hold in rules.holds(judged, NOW)]


def test_only_so_many_are_set_up_at_once() -> None:
    found = [situation(asset=f"veh-{number:03}") for number in range(rules.MOST_AT_ONCE + 2)]

    assert turns(found).count(Hold.NONE) == rules.MOST_AT_ONCE
    assert turns(found)[-2:] == [Hold.TURN, Hold.TURN]


def test_a_configuration_that_fails_on_three_assets_reaches_nobody_else() -> None:
    failing = [situation(attempts=FAILED, asset=f"bad-{number}") for number in range(3)]
    fine = [situation(report=report(), asset=f"good-{number}") for number in range(3)]
    waiting = situation(asset="veh-009")

    assert turns([*failing[:2], waiting])[-1] is Hold.NONE
    assert turns([*failing, waiting])[-1] is Hold.BRAKED
    assert turns([*failing, *fine, waiting])[-1] is Hold.NONE
    assert turns([*failing, situation(desired=OTHER)])[-1] is Hold.NONE
