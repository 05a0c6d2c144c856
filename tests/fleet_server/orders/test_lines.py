"""Lines of plays that run: taken from whom they are about, bounded, and told to who looks."""

from collections.abc import Sequence

import pytest

from fleet_server.orders.lines import MOST_KEPT, OrdersLines
from telemetry.wire import lines as wire
from telemetry.wire.lines import MOST_LINES, Line, OrderLines


class Clock:
    now = 0.0

    def up(self) -> float:
        return self.now


def said(first: int, *tasks: str, attempt: int = 1, order: str = "o1") -> bytes:
    made = [Line("changed", task, "self") for task in tasks]
    return wire.encode(OrderLines(order, attempt, first, made))


def tasks(lines: OrdersLines, order: str = "o1") -> Sequence[tuple[int, str]]:
    return [(one.number, one.line.task) for one in lines.of(order)[1]]


@pytest.fixture
def lines() -> OrdersLines:
    made = OrdersLines()
    made.keep({"o1": "veh-001"})
    return made


def test_lines_come_once_in_order_whatever_is_lost_or_repeated(lines: OrdersLines) -> None:
    for payload in (said(0, "a", "b"), said(1, "b", "c"), said(7, "h"), said(0, "a")):
        lines.take("veh-001", payload)

    assert tasks(lines) == [(0, "a"), (1, "b"), (2, "c"), (7, "h")]


def test_another_attempt_begins_anew_and_one_before_says_no_more(lines: OrdersLines) -> None:
    lines.take("veh-001", said(0, "a"))
    lines.take("veh-001", said(0, "b", attempt=2))
    lines.take("veh-001", said(1, "c", attempt=1))

    assert lines.of("o1")[0] == 2
    assert tasks(lines) == [(0, "b")]


@pytest.mark.parametrize(
    ("asset", "payload"),
    [
        ("veh-002", said(0, "a")),
        ("veh-001", said(0, "a", order="o2")),
        ("veh-001", said(0, *(["a"] * (MOST_LINES + 1)))),
        ("veh-001", said(0, "x" * 121)),
        ("veh-001", b" " * 20_000),
        ("veh-001", b"\xff"),
        ("veh-001", b'{"kind":"order"}'),
    ],
)
def test_what_is_not_an_assets_own_or_no_lines_means_nothing(
    lines: OrdersLines, asset: str, payload: bytes
) -> None:
    lines.take(asset, payload)

    assert tasks(lines) == []
    assert tasks(lines, "o2") == []


def test_a_word_of_tomorrow_is_left_out(lines: OrdersLines) -> None:
    made = [Line("dreamt", "a"), Line("ok", "b")]
    lines.take("veh-001", wire.encode(OrderLines("o1", 1, 0, made)))

    assert tasks(lines) == [(1, "b")]


def test_memory_is_bounded_and_what_has_ended_is_forgotten(lines: OrdersLines) -> None:
    for first in range(0, 10 * MOST_KEPT, 10):
        lines.take("veh-001", said(first, *map(str, range(first, first + 10))))
    kept = tasks(lines)
    lines.keep({})

    assert [number for number, _ in kept] == list(range(9 * MOST_KEPT, 10 * MOST_KEPT))
    assert tasks(lines) == []


def test_only_who_looks_is_told_and_for_a_minute() -> None:
    clock = Clock()
    lines = OrdersLines(clock.up)
    lines.keep({"o1": "veh-001"})
    lines.take("veh-001", said(0, "a"))
    unwatched = lines.changed_since(0)
    lines.of("o1")
    lines.take("veh-001", said(1, "b"))
    token, told = lines.changed_since(unwatched[0])
    again = lines.changed_since(token)
    clock.now = 100.0
    lines.take("veh-001", said(2, "c"))

    assert unwatched == (0, [])
    assert told == ["veh-001"]
    assert again == (token, [])
    assert lines.changed_since(token)[1] == []
