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
_FIRST_REPORTS_SECONDS = 90.0


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
        self.rig.kill()
        self.rig.start()

    def asked_as_admin(self) -> httpx.Client:
        """Asks the API by the Unix socket; close it."""
        way = httpx.HTTPTransport(uds=str(self.rig.data / "server.sock"))
        return httpx.Client(transport=way, base_url="http://server/api/v1")


@contextmanager
def living_server(folder: Path, every_seconds: float) -> Iterator[LivingServer]:
    """Started, with every asset online and reporting so often; ended with the block."""
    assert BUILT.is_file(), "the console is not built: make setup"
    members = fleet(_ASSETS)
    with Rig(folder) as rig:
        enlist(rig.centre, members, folder / "assets")
        rig.centre.put_settings(
            Settings(
                report_moving_seconds=every_seconds,
                report_standing_seconds=every_seconds,
                message_seconds=every_seconds,
            )
        )
        ended = threading.Event()
        driver = threading.Thread(
            target=_drive, args=(folder / "assets", members, every_seconds, ended)
        )
        driver.start()
        try:
            server = LivingServer(rig, members)
            _wait_until_all_report(server)
            yield server
        finally:
            ended.set()
            driver.join()


def _drive(
    folder: Path, members: list[Member], every_seconds: float, ended: threading.Event
) -> None:
    driven = Fleet(Clock("console1"))
    world, began_up = World(1), driven.clock.up()
    with Depot(folder, driven) as depot:
        for member in members:
            feed = WorldFeed(world, member, began_up)
            depot.start(member.asset, feed, every_seconds, is_on_disk=False)
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
