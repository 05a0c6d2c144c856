"""Nothing is dropped in silence: every number has one class, and the classes add up."""

from hypothesis import given
from hypothesis import strategies as st

from fleet_server.intake.ledger import MAX_WANTED, Ledger
from fleet_server.intake.model import Balance
from telemetry.wire.messages import Interval
from telemetry.words import Stream
from tests.fleet_server.intake.speech import beat

NUMBERS = st.integers(1, 60)
SPANS = st.tuples(NUMBERS, NUMBERS).map(lambda pair: (min(pair), max(pair)))
MARKS = st.tuples(st.sampled_from(["e1", "e2"]), st.integers(0, 60), st.integers(0, 61))


def ledger(
    *, head: int, kept: int = 1, taken: list[Interval] | None = None, greets: bool = True
) -> Ledger:
    found = Ledger()
    for low, high in taken or []:
        found.book("veh-001").track(Stream.REPORTS, "e1").taken.add(low, high)
    if greets:
        found.greet("veh-001", beat(reports=(("e1", head, kept),), events=()))
    return found


def balance(of: Ledger) -> Balance:
    return next(b for b in of.balance("veh-001") if (b.stream, b.epoch) == ("reports", "e1"))


def classes(of: Ledger) -> tuple[int, int, int, int, int]:
    found = balance(of)
    return found.head, found.stored, found.dropped, found.lost, found.missing


@given(st.lists(SPANS), st.lists(SPANS), st.lists(MARKS), st.booleans())
def test_the_classes_of_every_epoch_add_up_to_its_head(
    taken: list[Interval],
    dropped: list[Interval],
    marks: list[tuple[str, int, int]],
    closes: bool,
) -> None:
    found = Ledger()
    for mark in marks:
        found.greet("veh-001", beat(reports=(mark,), events=()))
        found.tell("veh-001", beat(reports=(mark,), events=()))
    for span in taken:
        found.book("veh-001").track(Stream.REPORTS, "e1").taken.add(*span)
    found.drop("veh-001", "reports", "e1", dropped)
    if closes:
        found.greet("veh-001", beat(reports=(("e3", 0, 1),), events=()))

    for one in found.balance("veh-001"):
        parts = (one.stored, one.set_aside, one.dropped, one.lost, one.missing)
        assert sum(parts) == one.head
        assert min(parts) >= 0
        if closes and one.epoch != "e3":
            assert one.missing == 0


@given(st.lists(SPANS), st.lists(SPANS), st.lists(SPANS, min_size=1))
def test_late_arrivals_only_move_numbers_to_the_left(
    taken: list[Interval], dropped: list[Interval], late: list[Interval]
) -> None:
    found = ledger(head=60, kept=30, taken=taken)
    found.drop("veh-001", "reports", "e1", dropped)
    before = balance(found)
    for span in late:
        found.book("veh-001").track(Stream.REPORTS, "e1").taken.add(*span)
    after = balance(found)

    assert after.stored >= before.stored
    assert after.dropped <= before.dropped
    assert after.lost <= before.lost
    assert after.missing <= before.missing


def test_what_the_agent_still_holds_is_missing_and_what_it_does_not_is_lost() -> None:
    assert classes(ledger(head=10, kept=7, taken=[(2, 3)])) == (10, 2, 0, 4, 4)


def test_what_a_restored_disk_has_forgotten_is_lost() -> None:
    found = ledger(head=10)
    found.greet("veh-001", beat(reports=(("e1", 6, 1), ("e2", 0, 1)), events=()))

    assert classes(found) == (10, 0, 0, 4, 6)


def test_an_epoch_that_a_greeting_no_longer_names_is_closed_until_one_does() -> None:
    found = ledger(head=10, kept=1)
    found.greet("veh-001", beat(reports=(("e2", 0, 1),), events=()))
    closed = classes(found)
    found.greet("veh-001", beat(reports=(("e1", 10, 1), ("e2", 0, 1)), events=()))

    assert closed == (10, 0, 0, 10, 0)
    assert classes(found) == (10, 0, 0, 0, 10)


def test_a_header_of_an_epoch_that_was_never_greeted_changes_nothing() -> None:
    found = ledger(head=5)
    found.tell("veh-001", beat(reports=(("e9", 70, 1),), events=()))

    assert [one.epoch for one in found.balance("veh-001")] == ["e1"]


def test_a_greeting_asks_for_what_is_kept_and_neither_taken_nor_dropped() -> None:
    found = ledger(head=0, taken=[(4, 5)])
    found.drop("veh-001", "reports", "e1", [(8, 8)])
    (seen,) = found.greet("veh-001", beat(reports=(("e1", 10, 3),), events=())).reports

    assert (seen.seen, seen.want) == (5, [(3, 3), (6, 7), (9, 10)])


def test_when_too_much_is_missing_the_last_wish_reaches_to_the_head() -> None:
    found = ledger(head=0, taken=[(n, n) for n in range(2, 400, 2)])
    (seen,) = found.greet("veh-001", beat(reports=(("e1", 400, 1),), events=())).reports

    assert len(seen.want) == MAX_WANTED
    assert seen.want[:2] == [(1, 1), (3, 3)]
    assert seen.want[-1] == (2 * MAX_WANTED - 1, 400)
