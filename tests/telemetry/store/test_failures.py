"""A full disk and a kill at any moment: nothing committed is lost, nothing is stored twice."""

import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from telemetry.store.duckdb_store import DuckDBStore
from telemetry.store.port import Fate, ReportRow, StoreUnavailable
from tests.telemetry.store.reports import DAY, NOON, everything, report

SEEDS = [11, 12, 13, 14]


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Path]:
    """A file system of its own."""
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "none", folder], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


def wide(number: int, size: int = 1000) -> ReportRow:
    """A report that does not compress well."""
    noise = random.Random(number).randbytes(size // 2).hex()
    return report(number, metrics={"cell_raw": noise})


@pytest.mark.root
def test_a_store_goes_on_when_a_full_disk_has_room_again(tmp_path: Path) -> None:
    committed: list[ReportRow] = []
    refusals = 0
    with small_disk(tmp_path / "disk", megabytes=12) as disk:
        filler = disk / "filler"
        filler.write_bytes(bytes(7_000_000))
        store = DuckDBStore(disk / "store")
        for first in range(1, 20_000, 100):
            batch = [wide(number) for number in range(first, first + 100)]
            try:
                store.commit(batch, [])
                committed += batch
            except StoreUnavailable:
                refusals += 1
                assert everything(store) == committed
                if refusals == 3:
                    break
        filler.unlink()
        more = [wide(number) for number in range(30_000, 30_100)]
        store.commit(more, [])
        found = everything(store)
        # as a kill would leave it, without the checkpoint of an orderly end
        shutil.copytree(disk / "store", tmp_path / "killed")
        store.close()
    reopened = DuckDBStore(tmp_path / "killed")
    after = everything(reopened)
    reopened.close()

    assert refusals == 3
    assert found == after == committed + more


@pytest.mark.root
def test_a_commit_whose_checkpoint_finds_no_room_is_stored_all_the_same(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", megabytes=90) as disk:
        store = DuckDBStore(disk / "store")
        committed = 0
        rows: list[ReportRow] = []
        while (disk / "store" / "telemetry.duckdb").stat().st_size < 1_000_000:
            rows = [wide(number, 100_000) for number in range(committed + 1, committed + 41)]
            store.commit(rows, [])
            committed += 40
        log_bytes = (disk / "store" / "telemetry.duckdb.wal").stat().st_size
        found = [row.number for row in everything(store)]
        again = store.commit(rows, [])
        store.close()

    # a checkpoint that succeeds removes the log
    assert log_bytes > 64_000_000
    assert found == list(range(1, committed + 1))
    assert again == ([Fate.REPEATED] * 40, [])


WRITER = """
import sys
from pathlib import Path
from telemetry.store.duckdb_store import DuckDBStore
from tests.telemetry.store.reports import NOON, report

store = DuckDBStore(Path(sys.argv[1]))
witness = open(sys.argv[2], "a")
first = int(sys.argv[3])
while True:
    batch = [report(n, at=NOON + n, devices={"d": {"cqi": n}}) for n in range(first, first + 50)]
    # the same again, as after an ack that was lost
    fates, _ = store.commit(batch[:20] + batch, [])
    witness.write(f"{first}\\n")
    witness.flush()
    first += 50
"""


@pytest.mark.parametrize("seed", SEEDS)
def test_a_kill_loses_nothing_committed_and_stores_nothing_twice(tmp_path: Path, seed: int) -> None:
    dice = random.Random(seed)
    witness = tmp_path / "witness"
    witness.touch()
    told: list[int] = []
    for _ in range(3):
        # what was under way when the writer was killed is tried again
        first = told[-1] if told else 1
        before = witness.stat().st_size
        command = [sys.executable, "-c", WRITER, str(tmp_path / "store"), str(witness), str(first)]
        writer = subprocess.Popen(command)
        while writer.poll() is None and witness.stat().st_size == before:
            time.sleep(0.005)
        time.sleep(dice.uniform(0.0, 0.4))
        writer.send_signal(signal.SIGKILL)
        writer.wait()
        told = [int(line) for line in witness.read_text().split()]

    store = DuckDBStore(tmp_path / "store")
    found = everything(store)
    [(_, _, taken)] = store.taken()
    store.close()

    numbers = [row.number for row in found]
    assert len(told) > 2
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(numbers) >= told[-1] + 49
    assert all(row.devices == {"d": {"cqi": row.number}} for row in found)
    assert list(taken) == [(1, len(numbers))]


SEALER = """
import os
import sys
from pathlib import Path
from telemetry.store.duckdb_store import DuckDBStore
from tests.telemetry.store.reports import DAY, NOON

survived = 0

def dying(call):
    def instead(*arguments, **named):
        global survived
        survived += 1
        if survived == int(sys.argv[2]):
            os.kill(os.getpid(), 9)
        return call(*arguments, **named)
    return instead

store = DuckDBStore(Path(sys.argv[1]))
os.fsync = dying(os.fsync)
os.replace = dying(os.replace)
store.seal_days(NOON + 2 * DAY)
os.kill(os.getpid(), 9)
"""


def test_a_kill_at_any_step_of_sealing_loses_nothing(tmp_path: Path) -> None:
    rows = [
        report(n, at=at + n, devices={"d": {"cqi": n}})
        for at in (NOON, NOON + DAY)
        for n in range(at // DAY * 100, at // DAY * 100 + 50)
    ]
    store = DuckDBStore(tmp_path / "store")
    store.commit(rows, [])
    store.close()

    sealed = []
    for step in range(1, 14):
        command = [sys.executable, "-c", SEALER, str(tmp_path / "store"), str(step)]
        assert subprocess.run(command).returncode == -signal.SIGKILL
        store = DuckDBStore(tmp_path / "store")
        assert everything(store) == rows
        assert store.commit(rows, [])[0] == [Fate.REPEATED] * len(rows)
        store.close()
        sealed.append(len(list((tmp_path / "store" / "sealed").glob("*.parquet"))))

    assert sealed[0] == 0
    assert sealed[-1] == 4
    assert [path.name for path in tmp_path.iterdir()] == ["store"]
