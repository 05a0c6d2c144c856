"""Recorded drives through real agents: the InfluxDB mirror holds what the store holds."""

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from simulators.centre import Centre, Exported
from tests.services.influx import Influx, influx
from tests.services.recordings import recordings
from tests.services.server import Server, server
from tests.services.waiting import PATIENCE_SECONDS, wait_for

pytestmark = pytest.mark.integration

DRIVES_IN_SHORT = 2
Named = dict[tuple[str, str, int], dict[str, object]]


@pytest.fixture
def mirror(tmp_path: Path) -> Iterator[Influx]:
    with influx(tmp_path / "influx") as started:
        yield started


@pytest.fixture
def central(tmp_path: Path, mirror: Influx) -> Iterator[Server]:
    data = tmp_path / "server"
    data.mkdir(mode=0o700)
    (data / "server.toml").write_text(
        f'demo = true\n[mirror]\nurl = "{mirror.url}"\nevery_seconds = 0.5\n'
    )
    with server(data) as started:
        yield started


@pytest.fixture
def centre(central: Server) -> Iterator[Centre]:
    asked = Centre(central.data)
    yield asked
    asked.close()


def replaying(central: Server, drives: list[Path], speed: int) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "courtfleet", "replay", "--check", "--json"]
    command += ["--server", str(central.data), "--speed", str(speed), *map(str, drives)]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def stored_rows(centre: Centre) -> int:
    return sum(one.stored for one in centre.balances() if one.stream == "reports")


def copied_rows(mirror: Influx) -> int:
    found = mirror.query("SELECT COUNT(number) AS rows FROM readings", "courtfleet")
    return int(str(found[0]["rows"])) if found else 0


def wait_until_copied(mirror: Influx, rows: int) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while copied_rows(mirror) < rows:
        assert time.monotonic() < until, f"{copied_rows(mirror)} of {rows} rows copied"
        time.sleep(0.2)


def in_mirror(mirror: Influx) -> Named:
    """What each point says; InfluxQL gives null where a point lacks a field of its series."""
    named: Named = {}
    for row in mirror.query("SELECT * FROM readings", "courtfleet"):
        key = str(row.pop("asset")), str(row.pop("epoch")), int(str(row.pop("number")))
        assert key not in named
        del row["time"]
        named[key] = {name: value for name, value in row.items() if value is not None}
    return named


def in_store(reports: list[Exported]) -> Named:
    return {(each.asset, each.epoch, each.number): dict(each.metrics) for each in reports}


@pytest.mark.parametrize(
    ("drives", "speed", "down_seconds"),
    [
        (DRIVES_IN_SHORT, 60, 4),
        pytest.param(9, 60, 4, marks=pytest.mark.soak),
        pytest.param(9, 1, 600, marks=pytest.mark.soak),
    ],
)
def test_a_mirror_that_was_down_meanwhile_holds_what_the_store_holds(
    central: Server, centre: Centre, mirror: Influx, drives: int, speed: int, down_seconds: float
) -> None:
    traces = sorted(recordings("drive-traces").glob("*.csv"))[:drives]

    with replaying(central, traces, speed) as replay:
        wait_for(lambda: copied_rows(mirror) > 0)
        mirror.kill()
        at_kill = stored_rows(centre)
        time.sleep(down_seconds)
        wait_for(lambda: stored_rows(centre) > at_kill)
        while_down, live = stored_rows(centre), centre.status().live
        mirror.start()
        status = replay.wait(3 * PATIENCE_SECONDS + 5 * down_seconds)
    stored = list(centre.reports())
    wait_until_copied(mirror, len(stored))
    copied = in_mirror(mirror)

    print(f"\n{at_kill} rows at the kill, {while_down} while down, {len(stored)} in the end")
    assert status == 0
    assert 0 < at_kill < while_down <= len(stored)
    assert live == drives
    assert copied == in_store(stored)
