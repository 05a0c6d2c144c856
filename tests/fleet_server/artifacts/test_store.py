"""The artifact store over the API, and the links by which the field fetches from it."""

import asyncio
import hashlib
import logging
from datetime import timedelta

import httpx
import pytest
from fastapi import FastAPI

from fleet_server.access.model import SYSTEM, Role
from fleet_server.artifacts import store
from fleet_server.artifacts.listener import ArtifactListener
from fleet_server.artifacts.store import Artifacts
from fleet_server.errors import NotAllowed
from fleet_server.parts import Parts
from tests.fleet_server.asking import Api, signed_in
from tests.fleet_server.conftest import Clock

CONTENT = bytes(range(256)) * 4000
SHA256 = hashlib.sha256(CONTENT).hexdigest()


def add(api: Api, content: bytes = CONTENT, query: str = "name=agent.tar") -> httpx.Response:
    return api.ask("POST", f"/api/v1/artifacts?{query}", content=content)


def link(parts: Parts, asset: str = "veh-001", **span: float) -> str:
    now = parts.clock()
    with parts.database.unit(SYSTEM, now) as unit:
        whole = parts.artifacts.link(unit, SHA256, asset, now + timedelta(**(span or {"hours": 1})))
    return whole.removeprefix("https://localhost:8885")


def fetch(parts: Parts, path: str, method: str = "GET", **headers: str) -> httpx.Response:
    async def asked() -> httpx.Response:
        listener = ArtifactListener(parts.artifacts, parts.clock)
        transport = httpx.ASGITransport(listener)
        async with httpx.AsyncClient(transport=transport, base_url="https://local") as client:
            return await client.request(method, path, headers=headers)

    return asyncio.run(asked())


def test_a_file_is_kept_by_its_content_and_listed(api: Api) -> None:
    made = add(api, query=f"name=agent.tar&kind=release&sha256={SHA256}")
    add(api, query="name=renamed.tar&kind=release")
    listed = api.get("/api/v1/artifacts").json()["items"]

    assert made.status_code == 201, made.text
    assert (made.json()["sha256"], made.json()["bytes"]) == (SHA256, len(CONTENT))
    assert [(one["sha256"], one["name"]) for one in listed] == [(SHA256, "renamed.tar")]


def test_other_content_than_announced_leaves_nothing(api: Api, parts: Parts) -> None:
    refused = add(api, query=f"name=x&sha256={'0' * 64}")

    assert (refused.status_code, refused.json()["code"]) == (422, "artifact_other_content")
    assert api.get("/api/v1/artifacts").json()["items"] == []
    assert [path.name for path in (parts.settings.data / "artifacts").iterdir()] == ["link.key"]


def test_too_large_a_file_and_a_full_disk_are_refused(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "MOST_BYTES", 1000)
    large = add(api)
    monkeypatch.setattr(store, "MOST_BYTES", 10**9)
    monkeypatch.setattr(store, "_SPARE_BYTES", 10**18)
    full = add(api)

    assert (large.status_code, large.json()["code"]) == (413, "body_too_large")
    assert (full.status_code, full.json()["code"]) == (503, "artifacts_full")


def test_only_an_admin_of_the_whole_fleet_changes_what_is_there(app: FastAPI, parts: Parts) -> None:
    assert add(signed_in(app, parts, Role.OPERATOR)).status_code == 403
    assert add(signed_in(app, parts, Role.ADMIN, "重庆市巴南区人民法院")).status_code == 403
    assert add(signed_in(app, parts, Role.ADMIN)).status_code == 201


def test_a_file_that_may_still_be_fetched_is_not_removed(
    api: Api, parts: Parts, clock: Clock
) -> None:
    add(api)
    path = link(parts, hours=2)

    early = api.delete(f"/api/v1/artifacts/{SHA256}")
    clock.move(hours=3)
    late = api.delete(f"/api/v1/artifacts/{SHA256}")

    assert (early.status_code, early.json()["code"]) == (409, "artifact_in_use")
    assert late.status_code == 204
    assert fetch(parts, path).status_code in {403, 404}
    assert api.delete(f"/api/v1/artifacts/{SHA256}").status_code == 404


def test_a_link_gives_the_file_whole_and_by_range(api: Api, parts: Parts) -> None:
    add(api)
    path = link(parts)

    whole = fetch(parts, path)
    part = fetch(parts, path, range="bytes=1000000-")
    beyond = fetch(parts, path, range=f"bytes={len(CONTENT)}-")
    head = fetch(parts, path, "HEAD")

    assert (whole.status_code, whole.content) == (200, CONTENT)
    assert (part.status_code, part.content) == (206, CONTENT[1_000_000:])
    assert part.headers["content-range"] == f"bytes 1000000-{len(CONTENT) - 1}/{len(CONTENT)}"
    assert beyond.status_code == 416
    assert (head.status_code, head.headers["content-length"]) == (200, str(len(CONTENT)))
    assert whole.headers["cache-control"] == "no-store"


def test_nothing_of_a_link_can_be_changed(api: Api, parts: Parts, clock: Clock) -> None:
    add(api)
    path = link(parts)
    _, _, digest, asset, until, signature = path.split("/")
    other_key = Artifacts(parts.settings.data / "other", "https://localhost:8885")

    for changed in (
        f"/a/{'0' * 64}/{asset}/{until}/{signature}",
        f"/a/{digest}/veh-002/{until}/{signature}",
        f"/a/{digest}/{asset}/{int(until) + 1}/{signature}",
        f"/a/{digest}/{asset}/{until}/{'A' * 43}",
    ):
        assert fetch(parts, changed).status_code == 403, changed
    for nothing in ("/", "/a/", f"/a/{digest}", path + "/", f"/a/../{digest}", path + "?x=1"):
        assert fetch(parts, nothing).status_code in {404, 200 if "?" in nothing else 404}
    assert fetch(parts, path, "POST").status_code == 404
    with pytest.raises(NotAllowed):
        other_key.granted(path, clock.now)


def test_a_link_ends(api: Api, parts: Parts, clock: Clock) -> None:
    add(api)
    path = link(parts, minutes=10)

    clock.move(minutes=10)
    in_time = fetch(parts, path)
    clock.move(seconds=2)
    late = fetch(parts, path)

    assert (in_time.status_code, late.status_code) == (200, 403)


def test_no_log_shows_a_link(
    api: Api, parts: Parts, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    add(api)
    path = link(parts)

    with caplog.at_level(logging.DEBUG):
        fetch(parts, path)
        clock.move(hours=2)
        fetch(parts, path)

    told = " ".join(str(vars(record)) for record in caplog.records if "fleet" in record.name)
    assert "an artifact was refused" in told
    assert path.rpartition("/")[2] not in told


def test_links_outlive_a_restart(api: Api, parts: Parts, clock: Clock) -> None:
    add(api)
    path = link(parts)

    again = Artifacts(parts.settings.data, "https://localhost:8885")

    assert again.granted(path, clock.now)[0].asset == "veh-001"
