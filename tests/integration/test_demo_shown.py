"""`courtfleet demo` as somebody sees it: an address, a past, some trouble, and a clean end."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from simulators import incidents
from simulators.centre import Centre, Setup
from simulators.fleet import fleet
from tests.services.waiting import PATIENCE_SECONDS, wait_for

pytestmark = [pytest.mark.integration, pytest.mark.timeout(1200)]

ASSETS = 40
PAST = timedelta(minutes=30)
START = timedelta(minutes=10)
LONG_SECONDS = 600.0
STANDS = {"as desired", "changed by hand", "behind", "never set up"}


@pytest.fixture
def shown(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "courtfleet", "demo", "--no-browser", "--lang", "en"]
    arguments = ["--assets", str(ASSETS), "--history", "30m", "--keep", str(tmp_path / "demo")]
    with subprocess.Popen(
        [*command, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "COURTFLEET_BEGAN": str(time.time())},
    ) as running:
        yield running
        running.terminate()  # its server ends with it; a kill would leave that behind


def test_the_past_is_in_its_place_and_ctrl_c_ends_well(
    shown: subprocess.Popen[str], tmp_path: Path
) -> None:
    assert shown.stdout is not None
    address = shown.stdout.readline()
    live_at = datetime.now(UTC)
    who = incidents.cast(fleet(ASSETS))
    centre = Centre(tmp_path / "demo" / "server")

    wait_for(lambda: len({one.asset for one in centre.balances() if one.stored}) >= ASSETS - 2)
    wait_for(lambda: len(past(centre, live_at)) == ASSETS - 2)  # one was off, one never came
    wait_for(lambda: {stands(one) for one in centre.setups()} == STANDS)
    wait_for(lambda: centre.absence(who.stops) == "will")
    stranger = centre.absence(who.never_comes)
    wait_for(lambda: "rollout_ended" in centre.journal(), LONG_SECONDS)  # its canaries roll back
    centre.close()
    shown.send_signal(signal.SIGINT)
    said, progress = shown.communicate(timeout=PATIENCE_SECONDS)

    assert address.startswith("http://127.0.0.1:")
    assert stranger == "never"
    assert shown.returncode == 0, said
    assert "the balance closes" in said
    assert "lived through the last 30 min" in progress


def stands(one: Setup) -> str:
    """How the machine is by what it reported, whether it is there now or not."""
    if one.differs:
        return "changed by hand"
    if not one.reported:
        return "never set up"
    return "as desired" if one.reported == one.desired else "behind"


def past(centre: Centre, live_at: datetime) -> set[str]:
    """Who has a report stored from before half of its past was over, and none from before it."""
    found: dict[str, datetime] = {}
    for report in centre.reports():
        if report.measured_at is not None:
            found.setdefault(report.asset, report.measured_at)
    return {asset for asset, first in found.items() if PAST / 2 < live_at - first < PAST + START}
