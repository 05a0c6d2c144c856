"""Every code of the journal and every kind of event has its sentence in both languages."""

import ast
import string
from pathlib import Path

import msgspec
import pytest
from pydantic import JsonValue

import fleet_server
from fleet_server.journal.model import What
from fleet_server.parts import Parts
from fleet_server.sentences.journal import EVENTS, JOURNAL
from fleet_server.sentences.tellings import of_event, of_journal
from fleet_server.sentences.words import WORDS
from telemetry import words
from telemetry.wire import events
from tests.fleet_server.asking import COURT, OTHER_COURT, Api
from tests.fleet_server.intake.speech import Speaker, event
from tests.telemetry.store.reports import report as stored

SAMPLES: dict[str, events.Event] = {
    "epoch_opened": events.EpochOpened("reports", "e2", "e1", "disk_went_back"),
    "dropped": events.Dropped("reports", "e1", [(1, 3), (5, 5)], "outbox_full"),
    "agent_started": events.AgentStarted("0.1.0", "boot1", "host"),
    "document_held": events.DocumentHeld("settings", 3),
    "document_refused": events.DocumentRefused("settings", 3, "signature"),
    "outbox_set_aside": events.OutboxSetAside("outbox_damaged"),
    "clock_fault": events.ClockFault(86_400.5, "gnss"),
    "probe_hung": events.ProbeHung("modem"),
    "units_failed": events.UnitsFailed(["cups.service"], []),
    "device_changed": events.DeviceChanged("pad", "A1", "B2"),
    "check_done": events.CheckDone("p1", "departure", [events.Checked("printer", "passed")], 41.0),
    "manual_ticked": events.ManualTicked("p1", ["emblem", "seal"]),
    "seat_taken": events.SeatTaken("p1", "judge"),
    "seat_left": events.SeatLeft("p1", "clerk"),
    "sitting_began": events.SittingBegan("crew", "p1", "hearing", 900.0),
    "sitting_ended": events.SittingEnded("overridden", "p1", "the hall burns"),
    "disturbance": events.Disturbed("restart", "deferred", "in_sitting"),
    "maintenance": events.Maintenance(True, "p1", "new disk"),
    "configured": events.Configured("5f0c", 1_764_000_000_000, ["/etc/localtime"]),
    "order": events.OrderChanged("0a", 3, "refused", "older"),
    "order_output": events.OrderOutput("0a", 0, 1, "text/plain", "", ""),
}


def _fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("what", list(What))
def test_whatever_the_journal_says_has_a_sentence_in_both_languages(what: What) -> None:
    sentence = JOURNAL[what]

    assert sentence.en
    assert sentence.zh
    assert _fields(sentence.en) == _fields(sentence.zh)


def test_nothing_is_journalled_by_a_free_text() -> None:
    free = []
    for path in Path(fleet_server.__path__[0]).rglob("*.py"):
        if "node_modules" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "journal":
                free += [f"{path.name}:{node.lineno}" for arg in node.args[:1] if _is_text(arg)]

    assert free == []


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr | ast.Constant)


@pytest.mark.parametrize("kind", [one.__struct_config__.tag for one in events.Event.__args__])
@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_every_kind_of_event_is_told_with_all_its_facts(kind: str, language: str) -> None:
    body: JsonValue = msgspec.json.decode(events.encode(SAMPLES[kind]))

    told = of_event(kind, body, language)

    assert "?" not in told
    assert told != of_event(kind, body, "zh-CN" if language == "en" else "en")


@pytest.mark.parametrize(
    "word",
    [
        *words.EpochReason,
        *words.DropReason,
        *words.DocumentRefusal,
        *words.Document,
        *words.Stream,
        *words.AssetKind,
        *words.ClockTrust,
        *words.Seat,
        *words.SittingOwner,
        *words.SittingEnd,
        *words.Deferral,
        *words.CheckReason,
    ],
)
def test_every_word_of_a_closed_list_is_said_in_both_languages(word: str) -> None:
    assert WORDS[word].en
    assert WORDS[word].zh


def test_an_event_of_a_kind_to_come_is_told_as_such() -> None:
    assert "teleported" in of_event("teleported", {"kind": "teleported"}, "en")
    assert "teleported" in of_event("teleported", None, "zh-CN")


def test_a_row_of_a_newer_or_older_server_is_still_told() -> None:
    assert of_journal("invented_later", None, None, "en") == "invented_later"
    assert of_journal("asset_moved", None, None, "en") == "Moved here from ?."


def test_what_is_between_braces_is_nothing_but_text() -> None:
    told = of_journal("asset_left", {"court": "x"}, {"court": "{was_court.__class__}"}, "en")

    assert told == "Moved to {was_court.__class__}."


def test_a_story_is_told_in_the_readers_language(api: Api) -> None:
    api.add("veh-001")
    api.ask("PATCH", "/api/v1/assets/veh-001", {"name": "一号车", "plate": "渝DEMO01"})
    api.post("/api/v1/assets/veh-001/move", {"court": OTHER_COURT, "why": "借调"})
    path = "/api/v1/journal?subject=asset:veh-001"

    told = {
        language: [
            row["sentence"]
            for row in api.ask("GET", path, headers={"accept-language": language}).json()["items"]
        ]
        for language in ("en", "zh-CN")
    }

    assert told["en"][:3] == [
        f"Moved here from {COURT}.",
        f"Moved to {OTHER_COURT}.",
        "Changed: name veh-001 → 一号车; plate – → 渝DEMO01.",
    ]
    assert told["zh-CN"][:3] == [
        f"从 {COURT} 调入。",
        f"调往 {OTHER_COURT}。",
        "已修改：名称 veh-001 → 一号车；车牌号 – → 渝DEMO01。",
    ]
    assert told["en"][-1] == f"Added to {COURT} as veh-001 (vehicle)."
    assert told["zh-CN"][-1] == f"已登记到 {COURT}：veh-001 (车辆)。"


def test_the_events_of_an_asset_come_newest_first_by_pages(api: Api, parts: Parts) -> None:
    api.add("veh-001")
    vehicle = Speaker(parts.intake)
    vehicle.greet()
    happened = [event(number + 1, one) for number, one in enumerate(SAMPLES.values())]
    vehicle.say("events", *happened)
    vehicle.commit()
    path = "/api/v1/assets/veh-001/events"

    first = api.get(f"{path}?limit=12").json()
    second = api.get(f"{path}?limit=12&cursor={first['next']}").json()

    kinds = [one["kind"] for one in first["items"] + second["items"]]
    assert kinds == list(reversed(SAMPLES))
    assert set(kinds) == set(EVENTS)
    assert first["items"][0]["sentence"] == "Part 1 of 1 of what order 0a gave out."
    assert first["items"][1]["sentence"] == "Order 3: refused: its number was taken already."
    assert second["next"] is None


def test_the_devices_of_an_asset_are_those_it_has_reported(api: Api, parts: Parts) -> None:
    api.add("veh-001")
    parts.store.commit(
        [
            stored(1, devices={"modem-1": {"rsrp_dbm": -101.0, "made_by": "x"}}),
            stored(2, devices={"modem-0": {"rsrp_dbm": -90.0}, "modem-1": {"rsrp_dbm": -99.0}}),
            stored(3, asset="veh-002", devices={"modem-9": {"rsrp_dbm": -80.0}}),
        ],
        [],
    )

    items = api.get("/api/v1/assets/veh-001/devices").json()["items"]

    assert [(one["device"], one["metrics"]) for one in items] == [
        ("modem-0", {"rsrp_dbm": -90.0}),
        ("modem-1", {"rsrp_dbm": -99.0}),
    ]
    assert (items[1]["first_seen_at"], items[1]["last_seen_at"]) == (
        "2025-11-23T12:00:01Z",
        "2025-11-23T12:00:02Z",
    )


def test_work_that_is_ordered_is_the_centres_and_its_end_needs_no_reason() -> None:
    begins = of_event("maintenance", {"is_on": True, "who": "", "why": "configure"}, "en")
    ends = of_event("maintenance", {"is_on": False, "who": "", "why": ""}, "zh-CN")

    assert begins == "Maintenance began by the centre: configure."
    assert ends == "中心 结束维护状态。"
