"""A real demo server with a few simulated assets that report, for a browser to look at."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from simulators.asset import Clock, Fleet
from simulators.depot import Depot, enlist
from simulators.feeds import WorldFeed
from simulators.fleet import Member, fleet
from simulators.rig import Rig
from simulators.world import World
from telemetry.wire.documents import Settings

BUILT = Path(__file__).parents[2] / "fleet_server" / "console" / "dist" / "index.html"
_ASSETS = 8
_FIRST_REPORTS_SECONDS = 300.0
_ANSWER_SECONDS = 120.0
_EVERY_SECONDS = 30.0
"""Seldom is cheaper: each report is drawn in every open page, on whatever machine."""
ORDER_PACE = 1.0
"""Slow enough to look at."""


@dataclass(frozen=True)
class LivingServer:
    """`url` without a slash at its end."""

    rig: Rig
    members: list[Member]

    @property
    def url(self) -> str:
        return self.rig.console.rstrip("/")

    @property
    def password(self) -> str:
        """Of the account `admin`."""
        return (self.rig.data / "initial-password").read_text().strip()

    def restart(self) -> None:
        """Kill it and return when it is ready again."""
        self.rig.kill()
        self.rig.start()

    def retire(self, asset: str) -> None:
        """From now on its numbers stand still, and who counts the fleet does not count it."""
        with self.asked_as_admin() as api:
            body = {"confirm": asset, "why": "x"}
            api.post(f"/assets/{asset}/retire", json=body).raise_for_status()

    def asked_as_admin(self) -> httpx.Client:
        """Asks the API by the Unix socket; close it."""
        way = httpx.HTTPTransport(uds=str(self.rig.data / "server.sock"))
        return httpx.Client(transport=way, base_url="http://server/api/v1", timeout=_ANSWER_SECONDS)


@contextmanager
def living_server(folder: Path, order_pace: float = ORDER_PACE) -> Iterator[LivingServer]:
    """Started, with every asset online and reporting now and then; ended with the block.

    Pretended plays take their time divided by `order_pace`.
    """
    assert BUILT.is_file(), "the console is not built: make setup"
    members = fleet(_ASSETS)
    with Rig(folder) as rig:
        enlist(rig.centre, members, folder / "assets")
        rig.centre.put_settings(
            Settings(
                report_moving_seconds=_EVERY_SECONDS,
                report_standing_seconds=_EVERY_SECONDS,
                message_seconds=_EVERY_SECONDS,
            )
        )
        ended = threading.Event()
        driver = threading.Thread(
            target=_drive, args=(folder / "assets", members, order_pace, ended)
        )
        driver.start()
        try:
            server = LivingServer(rig, members)
            _wait_until_all_report(server)
            yield server
        finally:
            ended.set()
            driver.join()


def _drive(folder: Path, members: list[Member], order_pace: float, ended: threading.Event) -> None:
    driven = Fleet(Clock("console1"))
    world, began_up = World(1), driven.clock.up()
    with Depot(folder, driven, order_pace=order_pace) as depot:
        for member in members:
            feed = WorldFeed(world, member, began_up)
            depot.start(member.asset, feed, _EVERY_SECONDS, is_on_disk=False)
        driven.run(ended.is_set)


def _wait_until_all_report(server: LivingServer) -> None:
    until = time.monotonic() + _FIRST_REPORTS_SECONDS
    with server.asked_as_admin() as api:
        while True:
            glances = api.get("/glances").json()["items"]
            if sum(glance[1] == "online" for glance in glances) == len(server.members):
                return
            assert time.monotonic() < until, f"not all assets report:\n{glances}"
            time.sleep(0.1)
