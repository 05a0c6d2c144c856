"""A bare Debian becomes a fleet server over SSH."""

import sys
import sysconfig
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.services.debian_packages import debian_packages
from tests.services.depot import Depot, Played
from tests.services.edge_install import pip
from tests.services.field import address, networks
from tests.services.nspawn import BARE, Machine, booted

pytestmark = [
    pytest.mark.soak,
    pytest.mark.root,
    pytest.mark.integration,
    pytest.mark.timeout(1800),
    pytest.mark.xdist_group("field"),
]

PROJECT = Path(__file__).resolve().parents[2]
RELEASE = "0.2.0"
STANDS_ON = ("python3-venv", "python3-apt", "mosquitto")
COMMAND = "#!/usr/bin/python3\nimport sys\nsys.path[:0] = ['/srv/courtfleet', '/srv/packages']\n"
ANSWER = "import urllib.request as r; print(r.urlopen('http://127.0.0.1:8800/healthz').status)"


@dataclass(frozen=True)
class Served:
    """What came of `site`: before anything was there, for real, and once more."""

    machine: Machine
    check: Played
    first: Played
    again: Played


@pytest.fixture(scope="module")
def short(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """With a release that is there already, of the packages that run this very test."""
    assert sys.version_info[:2] == (3, 11), "packages for Debian 12 need its Python 3.11"
    folder = tmp_path_factory.mktemp("site")
    command = folder / "release" / "bin" / "courtfleet"
    command.parent.mkdir(parents=True)
    command.write_text(f"{COMMAND}from courtfleet import main\nsys.exit(main())\n")
    command.chmod(0o755)
    (folder / "release" / ".complete").touch()
    there = {
        folder / "release": f"/opt/courtfleet-server-releases/{RELEASE}",
        Path(sysconfig.get_path("purelib")): "/srv/packages",
        PROJECT: "/srv/courtfleet",
    }
    with _served(folder, there, folder / "nothing.tar") as found:
        yield found


def test_a_bare_debian_becomes_a_server_that_answers(short: Served) -> None:
    assert short.first.failed == 0, short.first.said
    assert short.machine.run("python3", "-c", ANSWER) == "200"
    unit = "courtfleet-server.service"
    assert short.machine.run("systemctl", "is-enabled", unit) == "enabled"
    assert short.machine.run("systemctl", "show", "--property=User", unit) == (
        "User=courtfleet-server"
    )


def test_a_check_goes_through_on_a_bare_machine(short: Served) -> None:
    assert short.check.failed == 0, short.check.said
    assert short.check.changed > 0


def test_a_second_run_changes_nothing(short: Served) -> None:
    assert (short.again.failed, short.again.changed) == (0, 0), short.again.said


def test_a_server_is_installed_from_its_wheels(tmp_path: Path) -> None:
    wheels = tmp_path / "wheels"
    pip("wheel", "--wheel-dir", str(wheels), f"{PROJECT}[server]")
    archive = tmp_path / "server.tar"
    with tarfile.open(archive, "w") as packed:
        for wheel in wheels.iterdir():
            packed.add(wheel, wheel.name)
    with _served(tmp_path, {}, archive) as found:
        assert found.first.failed == 0, found.first.said
        assert found.machine.run("python3", "-c", ANSWER) == "200"
        assert (found.again.failed, found.again.changed) == (0, 0), found.again.said


@contextmanager
def _served(folder: Path, there: Mapping[Path, str], archive: Path) -> Iterator[Served]:
    with networks(1) as (near, space):
        depot = Depot(("ip", "netns", "exec", near), folder)
        with booted({**depot.binds(), **there}, space, BARE) as machine:
            given = {
                "server_archive": str(archive),
                "server_version": RELEASE,
                "server_host": address(0),
                "server_settings": {"name": "Fleet", "link_test": False},
                "apt_snapshot_archive": str(debian_packages(*STANDS_ON)),
            }
            check = depot.play("site", 0, given, "--check")
            first = depot.play("site", 0, given)
            yield Served(machine, check, first, depot.play("site", 0, given))
