"""Interval sets behave like sets of numbers."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemetry.intervals import IntervalSet, from_numbers

_NUMBERS = st.integers(1, 60)
_INTERVALS = st.lists(st.tuples(_NUMBERS, _NUMBERS).map(lambda pair: (min(pair), max(pair))))


def _numbers(intervals: list[tuple[int, int]]) -> set[int]:
    return {number for low, high in intervals for number in range(low, high + 1)}


@given(_INTERVALS)
def test_holds_the_numbers_that_were_added_in_any_order(intervals: list[tuple[int, int]]) -> None:
    held = IntervalSet(intervals)

    expected = _numbers(intervals)
    assert {number for number in range(62) if number in held} == expected
    assert held.count() == len(expected)
    assert held.highest() == max(expected, default=0)


@given(_INTERVALS)
def test_intervals_are_sorted_and_never_touch(intervals: list[tuple[int, int]]) -> None:
    held = list(IntervalSet(intervals))

    assert len(held) == len(IntervalSet(intervals))
    assert all(low <= high for low, high in held)
    assert all(first[1] + 1 < second[0] for first, second in pairwise(held))


@given(_INTERVALS, _INTERVALS)
def test_same_numbers_are_equal_however_they_came(
    intervals: list[tuple[int, int]], others: list[tuple[int, int]]
) -> None:
    one, other = IntervalSet(intervals), IntervalSet(others)

    assert (one == other) == (_numbers(intervals) == _numbers(others))


@given(_INTERVALS, _NUMBERS, _NUMBERS)
def test_gaps_are_what_is_missing_between_two_numbers(
    intervals: list[tuple[int, int]], low: int, high: int
) -> None:
    gaps = list(IntervalSet(intervals).gaps(low, high))

    assert _numbers(gaps) == set(range(low, high + 1)) - _numbers(intervals)
    assert gaps == list(IntervalSet(gaps))


@given(_INTERVALS, _NUMBERS, _NUMBERS)
def test_clipping_keeps_what_is_between_two_numbers(
    intervals: list[tuple[int, int]], low: int, high: int
) -> None:
    low, high = min(low, high), max(low, high)

    clipped = IntervalSet(intervals).clipped(low, high)

    assert _numbers(list(clipped)) == _numbers(intervals) & set(range(low, high + 1))


@given(_INTERVALS, _INTERVALS)
def test_minus_takes_the_other_numbers_out(
    intervals: list[tuple[int, int]], others: list[tuple[int, int]]
) -> None:
    rest = IntervalSet(intervals).minus(IntervalSet(others))

    assert _numbers(list(rest)) == _numbers(intervals) - _numbers(others)


@given(st.sets(_NUMBERS))
def test_ascending_numbers_become_the_fewest_intervals(numbers: set[int]) -> None:
    found = from_numbers(sorted(numbers))

    assert found == list(IntervalSet((number, number) for number in numbers))


def test_an_interval_that_runs_backwards_is_refused() -> None:
    with pytest.raises(ValueError, match="backwards"):
        IntervalSet([(3, 2)])
