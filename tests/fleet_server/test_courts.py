"""Courts as records."""

import pytest
from fastapi import FastAPI
from pydantic import JsonValue

from fleet_server.access.model import SYSTEM, Account, Role
from fleet_server.courts.rules import meant
from fleet_server.parts import Parts
from tests.fleet_server.asking import COURT, OTHER_COURT, Api
from tests.fleet_server.prepared import kept_password

PLACE = f"/api/v1/courts/{COURT}"
RECORD: dict[str, JsonValue] = {
    "level": "basic",
    "district": "巴南区",
    "contact": "值班室",
    "phone": "023-0000",
    "hours": "9:00-17:00",
}


def _courts(api: Api) -> dict[str, int]:
    return {one["name"]: one["assets"] for one in api.get("/api/v1/courts").json()["items"]}


def test_a_record_is_made_and_written_over(api: Api) -> None:
    made = api.put(PLACE, {})
    changed = api.put(PLACE, RECORD)

    assert (made.json()["district"], changed.json()) == (
        "",
        {"name": COURT, "assets": 0, **RECORD},
    )
    told = [row["what"] for row in api.get("/api/v1/journal").json()["items"]]
    assert told == ["court_changed", "court_added"]


def test_an_asset_for_an_unknown_court_makes_its_record(api: Api) -> None:
    api.add("veh-001", COURT)
    api.add("veh-002", COURT)
    api.post("/api/v1/assets/veh-002/retire", {"confirm": "veh-002"})

    assert _courts(api) == {COURT: 1}


def test_a_court_with_assets_is_not_removed(api: Api) -> None:
    api.add("veh-001", COURT)
    api.post("/api/v1/assets/veh-001/retire", {"confirm": "veh-001"})
    refused = api.delete(PLACE)
    api.post("/api/v1/assets/veh-001/reinstate", {})
    api.post("/api/v1/assets/veh-001/move", {"court": OTHER_COURT})

    assert (refused.status_code, refused.json()["code"]) == (409, "court_has_assets")
    assert api.delete(PLACE).status_code == 204
    assert api.delete(PLACE).json()["code"] == "court_unknown"
    assert _courts(api) == {OTHER_COURT: 1}


def test_people_of_one_court_see_and_change_their_own_only(
    app: FastAPI, api: Api, parts: Parts
) -> None:
    api.put(PLACE, RECORD)
    api.put(f"/api/v1/courts/{OTHER_COURT}", {})
    with parts.database.unit(SYSTEM, parts.clock()) as unit:
        made = Account(
            name="officer",
            role=str(Role.OPERATOR),
            courts=OTHER_COURT,
            password_hash=kept_password("right"),
            made_at=parts.clock(),
        )
        unit.session.add(made)
    officer = Api(app)
    officer.post("/api/v1/session", {"name": "officer", "password": "right"})

    assert set(_courts(officer)) == {OTHER_COURT}
    assert officer.put(PLACE, {}).json()["code"] == "foreign_court"
    assert officer.delete(PLACE).json()["code"] == "foreign_court"


@pytest.mark.parametrize(
    ("text", "court"),
    [
        (COURT, COURT),
        (" 重庆市 巴南区 人民法院 ", COURT),
        ("巴南区人民法院", COURT),
        ("巴南区法院", COURT),
        ("Banan District People's Court", COURT),
        ("Banan District People’s Court, Chongqing", COURT),
        ("Chongqing Nan'an District Court", "重庆市南岸区人民法院"),
        ("Shizhu Tujia Autonomous County People's Court", "重庆市石柱土家族自治县人民法院"),
        ("某某法院", "某某法院"),
        ("Springfield Court", "Springfield Court"),
    ],
)
def test_a_court_is_known_by_what_people_call_it(text: str, court: str) -> None:
    assert meant(text, [COURT, OTHER_COURT]) == court
