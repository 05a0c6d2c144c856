"""Control groups of jobs, with the real kernel's: memory that is bounded, and one word for all."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest

from edge_agent.executor.cages import Cage, Cages, of_version_1
from edge_agent.executor.job import How, Job, run

pytestmark = [pytest.mark.root]

EATER = "x = []\nfor _ in range(400): x.append(bytearray(1 << 20))\nprint('had it all')"
MEMORY = Path("/sys/fs/cgroup/memory")
UNIFIED = Path("/sys/fs/cgroup/unified")


@pytest.fixture
def group(request: pytest.FixtureRequest) -> Iterator[Path]:
    """A group of this test in a hierarchy."""
    folder = Path(request.param) / f"courtfleet-test-{os.getpid()}"
    folder.mkdir()
    yield folder
    folder.rmdir()


def eat(cages: Cages, folder: Path) -> tuple[How, bool, bytes]:
    said: list[bytes] = []
    job = Job([sys.executable, "-c", EATER], folder, f"{folder}:test", 60.0)
    ended = run(job, Event(), said.append, cages)
    return ended.how, ended.was_short_of_memory, b"".join(said)


@pytest.mark.skipif(not MEMORY.is_dir(), reason="the kernel has no memory controller of version 1")
@pytest.mark.parametrize("group", [MEMORY], indirect=True)
def test_a_job_that_wants_too_much_memory_is_ended(group: Path, tmp_path: Path) -> None:
    little = eat(of_version_1(group, 100 << 20), tmp_path)
    enough = eat(of_version_1(group, 900 << 20), tmp_path)

    assert little == (How.EXITED, True, b"")
    assert enough == (How.EXITED, False, b"had it all\n")


@pytest.mark.skipif(not UNIFIED.is_dir(), reason="the hierarchy of version 2 is elsewhere")
@pytest.mark.parametrize("group", [UNIFIED], indirect=True)
def test_one_word_ends_all_processes_of_a_group(group: Path) -> None:
    cage = Cages(group, "memory.events", {}).cage()
    assert cage is not None
    child = os.fork()
    if not child:
        cage.add(os.getpid())
        os.setsid()
        Event().wait()
    while not (cage.folder / "cgroup.procs").read_text().split():
        Event().wait(0.01)
    cage.end()
    _, status = os.waitpid(child, 0)
    while (cage.folder / "cgroup.procs").read_text().split():
        Event().wait(0.01)
    cage.remove()

    assert os.waitstatus_to_exitcode(status) == -9
    assert not cage.folder.exists()


def test_without_leave_there_is_no_group(tmp_path: Path) -> None:
    assert Cages(tmp_path / "absent", "memory.events", {}).cage() is None
    assert not Cage(tmp_path / "absent", "memory.events").was_short_of_memory()
