"""Short-lived programs as the agent runs them: they hang, talk, grow and leave children."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from threading import Thread

import pytest

from edge_agent.looks import Looks, NoProgram, NoTurn, TookTooLong
from tests.services.waiting import PATIENCE_SECONDS

pytestmark = pytest.mark.integration

SECONDS = PATIENCE_SECONDS
LATEST_BEGIN_SECONDS = 5.0
"""So long a look may take until it has written where it is."""


def is_alive(pid: int) -> bool:
    """A zombie is dead: whoever has it may reap it late."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def wait_until_dead(pid: int) -> None:
    until = time.monotonic() + SECONDS
    while is_alive(pid):
        assert time.monotonic() < until, "it lives on"
        time.sleep(0.02)


def wait_for(file: Path) -> str:
    until = time.monotonic() + SECONDS
    while not (file.exists() and file.read_text().endswith("\n")):
        assert time.monotonic() < until, "it never began"
        time.sleep(0.02)
    return file.read_text()


def test_a_look_gives_status_output_and_complaint(tmp_path: Path) -> None:
    command = ["sh", "-c", "echo seen; echo why >&2; exit 3"]

    assert Looks(tmp_path).look(command, seconds=SECONDS) == (3, b"seen\n", "why\n")


def test_a_look_inherits_nothing_of_the_agents_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COURTFLEET_SECRET", "of the agent")

    looked = Looks(tmp_path).look(["env"], seconds=SECONDS, environment={"ASKED": "for"})

    names = {line.split(b"=")[0] for line in looked.output.splitlines()}
    assert names == {b"PATH", b"HOME", b"LANG", b"MALLOC_ARENA_MAX", b"ASKED"}


def test_a_program_that_is_not_installed_is_named(tmp_path: Path) -> None:
    with pytest.raises(NoProgram, match="no-such-program"):
        Looks(tmp_path).look(["no-such-program"], seconds=SECONDS)


def test_a_look_that_hangs_is_killed_with_its_children(tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"
    command = ["sh", "-c", f"trap '' TERM; sleep 600 & echo $! > {pid_file}; wait"]
    began = time.monotonic()

    with pytest.raises(TookTooLong):
        Looks(tmp_path).look(command, seconds=LATEST_BEGIN_SECONDS)

    assert time.monotonic() - began < SECONDS
    wait_until_dead(int(wait_for(pid_file)))


def test_a_look_that_closes_its_output_and_hangs_is_killed_too(tmp_path: Path) -> None:
    with pytest.raises(TookTooLong):
        Looks(tmp_path).look(["sh", "-c", "exec >&- 2>&-; sleep 600"], seconds=0.5)


def test_a_look_that_says_too_much_is_ended(tmp_path: Path) -> None:
    with pytest.raises(TookTooLong, match="more than it may"):
        Looks(tmp_path).look(["yes"], seconds=SECONDS, most_bytes=10_000)


def test_a_look_that_wants_too_much_memory_does_not_get_it(tmp_path: Path) -> None:
    grow = [sys.executable, "-c", "b = bytearray(200 << 20); print(len(b))"]

    assert Looks(tmp_path).look(grow, seconds=SECONDS, megabytes=80).status != 0
    assert Looks(tmp_path).look(grow, seconds=SECONDS, megabytes=300).status == 0


def test_looks_are_taken_one_at_a_time_also_by_two_processes(tmp_path: Path) -> None:
    marks = tmp_path / "marks"
    command = ["sh", "-c", f"echo in >> {marks}; sleep 0.2; echo out >> {marks}"]
    threads = [
        Thread(target=lambda: Looks(tmp_path).look(command, seconds=SECONDS)) for _ in range(3)
    ]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert marks.read_text().split() == ["in", "out"] * 3


def test_who_waits_too_long_for_a_turn_is_told_so(tmp_path: Path) -> None:
    with Looks(tmp_path).turn(SECONDS), pytest.raises(NoTurn):
        Looks(tmp_path).look(["true"], seconds=SECONDS, wait_seconds=0.2)


def test_an_agent_that_ends_ends_its_look(tmp_path: Path) -> None:
    looks = Looks(tmp_path)
    outcomes: list[type[Exception]] = []

    def look() -> None:
        try:
            looks.look(["sh", "-c", f"echo begun > {tmp_path / 'begun'}; sleep 600"], seconds=600)
        except TookTooLong as error:
            outcomes.append(type(error))

    thread = Thread(target=look)
    thread.start()
    wait_for(tmp_path / "begun")
    looks.close()
    thread.join(SECONDS)

    assert outcomes == [TookTooLong]
    with pytest.raises(NoTurn, match="ending"):
        looks.look(["true"], seconds=1)


def test_a_look_does_not_outlive_an_agent_that_is_killed(tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"
    hangs = ["sh", "-c", f"echo $$ > {pid_file}; sleep 600"]
    agent = "from pathlib import Path; from edge_agent.looks import Looks; "
    agent += f"Looks(Path({str(tmp_path)!r})).look({hangs!r}, seconds={LATEST_BEGIN_SECONDS})"
    process = subprocess.Popen([sys.executable, "-c", agent], cwd=Path(__file__).parents[2])
    looker = int(wait_for(pid_file))
    os.kill(process.pid, signal.SIGKILL)
    process.wait()

    wait_until_dead(looker)
