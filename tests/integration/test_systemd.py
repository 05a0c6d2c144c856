"""The unit file under a real systemd: the installed agent, enrolled as the unit's README says."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from simulators.rig import Rig
from telemetry.wire.documents import Settings
from tests.services.edge_install import install_agent, invite
from tests.services.nspawn import Machine, booted
from tests.services.waiting import PATIENCE_SECONDS, wait_for

pytestmark = [pytest.mark.root, pytest.mark.integration, pytest.mark.xdist_group("nspawn")]

UNIT = "courtfleet-agent"
FILES = Path(__file__).resolve().parents[2] / "edge_agent" / "systemd"
IMPATIENT = "[Service]\nWatchdogSec=10s\nRestartSec=200ms\n"


@dataclass(frozen=True)
class Service:
    """The agent as a service of a booted machine, and the server that it reports to."""

    machine: Machine
    rig: Rig

    def show(self, name: str) -> str:
        return self.machine.run("systemctl", "show", UNIT, "--property", name, "--value")

    def pid(self) -> str:
        return self.show("MainPID")

    def units_told(self) -> list[list[str]]:
        """Which units had failed, each time that others had."""
        way = httpx.HTTPTransport(uds=str(self.rig.data / "server.sock"))
        with httpx.Client(
            transport=way, base_url="http://server/api/v1", timeout=PATIENCE_SECONDS
        ) as api:
            items = api.get("/assets/veh-001/events").json()["items"]
        return [one["body"]["failed"] for one in items if one["kind"] == "units_failed"]

    def reports_stored(self) -> int:
        streams = self.rig.centre.balances()
        return sum(balance.stored for balance in streams if balance.stream == "reports")


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("systemd")
    install_agent(folder / "agent", seen_as=Path("/opt/courtfleet"))
    (folder / "impatient.conf").write_text(IMPATIENT)
    (folder / "agent.toml").write_text("reconnect_longest_seconds = 0.5\n")
    binds = {
        folder / "agent": "/opt/courtfleet",
        folder / "agent.toml": "/etc/courtfleet/agent.toml",
        folder / "impatient.conf": f"/etc/systemd/system/{UNIT}.service.d/impatient.conf",
        FILES / f"{UNIT}.service": f"/etc/systemd/system/{UNIT}.service",
        FILES / f"{UNIT}.sysusers": f"/usr/lib/sysusers.d/{UNIT}.conf",
    }
    with Rig(folder) as rig, booted(binds) as machine:
        rig.centre.put_settings(Settings(report_standing_seconds=1, message_seconds=1))
        enrol(machine, invite(rig.data, "veh-001"))
        machine.run("systemctl", "start", UNIT)
        yield Service(machine, rig)


def enrol(machine: Machine, string: str) -> None:
    machine.run("systemd-sysusers")
    owned = ("-o", "courtfleet", "-g", "courtfleet", "-m", "700")
    machine.run("install", "-d", *owned, "/var/lib/courtfleet")
    command = "/opt/courtfleet/bin/courtfleet"
    machine.run("runuser", "-u", "courtfleet", "--", command, "agent", "enrol", string)


def test_it_starts_is_ready_and_reports(service: Service) -> None:
    assert service.show("ActiveState") == "active"
    assert service.machine.run("stat", "-c", "%U", f"/proc/{service.pid()}") == "courtfleet"
    wait_for(lambda: service.reports_stored() > 0)


@pytest.mark.parametrize("signal", ["STOP", "KILL"])
def test_systemd_starts_it_again_when_it_hangs_or_dies(service: Service, signal: str) -> None:
    restarts = int(service.show("NRestarts"))
    before = service.pid()

    service.machine.run("systemctl", "kill", "--kill-whom=main", f"--signal={signal}", UNIT)

    wait_for(lambda: int(service.show("NRestarts")) > restarts)
    wait_for(lambda: service.show("ActiveState") == "active")
    stored = service.reports_stored()
    wait_for(lambda: service.reports_stored() > stored)
    assert service.pid() != before


def test_a_unit_that_has_failed_is_reported_and_named(service: Service) -> None:
    service.machine.run("systemd-run", "--quiet", "--unit=broken", "false")
    wait_for(lambda: "broken.service" in service.machine.run("systemctl", "--failed", "--plain"))
    service.machine.run("systemctl", "restart", UNIT)  # it looks when it starts

    wait_for(lambda: any("broken.service" in failed for failed in service.units_told()))
    wait_for(lambda: any(one.metrics.get("failed_units") for one in service.rig.centre.reports()))


def test_the_sandbox_holds(service: Service) -> None:
    in_its_place = ("nsenter", f"--target={service.pid()}", "--mount", "touch")
    status = service.machine.run("cat", f"/proc/{service.pid()}/status")
    facts = dict(line.split(":\t", 1) for line in status.splitlines())

    # even root can write nothing there but the agent's own state
    for folder in ("/etc", "/usr", "/opt", "/var/lib", "/var/log"):
        written = service.machine.run(*in_its_place, f"{folder}/written", check=False)
        assert "Read-only file system" in written
    service.machine.run(*in_its_place, "/var/lib/courtfleet/written")
    assert facts["NoNewPrivs"] == "1"
    assert facts["Seccomp"] == "2"
    assert {facts[name] for name in ("CapEff", "CapBnd", "CapAmb")} == {"0" * 16}
    assert "0" not in facts["Uid"].split()


def test_systemd_calls_it_little_exposed(service: Service) -> None:
    judged = service.machine.run("systemd-analyze", "security", "--no-pager", UNIT)

    exposure = float(judged.splitlines()[-1].split(":")[1].split()[0])
    assert exposure <= 1.6  # 0.1 of it for the machine's own cameras and sound cards


def test_it_stops_in_order_and_forgets_nothing(service: Service) -> None:
    service.machine.run("systemctl", "stop", UNIT)
    result = service.show("Result")
    verified = service.machine.run(
        *("runuser", "-u", "courtfleet", "--"),
        *("/opt/courtfleet/bin/courtfleet", "agent", "outbox", "verify"),
    )
    service.machine.run("systemctl", "start", UNIT)

    assert result == "success"
    assert verified
    stored = service.reports_stored()
    wait_for(lambda: service.reports_stored() > stored)
