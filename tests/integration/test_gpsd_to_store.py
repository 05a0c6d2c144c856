"""Real receivers' logs through a real gpsd and the agent program into a real server's store."""

import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from edge_agent.agent import AgentView
from edge_agent.enrolment import enrol
from simulators.centre import Exported
from simulators.rig import Rig
from telemetry.wire.documents import Settings
from telemetry.words import ClockTrust
from tests.services.edge_install import invite
from tests.services.gpsd import Gpsd, Witness, gpsd
from tests.services.recordings import recordings
from tests.services.waiting import wait_for

pytestmark = pytest.mark.integration

Fix = tuple[float | None, object, object]


@pytest.fixture(scope="module")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    with Rig(tmp_path_factory.mktemp("rig")) as server:
        server.centre.put_settings(Settings(track_fixes=True, message_seconds=1))
        yield server


@contextmanager
def running(folder: Path, receiver: Gpsd) -> Iterator[None]:
    """`courtfleet agent run` that follows this gpsd and holds its settings; killed at the end."""
    config = folder / "agent.toml"
    config.write_text(
        f'state_folder = "{folder / "state"}"\nreconnect_longest_seconds = 0.5\n'
        "[probes]\ncomputer = false\nnetwork = false\nmodem = false\n"
        f"[gpsd]\nport = {receiver.port}\n"
    )
    command = [sys.executable, "-m", "courtfleet", "agent", "run", "--config", str(config)]
    with subprocess.Popen(command, env=dict(os.environ), stderr=subprocess.DEVNULL) as process:
        try:
            wait_for(lambda: is_tracking(folder))
            yield
        finally:
            process.kill()


def seen_by_itself(folder: Path) -> AgentView:
    return msgspec.json.decode((folder / "state" / "status.json").read_bytes(), type=AgentView)


def is_tracking(folder: Path) -> bool:
    return (folder / "state" / "status.json").exists() and seen_by_itself(
        folder
    ).settings.track_fixes


def fixes_stored(rig: Rig, asset: str) -> list[Exported]:
    """In the order of their numbers."""
    found = [each for each in rig.centre.reports([asset]) if each.metrics.get("fix_dimensions")]
    return sorted(found, key=lambda each: each.number)


def witnessed(tpv: dict[str, object]) -> Fix:
    at = tpv.get("time")
    seconds = datetime.fromisoformat(at).timestamp() if isinstance(at, str) else None
    return seconds, tpv.get("lat"), tpv.get("lon")


def told(report: Exported) -> Fix:
    seconds = report.metrics.get("gnss_unix_seconds")
    place = report.metrics.get("latitude_degrees"), report.metrics.get("longitude_degrees")
    return float(seconds) if seconds is not None else None, *place


@pytest.mark.parametrize(
    ("log", "is_wrapped"), [("neo-m8n", True), ("haicom-305N", True), ("sirfstarv-nmea", False)]
)
def test_every_fix_another_client_saw_is_stored_once_and_no_wrapped_date_is_the_clock(
    rig: Rig, tmp_path: Path, log: str, is_wrapped: bool
) -> None:
    file = recordings("gnss") / f"{log}.log"
    asset = log.lower()
    enrol(invite(rig.data, asset), tmp_path / "state" / "identity")

    with (
        gpsd(file) as receiver,
        running(tmp_path, receiver),
        Witness(receiver.port) as witness,
    ):
        receiver.play(watchers=2)
        tpvs = [tpv for tpv in witness.watch() if tpv.get("mode") in {2, 3}]
        # a fix that gains its third dimension at the same instant and place is told again
        seen = {(tpv.get("mode"), *witnessed(tpv)) for tpv in tpvs}
        wait_for(lambda: len(fixes_stored(rig, asset)) >= len(seen))
        time.sleep(1.5)  # one too many would come now
        stored = fixes_stored(rig, asset)
        trust = seen_by_itself(tmp_path).clock_trust

    given = Counter((fix.metrics["fix_dimensions"], *told(fix)) for fix in stored)
    print(f"\n{log}: {len(tpvs)} TPV, {len(seen)} distinct, {len(stored)} stored, {trust}")
    assert len(seen) >= 10
    assert given == Counter(seen)
    flags = (fix.metrics.get("gnss_time_wrapped") for fix in stored)
    # None: the receiver's own date is not known yet, and such a fix sets no clock either
    assert set(flags) - {None} == {is_wrapped}
    if is_wrapped:
        now = datetime.now(UTC)
        dates = [fix.measured_at for fix in stored]
        assert trust is not ClockTrust.GNSS
        assert all(at is not None and abs(now - at) < timedelta(minutes=5) for at in dates)
