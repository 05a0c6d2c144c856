"""Orders over the API."""

from datetime import timedelta

import msgspec
import pytest
from fastapi import FastAPI
from pydantic import JsonValue

from fleet_server.access.model import Role
from fleet_server.orders.model import NewOrder
from fleet_server.orders.rendering import PLAY, rendered
from fleet_server.parts import Parts
from fleet_server.sentences.orders import CODES, COMMANDS, KINDS, LINES, STATES
from telemetry import words
from telemetry.wire import lines
from telemetry.wire.events import OrderChanged
from telemetry.wire.lines import Line, OrderLines
from telemetry.wire.orders import (
    Conditions,
    Diagnose,
    Order,
    Restart,
    RunBundle,
    RunCommand,
    Task,
)
from telemetry.wire.output import cut_output
from telemetry.wire.profile import ByUsb, DeviceSpec
from telemetry.words import DeviceKind, RemoteCommand
from tests.fleet_server.asking import COURT, OTHER_COURT, Api, signed_in
from tests.fleet_server.orders.vehicle import Vehicle

ORDERS = "/api/v1/assets/veh-001/orders"
CONFIGURE: dict[str, JsonValue] = {
    "task": {"kind": "bundle", "playbook": "configure", "variables": {"timezone": "Asia/Shanghai"}}
}


def _place(api: Api, task: JsonValue) -> str:
    answer = api.post(ORDERS, {"task": task})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def _sent(vehicle: Vehicle) -> Order:
    vehicle.is_sent(seconds=5)
    [found] = vehicle.is_sent(seconds=30)
    return msgspec.json.decode(found.body, type=Order)


def test_a_playbook_is_placed_followed_and_read(api: Api, vehicle: Vehicle) -> None:
    placed = api.post(ORDERS, CONFIGURE).json()
    assert (placed["state"], placed["number"], placed["asked_for"]) == (
        "queued",
        None,
        "playbook: configure",
    )
    body = _sent(vehicle)
    assert isinstance(body.task, RunBundle)
    vehicle.last_order = 1
    vehicle.tell(OrderChanged(body.id, 1, "accepted"))
    vehicle.tell(OrderChanged(body.id, 1, "failed", "time_limit", attempt=1))

    found = api.get(f"/api/v1/orders/{placed['id']}").json()

    assert [step["state"] for step in found["steps"]] == ["queued", "sent", "accepted", "failed"]
    assert found["sentence"] == "failed: it took too long"
    assert found["is_final"]


def test_what_a_play_is_at_is_read_while_it_runs_and_gone_with_its_end(
    api: Api, parts: Parts, vehicle: Vehicle
) -> None:
    identity = _place(api, CONFIGURE["task"])
    body = _sent(vehicle)
    vehicle.last_order = 1
    vehicle.tell(
        OrderChanged(body.id, 1, "accepted"), OrderChanged(body.id, 1, "running", "", "", 1)
    )
    vehicle.is_sent()
    made = [Line("begun", "Write \x1b[31mit"), Line("changed", "Write it", "self")]
    said = lines.encode(OrderLines(identity, 1, 4, made))
    parts.intake.take("veh-001", "up/live", said, 0)
    parts.intake.take("veh-002", "up/live", said.replace(b"Write", b"Other"), 0)
    path = f"/api/v1/orders/{identity}/lines"
    found = api.get(path).json()
    parts.intake.silence("veh-001", 0)
    parts.intake.take("veh-001", "up/live", lines.encode(OrderLines(identity, 1, 6, made)), 0)
    silenced = api.get(path).json()
    parts.intake.hear_again("veh-001")
    vehicle.beat(greets=True)
    vehicle.tell(OrderChanged(body.id, 1, "succeeded", attempt=1))
    vehicle.is_sent()

    assert found["attempt"] == 1
    assert [(one["number"], one["what"], one["host"]) for one in found["items"]] == [
        (4, "begun", ""),
        (5, "changed", "self"),
    ]
    assert [one["sentence"] for one in found["items"]] == ["begun: Write it", "changed: Write it"]
    assert silenced == found
    assert api.get(path).json() == {"attempt": 0, "items": []}


@pytest.mark.parametrize(
    ("asked", "task", "conditions", "seconds"),
    [
        ({"kind": "diagnose"}, Diagnose(), Conditions(False, True, 0, 0), 300),
        (
            {"kind": "command", "command": "disk_use"},
            RunCommand(RemoteCommand.DISK_USE),
            Conditions(False, True, 0, 0),
            60,
        ),
        (
            {"kind": "restart", "unit": "cups.service"},
            Restart("cups.service"),
            Conditions(),
            120,
        ),
    ],
)
def test_every_task_has_its_usual_conditions(
    api: Api, vehicle: Vehicle, asked: JsonValue, task: Task, conditions: Conditions, seconds: int
) -> None:
    identity = _place(api, asked)

    assert _sent(vehicle) == Order(identity, task, conditions, seconds)


def test_a_device_is_restarted_as_its_profile_describes_it(api: Api, vehicle: Vehicle) -> None:
    _put_profile(api)
    _place(api, {"kind": "restart", "device": "pad"})
    task = _sent(vehicle).task

    spec = DeviceSpec("pad", DeviceKind.SIGNATURE_PAD, ByUsb("0b8c", "0083"), serial="B2")
    assert task == Restart(device="pad", spec=spec)


def test_the_modem_is_restarted_where_there_are_sim_cards(api: Api, vehicle: Vehicle) -> None:
    _put_profile(api)
    _place(api, {"kind": "restart", "device": "modem"})

    assert _sent(vehicle).task == Restart(device="modem")


def test_the_whole_machine_is_restarted_whatever_its_profile(api: Api, vehicle: Vehicle) -> None:
    _place(api, {"kind": "restart", "device": "machine"})

    assert _sent(vehicle).task == Restart(device="machine")


def test_what_is_reached_another_way_is_not_restarted(api: Api, vehicle: Vehicle) -> None:
    _put_profile(api)
    answer = api.post(ORDERS, {"task": {"kind": "restart", "device": "printer"}})

    assert answer.json()["code"] == "device_not_restarted"


def _put_profile(api: Api) -> None:
    usb: JsonValue = {"by": "usb", "vendor": "0b8c", "product": "0083"}
    ipp: JsonValue = {"by": "ipp", "uri": "ipp://127.0.0.1/ipp/print"}
    pad: JsonValue = {"name": "pad", "kind": "signature_pad", "reach": usb, "serial": "B2"}
    printer: JsonValue = {"name": "printer", "kind": "printer", "reach": ipp}
    content: JsonValue = {"devices": [pad, printer], "sims": [{"iccid": "8" * 19}]}
    api.put("/api/v1/assets/veh-001/documents/profile", {"content": content})


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"task": {"kind": "reboot"}}, "bad_request"),
        ({"task": {"kind": "command", "command": "rm -rf /"}}, "bad_request"),
        ({"task": {"kind": "restart"}}, "restart_needs_one"),
        ({"task": {"kind": "restart", "unit": "a.service", "device": "b"}}, "restart_needs_one"),
        ({"task": {"kind": "restart", "unit": "--now a.service"}}, "bad_request"),
        ({"task": {"kind": "restart", "device": "nothing"}}, "no_such_device"),
        ({"task": {"kind": "restart", "unit": "systemd-reboot.service"}}, "unit_ends_machine"),
        ({"task": {"kind": "bundle", "playbook": "../etc"}}, "bad_request"),
        ({"task": {"kind": "bundle", "playbook": "unheard-of"}}, "no_playbook"),
        ({"task": {"kind": "check_now"}, "valid_until": "2026-03-01T00:00Z"}, None),
        ({"task": {"kind": "check_now"}, "valid_until": "2026-03-03T00:00"}, "bad_request"),
        (
            {
                "task": {
                    "kind": "bundle",
                    "playbook": "configure",
                    "variables": {"filling": "x" * (1 << 20)},
                }
            },
            "order_too_large",
        ),
    ],
)
def test_what_makes_no_sense_is_refused(
    api: Api, vehicle: Vehicle, body: JsonValue, code: str | None
) -> None:
    answer = api.post(ORDERS, body)

    assert answer.json()["code"] == (code or "order_valid_too_short")
    assert api.get(ORDERS).json()["items"] == []


def test_the_list_is_newest_first_by_pages(api: Api, vehicle: Vehicle) -> None:
    made = [_place(api, {"kind": "check_now"}) for _ in range(5)]

    first = api.get(f"{ORDERS}?limit=3").json()
    second = api.get(f"{ORDERS}?limit=3&cursor={first['next']}").json()

    assert [one["id"] for one in first["items"] + second["items"]] == list(reversed(made))
    assert second["next"] is None


def test_taking_back_at_once_leaves_no_trace_at_the_asset(api: Api, vehicle: Vehicle) -> None:
    identity = _place(api, {"kind": "check_now"})
    answer = api.post(f"/api/v1/orders/{identity}/cancel", {"why": "mistaken"})

    assert answer.json()["state"] == "cancelled"
    assert vehicle.is_sent(minutes=1) == []
    again = api.post(f"/api/v1/orders/{identity}/cancel", {})
    assert (again.status_code, again.json()["code"]) == (409, "order_has_ended")


def test_a_play_is_read_as_ansible_prints_it_and_fetched_as_it_came(
    api: Api, vehicle: Vehicle
) -> None:
    identity = _place(api, {"kind": "diagnose"})
    path = f"/api/v1/orders/{identity}/output"
    assert api.get(path).json()["code"] == "no_output"
    events = [
        {"event": "playbook_on_play_start", "event_data": {"play": "Set the time zone"}},
        {"event": "playbook_on_task_start", "event_data": {"task": "time : Set it"}},
        {
            "event": "runner_on_ok",
            "event_data": {
                "host": "self",
                "res": {
                    "changed": True,
                    "diff": [{"before": "UTC\n", "after": "Asia/Shanghai\n"}],
                },
            },
        },
        {"event": "runner_on_skipped", "event_data": {"host": "self"}},
        {
            "event": "runner_on_failed",
            "event_data": {"host": "self", "res": {"msg": "no \x1b[31mway"}, "ignore_errors": True},
        },
        {"event": "playbook_on_stats", "event_data": {"ok": 1, "changed": 1, "ignored": 1}},
    ]
    content = b"\n".join(msgspec.json.encode(one) for one in events)
    vehicle.tell(*cut_output(identity, PLAY, content, is_cut=False))

    text = api.get(path)
    fetched = api.get(f"{path}/file")

    assert text.headers["content-type"] == "text/plain; charset=utf-8"
    assert text.text.splitlines() == [
        "",
        f"PLAY [Set the time zone] {'*' * 54}",
        "",
        f"TASK [time : Set it] {'*' * 58}",
        "--- before",
        "+++ after",
        "@@ -1 +1 @@",
        "-UTC",
        "+Asia/Shanghai",
        "changed: [self]",
        "skipping: [self]",
        'fatal: [self]: FAILED! => {"msg":"no \\u001b[31mway"}',
        "...ignoring",
        "",
        f"PLAY RECAP {'*' * 68}",
        "ok=1  changed=1  unreachable=0  failed=0  skipped=0  rescued=0  ignored=1",
    ]
    assert fetched.content == content
    assert fetched.headers["content-disposition"].endswith(f'veh-001-{identity}.jsonl"')


def test_a_diagnosis_is_a_file_and_no_page(api: Api, vehicle: Vehicle) -> None:
    identity = _place(api, {"kind": "diagnose"})
    path = f"/api/v1/orders/{identity}/output"
    vehicle.tell(*cut_output(identity, "application/gzip", b"\x1f\x8b", is_cut=False))
    packed = api.get(f"{path}/file")
    assert api.get(path).json()["code"] == "output_no_text"
    vehicle.tell(*cut_output(identity, "text/html", b"<script>", is_cut=False))
    page = api.get(f"{path}/file")

    assert packed.headers["content-type"] == "application/gzip"
    assert page.headers["content-type"] == "application/octet-stream"
    assert page.headers["content-disposition"].startswith("attachment")
    assert page.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "line",
    [
        b"\xff",
        b"[1]",
        b'{"event":"runner_on_ok"}',
        b'{"event":["x"],"event_data":{}}',
        b'{"event":"runner_on_ok","event_data":{"res":{"diff":[{"before":{"a":1}}]}}}',
        b'{"event":"playbook_on_stats","event_data":{"ok":{"a":"b"}}}',
        b"[" * 100_000,
    ],
)
def test_no_line_of_a_play_breaks_the_rendering(line: bytes) -> None:
    assert rendered(PLAY, line) is not None


def test_people_of_another_court_see_and_do_nothing(
    app: FastAPI, api: Api, parts: Parts, vehicle: Vehicle
) -> None:
    identity = _place(api, {"kind": "check_now"})
    other = signed_in(app, parts, Role.OPERATOR, OTHER_COURT)
    own = signed_in(app, parts, Role.OPERATOR, COURT)

    assert other.post(ORDERS, CONFIGURE).json()["code"] == "asset_unknown"
    assert other.get(ORDERS).json()["code"] == "asset_unknown"
    for path in ("", "/output", "/output/file"):
        assert other.get(f"/api/v1/orders/{identity}{path}").json()["code"] == "no_order"
    answer = other.post(f"/api/v1/orders/{identity}/cancel", {})
    assert (answer.status_code, answer.json()["code"]) == (404, "no_order")
    assert own.get(f"/api/v1/orders/{identity}").status_code == 200


def test_a_retired_asset_gets_no_order(api: Api, vehicle: Vehicle) -> None:
    api.post("/api/v1/assets/veh-001/retire", {"confirm": "veh-001"})

    assert api.post(ORDERS, CONFIGURE).json()["code"] == "asset_retired"


def test_every_state_and_reason_is_said_in_both_languages() -> None:
    codes = {*words.Deferral, *words.OrderRefusal, *words.OrderFault}

    assert codes == CODES.keys()
    assert set(words.OrderState) == STATES.keys()
    assert set(words.OrderKind) == KINDS.keys()
    assert set(words.LineKind) == LINES.keys()
    assert set(words.RemoteCommand) == COMMANDS.keys()
    for said in (
        *CODES.values(),
        *STATES.values(),
        *LINES.values(),
        *KINDS.values(),
        *COMMANDS.values(),
    ):
        assert said.en
        assert said.zh


def test_the_journal_tells_what_was_ordered_and_how_it_ended(api: Api, vehicle: Vehicle) -> None:
    identity = _place(api, {"kind": "command", "command": "disk_use"})
    api.post(f"/api/v1/orders/{identity}/cancel", {})
    rows = api.ask(
        "GET", "/api/v1/journal?subject=asset:veh-001", headers={"accept-language": "zh-CN"}
    ).json()["items"]

    assert [row["sentence"] for row in rows][:3] == [
        "指令结束 (命令：磁盘用量)：已取消。",
        "要求终止指令：命令：磁盘用量。",
        "已下达指令：命令：磁盘用量。",
    ]


def test_a_new_order_is_valid_for_a_day(api: Api, vehicle: Vehicle) -> None:
    found = api.post(ORDERS, CONFIGURE).json()

    until = vehicle.clock.now + timedelta(days=1)
    assert found["valid_until"] == until.isoformat().replace("+00:00", "Z")
    assert NewOrder(Diagnose(), "", until).limit_seconds == 1800
