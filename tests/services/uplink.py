"""A machine whose only link is NetworkManager's to make, and that can lose its power."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.services.edge_install import invite
from tests.services.field import Asset, Field, address, enrol, served, with_agent
from tests.services.nspawn import WITH_NETWORK_MANAGER, Machine, booted, disk
from tests.services.waiting import wait_for

WIRE = "wire"
LONGEST_SECONDS = 240.0
"""For what takes seconds on a machine that has nothing else to do."""
DEPOT = "depot"
"""The profile that somebody made by hand, and brings up by hand, before the machine is ours."""
_PROFILES = "etc/NetworkManager/system-connections"
_DEPOT = f"""\
[connection]
id={DEPOT}
uuid=0c7b6d1e-52f7-4a0c-9d3e-6f1b5b8f0a11
type=ethernet
interface-name={WIRE}
autoconnect=false

[ipv4]
method=manual
address1={address(0)}/24

[ipv6]
method=disabled
"""

_KEPT = "var/lib/courtfleet-network"
_CONF = "etc/NetworkManager/conf.d/tests.conf"
_SOON = "[connection]\nipv4.dhcp-timeout=3\nipv6.ra-timeout=3\n"  # nobody gives addresses here


@dataclass
class Uplink:
    """The machine, enrolled and online, and the server that it reaches by one wire."""

    made: Field
    name: str
    space: str
    binds: dict[Path, str]
    root: Path
    power: ExitStack = field(default_factory=ExitStack)
    machine: Machine = field(init=False)

    def switch_on(self) -> None:
        """Boot it; its wire is there, and nothing has set it up."""
        for words in (("addr", "flush", "dev", WIRE), ("link", "set", WIRE, "down")):
            subprocess.run(["ip", "-n", self.space, *words], check=True, timeout=20)
        self.machine = self.power.enter_context(booted(self.binds, self.space, root=self.root))

    def lose_power(self) -> None:
        """Nothing in it gets to do anything more."""
        self.machine.cut_power()
        self.power.close()

    def come_back(self) -> None:
        """It goes down by itself, as it was told to, and is switched on again as firmware would.

        Somebody brings the depot's profile up again.
        """
        wait_for(lambda: self.machine.is_down, LONGEST_SECONDS)
        self.power.close()
        self.switch_on()
        self.machine.run("nmcli", "connection", "up", DEPOT)

    @property
    def asset(self) -> Asset:
        return Asset(self.name, self.machine, self.space)

    def active(self) -> str:
        """The profile that its wire has."""
        return self.machine.run("nmcli", "-g", "GENERAL.CONNECTION", "device", "show", WIRE)

    def address(self) -> str:
        """That its wire has, as the kernel says; "" for none."""
        asked = ["ip", "-n", self.space, "-j", "-4", "addr", "show", "dev", WIRE]
        said = subprocess.run(asked, check=True, stdout=subprocess.PIPE, timeout=60)
        found = [one for link in json.loads(said.stdout) for one in link.get("addr_info", [])]
        return "".join(one["local"] for one in found)

    def seconds_on_trial(self) -> list[float]:
        """For how long profiles stood that were put back, the oldest first."""
        past = sorted(self.root.glob(f"{_KEPT}/reverted-*"))
        return [int(one.name[9:]) / 1e9 - (one / "new").stat().st_mtime for one in past]

    def is_online(self) -> bool:
        return self.made.is_online(self.name)


@contextmanager
def uplink(folder: Path, name: str) -> Iterator[Uplink]:
    """Such a machine; nothing is left of it afterwards."""
    with ExitStack() as closing:
        made, [space] = closing.enter_context(served(folder, 1))
        root = closing.enter_context(disk(folder / "disk", WITH_NETWORK_MANAGER))
        profile = root / _PROFILES / f"{DEPOT}.nmconnection"
        profile.write_text(_DEPOT)
        profile.chmod(0o600)
        (root / _CONF).write_text(_SOON)
        found = Uplink(made, name, space, with_agent(folder), root)
        closing.enter_context(found.power)
        found.switch_on()
        found.machine.run("nmcli", "connection", "up", DEPOT)
        enrol(found.machine, name, invite(made.server.data, name))
        units = ("courtfleet-orders.socket", "courtfleet-agent.service")
        found.machine.run("systemctl", "enable", *units)
        wait_for(found.is_online, LONGEST_SECONDS)
        yield found
