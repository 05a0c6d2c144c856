"""Rollouts over the API."""

import pytest
from fastapi import FastAPI
from pydantic import JsonValue

from fleet_server.access.model import SYSTEM, Role
from fleet_server.parts import Parts
from fleet_server.rollouts import quarantine
from fleet_server.rollouts.model import GateCode, GateVerdict, RolloutState, TargetState, Why
from fleet_server.sentences import SENTENCES
from telemetry.words import FINAL_STATES, OrderState
from tests.fleet_server.asking import COURT, OTHER_COURT, Api, signed_in
from tests.fleet_server.conftest import Clock


def _body(**plan: JsonValue) -> JsonValue:
    return {"playbook": "configure", "plan": plan, "why": "new time server"}


def _fleet(api: Api) -> None:
    for number in range(1, 5):
        api.add(f"veh-{number:03}", COURT if number < 4 else OTHER_COURT)


def test_a_preview_says_who_is_in_which_wave_and_starts_nothing(api: Api) -> None:
    _fleet(api)

    found = api.post("/api/v1/rollouts/preview", {"selection": {"courts": [COURT]}}).json()

    assert [len(wave["assets"]) for wave in found["waves"]] == [2, 1]
    assert found["waves"][0]["gate"]["success_percent"] == 100
    assert api.get("/api/v1/rollouts").json()["items"] == []


def test_whoever_has_one_of_the_tags_is_meant_and_the_plan_keeps_them(api: Api) -> None:
    _fleet(api)
    for asset, tag in (("veh-002", "pilot"), ("veh-003", "spare"), ("veh-004", "old")):
        api.post(f"/api/v1/assets/{asset}/tags", {"add": [tag, "fleet"]})
    selection: JsonValue = {"tags": ["pilot", "spare"]}

    made = api.post("/api/v1/rollouts", _body(selection=selection)).json()

    assert sorted(one["asset"] for one in made["targets"]) == ["veh-002", "veh-003"]
    assert made["plan"]["selection"]["tags"] == ["pilot", "spare"]


def test_a_started_rollout_tells_each_assets_reason_in_the_readers_language(
    api: Api, parts: Parts, clock: Clock
) -> None:
    _fleet(api)
    made = api.post("/api/v1/rollouts", _body())
    assert made.status_code == 201, made.text
    parts.rollouts.step(clock.now)
    parts.rollouts.step(clock.now)

    headers = {"accept-language": "zh-CN"}
    found = api.ask("GET", f"/api/v1/rollouts/{made.json()['id']}", headers=headers).json()

    assert found["state"] == "running"
    assert found["sentence"] == "进行中"
    assert [one["code"] for one in found["targets"]] == ["unreachable"] * 2 + ["wave"] * 2
    assert found["targets"][0]["sentence"] == "联系不上，恢复后执行"
    assert found["waves"][0]["counts"] == {"waiting": 2}


def test_it_is_steered_and_what_makes_no_sense_is_refused(api: Api) -> None:
    _fleet(api)
    made = api.post("/api/v1/rollouts", _body()).json()["id"]
    path = f"/api/v1/rollouts/{made}"

    assert api.post(f"{path}/resume", {}).json()["code"] == "rollout_is"
    assert api.post(f"{path}/pause", {"why": "lunch"}).json()["state"] == "paused"
    assert api.post(f"{path}/resume", {}).json()["state"] == "running"
    assert api.post(f"{path}/rollback", {}).json()["code"] == "rollout_has_no_way_back"
    back: JsonValue = {"playbook": "undo", "variables": {}}
    assert api.post(f"{path}/rollback", back).json()["code"] == "rollout_touched_nobody"
    assert api.post(f"{path}/cancel", {}).json()["state"] == "cancelled"
    assert api.post(f"{path}/cancel", {}).status_code == 409
    journal = api.get(f"/api/v1/journal?subject=rollout:{made}").json()["items"]
    assert [row["what"] for row in journal] == [
        "rollout_cancelled",
        "rollout_resumed",
        "rollout_paused",
        "rollout_started",
    ]
    assert journal[-1]["sentence"] == "Rollout of configure to 4 assets in 2 waves."


def test_who_wanted_it_may_not_approve_it(api: Api, app: FastAPI, parts: Parts) -> None:
    _fleet(api)
    operator = signed_in(app, parts, Role.OPERATOR)
    made = operator.post("/api/v1/rollouts", _body(needs_approval=True)).json()
    path = f"/api/v1/rollouts/{made['id']}/approval"

    assert made["state"] == "awaiting_approval"
    assert operator.post(path, {}).json()["code"] == "rollout_needs_another"
    assert api.post(path, {}).json()["state"] == "running"


def test_a_contradiction_is_refused_with_its_place(api: Api) -> None:
    gate: JsonValue = {"success_percent": 90, "failure_percent": 20}
    answer = api.post("/api/v1/rollouts", _body(waves=[{"percent": 100, "gate": gate}]))

    assert answer.status_code == 422
    assert answer.json()["code"] == "bad_rollout"
    assert "90" in answer.json()["detail"]


def test_people_of_one_court_see_their_part_and_steer_only_what_is_all_theirs(
    api: Api, app: FastAPI, parts: Parts
) -> None:
    _fleet(api)
    both = api.post("/api/v1/rollouts", _body()).json()["id"]
    foreign = api.post("/api/v1/rollouts", _body(selection={"courts": [COURT]})).json()["id"]
    theirs = signed_in(app, parts, Role.OPERATOR, OTHER_COURT)

    listed = [one["id"] for one in theirs.get("/api/v1/rollouts").json()["items"]]
    seen = theirs.get(f"/api/v1/rollouts/{both}").json()

    assert listed == [both]
    assert [one["asset"] for one in seen["targets"]] == ["veh-004"]
    assert theirs.get(f"/api/v1/rollouts/{foreign}").status_code == 404
    refused = theirs.post(f"/api/v1/rollouts/{both}/pause", {}).json()
    assert refused["code"] == "rollout_of_other_courts"
    mine = theirs.post("/api/v1/rollouts", _body()).json()
    assert [one["asset"] for one in mine["targets"]] == ["veh-004"]


def test_windows_are_a_courts_own_or_the_fleets(api: Api, app: FastAPI, parts: Parts) -> None:
    nights: JsonValue = {"items": [{"days": [5, 6], "from_minute": 1320, "until_minute": 360}]}
    path = f"/api/v1/maintenance-windows?court={COURT}"

    assert api.put(path, nights).json() == nights
    assert api.get(path).json() == nights
    assert api.get("/api/v1/maintenance-windows").json() == {"items": []}
    theirs = signed_in(app, parts, Role.OPERATOR, OTHER_COURT)
    assert theirs.put(path, nights).json()["code"] == "foreign_court"
    assert theirs.put("/api/v1/maintenance-windows", nights).json()["code"] == "not_whole_fleet"
    assert api.put(path, {"items": []}).json() == {"items": []}


def test_whoever_is_in_quarantine_is_listed_and_released(
    api: Api, parts: Parts, clock: Clock
) -> None:
    api.add("veh-001")
    with parts.database.unit(SYSTEM, clock.now) as unit:
        for _ in range(quarantine.MOST_FAILURES):
            quarantine.note_failure(unit, "veh-001", COURT, 1)

    assert [one["asset"] for one in api.get("/api/v1/quarantine").json()["items"]] == ["veh-001"]
    assert api.post("/api/v1/rollouts", _body()).json()["code"] == "rollout_means_nobody"
    assert api.delete("/api/v1/quarantine/veh-001?why=new+disk").status_code == 204
    assert api.delete("/api/v1/quarantine/veh-001").status_code == 404


@pytest.mark.parametrize(
    "code",
    [
        *(f"rollout_{one}" for one in RolloutState),
        *(f"gate_{one}" for one in (*GateVerdict, *GateCode) if one),
        *(f"target_{one}" for one in TargetState),
        *(f"why_{one}" for one in Why if one),
        *(f"at_{one}" for one in OrderState if one not in FINAL_STATES),
    ],
)
def test_every_state_and_reason_has_its_sentence(code: str) -> None:
    assert code in SENTENCES
