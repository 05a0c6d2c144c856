"""The backpack book: out, back, overdue, what is missing, and what a vehicle carries."""

from datetime import timedelta
from typing import Final

import pytest
from pydantic import JsonValue

from fleet_server.parts import Parts
from telemetry.store.port import ReportRow
from telemetry.wire.messages import Value
from tests.fleet_server.asking import Api
from tests.fleet_server.conftest import Clock

_BAG: Final[JsonValue] = {"id": "bag-001", "kind": "backpack", "name": "", "court": "甲法院"}


@pytest.fixture
def store_room(api: Api) -> Api:
    api.add("veh-001")
    api.post("/api/v1/assets", {"assets": [_BAG]})
    return api


def _taking(clock: Clock, **changes: JsonValue) -> dict[str, JsonValue]:
    due_at = (clock.now + timedelta(hours=8)).isoformat()
    taking: dict[str, JsonValue] = {
        "carrier": "person",
        "who": "法警甲",
        "purpose": "入户执行",
        "due_at": due_at,
        "counted": [{"name": "drone", "battery_percent": 80}, {"name": "tablet"}],
    }
    return {**taking, **changes}


def test_a_backpack_goes_out_comes_back_and_what_is_missing_is_named(
    store_room: Api, clock: Clock
) -> None:
    out = store_room.post("/api/v1/assets/bag-001/check-out", _taking(clock))
    clock.move(hours=9)
    [open_entry] = store_room.get("/api/v1/backpack-book?only_out=true").json()["items"]
    back = store_room.post("/api/v1/assets/bag-001/check-in", {"counted": [{"name": "tablet"}]})

    assert out.status_code == 201
    assert open_entry["is_overdue"] is True
    assert back.json()["missing"] == ["drone"]
    assert back.json()["is_overdue"] is False
    assert store_room.get("/api/v1/backpack-book?only_out=true").json()["items"] == []
    told = [row["what"] for row in store_room.get("/api/v1/journal").json()["items"]]
    assert told[:2] == ["backpack_back", "backpack_out"]


@pytest.mark.parametrize(
    ("asset", "changes", "code"),
    [
        ("veh-001", {}, "not_a_backpack"),
        ("bag-001", {"due_at": "2020-01-01T00:00:00Z"}, "due_in_the_past"),
        ("bag-001", {"carrier": "vehicle"}, "vehicle_needed"),
        ("bag-001", {"vehicle": "veh-001"}, "vehicle_needed"),
        ("bag-001", {"carrier": "vehicle", "vehicle": "bag-001"}, "not_a_vehicle"),
        ("bag-001", {"carrier": "vehicle", "vehicle": "veh-404"}, "asset_unknown"),
        ("bag-001", {"who": ""}, "bad_request"),
    ],
)
def test_what_cannot_be_is_refused_and_leaves_the_book_as_it_was(
    store_room: Api, clock: Clock, asset: str, changes: dict[str, JsonValue], code: str
) -> None:
    answer = store_room.post(f"/api/v1/assets/{asset}/check-out", _taking(clock, **changes))

    assert answer.json()["code"] == code
    assert store_room.get("/api/v1/backpack-book").json()["items"] == []


def test_nobody_takes_what_is_out_or_returns_what_is_in(store_room: Api, clock: Clock) -> None:
    early = store_room.post("/api/v1/assets/bag-001/check-in", {})
    store_room.post("/api/v1/assets/bag-001/check-out", _taking(clock))
    twice = store_room.post("/api/v1/assets/bag-001/check-out", _taking(clock))

    assert (early.status_code, early.json()["code"]) == (409, "backpack_is_in")
    assert (twice.status_code, twice.json()["code"]) == (409, "backpack_is_out")


def test_the_book_is_read_by_pages_newest_first(store_room: Api, clock: Clock) -> None:
    for purpose in ("a", "b", "c"):
        store_room.post("/api/v1/assets/bag-001/check-out", _taking(clock, purpose=purpose))
        store_room.post("/api/v1/assets/bag-001/check-in", {})
        clock.move(minutes=1)

    first = store_room.get("/api/v1/backpack-book?limit=2").json()
    second = store_room.get(f"/api/v1/backpack-book?limit=2&cursor={first['next']}").json()

    assert [one["purpose"] for one in first["items"] + second["items"]] == ["c", "b", "a"]
    assert second["next"] is None


def test_a_vehicle_counts_the_backpack_that_it_carries(
    store_room: Api, parts: Parts, clock: Clock
) -> None:
    parts.readiness.step(clock.now)
    taking = _taking(clock, carrier="vehicle", vehicle="veh-001")
    store_room.post("/api/v1/assets/bag-001/check-out", taking)
    parts.readiness.step(clock.now)
    out = [one.asset for one in parts.readiness.facts("veh-001").carried]
    store_room.post("/api/v1/assets/bag-001/check-in", {})
    parts.readiness.step(clock.now)

    assert out == ["bag-001"]
    assert parts.readiness.facts("veh-001").carried == ()


def test_tomorrow_a_vehicle_has_only_what_it_still_carries_then(
    store_room: Api, parts: Parts, clock: Clock
) -> None:
    pad: JsonValue = {
        "devices": [
            {"name": "pad", "kind": "signature_pad", "reach": {"by": "supply", "name": ""}},
        ]
    }
    signing: JsonValue = {
        "services": [
            {"name": "s", "zh": "签", "en": "S", "needs": [{"kinds": ["signature_pad"]}]},
        ]
    }
    store_room.put("/api/v1/documents/profile?kind=backpack", {"content": pad})
    store_room.put("/api/v1/documents/catalogue", {"content": signing})
    seen: dict[str, Value] = {"device_state": "ok"}
    at = round(clock.now.timestamp() * 1000)
    parts.readiness.take(
        [ReportRow("bag-001", "e1", 1, 1, "b", 1, at, "ntp", at, False, {}, {"pad": seen})]
    )
    taking = _taking(clock, carrier="vehicle", vehicle="veh-001")  # back in eight hours
    store_room.post("/api/v1/assets/bag-001/check-out", taking)
    parts.readiness.step(clock.now)

    told = {}
    for hours in (7, 9):
        then = (clock.now + timedelta(hours=hours)).isoformat().replace("+00:00", "Z")
        answer = store_room.get(f"/api/v1/assets/veh-001/readiness?at={then}").json()
        told[hours] = [reason["code"] for reason in answer["items"][0]["reasons"]]

    assert told == {7: ["never_heard"], 9: ["device_lacking", "never_heard"]}


def test_the_book_is_exported_with_what_was_counted(store_room: Api, clock: Clock) -> None:
    store_room.post("/api/v1/assets/bag-001/check-out", _taking(clock))
    store_room.post("/api/v1/assets/bag-001/check-in", {"counted": [{"name": "tablet"}]})

    answer = store_room.get("/api/v1/backpack-book/export?format=csv")

    head, line = answer.content.decode("utf-8-sig").splitlines()
    assert head.startswith("asset,who,carrier,vehicle,purpose")
    assert line.startswith("bag-001,法警甲,person,,入户执行,")
    assert '"drone 80 %, tablet",tablet,drone' in line
