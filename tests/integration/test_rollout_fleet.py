"""Rollouts to the demo's fleet: real agents, some executors are real, all others pretended."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx
import pytest
from pydantic import JsonValue

from edge_agent import identity
from edge_agent.crew.acts import BeginSitting, TakeSeat
from edge_agent.inputs import CrewAct
from simulators.asset import Clock, Fleet
from simulators.crews import PEOPLE
from simulators.depot import Depot, enlist
from simulators.feeds import WorldFeed
from simulators.fleet import Member, fleet
from simulators.rig import Rig
from simulators.world import World
from telemetry.wire.documents import Settings
from telemetry.words import Seat

pytestmark = [
    pytest.mark.integration,
    pytest.mark.timeout(600),
    pytest.mark.xdist_group("orders"),
]

PLAYBOOK: Final = "configure"
_PATIENCE_SECONDS: Final = 420.0
_SHARES: Final = (({"count": 2}, 100, 0), ({"percent": 30}, 60, 20), ({"percent": 100}, 60, 20))
"""Of each wave: its size, how much of it must succeed, and how much may fail."""

Said = dict[str, JsonValue]


@dataclass(frozen=True)
class Size:
    """So many assets, of them with real executors; pretended plays go so many times as fast."""

    assets: int
    real: int
    pace: float
    every_seconds: float


@dataclass
class Driven:
    """The fleet, in its own thread; what is done to it is done there."""

    rig: Rig
    folder: Path
    fleet: Fleet
    depot: Depot
    members: Sequence[Member]
    real: Sequence[str]
    wishes: list[Callable[[], None]]

    @property
    def names(self) -> list[str]:
        return [member.asset for member in self.members]

    def do(self, wish: Callable[[], None]) -> None:
        self.wishes.append(wish)

    def sit(self, asset: str) -> None:
        """A judge takes the seat and holds court there; until an agent knows the judge, again."""

        def ask() -> None:
            put = self.fleet.inbox(asset)
            put(CrewAct("judge", TakeSeat(Seat.JUDGE), lambda _: None))
            put(CrewAct("judge", BeginSitting("hearing"), lambda _: None))

        def sits() -> bool:
            live = self.asked("GET", f"/assets/{asset}")["live"]
            if isinstance(live, dict) and live["in_sitting"]:
                return True
            self.do(ask)
            return False

        wait_until(sits, every=2.0)

    def asked(self, method: str, path: str, body: object = None) -> Said:
        way = httpx.HTTPTransport(uds=str(self.rig.data / "server.sock"))
        with httpx.Client(transport=way, base_url="http://server/api/v1", timeout=60) as api:
            answer = api.request(method, path, json=body)
            assert not answer.is_error, answer.text
            found: Said = answer.json()
            return found

    def start(self, *, why: str) -> int:
        """A rollout to everybody, whose files go into the test's own folder."""
        unwatched = {"soak_seconds": 0, "checks_health": False}
        waves = [
            {**size, "gate": {"success_percent": good, "failure_percent": bad, **unwatched}}
            for size, good, bad in _SHARES
        ]
        plan = {
            "waves": waves,
            "most_at_once": len(self.members),
            "conditions": {"while_moving": True},
        }
        variables = {
            "clock_root": str(self.folder / "machine"),
            "clock_servers": ["ntp.example.cn"],
        }
        wish = {"playbook": PLAYBOOK, "variables": variables, "plan": plan, "why": why}
        made = self.asked("POST", "/rollouts", wish)["id"]
        assert isinstance(made, int)
        return made

    def targets(self, rollout: int) -> dict[str, Said]:
        found = self.asked("GET", f"/rollouts/{rollout}")["targets"]
        assert isinstance(found, list)
        return {str(one["asset"]): one for one in found if isinstance(one, dict)}

    def in_state(self, rollout: int, state: str) -> set[str]:
        return {name for name, one in self.targets(rollout).items() if one["state"] == state}

    def wait_for_end(self, rollout: int) -> None:
        """Until nobody is at it any more: one that was stopped goes on with what has begun."""
        wait_until(lambda: self.asked("GET", f"/rollouts/{rollout}")["is_active"] is False)

    def set_up(self, asset: str) -> Said:
        """Desire something of all machines, and have one do it; how that stands in the end."""
        layer = {"text": '{"clock_timezone": "Asia/Shanghai"}'}
        self.asked("PUT", "/configuration/layer?scope=fleet", layer)
        self.asked("POST", f"/assets/{asset}/configuration/apply", {})
        path = f"/assets/{asset}/configuration"
        wait_until(lambda: self.asked("GET", path)["state"] not in {"never", "applying"})
        return self.asked("GET", path)

    def is_online(self, asset: str) -> bool:
        live = self.asked("GET", f"/assets/{asset}")["live"]
        return isinstance(live, dict) and live["presence"] == "online"


def wait_until(is_so: Callable[[], bool], every: float = 1.0) -> None:
    until = time.monotonic() + _PATIENCE_SECONDS
    while not is_so():
        assert time.monotonic() < until
        time.sleep(every)


@contextmanager
def _executor(folder: Path, asset: str) -> Iterator[Path]:
    """The real one of an asset, as the test's user; its socket."""
    home = folder / f"{asset}-executor"
    home.mkdir()
    settings = {
        "asset": asset,
        "signing_key": str(folder / asset / identity.SIGNING),
        "state_folder": str(home / "orders"),
        "socket": str(home / "socket"),
    }
    file = home / "executor.toml"
    text = "".join(f'{name} = "{value}"\n' for name, value in settings.items())
    # Nobody would start it again as systemd does when it has had nothing to do for a while.
    file.write_text(f"{text}idle_seconds = {round(_PATIENCE_SECONDS)}\n")
    with subprocess.Popen([sys.executable, "-m", "edge_agent.executor", str(file)]) as running:
        try:
            yield home / "socket"
        finally:
            running.terminate()


@contextmanager
def driven(folder: Path, size: Size) -> Iterator[Driven]:
    """All assets online; the last vehicles but one have real executors."""
    homes = folder / "assets"
    members = fleet(size.assets)
    real = [one.asset for one in members if one.asset.startswith("veh")][-size.real - 1 : -1]
    with ExitStack() as closing:
        rig = closing.enter_context(Rig(folder))
        enlist(rig.centre, members, homes)
        rig.centre.put_people(PEOPLE)
        every = size.every_seconds
        settings = Settings(
            report_moving_seconds=every, report_standing_seconds=every, message_seconds=every
        )
        rig.centre.put_settings(settings)
        sockets = {name: closing.enter_context(_executor(homes, name)) for name in real}
        moved = Fleet(Clock("rollout1"))
        depot = closing.enter_context(Depot(homes, moved, order_pace=size.pace))
        depot.order_faults.bad_share = 0.0
        wishes: list[Callable[[], None]] = []
        ended = threading.Event()
        found = Driven(rig, folder, moved, depot, members, real, wishes)

        def is_over() -> bool:
            while wishes:
                wishes.pop(0)()
            return ended.is_set()

        world, began_up = World(1), moved.clock.up()
        for member in members:
            feed = WorldFeed(world, member, began_up, has_instruments=False)
            depot.start(member.asset, feed, every, executor=sockets.get(member.asset))
        driver = threading.Thread(target=moved.run, args=(is_over,))
        driver.start()
        closing.callback(driver.join)
        closing.callback(ended.set)
        wait_until(lambda: all(found.is_online(name) for name in found.names))
        yield found


def go_through(folder: Path, size: Size) -> None:
    """Bad canaries, then a good rollout past a sitting and an asset that is away."""
    with driven(folder, size) as field:
        version = str(field.asked("GET", f"/playbooks/{PLAYBOOK}")["version"])
        field.depot.order_faults.bad.add((PLAYBOOK, version))
        stopped = field.start(why="bad")
        field.wait_for_end(stopped)
        ended_as = field.asked("GET", f"/rollouts/{stopped}")["state"]
        bad = field.targets(stopped)
        field.depot.order_faults.bad.clear()

        canaries = {name for name, one in bad.items() if one["wave"] == 1}
        free = sorted(set(field.names) - canaries - set(field.real))
        away, in_session = free[0], free[-1]
        field.sit(in_session)
        field.do(lambda: field.depot.kill(away))
        wait_until(lambda: not field.is_online(away))
        made = field.start(why="good")
        others = set(field.names) - {in_session, away}
        wait_until(lambda: field.in_state(made, "succeeded") >= others)
        before = field.targets(made)
        field.do(field.depot.bring_back)
        wait_until(lambda: away in field.in_state(made, "succeeded"))
        still = field.targets(made)[in_session]
        field.asked("POST", f"/rollouts/{made}/cancel", {"why": "done"})
        field.wait_for_end(made)
        left = field.targets(made)[in_session]
        played = [
            field.asked("GET", f"/orders/{field.targets(made)[name]['order']}")
            for name in field.real
        ]
        # Whoever moves, or is in session, would do it later.
        standing = next(one for one in free[:-1] if one.startswith(("cli", "sta")))
        configured = field.set_up(standing)

    assert ended_as == "stopped"
    # The second is spared where it has not begun when the first one fails.
    assert sorted(str(bad[name]["state"]) for name in canaries) in (
        ["failed", "failed"],
        ["failed", "skipped"],
    )
    assert {one["order"] for name, one in bad.items() if name not in canaries} == {None}
    assert (before[away]["code"], before[away]["order"]) == ("unreachable", None)
    assert (still["code"], still["order"]) == ("in_sitting", None)
    assert (left["state"], left["order"]) == ("skipped", None)
    assert {one["state"] for one in played} == {"succeeded"}
    servers = folder / "machine" / "etc" / "systemd" / "timesyncd.conf.d" / "courtfleet.conf"
    assert "ntp.example.cn" in servers.read_text()
    assert (configured["state"], configured["differs"]) == ("in_step", [])
    assert configured["reported"] == configured["desired"]


def test_a_fleet_gets_a_rollout_but_for_bad_canaries_sittings_and_who_is_away(
    tmp_path: Path,
) -> None:
    go_through(tmp_path, Size(assets=8, real=1, pace=20.0, every_seconds=2.0))


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_so_does_the_whole_demo_fleet_at_the_pace_of_real_plays(tmp_path: Path) -> None:
    go_through(tmp_path, Size(assets=115, real=3, pace=1.0, every_seconds=5.0))
