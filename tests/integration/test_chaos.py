"""Agent, broker and server killed, disks copied and put back: the store equals the witness."""

import random
import shutil
import time
from pathlib import Path

import pytest

from telemetry.words import ClockTrust
from tests.services.chaos import Stage, stage, write_drive

pytestmark = pytest.mark.integration

ASSET = "veh-001"
YEAR = 365 * 86_400.0
LONG_DRIVE = 6000
"""Rows, ten a second: however slow the machine, a test of some steps ends it in its midst."""
UNDER_WAY = 20
"""Rows that a killed agent may have been about to accept; nobody was told that it had."""


def kill_everything_in_turn(
    played: Stage, recording: Path, speed: float, kills: int, seed: int
) -> None:
    """`kills` kills of each part at seeded moments; the broker's files go once; clocks go wrong."""
    print(f"seed {seed}")
    moments = random.Random(seed)
    clocks = [
        (-56 * YEAR, ClockTrust.NONE),
        (10 * YEAR, ClockTrust.NONE),
        (-86_400.0, ClockTrust.NTP),
    ]
    played.start(ASSET, recording, speed)
    parts = ["agent", "broker", "server"] * kills
    moments.shuffle(parts)
    played.wait_until(lambda: played.accepted() > 0)
    for at, part in enumerate(parts):
        time.sleep(moments.uniform(0.3, 1.5))
        played.set_clock(*clocks[at % len(clocks)])
        if part == "agent":
            played.kill(ASSET)
            played.start(ASSET, recording, speed)
        elif part == "broker":
            if at == parts.index("broker"):
                shutil.rmtree(played.rig.data / "broker")
            played.rig.kill_broker()
        else:
            played.rig.kill()
            time.sleep(moments.uniform(0.0, 1.0))
            played.rig.start()


def test_kills_lose_nothing_and_store_nothing_twice(tmp_path: Path) -> None:
    recording = tmp_path / "drive.csv"
    write_drive(recording, 300)

    with stage(tmp_path) as played:
        kill_everything_in_turn(played, recording, speed=20.0, kills=2, seed=4)
        played.finish(ASSET)
        verdict = played.verdict()
        (balance,) = played.reports(ASSET)
        dates = [report.measured_at for report in played.rig.centre.reports()]

    assert verdict.is_exact, verdict
    assert verdict.misnumbered == 0
    assert verdict.stored >= 300 - UNDER_WAY
    assert balance.head == balance.stored == verdict.stored
    assert all(date is not None and 2026 <= date.year < 2036 for date in dates)


@pytest.mark.soak
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_twenty_kills_of_each_part_lose_nothing(tmp_path: Path, seed: int) -> None:
    recording = tmp_path / "drive.csv"
    write_drive(recording, 3000)

    with stage(tmp_path) as played:
        kill_everything_in_turn(played, recording, speed=20.0, kills=20, seed=seed)
        played.finish(ASSET, 300)
        verdict = played.verdict()

    assert verdict.is_exact, verdict
    assert verdict.stored >= 3000 - 20 * UNDER_WAY


def test_a_disk_put_back_to_an_older_copy_opens_a_new_epoch(tmp_path: Path) -> None:
    recording = tmp_path / "drive.csv"
    write_drive(recording, LONG_DRIVE)

    with stage(tmp_path) as played:
        played.start(ASSET, recording, 10.0)
        played.wait_until(lambda: played.accepted() > 40)
        played.kill(ASSET)
        shutil.copytree(played.outbox(ASSET), tmp_path / "copy")
        played.start(ASSET, recording, 10.0)
        played.wait_until(lambda: _stored(played) > 100)
        played.kill(ASSET)
        in_flight = played.accepted() - _stored(played)
        shutil.rmtree(played.outbox(ASSET))
        shutil.copytree(tmp_path / "copy", played.outbox(ASSET))
        played.start(ASSET, recording, 10.0)
        played.wait_until(lambda: len(played.reports(ASSET)) >= 2)
        played.end(ASSET, recording)
        verdict = played.verdict()
        epochs = played.reports(ASSET)

    assert verdict.missing <= in_flight  # what was neither copied nor sent is gone with the disk
    assert (verdict.twice, verdict.strange) == (0, 0)
    assert len(epochs) >= 2


def test_an_older_copy_that_counts_on_offline_is_found_to_be_forked(tmp_path: Path) -> None:
    recording = tmp_path / "drive.csv"
    write_drive(recording, LONG_DRIVE)

    with stage(tmp_path) as played:
        played.start(ASSET, recording, 10.0)
        played.wait_until(lambda: played.accepted() > 40)
        played.kill(ASSET)
        shutil.copytree(played.outbox(ASSET), tmp_path / "copy")
        copied = played.accepted()
        played.start(ASSET, recording, 10.0)
        played.wait_until(lambda: _stored(played) > copied + 30)
        played.kill(ASSET)
        in_flight = played.accepted() - _stored(played)
        played.rig.kill()
        shutil.rmtree(played.outbox(ASSET))
        shutil.copytree(tmp_path / "copy", played.outbox(ASSET))
        gone_on = played.accepted()
        played.start(ASSET, recording, 10.0)
        played.wait_until(lambda: played.accepted() > gone_on + 100)
        played.rig.start()
        played.wait_until(lambda: len(played.reports(ASSET)) >= 2)
        played.end(ASSET, recording)
        verdict = played.verdict()
        epochs = played.reports(ASSET)
        journal = played.rig.centre.journal()

    assert verdict.missing <= in_flight
    assert (verdict.twice, verdict.strange) == (0, 0)
    assert len(epochs) >= 2
    assert "forked" in journal


def test_a_server_restored_from_a_backup_gets_everything_again(tmp_path: Path) -> None:
    recording = tmp_path / "drive.csv"
    write_drive(recording, LONG_DRIVE)

    with stage(tmp_path) as played:
        played.start(ASSET, recording, 10.0)
        played.wait_until(lambda: _stored(played) > 40)
        played.rig.stop()
        shutil.copytree(played.rig.data, tmp_path / "backup", ignore=_sockets)
        played.rig.start()
        played.wait_until(lambda: _stored(played) > 140)
        before = _stored(played)
        played.rig.kill()
        for path in (tmp_path / "backup").iterdir():
            target = played.rig.data / path.name
            if path.is_dir():
                shutil.rmtree(target)
                shutil.copytree(path, target)
            else:
                shutil.copy(path, target)
        played.rig.start()
        played.wait_until(lambda: _stored(played) > before)
        played.end(ASSET, recording)
        verdict = played.verdict()
        (balance,) = played.reports(ASSET)

    assert verdict.is_exact, verdict
    assert (balance.stored, balance.missing, balance.lost) == (verdict.stored, 0, 0)


def test_an_outbox_under_another_assets_name_is_set_aside(tmp_path: Path) -> None:
    recording = tmp_path / "drive.csv"
    write_drive(recording, 120)

    with stage(tmp_path, ["veh-001", "veh-002"]) as played:
        played.start("veh-001", recording, 20.0)
        played.wait_until(lambda: played.accepted() > 40)
        played.kill("veh-001")
        shutil.copytree(played.outbox("veh-001"), played.outbox("veh-002"))
        played.start("veh-001", recording, 20.0)
        played.start("veh-002", recording, 20.0)
        played.finish("veh-001")
        played.finish("veh-002")
        verdict = played.verdict()
        journal = played.rig.centre.journal()
        kept = list(played.outbox("veh-002").glob("outbox-other_asset-*"))

    assert verdict.is_exact, verdict
    assert verdict.stored >= 240 - UNDER_WAY
    assert "outbox_set_aside" in journal
    assert kept


def _stored(played: Stage) -> int:
    return sum(balance.stored for balance in played.reports(ASSET))


def _sockets(folder: str, names: list[str]) -> list[str]:
    return [name for name in names if name.endswith(".sock")]
