"""What an asset carries, how it was last found, and what became of one device so far."""

from datetime import datetime
from typing import Final

from pydantic import JsonValue

from fleet_server.parts import Parts
from telemetry.wire import events
from tests.fleet_server.asking import Api
from tests.fleet_server.conftest import Clock
from tests.fleet_server.readiness.reporting import EMPTY, GOOD, PROFILE, Vehicle

WITH_PAPER: Final[JsonValue] = {
    **PROFILE,  # type: ignore[dict-item]  # an object, though its type says any JSON
    "manual": [{"name": "paper", "zh": "纸", "en": "Paper", "good_for_hours": 2}],
    "sims": [{"iccid": "8986000000000000001", "quota_bytes": 1000, "reset_day": 5}],
}
PRINTER: Final = "/api/v1/assets/veh-001/devices/printer/history"


def _same(text: str, at: datetime) -> bool:
    return datetime.fromisoformat(text) == at


def test_a_device_is_told_with_its_faults_its_serial_and_since_when(
    vehicle: Vehicle, parts: Parts, clock: Clock, api: Api
) -> None:
    vehicle.report({**GOOD, "device_serial": "A1"})
    worked_at = clock.now
    clock.move(minutes=1)
    vehicle.report(EMPTY)
    failed_at = clock.now
    clock.move(minutes=1)
    vehicle.report(EMPTY)
    parts.readiness.step(clock.now)

    [printer] = api.get("/api/v1/assets/veh-001/inventory").json()["devices"]

    assert (printer["label"], printer["state"], printer["fault_words"]) == (
        "Printer",
        "fault",
        ["out of paper"],
    )
    assert _same(printer["since"], failed_at)
    assert _same(printer["proven_at"], worked_at)
    assert _same(printer["looked_at"], clock.now)


def test_what_nobody_looked_at_is_named_all_the_same(
    vehicle: Vehicle, parts: Parts, clock: Clock, api: Api
) -> None:
    api.put("/api/v1/documents/profile?kind=vehicle", {"content": WITH_PAPER})
    first = api.get("/api/v1/assets/veh-001/inventory").json()
    vehicle.happened(events.ManualTicked("p1", ["paper"]))
    parts.readiness.step(clock.now)
    [paper] = api.get("/api/v1/assets/veh-001/inventory").json()["items"]

    assert first["devices"][0]["state"] is None
    assert first["items"][0]["is_there"] is None
    assert paper["is_there"] is True
    assert datetime.fromisoformat(paper["good_until"]) > clock.now


def test_a_history_tells_states_serial_numbers_and_checks_by_pages(
    vehicle: Vehicle, clock: Clock, api: Api
) -> None:
    vehicle.report({**GOOD, "device_serial": "A1"})
    clock.move(minutes=1)
    vehicle.report(EMPTY)
    clock.move(minutes=1)
    vehicle.happened(events.DeviceChanged("printer", "A1", "B2"))
    clock.move(minutes=1)
    steps = [events.Checked("printer", "failed", "jammed"), events.Checked("camera", "passed")]
    vehicle.happened(events.CheckDone("p1", "departure", steps, 30.0))

    first = api.get(f"{PRINTER}?limit=3").json()
    second = api.get(f"{PRINTER}?limit=3&cursor={first['next']}").json()

    assert [one["sentence"] for one in first["items"] + second["items"]] == [
        "Tried in a check: failed, paper is jammed",
        "Device printer is another one: B2 instead of A1.",
        "Faulty: out of paper",
        "Works",
    ]
    assert [one["what"] for one in first["items"]] == ["check", "serial", "state"]
    assert second["next"] is None
    assert second["items"][0]["serial"] == "A1"


def test_what_happened_at_one_instant_stays_on_one_page(
    vehicle: Vehicle, clock: Clock, api: Api
) -> None:
    vehicle.report(GOOD)
    vehicle.happened(events.DeviceChanged("printer", "A1", "B2"))

    page = api.get(f"{PRINTER}?limit=1").json()

    assert len(page["items"]) == 2
    assert page["next"] is None


def test_a_sim_card_is_told_with_what_it_may_use(
    vehicle: Vehicle, parts: Parts, clock: Clock, api: Api
) -> None:
    api.put("/api/v1/documents/profile?kind=vehicle", {"content": WITH_PAPER})
    iccid = "8986000000000000001"
    vehicle.report(GOOD, modem0={"sim_iccid": iccid, "sim_month_bytes": 250})

    told = api.get("/api/v1/assets/veh-001/inventory").json()

    [card] = told["sims"]
    assert (card["used_bytes"], card["quota_bytes"], card["reset_day"]) == (250, 1000, 5)
    assert told["others"] == ["modem0"]


def test_an_asset_that_does_not_exist_has_no_inventory(api: Api) -> None:
    assert api.get("/api/v1/assets/veh-404/inventory").status_code == 404
    assert api.get("/api/v1/assets/veh-404/devices/printer/history").status_code == 404
