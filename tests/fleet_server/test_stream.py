"""What a follower is told, step by step."""

import json

import pytest
from fastapi import FastAPI, Request

from fleet_server.access.model import SYSTEM, Account
from fleet_server.entrance import IS_LOCAL
from fleet_server.errors import NotSignedIn
from fleet_server.parts import Parts
from fleet_server.stream import Following
from telemetry.wire import codec
from telemetry.wire.messages import Header, Mark
from tests.fleet_server.asking import COURT, OTHER_COURT, Api
from tests.fleet_server.conftest import Clock


def _beat(parts: Parts, clock: Clock, asset: str, sitting: bool = False) -> None:
    now = round(clock.now.timestamp() * 1000)
    header = Header(now, "ntp", "b1", 5, [Mark("e1", 0, 1)], [], greets=True, in_sitting=sitting)
    payload = codec.encode_batch("m1", "reports", "e1", [], header, [])
    parts.intake.take(asset, "up/batch", payload, now)


def _local(app: FastAPI) -> Request:
    return Request({"type": "http", "app": app, "method": "GET", "headers": [], IS_LOCAL: True})


def _told(events: list[str], name: str) -> list[str]:
    """The data of events of one name."""
    found = []
    for event in events:
        lines = dict(line.split(": ", 1) for line in event.strip().split("\n"))
        if lines["event"] == name:
            found.append(lines["data"])
    return found


def _assets(events: list[str]) -> list[str]:
    return [one["id"] for data in _told(events, "assets") for one in json.loads(data)]


@pytest.fixture
def following(app: FastAPI, parts: Parts, api: Api) -> Following:
    api.add("veh-001")
    api.add("veh-002", OTHER_COURT)
    return Following(_local(app), parts, None)


def test_all_assets_come_first_and_then_those_that_changed(
    following: Following, parts: Parts, clock: Clock
) -> None:
    _beat(parts, clock, "veh-001")
    _beat(parts, clock, "veh-002")

    first = _assets(following.step())
    quiet = following.step()
    clock.move(seconds=1)
    _beat(parts, clock, "veh-002", sitting=True)
    changed = following.step()

    assert sorted(first) == ["veh-001", "veh-002"]
    assert quiet == []
    assert _assets(changed) == ["veh-002"]
    assert json.loads(_told(changed, "assets")[0])[0]["live"]["in_sitting"]


def test_the_journal_follows_from_now_on(following: Following, api: Api) -> None:
    before = following.step()
    api.add("veh-003")
    after = following.step()

    assert _told(before, "journal") == []
    rows = [json.loads(data) for data in _told(after, "journal")]
    assert [row["what"] for row in rows] == ["asset_added", "asset_invited"]
    assert after[0].startswith(f"id: {rows[0]['id']}\n")


def test_a_reader_that_comes_back_gets_what_it_missed(
    app: FastAPI, parts: Parts, following: Following
) -> None:
    again = Following(_local(app), parts, 2)

    rows = [json.loads(data)["id"] for data in _told(again.step(), "journal")]

    assert rows == [3, 4]


def test_a_reader_of_one_court_is_told_nothing_of_another(
    app: FastAPI, parts: Parts, following: Following, api: Api, clock: Clock
) -> None:
    parts.access.make_first_account(parts.settings.data / "initial-password", clock.now)
    token = api.post("/api/v1/tokens", {"label": "x"}).json()["token"]
    with parts.database.unit(SYSTEM, clock.now) as unit:
        unit.session.get_one(Account, "admin").courts = COURT
    headers = [(b"authorization", f"Bearer {token}".encode())]
    scope = {"type": "http", "app": app, "method": "GET", "headers": headers}
    other = Following(Request(scope), parts, 0)
    _beat(parts, clock, "veh-001")
    _beat(parts, clock, "veh-002")

    events = other.step()

    assert _assets(events) == ["veh-001"]
    rows = [json.loads(data) for data in _told(events, "journal")]
    assert {row["subject"] for row in rows} == {"asset:veh-001"}


def test_a_stream_ends_with_the_token(
    app: FastAPI, parts: Parts, following: Following, api: Api, clock: Clock
) -> None:
    parts.access.make_first_account(parts.settings.data / "initial-password", clock.now)
    token = api.post("/api/v1/tokens", {"label": "x"}).json()["token"]
    headers = [(b"authorization", f"Bearer {token}".encode())]
    scope = {"type": "http", "app": app, "method": "GET", "headers": headers}
    other = Following(Request(scope), parts, None)
    other.step()
    api.delete("/api/v1/tokens/1")

    with pytest.raises(NotSignedIn):
        other.step()


def test_a_cursor_that_is_none_is_refused(api: Api) -> None:
    answer = api.ask("GET", "/api/v1/stream", headers={"last-event-id": "x"})

    assert answer.json()["code"] == "bad_cursor"
