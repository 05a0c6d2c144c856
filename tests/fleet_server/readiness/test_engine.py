"""From committed reports to verdicts: what is judged, when, and what is remembered of it."""

from datetime import datetime
from typing import Final

import msgspec
from pydantic import JsonValue

from fleet_server.descriptions.beginning import begin
from fleet_server.parts import Parts
from fleet_server.readiness.engine import JUDGED_EVERY, ReadinessEngine
from telemetry.store.port import ReportRow
from telemetry.wire import events
from telemetry.wire.messages import Value
from telemetry.words import Readiness, ReadinessReason
from tests.fleet_server.asking import COURT, Api
from tests.fleet_server.conftest import Clock
from tests.fleet_server.intake.speech import Speaker
from tests.fleet_server.readiness.reporting import EMPTY, GOOD, PROFILE, Vehicle


def _printing(parts: Parts) -> tuple[Readiness, list[ReadinessReason]]:
    [verdict, _] = parts.readiness.verdicts("veh-001")
    return verdict.readiness, [one.code for one in verdict.reasons]


def test_a_verdict_follows_the_device(vehicle: Vehicle, parts: Parts, clock: Clock) -> None:
    told = []
    for printer in (GOOD, EMPTY, GOOD):
        vehicle.report(printer)
        parts.readiness.step(clock.now)
        told.append(_printing(parts))
        clock.move(seconds=60)

    ready: tuple[Readiness, list[ReadinessReason]] = (Readiness.READY, [])
    assert told == [ready, (Readiness.NOT_READY, [ReadinessReason.DEVICE_FAULT]), ready]


def test_what_nobody_saw_working_is_unknown_and_another_service_is_not_asked(
    vehicle: Vehicle, parts: Parts, clock: Clock
) -> None:
    parts.readiness.step(clock.now)

    printing, talking = parts.readiness.verdicts("veh-001")
    assert printing.readiness is Readiness.UNKNOWN
    assert talking.readiness is Readiness.READY
    assert parts.intake.view("veh-001").readiness == "UR"


def test_what_was_proven_grows_old_by_itself(vehicle: Vehicle, parts: Parts, clock: Clock) -> None:
    vehicle.report(GOOD)
    parts.readiness.step(clock.now)
    proven_at = round(clock.now.timestamp() * 1000)
    clock.move(hours=1)
    parts.readiness.step(clock.now)

    [verdict, _] = parts.readiness.verdicts("veh-001")
    assert verdict.readiness is Readiness.NOT_PROVEN
    assert verdict.proven_at == proven_at


def test_a_check_proves_and_finds(vehicle: Vehicle, parts: Parts, clock: Clock) -> None:
    told = []
    for outcome, fault in (("passed", ""), ("failed", "jammed")):
        step = events.Checked("printer", outcome, fault)
        vehicle.happened(events.CheckDone("p1", "departure", [step], 30.0))
        parts.readiness.step(clock.now)
        told.append(_printing(parts)[0])
        clock.move(seconds=60)

    assert told == [Readiness.READY, Readiness.NOT_READY]


def test_a_restarted_server_knows_what_it_knew(
    vehicle: Vehicle, parts: Parts, clock: Clock
) -> None:
    vehicle.report(EMPTY)
    vehicle.happened(events.SeatTaken("p1", "judge"))
    parts.readiness.step(clock.now)

    again = ReadinessEngine(parts.database, parts.intake, parts.sender.desired)

    assert again.facts("veh-001") == parts.readiness.facts("veh-001")
    again.step(clock.now)
    assert [one.readiness for one in again.verdicts("veh-001")] == [
        Readiness.NOT_READY,
        Readiness.READY,
    ]


def test_history_says_how_long_it_was_what(
    vehicle: Vehicle, parts: Parts, clock: Clock, api: Api
) -> None:
    for printer, minutes in ((GOOD, 30), (EMPTY, 10), (GOOD, 5)):
        for _ in range(minutes):
            vehicle.report(printer)
            parts.readiness.step(clock.now)
            clock.move(minutes=1)

    found = api.get("/api/v1/assets/veh-001/readiness/history?service=printing").json()

    [printing] = found["items"]
    assert printing["seconds"] == {"ready": 35 * 60.0, "not_ready": 600.0}
    assert [one["reasons"] for one in printing["spans"]] == [[], ["device_fault"], []]


def test_a_stop_counts_as_neither_ready_nor_not(
    vehicle: Vehicle, parts: Parts, clock: Clock, api: Api
) -> None:
    vehicle.report(GOOD)
    parts.readiness.step(clock.now)
    clock.move(hours=2)

    again = ReadinessEngine(parts.database, parts.intake, parts.sender.desired)
    vehicle.report(GOOD)
    again.step(clock.now)
    clock.move(minutes=1)
    found = api.get("/api/v1/assets/veh-001/readiness/history?service=printing").json()

    assert sum(found["items"][0]["seconds"].values()) == 60.0


def test_everybody_is_judged_again_now_and_then_and_not_at_every_step(
    vehicle: Vehicle, parts: Parts, clock: Clock
) -> None:
    vehicle.report(GOOD)
    parts.readiness.step(clock.now)
    first = parts.readiness.verdicts("veh-001")
    clock.move(seconds=JUDGED_EVERY.total_seconds() / 2)
    parts.readiness.step(clock.now)

    assert parts.readiness.verdicts("veh-001") is first
    clock.move(seconds=JUDGED_EVERY.total_seconds())
    parts.readiness.step(clock.now)
    assert parts.readiness.verdicts("veh-001") is not first
    assert parts.readiness.verdicts("veh-001") == first


def test_the_board_has_the_worst_first(
    vehicle: Vehicle, parts: Parts, clock: Clock, api: Api
) -> None:
    for asset in ("veh-002", "bag-001"):
        api.add(asset)
    parts.sender.refresh(clock.now)
    vehicle.report(EMPTY)
    parts.readiness.step(clock.now)

    board = api.get("/api/v1/readiness?service=printing").json()

    assert board["items"][0]["asset"] == "veh-001"
    assert board["items"][0]["verdict"]["label"] == "Printing"
    assert [one["code"] for one in board["items"][0]["verdict"]["reasons"]] == ["device_fault"]
    assert {one["court"] for one in board["items"]} == {COURT}


def test_tomorrow_an_inspection_that_ran_out_and_a_booked_maintenance_count(
    vehicle: Vehicle, parts: Parts, clock: Clock, api: Api
) -> None:
    vehicle.report(GOOD)
    parts.readiness.step(clock.now)
    tomorrow = clock.now.replace(hour=1)
    plans: dict[str, JsonValue] = {
        "none": {},
        "inspection": {"inspection_until": clock.now.isoformat()},
        "maintenance": {"maintenance": [_span(clock.now, 48)]},
    }
    told = {}
    for name, plan in plans.items():
        api.put("/api/v1/assets/veh-001/upkeep", plan)
        at = tomorrow.isoformat().replace("+00:00", "Z")
        found = api.get(f"/api/v1/assets/veh-001/readiness?at={_next_day(at)}").json()
        told[name] = [one["code"] for one in found["items"][0]["reasons"]]

    assert told == {
        "none": [],
        "inspection": ["inspection_due"],
        "maintenance": ["maintenance"],
    }
    assert [row["what"] for row in api.get("/api/v1/journal").json()["items"]].count(
        "upkeep_changed"
    ) == 2


REMOTE: Final[JsonValue] = {
    "services": [
        {"name": "remote", "zh": "远程", "en": "Remote", "link": "A", "link_at_least": "B"},
        {"name": "power", "zh": "用电", "en": "Power", "power_minutes": 30},
    ]
}


def _learn_of_the_valley(parts: Parts, clock: Clock) -> None:
    """Three visits found an uplink of 2 Mbit/s there, which is class C."""
    at = round(clock.now.timestamp() * 1000)
    valley: dict[str, Value] = {
        "longitude_degrees": 106.55,
        "latitude_degrees": 29.56,
        "link_uplink_bits_per_second": 2e6,
    }
    rows = [
        ReportRow("veh-009", "e1", number, number, "b", 1, at, "ntp", at, False, valley, {})
        for number in (1, 2, 3)
    ]
    parts.store.commit(rows, [])
    parts.coverage.step(clock.now)


def _tomorrow(api: Api, clock: Clock, asset: str, more: str = "") -> dict[str, list[str]]:
    at = _next_day(clock.now.isoformat())
    found = api.get(f"/api/v1/assets/{asset}/readiness?at={at}{more}").json()["items"]
    return {one["service"]: [reason["code"] for reason in one["reasons"]] for one in found}


def test_tomorrow_the_link_is_that_of_the_place_by_experience(
    api: Api, parts: Parts, clock: Clock
) -> None:
    home: JsonValue = {"latitude_degrees": 29.56, "longitude_degrees": 106.55}
    for asset, kind in (("cli-001", "clinic"), ("veh-001", "vehicle")):
        api.add(asset, kind=kind)
        api.ask("PATCH", f"/api/v1/assets/{asset}", {"home": home})
        Speaker(parts.intake, asset).greet()
    api.put("/api/v1/documents/catalogue", {"content": REMOTE})
    _learn_of_the_valley(parts, clock)
    there = "&longitude=106.55&latitude=29.56"

    assert "link_poor" in _tomorrow(api, clock, "cli-001")["remote"]
    assert "link_poor" not in _tomorrow(api, clock, "veh-001")["remote"]  # it goes elsewhere
    assert "link_poor" in _tomorrow(api, clock, "veh-001", there)["remote"]
    half = api.get("/api/v1/assets/veh-001/readiness?at=2026-03-03T09:00:00Z&longitude=106.55")
    assert (half.status_code, half.json()["code"]) == (422, "half_a_place")


def test_power_is_asked_of_an_asset_whose_home_base_nobody_recorded(
    vehicle: Vehicle, parts: Parts, clock: Clock, api: Api
) -> None:
    api.put("/api/v1/documents/catalogue", {"content": REMOTE})
    vehicle.drive_on_battery(minutes=10)
    parts.readiness.step(clock.now)
    homeless = _tomorrow(api, clock, "veh-001")["power"]
    home: JsonValue = {"latitude_degrees": 29.56, "longitude_degrees": 106.55}
    api.ask("PATCH", "/api/v1/assets/veh-001", {"home": home})

    assert homeless == ["power_low"]
    assert _tomorrow(api, clock, "veh-001")["power"] == []


def test_a_maintenance_that_ends_before_it_begins_is_refused(vehicle: Vehicle, api: Api) -> None:
    backwards: JsonValue = {
        "maintenance": [{"begins_at": "2026-03-04T00:00:00Z", "ends_at": "2026-03-03T00:00:00Z"}]
    }

    answer = api.put("/api/v1/assets/veh-001/upkeep", backwards)

    assert (answer.status_code, answer.json()["code"]) == (422, "maintenance_backwards")


def test_reasons_are_told_in_the_readers_language_with_what_would_help(
    vehicle: Vehicle, parts: Parts, clock: Clock, api: Api
) -> None:
    vehicle.report(EMPTY)
    parts.readiness.step(clock.now)
    path = "/api/v1/assets/veh-001/readiness"

    told = {
        language: api.ask("GET", path, headers={"accept-language": language}).json()["items"][0]
        for language in ("en", "zh-CN")
    }

    assert (told["en"]["word"], told["zh-CN"]["word"]) == ("Not ready", "未就绪")
    [english], [chinese] = told["en"]["reasons"], told["zh-CN"]["reasons"]
    assert english["sentence"] == "Printer: out of paper."
    assert chinese["sentence"] == "打印机：缺纸。"
    assert english["remedy"]
    assert chinese["remedy"] != english["remedy"]


def test_a_new_server_begins_with_services_and_profiles_and_keeps_what_was_made(
    parts: Parts, clock: Clock, api: Api
) -> None:
    api.put("/api/v1/documents/profile?kind=vehicle", {"content": PROFILE})
    begin(parts.database, clock.now)
    begin(parts.database, clock.now)
    parts.sender.reload()

    services = [one["name"] for one in api.get("/api/v1/services").json()["items"]]
    assert len(services) == 13
    assert services[0] == "hearing"
    told = [row["what"] for row in api.get("/api/v1/journal").json()["items"]]
    assert told.count("document_profile") == 4
    assert api.get("/api/v1/documents/profile?kind=vehicle").json()["content"]["name"] == "test"


def test_a_preview_names_whose_readiness_would_change_and_changes_nothing(
    vehicle: Vehicle, parts: Parts, clock: Clock, api: Api
) -> None:
    vehicle.report(GOOD)
    parts.readiness.step(clock.now)
    body: JsonValue = {"profile": {"devices": []}, "assets": ["veh-001"]}

    said = api.post("/api/v1/readiness/preview", body).json()

    [row] = said["items"]
    assert (said["looked_at"], row["asset"], row["court"]) == (1, "veh-001", COURT)
    assert row["changes"] == [
        {
            "service": "printing",
            "label": "Printing",
            "before": "ready",
            "after": "not_ready",
            "reason": "Printer: the asset has 0 of 1.",
        }
    ]
    assert parts.intake.view("veh-001").readiness == "RR"


def test_a_letter_stands_where_the_fleets_catalogue_has_its_service(
    vehicle: Vehicle, parts: Parts, clock: Clock, api: Api
) -> None:
    own: JsonValue = {
        "services": [
            {"name": "singing", "zh": "歌唱", "en": "Singing"},
            {"name": "talking", "zh": "谈话", "en": "Talking"},
        ]
    }
    api.put("/api/v1/assets/veh-001/documents/catalogue", {"content": own})
    parts.readiness.step(clock.now)

    assert parts.intake.view("veh-001").readiness == "-R"


def test_a_preview_of_a_catalogue_tells_of_services_that_come_and_go(
    vehicle: Vehicle, api: Api
) -> None:
    other: JsonValue = {"services": [{"name": "singing", "zh": "歌唱", "en": "Singing"}]}
    body: JsonValue = {"catalogue": other, "assets": ["veh-001"]}

    said = api.post("/api/v1/readiness/preview", body).json()

    [row] = said["items"]
    told = {one["service"]: (one["before"], one["after"]) for one in row["changes"]}
    assert told == {
        "printing": ("unknown", None),
        "talking": ("ready", None),
        "singing": (None, "ready"),
    }


def test_only_reports_that_tell_of_something_are_kept_for_judging(
    vehicle: Vehicle, parts: Parts, clock: Clock
) -> None:
    before = parts.readiness.facts("veh-001")
    row = ReportRow(
        "veh-001", "e9", 1, 1, "b", 1, 1, "ntp", 1, False, {"cpu_used_percent": 4.0}, {}
    )
    parts.readiness.take([row])
    parts.readiness.step(clock.now)

    assert msgspec.structs.replace(before, presence=None, link=None) == msgspec.structs.replace(
        parts.readiness.facts("veh-001"), presence=None, link=None
    )


def _span(since: datetime, hours: int) -> dict[str, JsonValue]:
    clock = Clock(since)
    clock.move(hours=hours)
    return {"begins_at": since.isoformat(), "ends_at": clock.now.isoformat(), "why": "new disk"}


def _next_day(at: str) -> str:
    clock = Clock(datetime.fromisoformat(at))
    clock.move(days=1)
    return clock.now.isoformat().replace("+00:00", "Z")
