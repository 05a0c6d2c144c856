"""The store is away: assets wait, nothing is lost, and nobody waits longer than needed."""

from collections.abc import Sequence

import pytest

from fleet_server.database import Database
from fleet_server.intake.intake import Intake
from telemetry.store.duckdb_store import DuckDBStore
from telemetry.store.port import AsideRow, Fate, ReportRow, StoreUnavailable
from telemetry.wire.events import AgentStarted
from tests.fleet_server.intake.speech import Speaker, event, report


class Moody(DuckDBStore):
    """A store that can be told to refuse, wholly or one row."""

    is_down = False
    poison: int | None = None

    def commit(
        self, reports: Sequence[ReportRow], aside: Sequence[AsideRow]
    ) -> tuple[list[Fate], list[Fate]]:
        if self.is_down or any(row.number == self.poison for row in reports):
            raise StoreUnavailable("refuses")
        return super().commit(reports, aside)


@pytest.fixture
def telemetry(tmp_path_factory: pytest.TempPathFactory) -> object:
    store = Moody(tmp_path_factory.mktemp("telemetry"))
    yield store
    store.close()


def test_a_refused_commit_is_forgotten_and_its_asset_told_to_hold(
    vehicle: Speaker, telemetry: Moody
) -> None:
    vehicle.greet()
    telemetry.is_down = True
    sent = vehicle.say("reports", report(1))
    vehicle.commit()

    assert vehicle.settled() == []
    assert (vehicle.acks[-1].heard, vehicle.acks[-1].hold_seconds) == ([sent], 30)
    assert vehicle.intake.counts().waiting_messages == 0


def test_every_answer_says_hold_while_the_store_is_down(vehicle: Speaker, telemetry: Moody) -> None:
    other = Speaker(vehicle.intake, "veh-002")
    vehicle.greet()
    telemetry.is_down = True
    vehicle.say("reports", report(1))
    vehicle.commit()

    other.greet()
    other.say("reports")
    other.say("reports", report(1))

    assert [ack.hold_seconds for ack in other.acks] == [30, 30, 30]


def test_when_the_store_works_again_all_who_hold_are_told_at_once(
    vehicle: Speaker, telemetry: Moody
) -> None:
    other = Speaker(vehicle.intake, "veh-002")
    vehicle.greet()
    telemetry.is_down = True
    vehicle.say("reports", report(1))
    vehicle.commit()
    other.greet()
    vehicle.now += 600_000
    vehicle.commit()
    telemetry.is_down = False
    vehicle.now += 1000
    answers = vehicle.intake.commit(vehicle.now)
    vehicle.hear(answers)
    other.hear(answers)

    assert vehicle.acks[-1].hold_seconds == 0
    assert other.acks[-1].hold_seconds == 0
    assert not vehicle.intake.is_holding()


def test_the_store_is_tried_once_a_second(vehicle: Speaker, telemetry: Moody) -> None:
    vehicle.greet()
    telemetry.is_down = True
    vehicle.say("reports", report(1))
    vehicle.commit()
    telemetry.is_down = False
    vehicle.now += 999
    vehicle.commit()
    early = vehicle.intake.is_holding()
    vehicle.now += 1
    vehicle.commit()

    assert early
    assert not vehicle.intake.is_holding()


def test_nothing_sent_during_an_outage_is_stored_twice_or_lost(
    vehicle: Speaker, telemetry: Moody
) -> None:
    vehicle.greet()
    telemetry.is_down = True
    for number in range(1, 20):
        vehicle.say("reports", report(number))
        vehicle.commit()
        vehicle.now += 500
    telemetry.is_down = False
    vehicle.now += 1000
    vehicle.commit()
    for number in range(1, 20):
        vehicle.say("reports", report(number))
    vehicle.commit()

    assert telemetry.counts("veh-001", "e1") == (19, 0)
    assert vehicle.intake.balance("veh-001")[0].stored == 19


def test_one_report_that_can_never_be_stored_keeps_nobody_else_out(
    vehicle: Speaker, telemetry: Moody
) -> None:
    other = Speaker(vehicle.intake, "veh-002")
    vehicle.greet()
    other.greet()
    telemetry.poison = 7
    vehicle.say("reports", report(7))
    other.say("reports", report(1))
    vehicle.commit()
    for _ in range(2):
        vehicle.now += 1000
        vehicle.commit()

    assert not vehicle.intake.is_holding()
    assert telemetry.counts("veh-002", "e1") == (1, 0)


def test_what_could_not_be_read_survives_an_outage(vehicle: Speaker, telemetry: Moody) -> None:
    vehicle.greet()
    telemetry.is_down = True
    vehicle.say("reports", report(1))
    vehicle.send(b"nonsense")
    vehicle.commit()
    vehicle.send(b"more nonsense")
    telemetry.is_down = False
    for _ in range(3):
        vehicle.now += 1000
        vehicle.commit()

    assert sorted(kept.body for _, kept in telemetry.aside(10)) == [b"more nonsense", b"nonsense"]


def test_events_wait_when_the_database_refuses(
    telemetry: Moody, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    vehicle = Speaker(Intake(telemetry, database))
    vehicle.greet()
    with database.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE events RENAME TO elsewhere")
    sent = vehicle.say("events", event(1, AgentStarted("0.1.0", "boot1")))
    vehicle.commit()
    held = vehicle.acks[-1].hold_seconds
    with database.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE elsewhere RENAME TO events")
    vehicle.now += 1000
    vehicle.commit()

    assert held == 30
    assert vehicle.settled() == [sent]
