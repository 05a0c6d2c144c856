"""Orders to real agents at a real broker; only what would change a machine is pretended."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from pydantic import JsonValue

from simulators.asset import Clock, Fleet
from simulators.depot import Depot, enlist
from simulators.feeds import WorldFeed
from simulators.fleet import fleet
from simulators.rig import Rig
from simulators.world import World
from telemetry.wire.documents import Settings
from tests.services.waiting import PATIENCE_SECONDS

pytestmark = [pytest.mark.integration, pytest.mark.xdist_group("orders")]

_PATIENCE_SECONDS = 2 * PATIENCE_SECONDS


@contextmanager
def _driven(folder: Path, rig: Rig) -> Iterator[list[str]]:
    members = fleet(4)
    enlist(rig.centre, members, folder)
    rig.centre.put_settings(
        Settings(report_moving_seconds=1.0, report_standing_seconds=1.0, message_seconds=1.0)
    )
    ended = threading.Event()

    def drive() -> None:
        driven = Fleet(Clock("orders1"))
        world, began_up = World(1), driven.clock.up()
        with Depot(folder, driven) as depot:
            for member in members:
                feed = WorldFeed(world, member, began_up)
                depot.start(member.asset, feed, every_seconds=1.0, is_on_disk=False)
            driven.run(ended.is_set)

    driver = threading.Thread(target=drive)
    driver.start()
    try:
        yield [member.asset for member in members]
    finally:
        ended.set()
        driver.join()


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    with Rig(tmp_path) as made:
        yield made


def _asked(rig: Rig) -> httpx.Client:
    way = httpx.HTTPTransport(uds=str(rig.data / "server.sock"))
    return httpx.Client(transport=way, base_url="http://server/api/v1", timeout=PATIENCE_SECONDS)


def _ended(rig: Rig, orders: list[str]) -> list[dict[str, JsonValue]]:
    """All of these with their steps, once none goes on any more."""
    until = time.monotonic() + _PATIENCE_SECONDS
    while True:
        with _asked(rig) as api:
            found = [api.get(f"/orders/{one}").json() for one in orders]
        if all(one["is_final"] for one in found):
            return found
        assert time.monotonic() < until, found
        time.sleep(0.5)


def test_real_agents_do_what_they_are_told_one_after_the_other_over_a_killed_server(
    rig: Rig, tmp_path: Path
) -> None:
    with _driven(tmp_path / "assets", rig) as assets:
        placed = []
        with _asked(rig) as api:
            for asset in assets:
                for command in ("disk_use", "failed_units"):
                    task = {"kind": "command", "command": command}
                    answer = api.post(f"/assets/{asset}/orders", json={"task": task})
                    placed.append(answer.raise_for_status().json()["id"])
        time.sleep(7)
        rig.kill()
        rig.start()
        found = _ended(rig, placed)
        with _asked(rig) as api:
            said = api.get(f"/orders/{placed[0]}/output").text

    assert {one["state"] for one in found} == {"succeeded"}
    assert [one["number"] for one in found] == [1, 2] * len(assets)
    for one in found:
        assert isinstance(one["steps"], list)
        steps = [step["state"] for step in one["steps"] if isinstance(step, dict)]
        assert steps == ["queued", "sent", "accepted", "running", "succeeded"]
    assert said == "command on a simulated asset\n"
