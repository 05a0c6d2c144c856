"""A bare Debian becomes an asset over SSH, and that asset carries out every playbook there is."""

import io
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from fleet_server.playbooks.store import packed
from tests.services.debian_packages import court_package, debian_packages, snapshot
from tests.services.depot import Depot, Played, arguments_seen
from tests.services.edge_install import invite
from tests.services.field import Asset, Field, Variables, served
from tests.services.nspawn import BARE, Machine, booted
from tests.services.release import needed_wheels, release
from tests.services.waiting import wait_for

pytestmark = [
    pytest.mark.root,
    pytest.mark.integration,
    pytest.mark.timeout(1800),
    pytest.mark.xdist_group("depot"),
]

NAME, RELEASE = "veh-007", "0.2.0"
STANDS_ON = ("python3-venv", "python3-apt", "dbus", "ca-certificates")
KEY = "/var/lib/courtfleet/identity/key.pem"
CERTIFICATE = "/var/lib/courtfleet/identity/certificate.pem"


@dataclass(frozen=True)
class Bare:
    """A machine that has nothing of ours, and all that makes an asset of it."""

    server: Field
    space: str
    machine: Machine
    depot: Depot
    string: str
    given: Variables


@dataclass(frozen=True)
class Bootstrapped:
    """What came of `bootstrap`.

    `seen`: argument lists that held the enrolment string while it was enrolled.
    """

    made: Field
    asset: Asset
    was: Bare
    first: Played
    seen: list[str]

    def run(self, playbook: str, given: Variables, *, is_check: bool = False) -> dict[str, Any]:
        """What became of a playbook as an order."""
        return self.made.ended(self.made.order(self.asset, playbook, given, is_check=is_check))


@contextmanager
def bare(folder: Path) -> Iterator[Bare]:
    archive = release(folder, needed_wheels(), RELEASE)
    with served(folder, 1) as (server, [space]):
        depot = Depot(server.server.inside, folder)
        with booted(depot.binds(), space, BARE) as machine:
            string = invite(server.server.data, NAME)
            given: Variables = {
                "agent_archive": str(archive),
                "agent_version": RELEASE,
                "agent_enrolment_string": string,
                "apt_snapshot_archive": str(debian_packages(*STANDS_ON)),
            }
            yield Bare(server, space, machine, depot, string, given)


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bootstrapped]:
    with bare(tmp_path_factory.mktemp("depot")) as found:
        with arguments_seen(found.string) as seen:
            first = found.depot.play("bootstrap", 0, found.given, "-v")
        asset = Asset(NAME, found.machine, found.space)
        made = Field(found.server.server, [asset], found.server.api)
        yield Bootstrapped(made, asset, found, first, seen)


def test_a_bare_debian_becomes_an_asset_that_reports(done: Bootstrapped) -> None:
    assert done.first.failed == 0, done.first.said
    for unit in ("courtfleet-agent.service", "courtfleet-orders.socket"):
        assert done.asset.machine.run("systemctl", "is-active", unit) == "active"
        assert done.asset.machine.run("systemctl", "is-enabled", unit) == "enabled"
    assert done.made.is_online(NAME)
    wait_for(lambda: reports_stored(done) > 0)


def reports_stored(done: Bootstrapped) -> int:
    rows = done.made.api.get(f"/assets/{NAME}/balance").json()["items"]
    return sum(int(row["stored"]) for row in rows if row["stream"] == "reports")


@pytest.mark.soak
def test_a_check_goes_through_on_a_bare_machine_and_changes_nothing(tmp_path: Path) -> None:
    with bare(tmp_path) as found:
        check = found.depot.play("bootstrap", 0, found.given, "--check")
        left = found.machine.run("find", "/etc", "/opt", "/var/lib", "-name", "courtfleet*")

    assert check.failed == 0, check.said
    assert check.changed > 0
    assert left == ""


@pytest.mark.soak
def test_a_second_run_changes_nothing(done: Bootstrapped) -> None:
    again = done.was.depot.play("bootstrap", 0, done.was.given)

    assert (again.failed, again.changed) == (0, 0), again.said
    assert done.was.string not in again.said


def test_the_enrolment_string_is_in_no_argument_list_and_in_no_log(done: Bootstrapped) -> None:
    journal = done.asset.machine.run("journalctl", "--no-pager", "--quiet", "--output", "verbose")

    assert "courtfleet-agent" in journal
    assert done.seen == []
    assert done.was.string not in journal
    assert done.was.string not in done.first.said


def test_packages_come_from_the_artifact_store_and_updates_hold_a_restart_back(
    done: Bootstrapped, tmp_path: Path
) -> None:
    old, new = (court_package(tmp_path, version) for version in ("1.0", "2.0"))
    first = from_store(done.made.keep(snapshot(tmp_path / "old.tar", old)))
    second = from_store(done.made.keep(snapshot(tmp_path / "new.tar", new)))
    wanted = first | {"packages_names": ["court-stamp"]}

    installed = done.run("install_package", wanted)
    version = done.asset.machine.run("dpkg-query", "-W", "-f=${Version}", "court-stamp")
    updated = done.run("update_system", second)
    newer = done.asset.machine.run("dpkg-query", "-W", "-f=${Version}", "court-stamp")

    for one in (installed, updated):
        assert one["state"] == "succeeded", done.made.story(one)
    assert (version, newer) == ("1.0", "2.0")
    assert "is held back" in done.made.output(updated["id"])
    assert scheduled(done) == ""


@pytest.mark.soak
def test_a_check_needs_no_packages_and_an_allowed_restart_is_announced(
    done: Bootstrapped, tmp_path: Path
) -> None:
    given = from_store(done.made.keep(snapshot(tmp_path / "s.tar", court_package(tmp_path, "3.0"))))
    wanted = given | {"packages_names": ["court-stamp"]}
    looked = done.run("install_package", wanted, is_check=True)
    installed = done.run("install_package", wanted)
    again = done.run("install_package", wanted)
    updated = done.run("update_system", given | {"system_upgrade_may_restart": True})
    announced = scheduled(done)
    done.asset.machine.run("shutdown", "-c")
    same = done.run("install_package", wanted, is_check=True)
    steady = done.run("update_system", given, is_check=True)

    for one in (looked, installed, again, updated, same, steady):
        assert one["state"] == "succeeded", done.made.story(one)
    assert "once the packages are here" in done.made.output(looked["id"])
    assert (installed["recap"]["changed"] > 0, again["recap"]["changed"]) == (True, 0)
    assert (same["recap"]["changed"], steady["recap"]["changed"]) == (0, 0)
    assert "MODE=reboot" in announced


def scheduled(done: Bootstrapped) -> str:
    """What systemd says of a shutdown to come; "" without one."""
    found = done.asset.machine.run("find", "/run/systemd", "-name", "scheduled")
    return done.asset.machine.run("cat", found) if found else ""


def from_store(sha256: str) -> dict[str, Any]:
    return {"apt_snapshot_sha256": sha256, "apt_snapshot_urls": [f"artifact:{sha256}"]}


def test_a_certificate_is_replaced_and_the_link_stays(done: Bootstrapped) -> None:
    machine = done.asset.machine
    key, before = (machine.run("sha256sum", file) for file in (KEY, CERTIFICATE))
    rotated = done.run("rotate_certificate", {"certificate_at_least_hours_old": 0})
    after = machine.run("sha256sum", CERTIFICATE)

    assert rotated["state"] == "succeeded", done.made.story(rotated)
    assert after != before
    assert machine.run("sha256sum", KEY) == key
    assert done.made.is_online(NAME)


@pytest.mark.soak
def test_a_certificate_that_is_young_enough_stays(done: Bootstrapped) -> None:
    before = done.asset.machine.run("sha256sum", CERTIFICATE)
    order = done.run("rotate_certificate", {})

    assert order["recap"]["changed"] == 0, done.made.story(order)
    assert done.asset.machine.run("sha256sum", CERTIFICATE) == before


def test_a_unit_is_restarted_each_time(done: Bootstrapped) -> None:
    def began() -> str:
        wanted = ("--property=ExecMainStartTimestampMonotonic", "ssh.service")
        return done.asset.machine.run("systemctl", "show", *wanted)

    given = {"device_restart_unit": "ssh.service"}
    before = began()
    restarted = done.run("restart_device", given)

    assert restarted["state"] == "succeeded", done.made.story(restarted)
    assert before != began()


@pytest.mark.soak
def test_a_check_restarts_nothing(done: Bootstrapped) -> None:
    wanted = ("--property=ExecMainStartTimestampMonotonic", "ssh.service")
    before = done.asset.machine.run("systemctl", "show", *wanted)
    looked = done.run("restart_device", {"device_restart_unit": "ssh.service"}, is_check=True)

    assert looked["state"] == "succeeded", done.made.story(looked)
    assert done.asset.machine.run("systemctl", "show", *wanted) == before


def test_a_diagnosis_comes_home_without_any_secret(done: Bootstrapped) -> None:
    order = done.run("collect_diagnostics", {})
    answer = done.made.api.get(f"/orders/{order['id']}/output/file")
    key = done.asset.machine.run("cat", KEY)

    assert order["state"] == "succeeded", done.made.story(order)
    assert answer.headers["content-type"] == "application/gzip"
    with tarfile.open(fileobj=io.BytesIO(answer.content)) as archive:
        files = {one.name: archive.extractfile(one) for one in archive if one.isfile()}
        said = {name: b"" if file is None else file.read() for name, file in files.items()}
    assert b"courtfleet" in said["./courtfleet-log.txt"]
    for content in said.values():
        assert done.was.string.encode() not in content
        assert key.splitlines()[1].encode() not in content


HALF = """\
- name: Write the first half
  ansible.builtin.copy: {content: "half", dest: /etc/court-half, mode: "0644"}
- name: Break off
  ansible.builtin.fail: {msg: It breaks off.}
"""
WHOLE_AGAIN = """\
- name: Remove the half
  ansible.builtin.file: {path: /etc/court-half, state: absent}
"""


def test_a_play_that_fails_midway_is_undone_by_what_it_brings_along(done: Bootstrapped) -> None:
    files = {}
    for name, role, tasks in (
        ("halve.yml", "halving", HALF),
        ("halve.rollback.yml", "mending", WHOLE_AGAIN),
    ):
        files[name] = f"- name: Halve\n  hosts: all\n  gather_facts: false\n  roles: [{role}]\n"
        files[f"roles/{role}/tasks/main.yml"] = tasks
        files[f"roles/{role}/meta/argument_specs.yml"] = "argument_specs: {main: {options: {}}}\n"
    body = packed({name: text.encode() for name, text in files.items()})
    added = done.made.api.put("/playbook-collections/court", content=body)
    order = done.run("halve", {})

    assert added.status_code == 200, added.text
    assert (order["state"], order["code"]) == ("rolled_back", "play"), done.made.story(order)
    assert "No such file" in done.asset.machine.run("ls", "/etc/court-half", check=False)
