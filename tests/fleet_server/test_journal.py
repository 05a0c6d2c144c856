"""The journal is in order, complete, and says when it was tampered with."""

import threading

import pytest
from sqlalchemy import text

from fleet_server.access.model import SYSTEM, Caller, Role
from fleet_server.database import Database
from fleet_server.journal import store
from fleet_server.journal.model import What
from tests.fleet_server.conftest import Clock


def _written(database: Database, clock: Clock, rows: int, court: str | None = None) -> None:
    with database.unit(SYSTEM, clock.now) as unit:
        for number in range(rows):
            unit.journal(What.ASSET_CHANGED, f"thing:{number}", None, {"n": number}, court=court)


def test_an_untouched_chain_holds(database: Database, clock: Clock) -> None:
    _written(database, clock, 5)
    _written(database, clock, 5)

    with database.reading() as session:
        assert store.verify(session) is None


@pytest.mark.parametrize(
    ("change", "broken"),
    [
        ("UPDATE journal SET after = '[7]' WHERE id = 3", 3),
        ("UPDATE journal SET who = 'another' WHERE id = 1", 1),
        ("UPDATE journal SET at = '2020-01-01 00:00:00.000000' WHERE id = 2", 2),
        ("UPDATE journal SET court = 'x' WHERE id = 4", 4),
        ("DELETE FROM journal WHERE id = 2", 2),
        ("DELETE FROM journal WHERE id = 5", 5),
        ("DELETE FROM journal", 1),
    ],
)
def test_a_changed_or_missing_row_is_found(
    database: Database, clock: Clock, change: str, broken: int
) -> None:
    _written(database, clock, 5)

    with database.unit(SYSTEM, clock.now) as unit:
        unit.session.execute(text(change))

    with database.reading() as session:
        assert store.verify(session) == broken


def test_numbers_have_no_gaps_though_many_write_at_once(database: Database, clock: Clock) -> None:
    threads = [threading.Thread(target=_written, args=(database, clock, 5)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with database.reading() as session:
        found = store.since(session, SYSTEM, 0)
        assert [row.id for row in found] == list(range(1, 21))
        assert store.verify(session) is None


def test_a_reader_goes_on_where_the_cursor_stands(database: Database, clock: Clock) -> None:
    _written(database, clock, 5)

    with database.reading() as session:
        assert [row.id for row in store.since(session, SYSTEM, 3)] == [4, 5]
        assert [row.id for row in store.latest(session, SYSTEM, 3, 10)] == [2, 1]


def test_a_caller_sees_rows_of_own_courts_only(database: Database, clock: Clock) -> None:
    _written(database, clock, 1, court="a")
    _written(database, clock, 1, court="b")
    _written(database, clock, 1)
    caller = Caller("somebody", Role.ADMIN, frozenset({"b"}))

    with database.reading() as session:
        assert [row.id for row in store.since(session, caller, 0)] == [2]
        assert [row.id for row in store.latest(session, caller, None, 10)] == [2]
