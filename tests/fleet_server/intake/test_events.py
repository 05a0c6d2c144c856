"""Events: strictly in order, each with its effect in one transaction."""

from sqlalchemy import select

from fleet_server.database import Database
from fleet_server.intake.intake import Intake
from fleet_server.intake.model import EventAside, EventRow
from fleet_server.journal.model import JournalRow
from telemetry.store.duckdb_store import DuckDBStore
from telemetry.wire.events import AgentStarted, ClockFault, Dropped, EpochOpened
from tests.fleet_server.intake.speech import Numbered, Speaker, beat, event, record, report

STARTED = AgentStarted("0.1.0", "boot1")


def test_events_are_applied_in_order_and_settled(vehicle: Speaker, database: Database) -> None:
    vehicle.greet()
    sent = vehicle.say("events", event(1, STARTED), event(2, ClockFault(-3.5, "gnss")))
    vehicle.commit()

    assert vehicle.settled() == [sent]
    assert applied(database) == [(1, "agent_started"), (2, "clock_fault")]
    assert journalled(database) == [("clock_fault", "asset:veh-001")]


def test_an_event_ahead_of_its_turn_is_not_settled(vehicle: Speaker, database: Database) -> None:
    vehicle.greet()
    early = vehicle.say("events", event(2, STARTED), header=beat(events=(("e1", 2, 1),)))
    vehicle.commit()
    first = vehicle.say("events", event(1, STARTED), header=beat(events=(("e1", 2, 1),)))
    again = vehicle.say("events", event(2, STARTED), header=beat(events=(("e1", 2, 1),)))
    vehicle.commit()

    assert early in vehicle.heard()
    assert vehicle.settled() == [first, again]
    assert [number for number, _ in applied(database)] == [1, 2]


def test_a_repeated_event_has_no_second_effect(vehicle: Speaker, database: Database) -> None:
    vehicle.greet()
    sent = [vehicle.say("events", event(1, ClockFault(1.0, "ntp"))) for _ in range(2)]
    vehicle.commit()
    sent.append(vehicle.say("events", event(1, ClockFault(1.0, "ntp"))))
    vehicle.commit()

    assert vehicle.settled() == sent
    assert len(journalled(database)) == 1


def test_another_event_under_an_applied_number_is_forked(
    vehicle: Speaker, database: Database
) -> None:
    vehicle.greet()
    vehicle.say("events", event(1, STARTED))
    vehicle.commit()
    other = vehicle.say("events", event(1, ClockFault(1.0, "ntp")))
    vehicle.commit()

    assert vehicle.refused() == [(other, "forked", [(1, 1)])]
    assert other not in vehicle.settled()
    assert journalled(database) == [("forked", "asset:veh-001")]


def test_nothing_after_a_forked_event_is_applied(vehicle: Speaker, database: Database) -> None:
    vehicle.greet()
    vehicle.say("events", event(1, STARTED))
    vehicle.commit()
    vehicle.say("events", event(1, ClockFault(1.0, "ntp")), event(2, STARTED))
    vehicle.commit()

    assert [number for number, _ in applied(database)] == [1]


def test_an_event_that_was_passed_over_is_forked_when_it_comes(
    vehicle: Speaker, database: Database
) -> None:
    vehicle.greet(events=(("e1", 3, 3),))
    vehicle.say("events", event(3, STARTED), header=beat(events=(("e1", 3, 3),)))
    late = vehicle.say("events", event(2, STARTED), header=beat(events=(("e1", 3, 2),)))
    vehicle.commit()

    assert vehicle.refused() == [(late, "forked", [(2, 2)])]


def test_renumbered_events_stand_as_dropped(vehicle: Speaker) -> None:
    vehicle.greet(events=(("e1", 4, 3), ("e2", 0, 1)))
    moved = Dropped("events", "e1", [(3, 4)], "renumbered")
    held = (("e1", 4, 5), ("e2", 1, 1))
    vehicle.say("events", event(1, moved), epoch="e2", header=beat(events=held))
    vehicle.commit()

    old = next(b for b in vehicle.intake.balance("veh-001") if b.stream == "events")
    assert (old.epoch, old.head, old.dropped, old.lost) == ("e1", 4, 2, 2)


def test_passed_over_events_are_known_after_a_restart(
    vehicle: Speaker, telemetry: DuckDBStore, database: Database
) -> None:
    vehicle.greet(events=(("e1", 6, 5),))
    vehicle.say("events", event(5, STARTED), header=beat(events=(("e1", 6, 5),)))
    vehicle.commit()
    vehicle.intake.save(vehicle.now)

    assert Intake(telemetry, database).balance("veh-001") == vehicle.intake.balance("veh-001")


def test_an_unreadable_event_is_set_aside_and_the_next_one_is_applied(
    vehicle: Speaker, database: Database
) -> None:
    vehicle.greet()
    wrong: Numbered = (1, record(b'{"kind":"clock_fault","off_seconds":"much","better":"ntp"}'))
    first = vehicle.say("events", wrong)
    second = vehicle.say("events", event(2, STARTED))
    vehicle.commit()

    assert vehicle.refused() == [(first, "record", [(1, 1)])]
    assert vehicle.settled() == [first, second]
    with database.reading() as session:
        (kept,) = session.scalars(select(EventAside))
        assert (kept.number, kept.code) == (1, "record")


def test_events_whose_message_cannot_be_read_are_set_aside(
    vehicle: Speaker, database: Database
) -> None:
    vehicle.greet()
    line = b'{"v":1,"id":"abc","stream":"events","epoch":"e1","numbers":[[1,2]],"codec":"json"}\n'
    vehicle.send(line + b"{")
    vehicle.say("events", event(3, STARTED))
    vehicle.commit()

    assert applied(database) == [(3, "agent_started")]
    (balance,) = [b for b in vehicle.intake.balance("veh-001") if b.stream == "events"]
    assert (balance.stored, balance.set_aside, balance.missing) == (1, 2, 0)


def test_an_event_of_an_unknown_kind_is_kept_as_it_came(
    vehicle: Speaker, database: Database
) -> None:
    body = b'{"kind":"door_opened","side":"left"}'
    vehicle.greet()
    sent = vehicle.say("events", (1, record(body)))
    vehicle.commit()

    assert vehicle.settled() == [sent]
    with database.reading() as session:
        (row,) = session.scalars(select(EventRow))
        assert (row.kind, row.body) == ("door_opened", body.decode())


def test_declared_drops_stand_in_the_balance_and_arrivals_move_left(vehicle: Speaker) -> None:
    vehicle.greet()
    dropped = Dropped("reports", "e1", [(1, 4)], "outbox_full")
    vehicle.say("events", event(1, dropped), header=beat((("e1", 10, 5),), (("e1", 1, 1),)))
    vehicle.say("reports", report(4), header=beat((("e1", 10, 5),), (("e1", 1, 1),)))
    vehicle.commit()

    (balance,) = [b for b in vehicle.intake.balance("veh-001") if b.stream == "reports"]
    assert (balance.head, balance.stored, balance.dropped) == (10, 1, 3)
    assert (balance.lost, balance.missing) == (0, 6)


def test_a_drop_that_runs_backwards_is_set_aside(vehicle: Speaker) -> None:
    vehicle.greet()
    backwards = Dropped("reports", "e1", [(4, 1)], "outbox_full")
    sent = vehicle.say("events", event(1, backwards))
    vehicle.commit()

    assert vehicle.refused() == [(sent, "record", [(1, 1)])]


def test_what_the_agent_no_longer_holds_is_not_waited_for(
    vehicle: Speaker, database: Database
) -> None:
    vehicle.greet(events=(("e1", 6, 5),))
    vehicle.say("events", event(5, STARTED), event(6, STARTED), header=beat(events=(("e1", 6, 5),)))
    vehicle.commit()

    assert [number for number, _ in applied(database)] == [5, 6]
    (balance,) = [b for b in vehicle.intake.balance("veh-001") if b.stream == "events"]
    assert (balance.stored, balance.lost, balance.missing) == (2, 4, 0)


def test_events_and_drops_are_known_after_a_restart(
    vehicle: Speaker, telemetry: DuckDBStore, database: Database
) -> None:
    vehicle.greet(reports=(("e1", 9, 3),))
    opened = EpochOpened("reports", "e1", "", "first")
    dropped = Dropped("reports", "e1", [(1, 2)], "outbox_full")
    vehicle.say("events", event(1, opened), event(2, dropped))
    vehicle.say("reports", report(5), header=beat((("e1", 9, 3),), (("e1", 2, 1),)))
    vehicle.commit()
    vehicle.intake.save(vehicle.now)
    before = vehicle.intake.balance("veh-001")

    restarted = Intake(telemetry, database)

    assert restarted.balance("veh-001") == before
    assert restarted.view("veh-001").seen_at == vehicle.now


def applied(database: Database) -> list[tuple[int, str]]:
    with database.reading() as session:
        rows = session.execute(select(EventRow.number, EventRow.kind).order_by(EventRow.id))
        return [(row.number, row.kind) for row in rows]


def journalled(database: Database) -> list[tuple[str, str]]:
    with database.reading() as session:
        return [(row.what, row.subject) for row in session.scalars(select(JournalRow))]
