"""The life of an asset over the API: enrolment's progress, move, replace, retire, reinstate."""

import pytest
from fastapi import FastAPI
from pydantic import JsonValue

from fleet_server.access.model import SYSTEM, Account, Role
from fleet_server.enrolment.listener import EnrolmentListener
from fleet_server.intake.model import Absence
from fleet_server.listeners import Local
from fleet_server.parts import Parts
from telemetry.wire.enrolment import from_string
from tests.fleet_server.asking import COURT, OTHER_COURT, Api
from tests.fleet_server.conftest import Clock
from tests.fleet_server.intake.speech import Speaker, beat, report
from tests.fleet_server.machine import Machine
from tests.fleet_server.prepared import application, kept_password

ASSET = "/api/v1/assets/veh-001"


@pytest.fixture
def door(parts: Parts) -> Api:
    return Api(EnrolmentListener(parts.enrolment, parts.clock))


def _enrol(door: Api, string: str, machine: Machine | None = None) -> tuple[int, str]:
    body: JsonValue = {
        "secret": from_string(string).secret,
        "csr": (machine or Machine()).csr(),
    }
    answer = door.post("/enrol", body)
    said = answer.json()
    return answer.status_code, str(said.get("code") or said["certificate"])


def _progress(api: Api) -> tuple[str, str]:
    """State, and the code of the refusal."""
    found = api.get(f"{ASSET}/enrolment").json()
    return found["state"], (found["refusal"] or {"code": ""})["code"]


def _officer(app: FastAPI, parts: Parts, *courts: str) -> Api:
    """An operator of some courts."""
    with parts.database.unit(SYSTEM, parts.clock()) as unit:
        unit.session.add(
            Account(
                name="officer",
                role=str(Role.OPERATOR),
                courts=",".join(courts),
                password_hash=kept_password("right"),
                made_at=parts.clock(),
            )
        )
    api = Api(app)
    assert api.post("/api/v1/session", {"name": "officer", "password": "right"}).status_code == 201
    return api


def _journal(api: Api) -> list[str]:
    rows = api.get("/api/v1/journal?subject=asset:veh-001").json()["items"]
    return [row["what"] for row in reversed(rows)]


def test_what_is_said_of_an_asset_can_be_changed(api: Api) -> None:
    api.add("veh-001")
    home: JsonValue = {"latitude_degrees": 29.38, "longitude_degrees": 106.54}

    changed = api.ask("PATCH", ASSET, {"name": "一号车", "plate": "渝DEMO01", "home": home}).json()
    cleared = api.ask("PATCH", ASSET, {"home": None}).json()

    assert (changed["name"], changed["plate"], changed["home"]) == ("一号车", "渝DEMO01", home)
    assert (cleared["plate"], cleared["home"]) == ("渝DEMO01", None)


def test_a_change_of_nothing_leaves_no_trace(api: Api) -> None:
    api.add("veh-001")

    api.ask("PATCH", ASSET, {"name": "veh-001", "note": ""})

    assert _journal(api) == ["asset_added", "asset_invited"]


def test_an_invitation_carries_the_line_to_paste_and_its_picture(api: Api) -> None:
    api.add("veh-001")

    made = api.post(f"{ASSET}/invitations").json()

    assert made["command"] == f"courtfleet agent enrol {made['enrolment_string']}"
    assert made["qr_svg"].startswith("<svg")
    assert made["expires_at"] == "2026-03-03T08:00:00Z"


def test_the_steps_of_an_enrolment_are_seen(
    api: Api, door: Api, parts: Parts, clock: Clock
) -> None:
    string = api.add("veh-001")
    seen = [_progress(api)]
    _enrol(door, string)
    seen.append(_progress(api))
    clock.move(seconds=10)
    vehicle = Speaker(parts.intake)
    vehicle.now = round(clock.now.timestamp() * 1000)
    vehicle.greet()
    vehicle.say("reports", report(1, at=vehicle.now))
    vehicle.commit()
    seen.append(_progress(api))

    assert seen == [("invited", ""), ("enrolled", ""), ("reporting", "")]
    found = api.get(f"{ASSET}/enrolment").json()
    assert found["first_report_at"] == "2026-03-02T08:00:10Z"
    assert (found["tries"], found["tried_at"]) == (1, "2026-03-02T08:00:00Z")


def test_a_refused_enrolment_says_why(api: Api, door: Api, clock: Clock) -> None:
    first = api.add("veh-001")
    second = str(api.post(f"{ASSET}/invitations").json()["enrolment_string"])
    found = []
    for string in (first, second):
        _enrol(door, string)
        found.append(_progress(api))
    clock.move(seconds=1)
    third = str(api.post(f"{ASSET}/invitations").json()["enrolment_string"])
    _enrol(door, second)
    found.append(_progress(api))
    number = from_string(third).secret.partition(".")[0]
    clock.move(seconds=1)
    door.post("/enrol", {"secret": f"{number}.wrong", "csr": Machine().csr()})
    found.append(_progress(api))
    clock.move(seconds=1)
    door.post("/enrol", {"secret": "0123456789ab.foreign", "csr": Machine().csr()})
    found.append(_progress(api))

    assert found == [
        ("refused", "invitation_withdrawn"),
        ("enrolled", ""),
        ("refused", "invitation_used"),
        ("refused", "invitation_wrong_secret"),
        ("refused", "invitation_unknown"),
    ]


def test_an_expired_string_is_said_to_be_so(api: Api, door: Api, clock: Clock) -> None:
    string = api.add("veh-001")
    clock.move(hours=25)
    before = _progress(api)
    _enrol(door, string)

    assert before == ("expired", "")
    assert _progress(api) == ("refused", "invitation_expired")
    assert "asset_added" in _journal(api)
    assert "enrolment_refused" in _journal(api)


def test_who_goes_on_trying_does_not_fill_the_journal(api: Api, door: Api) -> None:
    string = api.add("veh-001")
    number = from_string(string).secret.partition(".")[0]
    for _ in range(20):
        door.post("/enrol", {"secret": f"{number}.wrong", "csr": Machine().csr()})

    assert _journal(api).count("enrolment_refused") == 6


def test_a_moved_asset_is_seen_by_its_new_court_only_and_both_read_of_it(
    app: FastAPI, api: Api, parts: Parts
) -> None:
    api.add("veh-001", COURT)
    officer = _officer(app, parts, COURT)
    assert officer.get(ASSET).status_code == 200

    moved = api.post(f"{ASSET}/move", {"court": OTHER_COURT, "why": "借调"})

    assert moved.json()["court"] == OTHER_COURT
    assert officer.get(ASSET).status_code == 404
    assert _journal(officer)[-1] == "asset_left"
    assert _journal(api)[-2:] == ["asset_left", "asset_moved"]
    assert api.post(f"{ASSET}/move", {"court": OTHER_COURT}).json()["code"] == (
        "asset_there_already"
    )


def test_nobody_moves_an_asset_to_a_court_that_is_not_theirs(
    app: FastAPI, api: Api, parts: Parts
) -> None:
    api.add("veh-001", COURT)

    answer = _officer(app, parts, COURT).post(f"{ASSET}/move", {"court": OTHER_COURT})

    assert (answer.status_code, answer.json()["code"]) == (403, "foreign_court")


def test_to_retire_its_id_has_to_be_typed(api: Api) -> None:
    api.add("veh-001")

    answer = api.post(f"{ASSET}/retire", {"confirm": "veh-002"})

    assert (answer.status_code, answer.json()["code"]) == (422, "confirm_differs")
    assert api.get(ASSET).json()["retired_at"] is None


def test_a_retired_asset_is_shown_only_when_asked_for(api: Api) -> None:
    api.add("veh-001")
    api.add("veh-002")
    api.post(f"{ASSET}/retire", {"confirm": "veh-001", "why": "报废"})

    shown = {
        wish: [item["id"] for item in api.get(f"/api/v1/assets{wish}").json()["items"]]
        for wish in ("", "?retired=only", "?retired=include")
    }

    assert shown == {
        "": ["veh-002"],
        "?retired=only": ["veh-001"],
        "?retired=include": ["veh-001", "veh-002"],
    }
    assert api.get(ASSET).json()["retired_at"] == "2026-03-02T08:00:00Z"


def test_a_retired_asset_is_neither_changed_nor_invited_nor_retired_again(api: Api) -> None:
    api.add("veh-001")
    api.post(f"{ASSET}/retire", {"confirm": "veh-001"})
    answers = [
        api.ask("PATCH", ASSET, {"name": "x"}),
        api.post(f"{ASSET}/invitations"),
        api.post(f"{ASSET}/move", {"court": OTHER_COURT}),
        api.post(f"{ASSET}/replace", {}),
        api.post(f"{ASSET}/retire", {"confirm": "veh-001"}),
    ]

    assert {answer.json()["code"] for answer in answers} == {"asset_retired"}


def test_a_retired_asset_neither_enrols_nor_renews(api: Api, door: Api, parts: Parts) -> None:
    machine = Machine()
    _, certificate = _enrol(door, api.add("veh-001"), machine)
    unused = str(api.post(f"{ASSET}/invitations").json()["enrolment_string"])
    api.post(f"{ASSET}/retire", {"confirm": "veh-001"})
    csr = Machine().csr()
    renewal: JsonValue = {"csr": csr, "certificate": certificate, "proof": machine.proof(csr)}

    assert _enrol(door, unused) == (403, "invitation_withdrawn")
    assert door.post("/renew", renewal).json()["code"] == "asset_retired"


def test_a_revoked_certificate_is_not_renewed_though_its_asset_lives_on(
    api: Api, door: Api
) -> None:
    old = Machine()
    _, certificate = _enrol(door, api.add("veh-001"), old)
    string = str(api.post(f"{ASSET}/replace", {"why": "x"}).json()["enrolment_string"])
    new = Machine()
    _, present = _enrol(door, string, new)
    answers = []
    for machine, shown in ((old, certificate), (new, present)):
        csr = Machine().csr()
        body: JsonValue = {"csr": csr, "certificate": shown, "proof": machine.proof(csr)}
        answers.append(door.post("/renew", body))

    assert answers[0].json()["code"] == "certificate_revoked"
    assert answers[1].status_code == 200


def test_what_a_replaced_computer_still_held_is_lost_and_nothing_more_of_it_is_taken(
    api: Api, door: Api, parts: Parts
) -> None:
    _enrol(door, api.add("veh-001"))
    old = Speaker(parts.intake)
    old.greet(reports=(("e1", 5, 1),))
    old.say("reports", report(1), header=beat((("e1", 5, 1),)))
    old.commit()
    answer = api.post(f"{ASSET}/replace", {"why": "主机损坏"}).json()
    heard = len(old.acks)
    old.greet_unheard()
    old.say("reports", report(2), header=beat((("e1", 5, 1),)))
    old.commit()

    [row] = [row for row in parts.intake.balance("veh-001") if row.stream == "reports"]
    assert (row.stored, row.missing, row.lost, row.is_closed) == (1, 0, 4, True)
    assert parts.intake.counts().silenced == 2
    assert len(old.acks) == heard
    assert parts.intake.view("veh-001").absence is Absence.WILL

    _enrol(door, str(answer["enrolment_string"]))
    new = Speaker(parts.intake)
    new.greet(reports=(("e2", 1, 1),), events=())
    new.say("reports", report(1), epoch="e2")
    new.commit()
    rows = {row.epoch: row for row in parts.intake.balance("veh-001") if row.stream == "reports"}
    assert (rows["e2"].stored, rows["e1"].lost) == (1, 4)


def test_a_reinstated_asset_waits_for_its_computer(api: Api, door: Api, parts: Parts) -> None:
    _enrol(door, api.add("veh-001"))
    api.post(f"{ASSET}/retire", {"confirm": "veh-001"})
    made = api.post(f"{ASSET}/reinstate", {"why": "修复"})
    vehicle = Speaker(parts.intake)
    vehicle.greet_unheard()
    before = parts.intake.counts().silenced
    _enrol(door, str(made.json()["enrolment_string"]))
    vehicle.greet()

    assert made.status_code == 201
    assert before == parts.intake.counts().silenced == 1
    assert api.post(f"{ASSET}/reinstate", {}).json()["code"] == "asset_not_retired"
    assert _journal(api)[-5:] == [
        "certificates_revoked",
        "asset_retired",
        "asset_reinstated",
        "asset_invited",
        "certificate_enrolled",
    ]


def test_who_may_not_speak_is_known_again_after_a_restart(
    api: Api, door: Api, parts: Parts, clock: Clock
) -> None:
    _enrol(door, api.add("veh-001"))
    _enrol(door, api.add("veh-002"))
    api.post(f"{ASSET}/replace", {})
    parts.intake.hear_again("veh-001")

    parts.revocation.prepare(clock.now)
    for name in ("veh-001", "veh-002"):
        Speaker(parts.intake, name).greet_unheard()

    assert parts.intake.counts().silenced == 1


def test_a_broker_that_is_not_there_is_tried_again(api: Api, door: Api, parts: Parts) -> None:
    _enrol(door, api.add("veh-001"))

    answer = api.post(f"{ASSET}/replace", {})
    parts.revocation.repair(parts.clock())

    assert answer.status_code == 201
    assert parts.revocation.waiting == {"veh-001"}


def test_a_simulated_asset_that_was_retired_may_not_speak_though_it_gets_papers(
    demo_parts: Parts,
) -> None:
    api = Api(Local(application(demo_parts)))
    new: JsonValue = {"id": "veh-001", "kind": "vehicle", "court": "x", "csr": Machine().csr()}
    api.post("/api/v1/simulation/assets", {"assets": [new]})
    api.post(f"{ASSET}/retire", {"confirm": "veh-001"})

    again = api.post("/api/v1/simulation/assets", {"assets": [new]})
    Speaker(demo_parts.intake).greet_unheard()

    assert again.status_code == 201
    assert demo_parts.intake.counts().silenced == 1
