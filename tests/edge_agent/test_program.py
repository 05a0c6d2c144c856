"""The agent as it is run: enrolled at a real server, killed, stopped, told what to do."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest

from edge_agent import identity, inspection, renewal
from edge_agent.agent import AgentView
from edge_agent.enrolment import enrol
from edge_agent.errors import EnrolmentFailed, IdentityExists
from edge_agent.system_clock import SystemClock
from simulators.rig import Rig
from telemetry.wire.documents import Settings
from telemetry.wire.enrolment import Invitation, from_string, to_string
from tests.services.edge_install import invite
from tests.services.waiting import PATIENCE_SECONDS, wait_for

pytestmark = pytest.mark.integration

AGENT = [sys.executable, "-m", "courtfleet", "agent"]


@pytest.fixture(scope="module")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    with Rig(tmp_path_factory.mktemp("rig")) as server:
        server.centre.put_settings(
            Settings(report_standing_seconds=1, report_moving_seconds=1, message_seconds=1)
        )
        yield server


@contextmanager
def running(folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """`courtfleet agent run` on this machine's identity; killed at the end."""
    config = folder / "agent.toml"
    config.write_text(
        f'state_folder = "{folder / "state"}"\nreconnect_longest_seconds = 0.5\n'
        "[probes]\nposition = false\nmodem = false\n"
    )
    environment = {**os.environ, "MALLOC_ARENA_MAX": "1"}
    command = [*AGENT, "run", "--config", str(config)]
    with subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL) as process:
        try:
            yield process
        finally:
            process.kill()


def stored(rig: Rig, asset: str, stream: str = "reports") -> int:
    return sum(b.stored for b in rig.centre.balance(asset) if b.stream == stream)


def changed(string: str, **fields: str | int) -> str:
    return to_string(msgspec.structs.replace(from_string(string), **fields))


def test_an_agent_reports_survives_a_kill_and_stops_in_order(rig: Rig, tmp_path: Path) -> None:
    enrol(invite(rig.data, "veh-101"), tmp_path / "state" / "identity")
    with running(tmp_path) as first:
        wait_for(lambda: stored(rig, "veh-101") >= 2)
        first.send_signal(signal.SIGKILL)
        first.wait()
    with running(tmp_path) as second:
        wait_for(lambda: stored(rig, "veh-101", "events") >= 5)
        before = stored(rig, "veh-101")
        wait_for(lambda: stored(rig, "veh-101") > before)
        config = str(tmp_path / "agent.toml")
        another = subprocess.run(
            [*AGENT, "run", "--config", config], stderr=subprocess.PIPE, text=True, check=False
        )
        second.terminate()
        status = second.wait(PATIENCE_SECONDS)

    view = msgspec.json.decode((tmp_path / "state" / "status.json").read_bytes(), type=AgentView)
    verdict = inspection.verify_file(tmp_path / "state" / "outbox.sqlite")
    (balance,) = [b for b in rig.centre.balance("veh-101") if b.stream == "reports"]
    assert status == 0
    assert another.returncode == 1
    assert "another agent runs" in another.stderr
    assert verdict.is_sound
    assert view.held["settings"] == 1
    assert view.settings.report_standing_seconds == 1
    assert balance.lost == balance.dropped == balance.set_aside == 0


def test_a_renewed_certificate_is_used_at_the_next_connection_and_replaces_the_old(
    rig: Rig, tmp_path: Path
) -> None:
    folder = tmp_path / "state" / "identity"
    enrol(invite(rig.data, "veh-102"), folder)
    old = (folder / identity.CERTIFICATE).read_bytes()
    moment = SystemClock(tmp_path / "none").moment()
    renewal.renew(folder, moment.wall)
    was_waiting = (folder / identity.NEXT_CERTIFICATE).exists()
    with running(tmp_path):
        wait_for(lambda: not (folder / identity.NEXT_CERTIFICATE).exists())
        wait_for(lambda: stored(rig, "veh-102") >= 1)

    assert was_waiting
    assert (folder / identity.CERTIFICATE).read_bytes() != old


def test_a_next_certificate_that_does_not_work_costs_one_try(rig: Rig, tmp_path: Path) -> None:
    folder = tmp_path / "state" / "identity"
    enrol(invite(rig.data, "veh-103"), folder)
    (folder / identity.NEXT_CERTIFICATE).write_text("no certificate")
    with running(tmp_path):
        wait_for(lambda: stored(rig, "veh-103") >= 1)

    assert (folder / identity.NEXT_CERTIFICATE).exists()


def test_the_key_is_nobody_elses_to_read(rig: Rig, tmp_path: Path) -> None:
    enrol(invite(rig.data, "veh-104"), tmp_path)

    assert (tmp_path / identity.KEY).stat().st_mode & 0o777 == 0o600
    assert identity.load(tmp_path).asset == "veh-104"


def test_an_enrolment_string_works_once(rig: Rig, tmp_path: Path) -> None:
    string = invite(rig.data, "veh-105")
    enrol(string, tmp_path / "first")

    with pytest.raises(EnrolmentFailed, match="used already"):
        enrol(string, tmp_path / "second")
    assert not identity.exists(tmp_path / "second")


def test_an_identity_is_replaced_only_when_asked_for(rig: Rig, tmp_path: Path) -> None:
    enrol(invite(rig.data, "veh-106"), tmp_path)
    string = invite(rig.data, "veh-107")

    with pytest.raises(IdentityExists, match="veh-106"):
        enrol(string, tmp_path)
    assert enrol(string, tmp_path, replace=True) == "veh-107"


def test_another_server_at_the_address_gets_no_secret(rig: Rig, tmp_path: Path) -> None:
    string = changed(invite(rig.data, "veh-108"), fingerprint="0" * 64)

    with pytest.raises(EnrolmentFailed, match="other fingerprint"):
        enrol(string, tmp_path)
    assert enrol(invite(rig.data, "veh-109"), tmp_path) == "veh-109"


def test_a_server_under_another_name_than_its_certificates_is_refused(
    rig: Rig, tmp_path: Path
) -> None:
    string = changed(invite(rig.data, "veh-110"), host="127.0.0.2")

    with pytest.raises(EnrolmentFailed):
        enrol(string, tmp_path)


def test_a_server_that_is_away_is_named(tmp_path: Path) -> None:
    string = to_string(Invitation("127.0.0.1", 1, "0" * 64, "x.y"))

    with pytest.raises(EnrolmentFailed, match=r"127\.0\.0\.1:1 cannot be reached"):
        enrol(string, tmp_path)
