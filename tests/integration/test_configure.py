"""`configure` on a booted machine: twice, and with profiles that cut its link."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest
from pydantic import JsonValue

from fleet_server.authority.store import Authority
from tests.playbooks.test_configure import broker
from tests.services.edge_install import install_agent
from tests.services.file_server import authority_in
from tests.services.nspawn import Machine, booted
from tests.services.play import WORKER, Outcome, outcome, stream
from tests.services.waiting import wait_for

pytestmark = [pytest.mark.root, pytest.mark.integration, pytest.mark.xdist_group("nspawn")]

PROFILES = "/etc/NetworkManager/system-connections"
KEPT = "/var/lib/courtfleet-network"
TIME_SYNC = "[Service]\nExecStart=/bin/sleep infinity\n"  # the small Debian has none of its own
NMCLI = "#!/bin/sh\nexit 0\n"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return authority_in(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def jobs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("jobs")


@pytest.fixture(scope="module")
def machine(
    tmp_path_factory: pytest.TempPathFactory, jobs: Path, authority: Authority
) -> Iterator[Machine]:
    folder = tmp_path_factory.mktemp("configure")
    install_agent(folder / "agent", seen_as=Path("/opt/courtfleet"))
    (folder / "time-sync").write_text(TIME_SYNC)
    (folder / "nmcli").write_text(NMCLI)
    (folder / "nmcli").chmod(0o755)
    binds = {
        folder / "agent": "/opt/courtfleet",
        folder / "time-sync": "/etc/systemd/system/systemd-timesyncd.service",
        folder / "nmcli": "/usr/local/bin/nmcli",
        authority.ca_file: "/jobs-ca.pem",
        jobs: "/jobs",
    }
    with booted(binds) as made:
        made.run("mkdir", "-p", PROFILES, "/var/lib/courtfleet/identity")
        made.run("cp", "/jobs-ca.pem", "/var/lib/courtfleet/identity/ca.pem")
        yield made


def belongs_to(machine: Machine, jobs: Path, port: int) -> None:
    """Let the machine be an asset of the server at that port."""
    card = {"broker_host": "127.0.0.1", "broker_port": port}
    (jobs / "identity.json").write_bytes(msgspec.json.encode(card))
    machine.run("cp", "/jobs/identity.json", "/var/lib/courtfleet/identity/identity.json")


@contextmanager
def playing(
    machine: Machine, jobs: Path, name: str, variables: dict[str, JsonValue]
) -> Iterator[None]:
    """`configure` runs as a unit of the machine within the block."""
    (jobs / name).write_text(stream("configure", variables))
    words = ("/opt/courtfleet/bin/python3", "-c", WORKER, f"/jobs/{name}", f"/run/told-{name}")
    machine.run("mkdir", f"/run/private-{name}")
    path = "/opt/courtfleet/bin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    place = (f"--property=Environment=PATH={path} LC_ALL=C.UTF-8 HOME=/root",)
    machine.run("systemd-run", f"--unit={name}", *place, "--", *words, f"/run/private-{name}")
    yield


def play(machine: Machine, jobs: Path, name: str, variables: dict[str, JsonValue]) -> Outcome:
    with playing(machine, jobs, name, variables):
        wait_for(lambda: state(machine, name) not in {"active", "activating"})
    return outcome(machine.run("cat", f"/run/told-{name}"))


def state(machine: Machine, unit: str) -> str:
    return machine.run("systemctl", "show", unit, "--property=ActiveState", "--value")


def wanted(apn: str, seconds: int = 600) -> dict[str, JsonValue]:
    return {
        "clock_servers": ["ntp1.example.cn"],
        "clock_timezone": "Asia/Shanghai",
        "network_profiles": [{"name": "uplink", "kind": "gsm", "apn": apn}],
        "network_confirm_seconds": seconds,
    }


def apn(machine: Machine) -> str:
    return machine.run("grep", "-rhs", "apn=", PROFILES, check=False)


@pytest.fixture(scope="module")
def first(machine: Machine, jobs: Path, authority: Authority) -> Outcome:
    """The machine set up once."""
    with broker(authority) as port:
        belongs_to(machine, jobs, port)
        return play(machine, jobs, "first", wanted("court.example"))


def test_a_second_run_changes_nothing(
    machine: Machine, jobs: Path, authority: Authority, first: Outcome
) -> None:
    with broker(authority) as port:
        belongs_to(machine, jobs, port)
        second = play(machine, jobs, "second", wanted("court.example"))

    assert first.status == "successful", first.raw
    assert "Verify that the server is reached through them" in first.changed
    assert (second.status, second.changed) == ("successful", [])
    assert machine.run("date", "+%Z") == "CST"
    assert state(machine, "systemd-timesyncd") == "active"
    assert apn(machine) == "apn=court.example"
    assert state(machine, "courtfleet-network-revert-clock.timer") == "inactive"


def test_profiles_that_cut_the_link_go_by_themselves_when_nobody_is_left_to_say_so(
    machine: Machine, jobs: Path, first: Outcome
) -> None:
    before = apn(machine)
    with socket.create_server(("127.0.0.1", 0)) as silent:  # takes connections, never answers
        belongs_to(machine, jobs, silent.getsockname()[1])
        with playing(machine, jobs, "cut", wanted("wrong.example", seconds=30)):
            wait_for(lambda: apn(machine) == "apn=wrong.example")
            machine.run("systemctl", "kill", "--signal=KILL", "cut")
            wait_for(lambda: "pending" not in machine.run("ls", KEPT))

    assert apn(machine) == before
    assert "reverted-" in machine.run("ls", KEPT)


def test_a_reboot_in_between_puts_them_back_too(machine: Machine, first: Outcome) -> None:
    before = apn(machine)
    pending = f"{KEPT}/pending"
    machine.run("mkdir", "-p", f"{pending}/before")
    machine.run("cp", f"{PROFILES}/courtfleet-uplink.nmconnection", f"{pending}/before/")
    machine.run("touch", f"{pending}/new")
    machine.run(
        "sed", "-i", "s/apn=.*/apn=wrong.example/", f"{PROFILES}/courtfleet-uplink.nmconnection"
    )

    # what a boot starts
    machine.run("systemctl", "start", "courtfleet-network-revert.service")

    assert machine.run("systemctl", "is-enabled", "courtfleet-network-revert.service") == "enabled"
    assert apn(machine) == before
