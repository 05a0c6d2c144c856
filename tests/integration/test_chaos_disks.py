"""A full disk, a disk that forgets, a store without room: nothing goes in silence."""

import time
from pathlib import Path

import pytest

from simulators.witness import Verdict
from telemetry.wire.documents import Settings
from tests.services.chaos import stage, write_drive
from tests.services.disks import ForgetfulDisk, small_disk

pytestmark = [pytest.mark.integration, pytest.mark.root]

ASSET = "veh-001"
ROWS = 18_000
"""More than a disk of 6 MB takes."""


@pytest.mark.timeout(1500)  # what is freed bit by bit on a full disk takes its time
def test_a_full_disk_drops_reports_only_by_declaration(tmp_path: Path) -> None:
    recording = tmp_path / "drive.csv"
    write_drive(recording, ROWS)

    with stage(tmp_path) as played, small_disk(played.outbox(ASSET), 6000):
        played.rig.kill()
        played.start(ASSET, recording, speed=3000.0)
        played.wait_until(lambda: played.accepted() == ROWS, 600)
        played.rig.start()
        played.finish(ASSET, 600)
        verdict = played.verdict()
        (balance,) = played.reports(ASSET)

    assert balance.dropped > 0
    assert balance.head == ROWS
    assert balance.stored + balance.dropped == ROWS
    assert verdict.missing == balance.dropped
    assert (verdict.twice, verdict.strange, verdict.misnumbered) == (0, 0, 0)


def after_a_power_cut(folder: Path, synchronous: str) -> Verdict:
    """The server is away, the agent goes on, the power fails: what is stored in the end."""
    recording = folder / "drive.csv"
    write_drive(recording, 6000)  # longer than all of this takes
    with stage(folder) as played:
        disk = ForgetfulDisk(folder / "backing", played.outbox(ASSET))
        disk.mount()
        try:
            played.start(ASSET, recording, 20.0, synchronous)
            played.wait_until(lambda: played.accepted() > 20)
            played.rig.kill()
            before = played.accepted()
            played.wait_until(lambda: played.accepted() > before + 60)
            played.kill(ASSET)
            disk.cut_power()
            disk.mount()
            played.rig.start()
            played.start(ASSET, recording, 20.0, synchronous)
            played.end(ASSET, recording)
            return played.verdict()
        finally:
            played.close()
            disk.cut_power()


def test_a_power_cut_takes_nothing_that_was_accepted(tmp_path: Path) -> None:
    verdict = after_a_power_cut(tmp_path, "FULL")

    assert verdict.is_exact, verdict
    assert verdict.accepted > 80


def test_a_power_cut_would_take_what_is_not_synced(tmp_path: Path) -> None:
    verdict = after_a_power_cut(tmp_path, "OFF")

    assert verdict.missing > 0


def outage(folder: Path, seconds: float, rows: int) -> float:
    """The store's disk is full for so long; agents hold, then the newest come first.

    How many seconds after there is room again the newest report is stored.
    """
    recording = folder / "drive.csv"
    write_drive(recording, rows)
    data = folder / "server" / "telemetry"
    with small_disk(data, 24_000), stage(folder, settings=Settings(message_seconds=1.0)) as played:
        played.start(ASSET, recording, speed=10.0)
        played.wait_until(lambda: any(one.stored > 10 for one in played.reports(ASSET)))
        ballast = data / "ballast"
        _fill(ballast)
        time.sleep(seconds)
        played.wait_until(lambda: any(one.missing > 0 for one in played.reports(ASSET)))
        played.wait_until(lambda: played.rig.centre.status().live == 1)
        (held,) = played.reports(ASSET)
        accepted_before = played.accepted()
        ballast.unlink()
        freed = time.monotonic()
        played.wait_until(lambda: played.rig.centre.latest_number(ASSET) >= accepted_before)
        live_again_seconds = time.monotonic() - freed
        played.finish(ASSET)
        verdict = played.verdict()
        (balance,) = played.reports(ASSET)

    assert held.missing > 0
    assert accepted_before > held.stored
    assert verdict.is_exact, verdict
    assert (balance.head, balance.stored) == (rows, rows)
    return live_again_seconds


def _fill(ballast: Path) -> None:
    with ballast.open("wb", buffering=0) as file:
        size = 1 << 20
        while size >= 512:
            try:
                file.write(bytes(size))
            except OSError:
                size //= 2


def test_a_store_without_room_delays_and_loses_nothing(tmp_path: Path) -> None:
    outage(tmp_path, seconds=8.0, rows=200)


@pytest.mark.soak
def test_a_store_without_room_for_ten_minutes_loses_nothing(tmp_path: Path) -> None:
    assert outage(tmp_path, seconds=600.0, rows=8000) < 5
