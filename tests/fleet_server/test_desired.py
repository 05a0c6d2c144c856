"""Profile, catalogue, people and day: who gets which, who may change it, and what stays secret."""

import json

import msgspec
import pytest
from pydantic import JsonValue

from fleet_server.parts import Parts
from telemetry.wire import signed
from telemetry.wire.messages import Header
from telemetry.wire.people import People
from tests.fleet_server.asking import COURT, OTHER_COURT, Api

NOW_MS = 1_772_000_000_000
PRINTER: JsonValue = {
    "name": "printer",
    "kind": "printer",
    "reach": {"by": "ipp", "uri": "ipp://127.0.0.1/ipp/print"},
}


def _profile(name: str) -> JsonValue:
    return {"content": {"name": name, "devices": [PRINTER]}}


def _sent(parts: Parts, asset: str, name: str, held: int = 0) -> signed.Opened | None:
    """What the asset is sent under this name when it holds so much."""
    header = Header(NOW_MS, "ntp", "b1", 0, [], [], held={name: held})
    found = [signed.open_sealed(payload) for _, payload in parts.sender.due(asset, header, NOW_MS)]
    return next((one for one in found if one.header.name == name), None)


def _profile_of(parts: Parts, asset: str) -> str:
    found = parts.sender.desired(asset).get("profile")
    return "" if found is None else str(json.loads(found.body)["name"])


@pytest.fixture
def fleet(api: Api) -> Api:
    api.add("veh-001")
    api.add("veh-002")
    api.ask("POST", "/api/v1/assets/veh-002/move", {"court": OTHER_COURT})
    return api


def test_the_narrowest_profile_is_the_one_an_asset_gets(fleet: Api, parts: Parts) -> None:
    got = []
    for path in (
        "documents/profile",
        "documents/profile?kind=vehicle",
        "documents/profile?kind=clinic",
        f"courts/{COURT}/documents/profile",
        "assets/veh-001/documents/profile",
    ):
        fleet.put(f"/api/v1/{path}", _profile(path.split("?")[-1][:20]))
        got.append((_profile_of(parts, "veh-001"), _profile_of(parts, "veh-002")))

    assert [one for one, _ in got] == [
        "documents/profile",
        "kind=vehicle",
        "kind=vehicle",
        f"courts/{COURT}/do"[:20],
        "assets/veh-001/docum",
    ]
    assert [other for _, other in got][1:] == ["kind=vehicle"] * 4


def test_an_asset_that_held_everything_is_sent_the_next_version(fleet: Api, parts: Parts) -> None:
    fleet.put("/api/v1/documents/profile", _profile("first"))
    everything = {one.name: one.version for one in parts.sender.desired("veh-001").values()}
    header = Header(NOW_MS, "ntp", "b1", 0, [], [], held=everything)
    before = [parts.sender.due("veh-001", header, NOW_MS) for _ in range(2)]

    fleet.put("/api/v1/documents/profile", _profile("second"))
    after = parts.sender.due("veh-001", header, NOW_MS)

    assert before == [[], []]
    assert [signed.open_sealed(payload).header.name for _, payload in after] == ["profile"]


def test_a_dry_run_names_the_assets_and_changes_nothing(fleet: Api, parts: Parts) -> None:
    fleet.put("/api/v1/assets/veh-002/documents/profile", _profile("own"))
    body = _profile("all")
    assert isinstance(body, dict)

    said = fleet.put("/api/v1/documents/profile?kind=vehicle", {**body, "dry_run": True}).json()

    assert said["assets"] == ["veh-001"]
    assert said["version"] == 0
    assert _sent(parts, "veh-001", "profile") is None


@pytest.mark.parametrize(
    ("content", "place"),
    [
        ({"devices": [{"name": "printer", "kind": "printer"}]}, "devices[0]: reach is missing"),
        ({"devices": [{**PRINTER, "kind": "teapot"}]}, "devices[0].kind: expected one of camera"),  # type: ignore[dict-item]  # a dict
        ({"wheels": 4}, "wheels"),
        ({"devices": [PRINTER, PRINTER]}, "devices[1]: printer stands at devices[0] already"),
        ([], "expected a table {...}; found […]"),
    ],
)
def test_wrong_content_is_answered_with_its_place_and_replaces_nothing(
    fleet: Api, parts: Parts, content: JsonValue, place: str
) -> None:
    fleet.put("/api/v1/documents/profile", _profile("good"))

    answer = fleet.put("/api/v1/documents/profile", {"content": content})

    assert answer.status_code == 422
    assert answer.json()["code"] == "bad_document"
    assert place in answer.json()["detail"]
    assert _profile_of(parts, "veh-001") == "good"


def test_who_changes_an_older_version_is_told_so(fleet: Api) -> None:
    fleet.put("/api/v1/documents/catalogue", {"content": {}})
    fleet.put("/api/v1/documents/catalogue", {"content": {}, "version": 1})

    answer = fleet.put("/api/v1/documents/catalogue", {"content": {}, "version": 1})

    assert (answer.status_code, answer.json()["code"]) == (409, "document_conflict")


def test_a_pin_reaches_the_vehicle_as_a_hash_and_nobody_else(fleet: Api, parts: Parts) -> None:
    path = f"/api/v1/courts/{COURT}/documents/people"
    judge: JsonValue = {"id": "p1", "name": "法官甲", "seats": ["judge"], "pin": "246810"}

    shown = fleet.put(path, {"content": {"people": [judge]}}).json()
    kept = fleet.put(path, {"content": shown["content"]}).json()

    found = _sent(parts, "veh-001", "people")
    assert found is not None
    [person] = msgspec.json.decode(found.body, type=People).people
    assert person.pin.startswith("$argon2id$")
    assert kept["content"]["people"][0]["pin"] == "set"
    everything = json.dumps(fleet.get("/api/v1/journal").json()) + json.dumps([shown, kept])
    assert "$argon2id$" not in everything
    assert "246810" not in everything


@pytest.mark.parametrize(
    ("pin", "code"), [("1234", "bad_pin"), ("abcdef", "bad_pin"), ("set", "pin_missing")]
)
def test_a_pin_that_is_none_is_refused(fleet: Api, pin: str, code: str) -> None:
    person: JsonValue = {"id": "p1", "name": "书记员乙", "pin": pin}

    answer = fleet.put("/api/v1/documents/people", {"content": {"people": [person]}})

    assert (answer.status_code, answer.json()["code"]) == (422, code)


def test_an_asset_that_moves_gets_the_people_of_its_new_court(fleet: Api, parts: Parts) -> None:
    for court in (OTHER_COURT, COURT):
        people: JsonValue = {"people": [{"id": court[3:5], "name": court}]}
        fleet.put(f"/api/v1/courts/{court}/documents/people", {"content": people})
    held = _sent(parts, "veh-001", "people")
    assert held is not None

    fleet.ask("POST", "/api/v1/assets/veh-001/move", {"court": OTHER_COURT})
    parts.sender.refresh(parts.clock())
    found = _sent(parts, "veh-001", "people", held.header.number)

    assert found is not None
    assert OTHER_COURT in found.body.decode()


def test_a_day_is_put_for_one_asset_and_not_for_many(fleet: Api) -> None:
    for path in ("documents/day", "documents/day?kind=vehicle", f"courts/{COURT}/documents/day"):
        answer = fleet.put(f"/api/v1/{path}", {"content": {}})

        assert (answer.status_code, answer.json()["code"]) == (422, "day_of_one_asset")

    assert fleet.put("/api/v1/assets/veh-001/documents/day", {"content": {}}).status_code == 200


def test_a_viewer_changes_no_document(fleet: Api, stranger: Api, parts: Parts) -> None:
    parts.access.make_first_account(parts.settings.data / "initial-password", parts.clock())
    token = fleet.post("/api/v1/tokens", {"label": "wall", "role": "viewer"}).json()["token"]
    stranger.headers["authorization"] = f"Bearer {token}"
    paths = ("documents/profile", f"courts/{COURT}/documents/day", "assets/veh-001/documents/day")

    looks = [stranger.get(f"/api/v1/{path}").status_code for path in paths]
    changes = [stranger.put(f"/api/v1/{path}", {"content": {}}).status_code for path in paths]

    assert looks == [200, 200, 200]
    assert changes == [403, 403, 403]
