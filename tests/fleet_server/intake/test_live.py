"""The live view: presence, what the last header and report said, and what is late."""

import pytest

from fleet_server.database import Database
from fleet_server.intake.intake import Intake
from fleet_server.intake.model import Absence, Place, Presence
from telemetry.store.duckdb_store import DuckDBStore
from tests.fleet_server.intake.speech import START, Numbered, Speaker, beat, record, report

UNTIMED = b'{"metrics":{"cpu_used_percent":5.0}}'


def test_an_asset_never_heard_of_is_offline(vehicle: Speaker) -> None:
    view = vehicle.intake.view("veh-009")

    assert (view.presence, view.absence) == (Presence.OFFLINE, Absence.NEVER)


@pytest.mark.parametrize(
    ("silence_seconds", "presence"),
    [
        (60, Presence.ONLINE),
        (61, Presence.STALE),
        (300, Presence.STALE),
        (301, Presence.OFFLINE),
    ],
)
def test_presence_is_a_lease_on_the_header(
    vehicle: Speaker, silence_seconds: int, presence: Presence
) -> None:
    vehicle.greet()
    vehicle.now += silence_seconds * 1000
    vehicle.tick()

    assert vehicle.intake.view("veh-001").presence is presence


def test_the_will_is_a_hint_that_the_next_header_takes_back(vehicle: Speaker) -> None:
    vehicle.greet()
    vehicle.send(b"", tail="up/gone")
    gone = vehicle.intake.view("veh-001")
    vehicle.say("reports")

    assert (gone.presence, gone.absence) == (Presence.OFFLINE, Absence.WILL)
    assert vehicle.intake.view("veh-001").presence is Presence.ONLINE


def test_what_only_a_greeting_says_is_remembered(vehicle: Speaker) -> None:
    vehicle.greet()
    vehicle.say("reports")

    assert vehicle.intake.view("veh-001").machine == "m1"


def test_the_last_live_report_is_shown(vehicle: Speaker) -> None:
    vehicle.greet()
    vehicle.say("reports", report(1, cpu_used_percent=1.0), report(2, cpu_used_percent=2.0))
    before = vehicle.intake.view("veh-001").metrics
    vehicle.commit()

    assert before == {}
    assert vehicle.intake.view("veh-001").metrics == {"cpu_used_percent": 2.0}


@pytest.mark.parametrize("at", [START - 60_001, START + 300_001])
def test_late_and_future_reports_are_stored_but_never_live(vehicle: Speaker, at: int) -> None:
    vehicle.greet()
    vehicle.say("reports", report(1, at))
    vehicle.commit()
    view = vehicle.intake.view("veh-001")

    assert vehicle.intake.balance("veh-001")[0].stored == 1
    assert view.metrics == {}
    assert view.clock_fault == (at > START)


def test_a_live_report_ends_a_clock_fault(vehicle: Speaker) -> None:
    vehicle.greet()
    vehicle.say("reports", report(1, START + 10**9))
    vehicle.commit()
    vehicle.say("reports", report(2, START))
    vehicle.commit()

    assert not vehicle.intake.view("veh-001").clock_fault


def test_what_is_older_than_the_newest_does_not_move_the_view(vehicle: Speaker) -> None:
    vehicle.greet()
    vehicle.say("reports", report(2, START, cpu_used_percent=2.0))
    vehicle.say("reports", report(1, START - 1000, cpu_used_percent=1.0))
    vehicle.commit()

    assert vehicle.intake.view("veh-001").metrics == {"cpu_used_percent": 2.0}


@pytest.mark.parametrize(("age_seconds", "is_live"), [(60, True), (61, False)])
def test_without_the_time_the_seconds_since_boot_say_what_is_live(
    vehicle: Speaker, age_seconds: int, is_live: bool
) -> None:
    untimed: Numbered = (1, record(UNTIMED, at=None, up_ms=5000))
    vehicle.greet()
    vehicle.say("reports", untimed, header=beat(up_ms=5000 + age_seconds * 1000))
    vehicle.commit()

    assert bool(vehicle.intake.view("veh-001").metrics) == is_live


def test_reports_a_minute_follow_what_is_stored(vehicle: Speaker) -> None:
    vehicle.now = START - START % 60_000
    vehicle.greet()
    for number in range(1, 13):
        vehicle.now += 5000
        vehicle.say("reports", report(number, vehicle.now))
        vehicle.commit()

    assert vehicle.intake.view("veh-001").reports_per_minute == pytest.approx(12, abs=1)
    vehicle.now += 120_000
    vehicle.tick()
    assert vehicle.intake.view("veh-001").reports_per_minute == 0


def test_only_what_changed_is_told_again(vehicle: Speaker) -> None:
    other = Speaker(vehicle.intake, "veh-002")
    vehicle.greet()
    other.greet()
    token, everybody = vehicle.intake.changed_since(0)
    other.say("reports")
    later, changed = vehicle.intake.changed_since(token)

    assert {view.asset for view in everybody} == {"veh-001", "veh-002"}
    assert [view.asset for view in changed] == ["veh-002"]
    assert vehicle.intake.changed_since(later)[1] == []


def test_a_lease_that_runs_out_is_a_change(vehicle: Speaker) -> None:
    vehicle.greet()
    token, _ = vehicle.intake.changed_since(0)
    vehicle.now += 61_000
    vehicle.tick()

    assert [v.presence for v in vehicle.intake.changed_since(token)[1]] == [Presence.STALE]


def test_a_backlog_shows_until_a_minute_after_its_last_report(vehicle: Speaker) -> None:
    vehicle.greet()
    vehicle.say("reports", report(2, START))
    vehicle.commit()
    before = vehicle.intake.view("veh-001").is_draining
    vehicle.say("reports", report(1, START - 3_600_000))
    vehicle.commit()
    during = vehicle.intake.view("veh-001").is_draining
    vehicle.now += 61_000
    vehicle.tick()

    assert (before, during) == (False, True)
    assert not vehicle.intake.view("veh-001").is_draining


def test_a_report_out_of_order_is_no_backlog(vehicle: Speaker) -> None:
    vehicle.greet()
    vehicle.say("reports", report(2, START), report(1, START - 1000))
    vehicle.commit()

    assert not vehicle.intake.view("veh-001").is_draining


def test_in_a_tunnel_an_asset_stays_where_it_was_last(vehicle: Speaker) -> None:
    vehicle.greet()
    vehicle.say("reports", report(1, longitude_degrees=106.5, latitude_degrees=29.5))
    vehicle.commit()
    vehicle.say("reports", report(2, rsrp_dbm=-120.0))
    vehicle.commit()

    assert vehicle.intake.view("veh-001").place == Place(106.5, 29.5)


def test_a_restarted_server_knows_where_an_asset_was(
    vehicle: Speaker, telemetry: DuckDBStore, database: Database
) -> None:
    vehicle.greet()
    vehicle.say("reports", report(1, longitude_degrees=106.5, latitude_degrees=29.5))
    vehicle.commit()
    vehicle.intake.save(vehicle.now)

    restarted = Intake(telemetry, database)

    assert restarted.view("veh-001").place == Place(106.5, 29.5)
