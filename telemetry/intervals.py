"""Sets of record numbers kept as a few closed intervals."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from typing import Self


class IntervalSet:
    """A set of integers, stored as sorted, disjoint, non-adjacent closed intervals.

    Adding at the end, by far the most common case, is O(1); anything else O(log n) to find and
    O(n) to insert, where n is the number of gaps.
    """

    __slots__ = ("_highs", "_lows")

    def __init__(self, intervals: Iterable[tuple[int, int]] = ()) -> None:
        self._lows: list[int] = []
        self._highs: list[int] = []
        for low, high in intervals:
            self.add(low, high)

    def add(self, low: int, high: int) -> None:
        """Add every number from `low` to `high`, both included.

        Raises:
            ValueError: `low` is above `high`.
        """
        if low > high:
            raise ValueError(f"interval {low}..{high} runs backwards")
        lows, highs = self._lows, self._highs
        if not highs or low > highs[-1] + 1:
            lows.append(low)
            highs.append(high)
            return
        first = bisect_left(highs, low - 1)
        last = bisect_right(lows, high + 1)
        if first < last:
            low = min(low, lows[first])
            high = max(high, highs[last - 1])
        lows[first:last] = [low]
        highs[first:last] = [high]

    def __contains__(self, number: int) -> bool:
        at = bisect_left(self._highs, number)
        return at < len(self._lows) and self._lows[at] <= number

    def __iter__(self) -> Iterator[tuple[int, int]]:
        return iter(zip(self._lows, self._highs, strict=True))

    def __len__(self) -> int:
        """How many intervals, not how many numbers."""
        return len(self._lows)

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, IntervalSet)
            and self._lows == other._lows
            and self._highs == other._highs
        )

    def __repr__(self) -> str:
        return f"IntervalSet({list(self)})"

    def count(self) -> int:
        """How many numbers."""
        return sum(self._highs) - sum(self._lows) + len(self._lows)

    def highest(self) -> int:
        """The highest number, 0 when empty."""
        return self._highs[-1] if self._highs else 0

    def gaps(self, low: int, high: int) -> Iterator[tuple[int, int]]:
        """The intervals between `low` and `high`, both included, that are not in the set."""
        at = bisect_left(self._highs, low)
        while low <= high:
            if at >= len(self._lows) or self._lows[at] > high:
                yield low, high
                return
            if low < self._lows[at]:
                yield low, self._lows[at] - 1
            low = self._highs[at] + 1
            at += 1

    def clipped(self, low: int, high: int) -> Self:
        """The part between `low` and `high`, both included."""
        return type(self)((max(a, low), min(b, high)) for a, b in self if b >= low and a <= high)

    def minus(self, other: "IntervalSet") -> "IntervalSet":
        """What is in this set and not in `other`."""
        return IntervalSet(gap for low, high in self for gap in other.gaps(low, high))


def from_numbers(numbers: Iterable[int]) -> list[tuple[int, int]]:
    """Ascending numbers, each once, as closed intervals in order."""
    found: list[tuple[int, int]] = []
    for number in numbers:
        if found and found[-1][1] == number - 1:
            found[-1] = (found[-1][0], number)
        else:
            found.append((number, number))
    return found
