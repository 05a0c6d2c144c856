"""Keys of stations, and what whoever holds one may claim."""

from typing import Final

import pytest
from fastapi import FastAPI
from pydantic import JsonValue

from fleet_server.parts import Parts
from fleet_server.selfcheck.engine import BOUNDS, Use
from telemetry.words import Readiness
from tests.fleet_server.asking import Api
from tests.fleet_server.conftest import Clock

PROFILE: Final[JsonValue] = {
    "name": "desk",
    "devices": [
        {"name": "camera", "kind": "camera", "reach": {"by": "video", "path": "/dev/video0"}},
        {
            "name": "printer",
            "kind": "printer",
            "zh": "窗口打印机",
            "en": "Desk printer",
            "reach": {"by": "ipp", "uri": "ipp://127.0.0.1/ipp/print"},
        },
        {"name": "battery", "kind": "battery", "reach": {"by": "supply"}},
    ],
    "manual": [{"name": "paper", "zh": "纸", "en": "Paper"}],
    "platforms": [{"name": "files", "zh": "卷宗", "en": "Files", "host": "files.example"}],
}
CATALOGUE: Final[JsonValue] = {
    "services": [
        {
            "name": "confirmation",
            "zh": "确认",
            "en": "Confirmation",
            "needs": [{"kinds": ["camera"]}, {"kinds": ["printer"]}],
            "platforms": ["files"],
            "manual": ["paper"],
            "link": "C",
            "seats": {"mediator": 1},
        }
    ]
}
_LINK: Final[JsonValue] = {
    "down_bits_per_second": 9e6,
    "up_bits_per_second": 5e6,
    "rtt_seconds": 0.04,
}
ALL_PASSED: Final[dict[str, JsonValue]] = {
    "who": "调解员甲",
    "seat": "mediator",
    "steps": [
        {"name": name, "outcome": "passed"}
        for name in ("camera", "printer", "platform-files", "item-paper", "webrtc")
    ],
    "link": _LINK,
    "took_seconds": 70,
}
_PATH: Final = "/api/v1/self-check"
_KEY: Final = "/api/v1/assets/sta-001/station-key"


@pytest.fixture
def station(api: Api, app: FastAPI, parts: Parts) -> Api:
    """Who holds the key of sta-001."""
    api.add("sta-001", kind="station")
    api.put("/api/v1/documents/profile?kind=station", {"content": PROFILE})
    api.put("/api/v1/documents/catalogue", {"content": CATALOGUE})
    parts.sender.refresh(parts.clock())
    return _holder(api, app)


def _holder(api: Api, app: FastAPI) -> Api:
    made = api.post(_KEY, {"address": "https://fleet.example"}).json()
    secret = made["link"].removeprefix("https://fleet.example/self-check#")
    assert "<svg" in made["qr_svg"]
    return Api(app, {"authorization": f"Bearer {secret}", "accept-language": "en"})


def _verdict(station: Api, parts: Parts) -> dict[str, JsonValue]:
    parts.readiness.step(parts.clock())
    [verdict] = station.get(_PATH).json()["verdicts"]
    assert isinstance(verdict, dict)
    return verdict


def test_the_key_shows_what_is_to_be_tried_and_by_which_means(station: Api) -> None:
    shown = station.get(_PATH).json()

    assert shown["asset"] == "sta-001"
    assert {one["name"]: (one["means"], one["label"]) for one in shown["steps"]} == {
        "camera": ("camera", "Camera"),
        "printer": ("print", "Desk printer"),
        "platform-files": ("open", "Files"),
        "item-paper": ("confirm", "Paper"),
        "webrtc": ("webrtc", "Video calls in the browser"),
    }
    assert shown["steps"][2]["url"] == "https://files.example:443/"
    assert [one["readiness"] for one in shown["verdicts"]] == ["not_ready"]


def test_a_check_that_passed_makes_ready_and_leaves_its_mark_that_grows_old(
    station: Api, parts: Parts, clock: Clock
) -> None:
    answer = station.post(_PATH, ALL_PASSED)
    ready = _verdict(station, parts)
    clock.move(minutes=10)
    later = _verdict(station, parts)
    clock.move(minutes=10)
    old = _verdict(station, parts)

    assert (answer.status_code, answer.json()) == (
        201,
        {"passed": 6, "failed": 0, "refused": 0, "skipped": 0, "link_class": "B"},
    )
    assert (ready["readiness"], ready["reasons"]) == ("ready", [])
    assert ready["self_checked"] == "Self-checked, 0 s ago"
    assert later["self_checked"] == "Self-checked, 10 min ago"
    assert (old["readiness"], old["self_checked"]) == ("not_proven", "Self-checked, 20 min ago")


def test_what_failed_and_what_was_refused_are_reasons(station: Api, parts: Parts) -> None:
    steps: JsonValue = [
        {"name": "camera", "outcome": "refused", "fault": "not_allowed"},
        {"name": "printer", "outcome": "failed", "fault": "paper_out"},
        {"name": "webrtc", "outcome": "skipped", "fault": "not_supported"},
    ]
    done = station.post(_PATH, {"who": "调解员甲", "steps": steps}).json()
    verdict = _verdict(station, parts)

    assert done == {"passed": 0, "failed": 1, "refused": 1, "skipped": 4, "link_class": None}
    assert isinstance(verdict["reasons"], list)
    told = {one["code"]: one["sentence"] for one in verdict["reasons"] if isinstance(one, dict)}
    assert told["device_fault"] == "Desk printer: out of paper."
    assert told["device_unknown"] == "Camera: never seen to work."
    assert verdict["self_checked"] == "Self-checked, 0 s ago"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"steps": [{"name": "battery", "outcome": "passed"}]}, "self_check_unknown_step"),
        ({"steps": [{"name": "drone", "outcome": "passed"}]}, "self_check_unknown_step"),
        ({"steps": [{"name": "link", "outcome": "passed"}]}, "self_check_unknown_step"),
        ({"steps": [{"name": "camera", "outcome": "passed"}] * 2}, "self_check_step_twice"),
        (
            {"steps": [{"name": "camera", "outcome": "failed", "fault": "paper_out"}]},
            "self_check_outcome",
        ),
        (
            {"steps": [{"name": "camera", "outcome": "passed", "fault": "hung"}]},
            "self_check_outcome",
        ),
        (
            {"steps": [{"name": "camera", "outcome": "skipped", "fault": "not_allowed"}]},
            "self_check_outcome",
        ),
        ({"steps": [{"name": "camera", "outcome": "fine"}]}, "bad_request"),
        ({"who": "  "}, "bad_request"),
        ({"who": "x" * 41}, "bad_request"),
        ({"seat": "emperor"}, "bad_request"),
        ({"took_seconds": -1}, "bad_request"),
        ({"link": {"down_bits_per_second": 0}}, "bad_request"),
        (
            {"link": {"down_bits_per_second": 1e12, "up_bits_per_second": 1, "rtt_seconds": 1}},
            "bad_request",
        ),
        (
            {"link": {"down_bits_per_second": 1, "up_bits_per_second": 1, "rtt_seconds": 61}},
            "bad_request",
        ),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_of_it_is_kept(
    station: Api, parts: Parts, api: Api, change: dict[str, JsonValue], code: str
) -> None:
    answer = station.post(_PATH, {**ALL_PASSED, **change})

    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert api.get("/api/v1/assets/sta-001/events").json()["items"] == []


def test_the_check_is_an_event_of_the_asset_and_stands_in_the_journal(
    station: Api, api: Api
) -> None:
    for _ in range(2):
        station.post(_PATH, ALL_PASSED)

    events = api.get("/api/v1/assets/sta-001/events").json()["items"]
    rows = api.get("/api/v1/journal?subject=asset:sta-001").json()["items"]
    assert [one["kind"] for one in events] == ["seat_taken", "check_done"] * 2
    assert events[1]["sentence"] == "Self-check (调解员甲): 6 passed, 0 failed, 0 skipped."
    assert [(row["who"], row["what"]) for row in rows[:3]] == [
        ("station:sta-001", "check_done"),
        ("station:sta-001", "check_done"),
        ("local", "station_key_made"),
    ]
    assert "link" not in str(rows[2]["after"])


def test_another_key_and_withdrawing_end_the_key_at_once(
    station: Api, api: Api, app: FastAPI
) -> None:
    second = _holder(api, app)
    replaced = station.get(_PATH).json()["code"]
    shown = api.get(_KEY).json()["key"]
    withdrawn = api.delete(_KEY).status_code

    assert (replaced, withdrawn) == ("station_key_invalid", 204)
    assert second.post(_PATH, ALL_PASSED).json()["code"] == "station_key_invalid"
    assert (shown["who"], shown["used_at"]) == ("local", None)
    assert api.get(_KEY).json() == {"key": None}
    assert api.delete(_KEY).json()["code"] == "station_key_unknown"


def test_a_key_ends_with_its_time_and_with_its_asset(station: Api, api: Api, clock: Clock) -> None:
    works = station.get(_PATH).status_code
    api.post("/api/v1/assets/sta-001/retire", {"confirm": "sta-001", "why": "closed"})
    retired = station.get(_PATH).status_code
    api.post("/api/v1/assets/sta-001/reinstate", {"why": "open again"})
    again = station.get(_PATH).status_code
    clock.move(days=181)

    assert (works, retired, again, station.get(_PATH).status_code) == (200, 401, 200, 401)


def test_the_secret_is_nowhere_but_in_the_link(station: Api, parts: Parts) -> None:
    secret = station.headers["authorization"].removeprefix("Bearer ")

    kept = (parts.settings.data / "state.sqlite").read_bytes()
    log = (parts.settings.data / "state.sqlite-wal").read_bytes()
    assert secret.encode() not in kept + log


def test_a_key_may_ask_for_so_much_and_no_more(station: Api, clock: Clock) -> None:
    most = BOUNDS[Use.RESULTS].most
    told = [station.post(_PATH, ALL_PASSED).status_code for _ in range(most + 1)]
    answer = station.post(_PATH, ALL_PASSED)
    clock.move(hours=1)

    assert told == [201] * most + [429]
    assert int(answer.headers["retry-after"]) > 0
    assert station.post(_PATH, ALL_PASSED).status_code == 201


def test_the_link_is_measured_both_ways_within_bounds(station: Api) -> None:
    path = f"{_PATH}/bytes"
    down = station.get(f"{path}?count=100000")
    up = station.ask("POST", path, content=b"x" * 70_000)
    too_much = station.ask("POST", path, content=b"x" * 2_000_001)

    assert len(down.content) == 100_000
    assert "content-encoding" not in down.headers
    assert up.json() == {"bytes": 70_000}
    assert (too_much.status_code, too_much.json()["code"]) == (413, "body_too_large")
    assert station.get(f"{path}?count=2000001").status_code == 422
    told = [station.get(f"{path}?count=2000000").status_code for _ in range(32)]
    assert told[-1] == 429


def test_a_poor_link_is_told_as_it_is(station: Api, parts: Parts) -> None:
    figures: JsonValue = {"down_bits_per_second": 9e6, "up_bits_per_second": 1e5, "rtt_seconds": 1}
    done = station.post(_PATH, {**ALL_PASSED, "link": figures}).json()
    verdict = _verdict(station, parts)

    assert done["link_class"] == "none"
    assert verdict["readiness"] == Readiness.NOT_READY
