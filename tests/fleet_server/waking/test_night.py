"""All vehicles are parked and all backpacks off: tomorrow is known, and what broke is found."""

import random
import tomllib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from pydantic import JsonValue

import fleet_server
from fleet_server.access.model import SYSTEM
from fleet_server.descriptions.beginning import begin
from fleet_server.parts import Parts
from simulators.fleet import fleet
from tests.fleet_server.asking import Api
from tests.fleet_server.conftest import Clock
from tests.fleet_server.waking.night import Box, Night

_DEFAULTS: Final = Path(fleet_server.__path__[0]) / "descriptions" / "defaults"
_ASSETS: Final = 16
AFTERNOON: Final = datetime(2027, 3, 1, 8, 0, tzinfo=UTC)
"""16:00 by the courts' clocks; no agent believes a clock that is older than itself."""
_ORDER: Final = ["ready", "limited", "not_ready"]
_MAINTAINED: Final = 0
_UNINSPECTED: Final = 1
_UPKEEP_DUE: Final = 2

Verdicts = dict[str, dict[str, str]]
"""By asset and service."""


@pytest.fixture(params=[11, *(pytest.param(seed, marks=pytest.mark.soak) for seed in (12, 13))])
def dice(request: pytest.FixtureRequest) -> random.Random:
    print(f"seed {request.param}")
    return random.Random(request.param)


@pytest.fixture
def night(tmp_path: Path, parts: Parts, api: Api, clock: Clock) -> Iterator[Night]:
    """A fleet in the afternoon, everything off."""
    clock.now = AFTERNOON
    begin(parts.database, clock.now)
    members = fleet(_ASSETS)
    for one in members:
        home: JsonValue = {
            "latitude_degrees": one.home.latitude_degrees,
            "longitude_degrees": one.home.longitude_degrees,
        }
        new: JsonValue = {
            "id": one.asset,
            "kind": one.kind,
            "court": one.district.court,
            "home": home,
        }
        api.post("/api/v1/assets", {"assets": [new]})
    parts.sender.reload()
    boxes = [Box(one, tmp_path) for one in members]
    yield Night(parts, clock, boxes)
    for box in boxes:
        box.close()


def reference(night: Night, planned: Mapping[str, str]) -> Verdicts:
    """What somebody who sees into every box would say of tomorrow; knows nothing of our rules."""
    catalogue = tomllib.loads((_DEFAULTS / "catalogue.toml").read_text())
    found: Verdicts = {}
    for name, box in night.boxes.items():
        profile = tomllib.loads((_DEFAULTS / "profiles" / f"{box.member.kind}.toml").read_text())
        found[name] = {}
        for service in catalogue["services"]:
            grades = [planned.get(name, "ready")]
            grades += [_of_need(need, profile, box) for need in service.get("needs", [])]
            found[name][service["name"]] = max(grades, key=_ORDER.index)
    return found


def _of_need(need: Mapping[str, Any], profile: Mapping[str, Any], box: Box) -> str:
    grades: list[str] = []
    for device in profile["devices"]:
        if device["kind"] in need["kinds"]:
            name = device["name"]
            is_broken, is_low = name in box.faults, name in box.low
            grades.append("not_ready" if is_broken else "limited" if is_low else "ready")
    count: int = need.get("count", 1)
    grades += ["not_ready"] * count
    worst_needed = sorted(grades, key=_ORDER.index)[count - 1]
    if need.get("is_optional") and worst_needed != "ready":
        return "limited"
    return worst_needed


def test_tomorrow_is_known_from_before_and_waking_up_finds_what_broke_in_the_dark(
    night: Night, parts: Parts, api: Api, clock: Clock, dice: random.Random
) -> None:
    api.put("/api/v1/wake-plan", {"plan": {"ask_at": "22:00", "use_at": "09:00"}})
    planned = _plan_upkeep(night, api, clock)
    known = night.break_some(dice, 0.3, "stopped")
    for box in night.boxes.values():
        box.low = {one for one in box.specs if dice.random() < 0.1}
    _work(night, parts, clock)
    before = reference(night, planned)

    night.sleep_until(13)  # 21:00 by the courts' clocks
    assert _expected(night, api, clock) == before
    dark = night.break_some(dice, 0.4, "jammed")
    assert _expected(night, api, clock) == before
    truth = reference(night, planned)
    wrong = {name for name in truth if truth[name] != before[name]}
    assert wrong
    assert wrong <= set(dark)

    night.sleep_until(14)
    parts.waking.step(clock.now)
    woken = {name for name in night.boxes if dice.random() < 0.75}
    _wake(night, parts, clock, woken, dice)
    rows = {one["asset"]: one for one in api.get("/api/v1/readiness/tomorrow").json()["items"]}

    assert set(rows) == set(night.boxes)  # all of them were off
    asleep = {name for name, row in rows.items() if row["state"] == "not_woken"}
    assert asleep == set(night.boxes) - woken
    assert _found(parts, clock) == {
        name: {one[name] for one in (known, dark) if name in one}
        for name in woken & (known.keys() | dark.keys())
    }
    expected = _expected(night, api, clock)
    for name in night.boxes:
        assert expected[name] == (truth if name in woken else before)[name], name


def _plan_upkeep(night: Night, api: Api, clock: Clock) -> dict[str, str]:
    """Three assets have something planned; what that makes of tomorrow at best."""
    names = list(night.boxes)
    soon = (clock.now + timedelta(hours=1)).isoformat()
    later = (clock.now + timedelta(days=2)).isoformat()
    maintenance: JsonValue = {"maintenance": [{"begins_at": soon, "ends_at": later}]}
    plans: dict[str, tuple[JsonValue, str]] = {
        names[_MAINTAINED]: (maintenance, "not_ready"),
        names[_UNINSPECTED]: ({"inspection_until": soon}, "not_ready"),
        names[_UPKEEP_DUE]: ({"upkeep_until": soon}, "limited"),
    }
    for name, (plan, _) in plans.items():
        assert api.ask("PUT", f"/api/v1/assets/{name}/upkeep", plan).status_code == 200
    return {name: grade for name, (_, grade) in plans.items()}


def _work(night: Night, parts: Parts, clock: Clock) -> None:
    """Everybody is on for two minutes, and then parked, off and silent."""
    for box in night.boxes.values():
        box.switch_on()
    night.run(120)
    for box in night.boxes.values():
        box.switch_off()


def _wake(night: Night, parts: Parts, clock: Clock, woken: set[str], dice: random.Random) -> None:
    """Somebody switches these on, at any time of the next hour, and off when they have checked."""
    for name in sorted(woken, key=lambda _: dice.random()):
        box = night.boxes[name]
        clock.move(minutes=60 / len(woken))
        box.switch_on()
        night.run(60)
        box.switch_off()
    clock.move(minutes=5)


def _expected(night: Night, api: Api, clock: Clock) -> Verdicts:
    """What the server expects of 9:00 tomorrow by the courts' clocks (1:00 by UTC)."""
    at = clock.now.replace(hour=1, minute=0, second=0, microsecond=0)
    at = at if at > clock.now else at + timedelta(days=1)
    then = at.isoformat().replace("+00:00", "Z")
    found: Verdicts = {}
    for name in night.boxes:
        items = api.get(f"/api/v1/assets/{name}/readiness?at={then}").json()["items"]
        found[name] = {one["service"]: one["readiness"] for one in items}
    return found


def _found(parts: Parts, clock: Clock) -> dict[str, set[str]]:
    """The devices that wake-up checks found broken, by asset."""
    return {
        asset.id: {one.name for one in woken.broken}
        for asset, woken in parts.waking.tomorrow(SYSTEM, clock.now)
        if woken.broken
    }
