"""`courtfleet rollout` over a Unix socket, at parts whose clock the test moves."""

import json
from functools import partial

import pytest

from fleet_server.access.model import SYSTEM
from fleet_server.parts import Parts
from fleet_server.rollouts import quarantine
from tests.fleet_server.asking import COURT, Api
from tests.fleet_server.conftest import Clock, Command


@pytest.fixture
def run(command: Command) -> Command:
    return partial(command, "rollout")


def test_a_rollout_is_planned_started_watched_and_ended_by_commands(
    run: Command, api: Api, parts: Parts, clock: Clock
) -> None:
    for number in range(1, 6):
        api.add(f"veh-{number:03}")
    planned = run("plan", "--waves", "1,100%")
    none = run("list")
    started = run("start", "configure", "-e", "timezone=Asia/Shanghai", "-e", "tries=3")
    for _ in range(2):
        parts.rollouts.step(clock.now)
    shown = run("status", "1")
    paused = json.loads(run("pause", "1", "--why", "lunch", "--json"))
    refused = run("pause", "1", status=1)
    run("resume", "1")
    run("cancel", "1", "--now")
    for _ in range(2):
        parts.rollouts.step(clock.now)
    listed = run("list", "--lang", "zh-CN")
    followed = run("status", "1", "--follow")

    assert "Wave 1: 1 assets, 1 not reachable now" in planned
    assert "Wave 2: 4 assets" in planned
    assert none == "No rollout yet.\n"
    assert "Rollout 1 of configure: Under way." in started
    assert "not reachable; gets it when it is back" in shown
    assert paused["state"] == "paused"
    assert paused["variables"] == {"timezone": "Asia/Shanghai", "tries": 3}
    assert refused == "Rollout 1 is paused; that cannot be done now.\n"
    assert "已取消" in listed
    assert "Left out 2" in followed


def test_a_rollout_goes_to_a_tag_by_commands(run: Command, api: Api) -> None:
    for number in (1, 2):
        api.add(f"veh-{number:03}")
    api.post("/api/v1/assets/veh-002/tags", {"add": ["pilot"]})

    planned = run("plan", "--tag", "pilot")
    started = json.loads(run("start", "configure", "--tag", "pilot", "--json"))

    assert "veh-002" in planned
    assert "veh-001" not in planned
    assert [one["asset"] for one in started["targets"]] == ["veh-002"]


def test_windows_are_set_shown_and_cleared_by_commands(run: Command) -> None:
    none = run("windows", "show")
    made = run("windows", "set", "--court", COURT, "mon-wed,sat 22:00-6:00", "sun 0:00-24:00")
    shown = run("windows", "show", "--court", COURT, "--json")
    cleared = run("windows", "clear", "--court", COURT, "--lang", "zh-CN")

    assert none == "No windows: work may begin at any time.\n"
    assert made == "mon,tue,wed,sat 22:00-6:00\nsun 0:00-24:00\n"
    assert json.loads(shown)["items"][0]["days"] == [0, 1, 2, 5]
    assert cleared == "该院未单独设置，按全局维护时段。\n"


@pytest.mark.parametrize("text", ["mon 22-6", "mon 24:00-6:00", "mon 9:70-10:00", "may 9:00-10:00"])
def test_what_is_no_window_is_refused(run: Command, text: str) -> None:
    assert "is no window" in run("windows", "set", text, status=1)


def test_who_is_in_quarantine_is_listed_and_released_by_commands(
    run: Command, api: Api, parts: Parts, clock: Clock
) -> None:
    api.add("veh-001")
    with parts.database.unit(SYSTEM, clock.now) as unit:
        for _ in range(quarantine.MOST_FAILURES):
            quarantine.note_failure(unit, "veh-001", COURT, 7)
    listed = run("quarantine", "list")
    released = run("quarantine", "release", "veh-001", "--why", "new disk")

    assert "failed 3 times in a row, last in rollout 7" in listed
    assert released == "No asset is in quarantine.\n"


def test_what_cannot_be_meant_is_refused_before_it_is_sent(run: Command) -> None:
    assert "are no waves" in run("plan", "--waves", "some", status=1)
    assert "is no variable" in run("start", "configure", "-e", "nothing", status=1)
    assert "There is no rollout 7." in run("status", "7", status=1)
