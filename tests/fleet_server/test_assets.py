"""Assets over the API."""

import pytest
from pydantic import JsonValue

from fleet_server.listeners import Local
from fleet_server.parts import Parts
from tests.fleet_server.asking import COURT, OTHER_COURT, Api
from tests.fleet_server.machine import Machine
from tests.fleet_server.prepared import application


def _refusal(api: Api, asset: str) -> str:
    new: JsonValue = {"assets": [{"id": asset, "kind": "vehicle", "court": COURT}]}
    return str(api.post("/api/v1/assets", new).json().get("code", ""))


@pytest.mark.parametrize(
    "asset",
    ["", "Veh-001", "veh/up", "+", "#", "veh 1", "x" * 33, "veh_1", "车", "veh-1\n", "a/../b"],
)
def test_an_id_that_could_reach_anothers_topics_is_refused(api: Api, asset: str) -> None:
    assert _refusal(api, asset) == "bad_asset_id"


def test_no_asset_can_be_called_as_the_server_is(api: Api) -> None:
    assert _refusal(api, "server") == "reserved_asset_id"


def test_the_longest_id_is_taken(api: Api) -> None:
    assert _refusal(api, "x" * 32) == ""


def test_an_id_is_given_once(api: Api) -> None:
    api.add("veh-001")

    assert _refusal(api, "veh-001") == "asset_exists"


def test_of_several_assets_all_are_added_or_none(api: Api) -> None:
    names = ["veh-001", "veh-002", "Bad"]
    new: JsonValue = {"assets": [{"id": n, "kind": "vehicle", "court": COURT} for n in names]}

    answer = api.post("/api/v1/assets", new)

    assert answer.json()["code"] == "bad_asset_id"
    assert api.get("/api/v1/assets").json()["items"] == []


def test_pages_follow_each_other_without_gap_or_repeat(api: Api) -> None:
    for number in range(5):
        api.add(f"veh-00{number}")
    found: list[str] = []
    cursor: str | None = ""
    pages = 0
    while cursor is not None:
        page = api.get(f"/api/v1/assets?limit=2&cursor={cursor}").json()
        found += [item["id"] for item in page["items"]]
        cursor = page["next"]
        pages += 1

    assert found == [f"veh-00{number}" for number in range(5)]
    assert pages == 3


def test_assets_are_found_by_kind_and_court(api: Api) -> None:
    api.add("veh-001", COURT)
    api.add("bag-001", COURT, kind="backpack")
    api.add("veh-002", OTHER_COURT)

    def ids(query: str) -> list[str]:
        return [item["id"] for item in api.get(f"/api/v1/assets?{query}").json()["items"]]

    assert ids("kind=vehicle") == ["veh-001", "veh-002"]
    assert ids(f"court={COURT}") == ["bag-001", "veh-001"]
    assert ids(f"court={COURT}&kind=vehicle") == ["veh-001"]


def test_an_asset_that_was_never_heard_of_has_no_live_view(api: Api) -> None:
    api.add("veh-001")

    assert api.get("/api/v1/assets/veh-001").json()["live"] is None


def test_a_demo_server_certifies_many_assets_at_once(demo_parts: Parts) -> None:
    api = Api(Local(application(demo_parts)))
    csr = Machine().csr()
    new: JsonValue = {
        "assets": [
            {"id": f"veh-{n:03}", "kind": "vehicle", "court": COURT, "csr": csr} for n in range(115)
        ]
    }

    answer = api.post("/api/v1/simulation/assets", new)

    assert answer.status_code == 201
    assert len({item["certificate"] for item in answer.json()["items"]}) == 115
    assert api.get("/api/v1/status").json()["assets"] == 115
