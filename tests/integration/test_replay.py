"""`courtfleet replay --check`: every row is stored once, fields equal, missing as missing."""

import subprocess
import sys
from pathlib import Path

import pytest
from msgspec import Struct, json

from tests.services.recordings import recordings

pytestmark = pytest.mark.integration

HEADER = "Timestamp,Longitude,Latitude,Speed,NetworkMode,RSRP,SNR,DL_bitrate,UL_bitrate,State"


class Said(Struct):
    rows: int
    refused_rows: int
    stored: int
    missing: int
    altered: int
    misdated: int
    duplicates_ignored: int
    set_aside: int
    dropped: int
    seconds: float


def replay(*arguments: str | Path) -> tuple[int, Said, str]:
    done = subprocess.run(
        [sys.executable, "-m", "courtfleet", "replay", "--check", "--json", *arguments],
        capture_output=True,
        text=True,
        timeout=580,
        check=False,
    )
    assert done.stdout, done.stderr
    return done.returncode, json.decode(done.stdout, type=Said), done.stderr


def stored_exactly(said: Said, rows: int) -> bool:
    wrong = said.missing + said.altered + said.misdated + said.set_aside + said.dropped
    return said.rows == said.stored == rows and wrong == 0


def test_a_made_up_drive_is_stored_row_by_row(tmp_path: Path) -> None:
    rows = [
        f"2024.05.06_09.{at // 60:02}.{at % 60:02},106.5{at},29.56,{at % 90},"
        f"{'5G' if at % 7 else 'LTE'},{-200 if at % 5 else -90},-,{at * 7},{at % 3},D"
        for second in range(0, 120, 2)
        for at in (second, second)  # two rows a second, not all of them alike
    ]
    rows[10] = rows[10].replace(",D", ",I")
    damaged = "2024.05.06_09.03.00,not a number"
    path = tmp_path / "drive.csv"
    path.write_text("\n".join([HEADER, *rows, damaged]) + "\n")

    status, said, errors = replay(path, "--speed", "60")

    assert status == 0
    assert stored_exactly(said, 120)
    assert said.refused_rows == 1
    assert f"{path}:122: 2 columns, the header has 10" in errors


def test_all_real_drives_at_once_are_stored_row_by_row() -> None:
    traces = sorted(recordings("drive-traces").glob("*.csv"))

    status, said, _ = replay(*traces, "--speed", "200")

    assert status == 0, said
    assert stored_exactly(said, 15_905)


@pytest.mark.soak
def test_all_real_drives_at_sixty_times_are_stored_row_by_row() -> None:
    traces = sorted(recordings("drive-traces").glob("*.csv"))

    status, said, _ = replay(*traces, "--speed", "60")

    assert status == 0, said
    assert stored_exactly(said, 15_905)


def test_real_receiver_logs_are_stored_row_by_row() -> None:
    logs = sorted(recordings("gnss").glob("*.log"))

    status, said, _ = replay(*logs, "--speed", "30")

    assert status == 0, said
    assert stored_exactly(said, 156)
