"""Machines in the field: each a Debian with a real systemd and a network of its own, and a server.

The server is in a namespace of its own too, and a bridge there is all that the machines reach.
"""

import itertools
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import httpx

from telemetry.words import FINAL_STATES
from tests.services.edge_install import install_agent, invite
from tests.services.nspawn import FOR_AGENTS, Machine, Tree, booted
from tests.services.server import Server, server
from tests.services.waiting import PATIENCE_SECONDS, wait_for

SERVER = "10.211.78.1"
_MACHINE = "10.211.78.{}"
_MASK = 24
_yards = itertools.count()
_UNITS = Path(__file__).resolve().parents[2] / "edge_agent" / "systemd"
_RELEASES = "/opt/courtfleet-releases"
_AGENT = "/opt/courtfleet/bin/courtfleet"
_FIRST = version("courtfleet")
_ORDER_SECONDS = 600.0
Variables = Mapping[str, Any]


@dataclass(frozen=True)
class Asset:
    """A machine that is enrolled; `space` is its network."""

    name: str
    machine: Machine
    space: str

    @contextmanager
    def cut(self) -> Iterator[None]:
        """Its link is cut within the block."""
        _ip("-n", self.space, "link", "set", "wire", "down")
        try:
            yield
        finally:
            _ip("-n", self.space, "link", "set", "wire", "up")


@dataclass(frozen=True)
class Field:
    """The server, the machines, and orders to them over the API."""

    server: Server
    assets: Sequence[Asset]
    api: httpx.Client

    def order(
        self, asset: Asset, playbook: str, given: Variables, *, is_check: bool = False
    ) -> str:
        """The id of an order that runs a playbook there."""
        task = {"kind": "bundle", "playbook": playbook, "variables": given, "is_check": is_check}
        answer = self.api.post(f"/assets/{asset.name}/orders", json={"task": task})
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def ended(self, order: str, seconds: float = _ORDER_SECONDS) -> dict[str, Any]:
        """The order with its steps, once it has ended."""
        found: dict[str, Any] = {}
        wait_for(lambda: bool(found) or self._look(order, found), seconds)
        return found

    def run(self, asset: Asset, playbook: str, given: Variables) -> dict[str, Any]:
        """What became of a playbook there."""
        return self.ended(self.order(asset, playbook, given))

    def run_everywhere(
        self, playbook: str, given: Variables, *, is_check: bool = False
    ) -> list[dict[str, Any]]:
        """What became of a playbook on each machine, run on all at once."""
        orders = [self.order(one, playbook, given, is_check=is_check) for one in self.assets]
        return [self.ended(order) for order in orders]

    def desire(self, asset: Asset, text: str) -> None:
        """Write the asset's own layer of configuration."""
        path = f"/configuration/layer?scope=asset:{asset.name}"
        answer = self.api.put(path, json={"text": text})
        assert answer.status_code == 200, answer.text

    def configuration(self, asset: Asset) -> dict[str, Any]:
        """What is desired of it, and how it stands."""
        found: dict[str, Any] = self.api.get(f"/assets/{asset.name}/configuration").json()
        return found

    def apply(self, asset: Asset, *, is_check: bool = False) -> str:
        """The id of an order that sets it up as desired, or looks what that would change."""
        path = f"/assets/{asset.name}/configuration/apply"
        answer = self.api.post(path, json={"is_check": is_check})
        assert answer.status_code == 201, answer.text
        return str(answer.json()["order"])

    def orders(self, asset: Asset) -> list[dict[str, Any]]:
        """All that it was told to do."""
        found: list[dict[str, Any]] = self.api.get(f"/assets/{asset.name}/orders").json()["items"]
        return found

    def keep(self, file: Path) -> str:
        """The SHA-256 by which the server's artifact store now has a file."""
        command = [sys.executable, "-m", "courtfleet", "artifacts", "add", str(file)]
        command += ["--server", str(self.server.data), "--json"]
        added = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
        return str(json.loads(added.stdout)["sha256"])

    def output(self, order: str) -> str:
        """What it gave out, as text."""
        return self.api.get(f"/orders/{order}/output").text

    def story(self, order: Mapping[str, Any]) -> str:
        """What became of it and why, for whoever reads why a test failed."""
        return f"{order['sentence']} {order['detail']} {order['recap']}\n{self.output(order['id'])}"

    def is_online(self, asset: str) -> bool:
        """Whether it has its link now."""
        live = self.api.get(f"/assets/{asset}").json()["live"]
        return live is not None and live["presence"] == "online"

    def _look(self, order: str, found: dict[str, Any]) -> bool:
        shown = self.api.get(f"/orders/{order}").json()
        if shown["state"] in FINAL_STATES:
            found.update(shown)
        return bool(found)


@contextmanager
def field(folder: Path, names: Sequence[str], tree: Tree = FOR_AGENTS) -> Iterator[Field]:
    """A server and these machines, enrolled and online; nothing is left of them afterwards."""
    with ExitStack() as closing:
        made, spaces = closing.enter_context(served(folder, len(names)))
        binds = with_agent(folder)
        assets = []
        for name, space in zip(names, spaces, strict=True):
            machine = closing.enter_context(booted(binds, space, tree))
            enrol(machine, name, invite(made.server.data, name))
            assets.append(Asset(name, machine, space))
        found = Field(made.server, assets, made.api)
        for asset in assets:
            wait_for(lambda asset=asset: found.is_online(asset.name))  # type: ignore[misc]
        yield found


@contextmanager
def served(folder: Path, machines: int) -> Iterator[tuple[Field, list[str]]]:
    """A server, and networks for so many machines that reach it (`address`); none is there yet."""
    with ExitStack() as closing:
        near, *spaces = closing.enter_context(networks(machines))
        inside = ("ip", "netns", "exec", near)
        there = ("--host", SERVER, "--listen", SERVER)
        made = closing.enter_context(server(folder / "server", *there, inside=inside))
        way = httpx.HTTPTransport(uds=str(made.data / "server.sock"))
        api = closing.enter_context(
            httpx.Client(transport=way, base_url="http://server/api/v1", timeout=PATIENCE_SECONDS)
        )
        yield Field(made, [], api), spaces


def address(number: int) -> str:
    """Of a machine, the first is 0."""
    return _MACHINE.format(number + 2)


def enrol(machine: Machine, name: str, string: str) -> None:
    """As edge_agent/systemd/README.md says it."""
    machine.run("ln", "-s", f"{_RELEASES}/{_FIRST}", "/opt/courtfleet")
    machine.run("systemd-sysusers")
    owned = ("-o", "courtfleet", "-g", "courtfleet", "-m", "700")
    machine.run("install", "-d", *owned, "/var/lib/courtfleet")
    machine.run("runuser", "-u", "courtfleet", "--", _AGENT, "agent", "enrol", string)
    signing = "/var/lib/courtfleet/identity/signing.pem"
    machine.run("install", "-m", "644", signing, "/etc/courtfleet/signing.pem")
    machine.run("sh", "-c", f"echo 'asset = \"{name}\"' > /etc/courtfleet/executor.toml")
    machine.run("systemctl", "daemon-reload")
    # Not waited for: on a busy machine systemd gives up on the agent, and starts it again.
    units = ("courtfleet-orders.socket", "courtfleet-agent.service")
    machine.run("systemctl", "start", "--no-block", *units)


def with_agent(folder: Path) -> dict[Path, str]:
    """What a machine needs before it can be enrolled; `folder`: where it is made."""
    install_agent(folder / "agent", seen_as=Path(_RELEASES, _FIRST))
    (folder / "agent" / ".complete").touch()
    (folder / "agent.toml").write_text("reconnect_longest_seconds = 0.5\n")
    system = "/etc/systemd/system"
    return {
        folder / "agent": f"{_RELEASES}/{_FIRST}",
        folder / "agent.toml": "/etc/courtfleet/agent.toml",
        _UNITS / "courtfleet-agent.service": f"{system}/courtfleet-agent.service",
        _UNITS / "courtfleet-orders.service": f"{system}/courtfleet-orders.service",
        _UNITS / "courtfleet-orders.socket": f"{system}/courtfleet-orders.socket",
        _UNITS / "courtfleet-agent.sysusers": "/usr/lib/sysusers.d/courtfleet-agent.conf",
    }


@contextmanager
def networks(machines: int) -> Iterator[list[str]]:
    """The server's namespace, and one for each machine, all on one bridge."""
    ours = f"courtfleet-field-{os.getpid()}-{next(_yards)}"
    spaces = [f"{ours}-{number}" for number in range(machines + 1)]
    near = spaces[0]
    try:
        for space in spaces:
            _ip("netns", "add", space)
            _ip("-n", space, "link", "set", "lo", "up")
        _ip("-n", near, "link", "add", "yard", "type", "bridge")
        _ip("-n", near, "addr", "add", f"{SERVER}/{_MASK}", "dev", "yard")
        _ip("-n", near, "link", "set", "yard", "up")
        for number, space in enumerate(spaces[1:], start=2):
            peer = ("type", "veth", "peer", "name", "wire", "netns", space)
            _ip("-n", near, "link", "add", f"wire{number}", *peer)
            _ip("-n", near, "link", "set", f"wire{number}", "master", "yard", "up")
            _ip("-n", space, "addr", "add", f"{_MACHINE.format(number)}/{_MASK}", "dev", "wire")
            _ip("-n", space, "link", "set", "wire", "up")
        yield spaces
    finally:
        for space in spaces:
            with suppress(subprocess.CalledProcessError):
                _ip("netns", "del", space)


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True, timeout=PATIENCE_SECONDS)
