"""The checker itself: it finds what is there, by the shortest way, and says when it gave up."""

from collections.abc import Iterator

import pytest

from tests.protocol.checker import TooManyStates, explore


def _steps(number: int) -> Iterator[tuple[str, int]]:
    yield "add one", (number + 1) % 20
    yield "double", number * 2 % 20


def test_a_violation_comes_with_its_shortest_trace() -> None:
    verdict = explore(1, _steps, {"not eight": lambda n: "it is eight" if n == 8 else None})

    assert verdict.violation is not None
    assert verdict.violation.trace == ("add one", "double", "double")
    assert str(verdict.violation).startswith("not eight: it is eight, after 3 steps")


def test_every_state_is_seen_when_all_holds() -> None:
    verdict = explore(1, _steps, {"small": lambda n: None if n < 20 else "too big"})

    assert verdict.violation is None
    assert verdict.states == 20


def test_too_large_a_model_proves_nothing() -> None:
    with pytest.raises(TooManyStates):
        explore(1, _steps, {}, most_states=10)
