"""Layers over the API, and assets that are kept as desired."""

from datetime import UTC, datetime, timedelta

import pytest
from fastapi import FastAPI
from msgspec.structs import replace
from pydantic import JsonValue

from fleet_server.access.model import SYSTEM, Role
from fleet_server.assets import store as assets
from fleet_server.configuration import store
from fleet_server.configuration.model import Hold
from fleet_server.configuration.rules import MOST_AT_ONCE
from fleet_server.configuration.store import policy
from fleet_server.orders import store as orders
from fleet_server.orders.model import NewOrder
from fleet_server.parts import Parts
from fleet_server.rollouts.model import Window
from fleet_server.rollouts.windows import put as put_windows
from telemetry.wire.events import Configured, OrderChanged, Recap
from telemetry.wire.orders import CheckNow
from telemetry.words import OrderState
from tests.fleet_server.asking import COURT, OTHER_COURT, Api, signed_in
from tests.fleet_server.conftest import Clock
from tests.fleet_server.intake.speech import START, Speaker, event

LAYER = "/api/v1/configuration/layer?scope="
AT = START


def write(api: Api, scope: str, text: str, **more: JsonValue) -> dict[str, JsonValue]:
    answer = api.put(LAYER + scope, {"text": text, **more})
    assert answer.status_code == 200, answer.text
    found: dict[str, JsonValue] = answer.json()
    return found


def shown(api: Api, asset: str = "veh-001") -> dict[str, JsonValue]:
    found: dict[str, JsonValue] = api.get(f"/api/v1/assets/{asset}/configuration").json()
    return found


class Vehicle:
    """An asset that is heard, and says how it is set up."""

    def __init__(self, parts: Parts, asset: str = "veh-001") -> None:
        self.asset = asset
        self._parts = parts
        self._speaker = Speaker(parts.intake, asset)
        self._speaker.greet()
        self._said = 0

    def says(self, what: Configured) -> None:
        self._said += 1
        self._speaker.say("events", event(self._said, what))
        self._speaker.commit()

    def ends(self, clock: Clock, state: OrderState) -> None:
        """Its order comes to an end."""
        with self._parts.database.unit(SYSTEM, clock.now) as unit:
            placed = orders.page(unit.session, self.asset, None, 1)[0]
            found = orders.locked(unit, placed.id)
            assert found is not None
            sent = replace(found, number=placed.number or 1)
            orders.note(unit, sent, state, "play" if state is OrderState.FAILED else "")

    def orders(self) -> list[str]:
        with self._parts.database.reading() as session:
            return [one.state for one in orders.page(session, self.asset, None, 50)]


def test_a_layer_is_written_shown_with_its_origin_and_put_back(api: Api) -> None:
    api.add("veh-001")
    api.add("veh-002", OTHER_COURT)
    first = write(api, "fleet", "# 全部\nclock_timezone: Asia/Shanghai\n", comment="统一时区")
    write(api, f"court:{COURT}", "clock_timezone: UTC\n")
    before = shown(api)
    write(api, "fleet", "clock_timezone: Asia/Urumqi\n")
    back = api.put(LAYER + "fleet", {"restores": 1, "comment": "误改"}).json()

    assert (first["count"], first["layer"]["version"]) == (2, 1)  # type: ignore[index, call-overload]
    assert before["values"] == {"clock_timezone": "UTC"}
    assert before["entries"] == [
        {
            "path": "clock_timezone",
            "value": "UTC",
            "scope": f"court:{COURT}",
            "hidden": [{"scope": "fleet", "value": "Asia/Shanghai"}],
        }
    ]
    assert (before["state"], before["sentence"]) == ("unheard", "Waits until it appears")
    assert back["layer"]["text"].startswith("# 全部")
    assert [one["version"] for one in back["layer"]["versions"]] == [3, 2, 1]
    assert [one["asset"] for one in back["assets"]] == ["veh-002"]
    said = api.get("/api/v1/journal").json()["items"][0]
    assert (said["sentence"], said["why"]) == ("Configuration of fleet changed, version 3.", "误改")


def test_a_preview_says_who_would_change_and_changes_nothing(api: Api) -> None:
    api.add("veh-001")
    api.add("bag-001", kind="backpack")

    found = write(api, "kind:vehicle", "clock_servers: [ntp1.example.cn]\n", dry_run=True)

    assert found["count"] == 1
    assert found["assets"] == [
        {
            "asset": "veh-001",
            "court": COURT,
            "changes": [{"path": "clock_servers", "before": None, "after": ["ntp1.example.cn"]}],
        }
    ]
    assert shown(api)["state"] == "nothing"
    assert api.get("/api/v1/configuration").json()["layers"] == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("clock_zone: UTC", "clock_zone: no role takes this; known are clock_servers"),
        ("clock_servers: ntp1", "clock_servers: must be a list"),
        ("clock_servers: [1]", "clock_servers.1: must be a text"),
        ("network_confirm_seconds: true", "network_confirm_seconds: must be a whole number"),
        ("network_profiles: [{kind: gsm}]", "network_profiles.1: needs a name"),
        (
            "network_profiles: [{name: a, kind: wifi}]",
            "network_profiles.a.kind: must be one of gsm, ethernet",
        ),
        ("network_profiles: [{name: a}]", "network_profiles.a.kind: is missing"),
        ("printers_queues: [{name: a}, {name: a}]", "printers_queues.a: stands there twice"),
        ("manifest_hash: x", "manifest_hash: no role takes this"),
        ("[1]", "A layer is a mapping"),
        ("a: [", "This is no YAML: while parsing"),
        ("clock_timezone: 2026-03-02", "'clock_timezone' holds something"),
        ("clock_servers: &a [x]\nb: [*a, *a]\n", "b: no role takes this"),
        ("printers_queues: [{name: a, uri: 'ipp://u:secret@h/p'}]", "looks like a secret"),
    ],
)
def test_what_no_role_takes_is_refused_with_field_and_what_was_expected(
    api: Api, text: str, said: str
) -> None:
    api.add("veh-001")

    answer = api.put(LAYER + "fleet", {"text": text})

    assert answer.status_code == 422
    assert said in answer.json()["detail"]
    assert api.get(LAYER + "fleet").json()["version"] == 0


def test_a_text_that_stands_for_millions_of_values_is_refused(api: Api) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 8)]

    answer = api.put(LAYER + "fleet", {"text": "\n".join(lines)})

    assert answer.json()["code"] == "configuration_too_large"


def test_who_does_not_see_the_whole_fleet_writes_only_layers_of_the_own_courts(
    app: FastAPI, api: Api, parts: Parts
) -> None:
    api.add("veh-001")
    api.add("veh-002", OTHER_COURT)
    write(api, f"court:{OTHER_COURT}", "clock_timezone: UTC\n")
    write(api, "asset:veh-002", "clock_timezone: UTC\n")
    mine = signed_in(app, parts, Role.OPERATOR, COURT)
    text: JsonValue = {"text": "clock_timezone: Asia/Shanghai\n"}

    assert mine.put(LAYER + f"court:{COURT}", text).status_code == 200
    assert mine.put(LAYER + "asset:veh-001", text).status_code == 200
    assert mine.put(LAYER + "fleet", text).status_code == 403
    assert mine.put(LAYER + "kind:vehicle", text).status_code == 403
    assert mine.put(LAYER + f"court:{OTHER_COURT}", text).status_code == 403
    assert mine.get(LAYER + "asset:veh-002").status_code == 404
    assert mine.put("/api/v1/configuration/policy", {"converge": "when_idle"}).status_code == 403
    scopes = [one["scope"] for one in mine.get("/api/v1/configuration").json()["layers"]]
    assert scopes == ["asset:veh-001", f"court:{COURT}"]
    assert [one["asset"] for one in mine.get("/api/v1/configuration/assets").json()["items"]] == [
        "veh-001"
    ]


def test_a_layer_that_was_changed_meanwhile_is_not_written_over(api: Api) -> None:
    write(api, "fleet", "clock_timezone: UTC\n")

    answer = api.put(LAYER + "fleet", {"text": "", "version": 0})

    assert answer.status_code == 409
    assert answer.json()["code"] == "configuration_conflict"


def test_single_values_are_put_into_a_layer_and_taken_out(api: Api) -> None:
    write(api, "fleet", "clock_timezone: UTC\n")
    put = api.put(LAYER + "fleet", {"puts": {"clock_servers": ["ntp1"]}}).json()
    out = api.put(LAYER + "fleet", {"drops": ["clock_timezone"]}).json()

    assert put["layer"]["text"] == "clock_timezone: UTC\nclock_servers:\n- ntp1\n"
    assert out["layer"]["text"] == "clock_servers:\n- ntp1\n"


def test_what_a_hand_changed_is_told_to_the_people_of_its_court_alone(
    app: FastAPI, api: Api, parts: Parts
) -> None:
    api.add("veh-001")
    write(api, "fleet", "clock_timezone: Asia/Shanghai\n")
    vehicle = Vehicle(parts)
    vehicle.says(Configured(str(shown(api)["desired"]), AT, ["/etc/localtime"]))
    mine = signed_in(app, parts, Role.VIEWER, COURT)
    others = signed_in(app, parts, Role.VIEWER, OTHER_COURT)

    def read(by: Api) -> list[str]:
        return [one["sentence"] for one in by.get("/api/v1/journal").json()["items"]]

    assert "Changed by hand: /etc/localtime." in read(mine)
    assert "Changed by hand: /etc/localtime." not in read(others)


def test_what_a_hand_changed_is_seen_told_and_brought_back_by_hand(
    api: Api, parts: Parts, clock: Clock
) -> None:
    api.add("veh-001")
    write(api, "fleet", "clock_timezone: Asia/Shanghai\n")
    vehicle = Vehicle(parts)
    never = shown(api)
    wanted = str(never["desired"])
    vehicle.says(Configured(wanted, AT))
    fine = shown(api)
    vehicle.says(Configured(wanted, AT, ["/etc/localtime"]))
    drifted = shown(api)
    made = api.post("/api/v1/assets/veh-001/configuration/apply", {"why": "zone"})
    going = shown(api)

    assert [one["state"] for one in (never, fine, drifted, going)] == [
        "never",
        "in_step",
        "drifted",
        "applying",
    ]
    assert (drifted["hold"], drifted["held"]) == ("by_hand", "applied by hand only")
    assert drifted["differs"] == ["/etc/localtime"]
    assert made.status_code == 201, made.text
    assert going["attempts"][0]["order"] == made.json()["order"]  # type: ignore[index, call-overload]
    told = [one["sentence"] for one in api.get("/api/v1/journal").json()["items"]]
    assert "Changed by hand: /etc/localtime." in told


def test_an_asset_is_set_up_when_it_appears_and_left_alone_when_it_is(
    api: Api, parts: Parts, clock: Clock
) -> None:
    clock.now = datetime.fromtimestamp(START / 1000, UTC)
    api.add("veh-001")
    write(api, "fleet", "clock_timezone: Asia/Shanghai\n")
    api.put("/api/v1/configuration/policy", {"converge": "when_idle"})
    parts.configurations.step(clock.now)
    with parts.database.reading() as session:
        while_off = orders.page(session, "veh-001", None, 5)
    off = shown(api)["state"]
    vehicle = Vehicle(parts)
    parts.configurations.step(clock.now)
    parts.configurations.step(clock.now)
    placed = vehicle.orders()
    vehicle.ends(clock, OrderState.SUCCEEDED)
    vehicle.says(Configured(str(shown(api)["desired"]), AT, [], ["courtroom"]))
    waiting = shown(api)
    clock.move(minutes=14)
    parts.configurations.step(clock.now)
    soon = vehicle.orders()
    clock.move(minutes=2)
    parts.configurations.step(clock.now)

    assert (while_off, off) == ([], "unheard")
    assert placed == ["queued"]
    assert (waiting["state"], waiting["waiting"]) == ("waiting", ["courtroom"])
    assert soon == ["succeeded"]
    assert vehicle.orders() == ["queued", "succeeded"]


def test_after_a_failure_it_is_tried_again_later_and_later(
    api: Api, parts: Parts, clock: Clock
) -> None:
    api.add("veh-001")
    write(api, "fleet", "clock_timezone: Asia/Shanghai\n")
    api.put("/api/v1/configuration/policy", {"converge": "when_idle"})
    vehicle = Vehicle(parts)
    pauses = []
    for _ in range(4):
        minutes = 0
        while "queued" not in vehicle.orders():
            parts.configurations.step(clock.now)
            clock.move(minutes=5)
            minutes += 5
        vehicle.ends(clock, OrderState.FAILED)
        pauses.append(minutes)
    found = shown(api)

    assert pauses == [5, 20, 35, 65]
    assert (found["state"], found["hold"]) == ("failing", "pause")


def test_windows_go_with_the_order_and_outside_them_there_is_none(
    api: Api, parts: Parts, clock: Clock
) -> None:
    api.add("veh-001")
    write(api, "fleet", "clock_timezone: Asia/Shanghai\n")
    api.put(f"/api/v1/configuration/policy?court={COURT}", {"converge": "when_idle"})
    with parts.database.unit(SYSTEM, clock.now) as unit:
        put_windows(unit, COURT, [Window(tuple(range(7)), 22 * 60, 23 * 60)])
    vehicle = Vehicle(parts)
    parts.configurations.step(clock.now)
    outside = (vehicle.orders(), shown(api)["hold"])
    clock.move(hours=6, minutes=10)
    parts.configurations.step(clock.now)

    assert outside == ([], "window")
    assert vehicle.orders() == ["queued"]


def test_of_two_engines_one_places_the_order(api: Api, parts: Parts, clock: Clock) -> None:
    api.add("veh-001")
    write(api, "fleet", "clock_timezone: Asia/Shanghai\n")
    api.put("/api/v1/configuration/policy", {"converge": "when_idle"})
    vehicle = Vehicle(parts)
    with parts.database.unit(SYSTEM, clock.now) as unit:
        assert policy(unit) is not None

    for _ in range(3):
        parts.configurations.step(clock.now)

    assert vehicle.orders() == ["queued"]


def test_an_asset_looked_at_alone_stands_as_it_does_in_the_fleet(
    api: Api, parts: Parts, clock: Clock
) -> None:
    names = [f"veh-{number:03}" for number in range(1, MOST_AT_ONCE + 4)]
    for name in names:
        api.add(name)
    write(api, "fleet", "clock_timezone: Asia/Shanghai\n")
    api.put("/api/v1/configuration/policy", {"converge": "when_idle"})
    heard = [Vehicle(parts, name) for name in names[1:]]
    heard[0].says(Configured(str(shown(api)["desired"]), AT, [], []))
    with parts.database.reading() as session:
        fleet = parts.configurations.standings(session, SYSTEM, clock.now)
        alone = [
            parts.configurations.standing(session, assets.find(session, SYSTEM, name), clock.now)
            for name in names
        ]

    assert alone == fleet
    assert [one.state for one in alone[:3]] == ["unheard", "in_step", "never"]
    assert [one.hold for one in alone[-2:]] == [Hold.NONE, Hold.TURN]


def test_tries_are_those_of_every_asset_also_when_one_statement_does_not_hold_all(
    api: Api, parts: Parts, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ["veh-001", "veh-002", "veh-003"]
    for name in names:
        api.add(name)
    until = clock.now + timedelta(hours=1)
    with parts.database.unit(SYSTEM, clock.now) as unit:
        for name in names:
            orders.place(unit, name, NewOrder(CheckNow(), "", until, source=store.source(name)))
    monkeypatch.setattr(store, "_AT_ONCE", 1)

    with parts.database.reading() as session:
        found = store.attempts(session, clock.now - timedelta(hours=1), names)
        alone = store.attempts(session, clock.now - timedelta(hours=1), names, "veh-002")

    assert sorted(found) == names
    assert list(alone) == ["veh-002"]


def test_nothing_is_sent_to_an_asset_of_which_nothing_is_desired(api: Api) -> None:
    api.add("veh-001")

    answer = api.post("/api/v1/assets/veh-001/configuration/apply", {})

    assert answer.status_code == 409
    assert answer.json()["code"] == "configuration_nothing"


def test_a_check_is_shown_with_its_diff(api: Api, parts: Parts, clock: Clock) -> None:
    api.add("veh-001")
    write(api, "fleet", "clock_timezone: Asia/Shanghai\n")
    path = "/api/v1/assets/veh-001/configuration/diff"
    none = api.get(path).json()
    Vehicle(parts)
    api.post("/api/v1/assets/veh-001/configuration/apply", {"is_check": True})
    asked = api.get(path).json()

    assert (none["order"], none["changes"]) == (None, None)
    assert (asked["state"], asked["is_final"], asked["is_current"]) == ("queued", False, True)


def test_a_recap_says_how_much_a_try_changed(api: Api, parts: Parts, clock: Clock) -> None:
    api.add("veh-001")
    write(api, "fleet", "clock_timezone: Asia/Shanghai\n")
    made = api.post("/api/v1/assets/veh-001/configuration/apply", {}).json()["order"]
    recap = Recap(ok=3, changed=1, failed=1, failed_task="Set the time zone", message="no disk")
    with parts.database.unit(SYSTEM, clock.now) as unit:
        changed = OrderChanged(made, 1, "failed", "play", "", 1, recap)
        orders.tell(unit, "veh-001", changed, clock.now)
    attempt = shown(api)["attempts"][0]  # type: ignore[index]

    assert attempt["failed_task"] == "Set the time zone: no disk"  # type: ignore[index, call-overload]
