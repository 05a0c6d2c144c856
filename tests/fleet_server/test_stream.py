"""What a follower is told, step by step."""

import asyncio
import json
from typing import Any

import pytest
from fastapi import FastAPI, Request
from sqlalchemy import event as sql_event

from fleet_server.access.model import SYSTEM, Account
from fleet_server.assets.model import AssetRow
from fleet_server.entrance import IS_LOCAL
from fleet_server.errors import NotSignedIn
from fleet_server.journal import store as journal
from fleet_server.journal.model import What
from fleet_server.listeners import Local, Message
from fleet_server.parts import Parts
from fleet_server.views.glances import IN_SITTING
from fleet_server.views.stream import LOOK_STEPS, Following
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


def _told(events: list[bytes], name: str) -> list[Any]:
    """The data of events of one name."""
    found = []
    for event in events:
        lines = dict(line.split(": ", 1) for line in event.decode().strip().split("\n"))
        if lines["event"] == name:
            found.append(json.loads(lines["data"]))
    return found


def _glances(events: list[bytes]) -> dict[str, list[Any]]:
    """By asset; each at most once a step."""
    found = [glance for data in _told(events, "assets") for glance in data]
    assert len({glance[0] for glance in found}) == len(found)
    return {glance[0]: glance for glance in found}


def _by_token(app: FastAPI, parts: Parts, api: Api, clock: Clock) -> Request:
    """Of the account admin, by its first token."""
    parts.access.make_first_account(parts.settings.data / "initial-password", clock.now)
    token = api.post("/api/v1/tokens", {"label": "x", "days": 2}).json()["token"]
    headers = [(b"authorization", f"Bearer {token}".encode())]
    return Request({"type": "http", "app": app, "method": "GET", "headers": headers})


@pytest.fixture
def following(app: FastAPI, parts: Parts, api: Api) -> Following:
    api.add("veh-001")
    api.add("veh-002", OTHER_COURT)
    return Following(_local(app), parts, None)


def test_all_assets_come_first_and_then_those_that_changed(
    following: Following, parts: Parts, clock: Clock
) -> None:
    _beat(parts, clock, "veh-001")

    first = _glances(following.step())
    quiet = following.step()
    clock.move(seconds=1)
    _beat(parts, clock, "veh-002", sitting=True)
    changed = _glances(following.step())

    assert {asset: glance[1:3] for asset, glance in first.items()} == {
        "veh-001": ["online", "none"],
        "veh-002": ["offline", "never"],
    }
    assert quiet == []
    assert list(changed) == ["veh-002"]
    assert changed["veh-002"][14] == IN_SITTING


def test_a_new_asset_is_told_at_once(following: Following, api: Api) -> None:
    following.step()
    api.add("veh-003")

    events = following.step()

    assert list(_glances(events)) == ["veh-003"]


def test_what_changed_follows_from_now_on(following: Following, api: Api) -> None:
    before = following.step()
    api.add("veh-003")
    after = following.step()

    assert _told(before, "changed") == []
    rows = _told(after, "changed")
    assert [row["what"] for row in rows] == ["asset_added", "asset_invited"]
    assert {row["subject"] for row in rows} == {"asset:veh-003"}
    assert after[0].startswith(f"id: {rows[0]['id']}\n".encode())


def test_a_reader_that_comes_back_gets_what_it_missed(
    app: FastAPI, parts: Parts, following: Following, api: Api
) -> None:
    with parts.database.reading() as session:
        head = journal.head(session)
    api.add("veh-003")
    again = Following(_local(app), parts, head)

    missed = again.step()

    assert [row["what"] for row in _told(missed, "changed")] == ["asset_added", "asset_invited"]
    assert len(_glances(missed)) == 3


def test_more_rows_than_fit_into_a_step_come_with_the_next(
    app: FastAPI, parts: Parts, following: Following, clock: Clock
) -> None:
    late = Following(_local(app), parts, 0)
    with parts.database.unit(SYSTEM, clock.now) as unit:
        for _ in range(700):
            unit.journal(What.TOKEN_MADE, "account:admin", None, None)

    steps = [_told(late.step(), "changed") for _ in range(3)]

    ids = [row["id"] for rows in steps for row in rows]
    assert ids == list(range(1, len(ids) + 1))
    assert len(ids) > 700
    assert [len(rows) for rows in steps][::2] == [500, 0]


def test_a_reader_of_one_court_is_told_nothing_of_another(
    app: FastAPI, parts: Parts, following: Following, api: Api, clock: Clock
) -> None:
    request = _by_token(app, parts, api, clock)
    with parts.database.unit(SYSTEM, clock.now) as unit:
        unit.session.get_one(Account, "admin").courts = COURT
    other = Following(request, parts, 0)
    _beat(parts, clock, "veh-001")
    _beat(parts, clock, "veh-002")

    first = other.step()
    _beat(parts, clock, "veh-002")
    second = other.step()

    assert list(_glances(first)) == ["veh-001"]
    subjects = {row["subject"] for row in _told(first, "changed")}
    assert subjects == {"asset:veh-001", f"court:{COURT}"}
    assert second == []


def test_an_asset_that_moved_is_told_to_its_new_court_only(
    app: FastAPI, parts: Parts, following: Following, api: Api, clock: Clock
) -> None:
    request = _by_token(app, parts, api, clock)
    with parts.database.unit(SYSTEM, clock.now) as unit:
        unit.session.get_one(Account, "admin").courts = COURT
    other = Following(request, parts, None)
    other.step()

    with parts.database.unit(SYSTEM, clock.now) as unit:
        unit.session.get_one(AssetRow, "veh-001").court = OTHER_COURT
        unit.session.get_one(AssetRow, "veh-002").court = COURT
        unit.journal(What.ASSET_MOVED, "asset:veh-002", None, None, court=COURT)
    moved = other.step()
    _beat(parts, clock, "veh-001")
    _beat(parts, clock, "veh-002")
    then = _glances(other.step())

    assert list(_glances(moved)) == ["veh-002"]
    said = [(row["what"], row["subject"]) for row in _told(moved, "changed")]
    assert said == [("asset_moved", "asset:veh-002"), ("asset_gone", "asset:veh-001")]
    assert list(then) == ["veh-002"]


def test_a_retired_asset_vanishes(following: Following, parts: Parts, clock: Clock) -> None:
    following.step()
    with parts.database.unit(SYSTEM, clock.now) as unit:
        unit.session.get_one(AssetRow, "veh-001").retired_at = clock.now
        unit.journal(What.ASSET_RETIRED, "asset:veh-001", None, None)
    _beat(parts, clock, "veh-001")

    events = following.step()

    assert _glances(events) == {}
    assert [row["what"] for row in _told(events, "changed")] == ["asset_retired", "asset_gone"]
    assert not events[-1].startswith(b"id:")


def test_nothing_is_read_from_the_database_while_nothing_is_written(
    following: Following, parts: Parts, clock: Clock
) -> None:
    following.step()
    statements: list[str] = []
    sql_event.listen(
        parts.database.engine,
        "before_cursor_execute",
        lambda *args: statements.append(args[2]),
    )

    for _ in range(LOOK_STEPS - 2):
        _beat(parts, clock, "veh-001")
        following.step()

    assert statements == []


def test_a_stream_ends_with_the_token(
    app: FastAPI, parts: Parts, following: Following, api: Api, clock: Clock
) -> None:
    other = Following(_by_token(app, parts, api, clock), parts, None)
    other.step()
    api.delete("/api/v1/tokens/1")

    with pytest.raises(NotSignedIn):
        other.step()


def test_a_stream_ends_soon_after_its_session_expired(
    app: FastAPI, parts: Parts, following: Following, api: Api, clock: Clock
) -> None:
    other = Following(_by_token(app, parts, api, clock), parts, None)
    other.step()
    clock.move(days=2)
    for _ in range(LOOK_STEPS - 2):
        other.step()

    with pytest.raises(NotSignedIn):
        other.step()


def test_an_order_that_came_to_another_state_is_told_to_who_sees_its_asset(
    app: FastAPI, parts: Parts, following: Following, api: Api, clock: Clock
) -> None:
    request = _by_token(app, parts, api, clock)
    with parts.database.unit(SYSTEM, clock.now) as unit:
        account = unit.session.get_one(Account, "admin")
        account.courts = OTHER_COURT
    other = Following(request, parts, None)
    following.step()
    other.step()
    with parts.database.unit(SYSTEM, clock.now) as unit:
        for _ in range(3):
            unit.touch("order_changed", "asset:veh-001")

    told = _told(following.step(), "changed")

    assert [(one["what"], one["subject"]) for one in told] == [("order_changed", "asset:veh-001")]
    assert _told(other.step(), "changed") == []
    assert following.step() == []


def test_a_slow_reader_gets_each_asset_once_however_long_it_slept(
    app: FastAPI, parts: Parts, following: Following, clock: Clock
) -> None:
    """The next step waits until the reader took the last one."""
    beats: list[int] = []

    async def read() -> list[bytes]:
        taken: list[bytes] = []
        done = asyncio.Event()

        async def send(message: Message) -> None:
            body = message.get("body", b"")
            assert isinstance(body, bytes)
            taken.append(body)
            if b"event: assets" in body and not beats:
                for _ in range(100):
                    clock.move(seconds=0.1)
                    _beat(parts, clock, "veh-001")
                    beats.append(1)
            elif b"event: assets" in body:
                done.set()

        async def receive() -> Message:
            await done.wait()
            return {"type": "http.disconnect"}

        path = "/api/v1/stream"
        scope: Message = {
            "type": "http",
            "method": "GET",
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "headers": [(b"accept-encoding", b"gzip")],
        }
        await Local(app)(scope, receive, send)
        return taken

    taken = asyncio.run(read())

    last = taken[-1] or taken[-2]
    [data] = [line for line in last.split(b"\n") if line.startswith(b"data: ")]
    assert [glance[0] for glance in json.loads(data[6:])] == ["veh-001"]
    assert len(beats) == 100


def test_polling_gives_the_same_as_the_stream(
    following: Following, api: Api, parts: Parts, clock: Clock
) -> None:
    _beat(parts, clock, "veh-001")

    polled = api.get("/api/v1/glances").json()

    assert polled["at"] == "2026-03-02T08:00:00Z"
    assert polled["items"] == list(_glances(following.step()).values())


def test_a_cursor_that_is_none_is_refused(api: Api) -> None:
    answer = api.ask("GET", "/api/v1/stream", headers={"last-event-id": "x"})

    assert answer.json()["code"] == "bad_cursor"
