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


def _tags(api: Api, asset: str = "veh-001") -> JsonValue:
    found: JsonValue = api.get(f"/api/v1/assets/{asset}").json()["tags"]
    return found


def test_tags_are_added_and_removed_whatever_others_there_are(api: Api) -> None:
    api.add("veh-001")
    api.post("/api/v1/assets/veh-001/tags", {"add": ["spare", "pilot", "spare"]})

    answer = api.post("/api/v1/assets/veh-001/tags", {"add": ["old"], "remove": ["pilot", "none"]})

    assert answer.json()["tags"] == ["old", "spare"]
    assert _tags(api) == ["old", "spare"]


def test_a_form_says_all_tags_and_each_change_stands_in_the_journal_once(api: Api) -> None:
    api.add("veh-001")
    api.ask("PATCH", "/api/v1/assets/veh-001", {"tags": ["spare", "pilot"]})
    api.ask("PATCH", "/api/v1/assets/veh-001", {"tags": ["pilot", "spare"]})
    api.ask("PATCH", "/api/v1/assets/veh-001", {"name": "一号车"})
    api.ask("PATCH", "/api/v1/assets/veh-001", {"tags": []})

    rows = api.get("/api/v1/journal?subject=asset:veh-001").json()["items"]
    told = [row["sentence"] for row in rows if row["what"] == "asset_changed"]
    assert [line.partition("tags ")[2].rstrip(".") for line in told] == [
        "pilot spare → –",
        "",
        "– → pilot spare",
    ]
    assert _tags(api) == []


@pytest.mark.parametrize("tag", ["Spare", "a b", "备用", "x" * 33, "", "a_b", "spare%", "a\nb"])
def test_what_is_no_tag_is_refused(api: Api, tag: str) -> None:
    api.add("veh-001")

    answer = api.ask("PATCH", "/api/v1/assets/veh-001", {"tags": ["spare", tag]})

    assert answer.json()["code"] == "bad_tag"
    assert _tags(api) == []


def test_the_seventeenth_tag_is_refused_however_it_comes(api: Api) -> None:
    api.add("veh-001")
    api.ask("PATCH", "/api/v1/assets/veh-001", {"tags": [f"t{n}" for n in range(16)]})

    answer = api.post("/api/v1/assets/veh-001/tags", {"add": ["more"]})

    assert answer.json()["code"] == "too_many_tags"
    assert api.post("/api/v1/assets/veh-001/tags", {"add": ["t3"]}).status_code == 200


def test_assets_are_found_by_a_whole_tag(api: Api) -> None:
    new: JsonValue = [
        {"id": "veh-001", "kind": "vehicle", "court": COURT, "tags": ["spare", "pilot"]},
        {"id": "veh-002", "kind": "vehicle", "court": COURT, "tags": ["spare-2"]},
    ]
    api.post("/api/v1/assets", {"assets": new})

    def ids(tag: str) -> list[str]:
        return [item["id"] for item in api.get(f"/api/v1/assets?tag={tag}").json()["items"]]

    assert (ids("spare"), ids("spare-2"), ids("pilot")) == (["veh-001"], ["veh-002"], ["veh-001"])
    assert ids("pi") == ids("%25") == []


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
