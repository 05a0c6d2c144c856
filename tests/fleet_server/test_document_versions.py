"""A document's versions, why they were made, putting one back, and a look before saving."""

from typing import Final

from fastapi import FastAPI
from pydantic import JsonValue

from fleet_server.access.model import Role
from fleet_server.parts import Parts
from tests.fleet_server.asking import COURT, Api, signed_in

CATALOGUE: Final = "/api/v1/documents/catalogue"


def _catalogue(*names: str) -> dict[str, JsonValue]:
    return {"services": [{"name": name, "zh": name, "en": name} for name in names]}


def test_each_version_tells_who_made_it_and_why(api: Api) -> None:
    for note, names in (("first", ["a"]), ("second", ["a", "b"])):
        api.put(CATALOGUE, {"content": _catalogue(*names), "note": note})

    told = api.get(f"{CATALOGUE}/versions").json()
    older = api.get(f"{CATALOGUE}/versions?limit=1&cursor=2").json()

    assert [(one["version"], one["note"]) for one in told["items"]] == [(2, "second"), (1, "first")]
    assert [one["version"] for one in older["items"]] == [1]
    assert [row["why"] for row in api.get("/api/v1/journal").json()["items"][:2]] == [
        "second",
        "first",
    ]


def test_an_earlier_version_put_back_is_a_new_version(api: Api) -> None:
    api.put(CATALOGUE, {"content": _catalogue("a")})
    api.put(CATALOGUE, {"content": _catalogue("b")})
    *_, first = api.get(f"{CATALOGUE}/versions").json()["items"]

    answer = api.put(CATALOGUE, {"content": first["content"], "version": 2, "note": "back"})

    assert answer.json()["version"] == 3
    assert [one["name"] for one in answer.json()["content"]["services"]] == ["a"]


def test_who_saves_over_a_version_that_they_have_not_seen_is_told(api: Api) -> None:
    api.put(CATALOGUE, {"content": _catalogue("a"), "version": 0})
    first = api.put(CATALOGUE, {"content": _catalogue("b"), "version": 1})
    second = api.put(CATALOGUE, {"content": _catalogue("c"), "version": 1})

    assert (first.status_code, second.status_code) == (200, 409)
    assert second.json()["facts"]["version"] == 2
    assert api.get(CATALOGUE).json()["content"]["services"][0]["name"] == "b"


def test_a_scope_has_versions_of_its_own(api: Api) -> None:
    api.add("veh-001")
    api.put(CATALOGUE, {"content": _catalogue("a")})
    api.put(f"/api/v1/courts/{COURT}/documents/catalogue", {"content": _catalogue("b")})
    api.put("/api/v1/assets/veh-001/documents/catalogue", {"content": _catalogue("c")})
    paths = (CATALOGUE, f"/api/v1/courts/{COURT}/documents/catalogue")

    counted = [api.get(f"{path}/versions").json()["items"] for path in paths]
    own = api.get("/api/v1/assets/veh-001/documents/catalogue/versions").json()["items"]

    assert [[one["version"] for one in items] for items in (*counted, own)] == [[1], [2], [3]]


def test_nobody_reads_another_courts_versions(app: FastAPI, parts: Parts, api: Api) -> None:
    api.add("veh-001")
    stranger = signed_in(app, parts, Role.VIEWER, "别的法院")

    court = stranger.get(f"/api/v1/courts/{COURT}/documents/catalogue/versions")
    asset = stranger.get("/api/v1/assets/veh-001/documents/catalogue/versions")

    assert (court.status_code, asset.status_code) == (403, 404)


def test_a_check_names_each_problem_at_its_field(api: Api) -> None:
    wrong: JsonValue = {
        "services": [{"name": "a", "zh": "甲", "en": "A", "needs": [{"kinds": ["camra"]}]}]
    }

    told = api.post(f"{CATALOGUE}/check", {"content": wrong}).json()

    assert not told["is_sound"]
    [problem] = told["problems"]
    assert problem["field"] == "services[0].needs[0].kinds[0]"
    assert "did you mean camera?" in problem["text"]
    assert told["toml"] is None


def test_a_check_reads_toml_and_gives_the_same_text_back(api: Api) -> None:
    text = '[[services]]\nname = "a"\nzh = "甲"\nen = "A"\nplatforms = ["nowhere"]\n'

    told = api.post(f"{CATALOGUE}/check", {"toml": text}).json()
    broken = api.post(f"{CATALOGUE}/check", {"toml": "[[services]\n"}).json()

    assert told["is_sound"]
    assert told["toml"] == text
    assert told["content"]["services"][0]["platforms"] == ["nowhere"]
    [doubt] = told["problems"]
    assert (doubt["is_warning"], doubt["line"]) == (True, 5)
    assert (broken["is_sound"], broken["problems"][0]["line"]) == (False, 1)
