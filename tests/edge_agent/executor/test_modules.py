"""Programs handed to a warm interpreter, which the real one of a play's modules asks for."""

import os
import signal
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import ansible.module_utils
import pytest

from edge_agent.executor.interpreter import SOCKET
from tests.services.waiting import wait_for

SERVER = """
import sys
from pathlib import Path
from edge_agent.executor import modules
print(modules.serve(Path(sys.argv[1]), Path(sys.argv[2])), flush=True)
sys.stdin.read()
"""
ASKER = """
import sys
from edge_agent.executor.interpreter import main
sys.exit(main())
"""
LOOK = """
import os, sys
is_warm = "ansible.module_utils.basic" in sys.modules
file = globals().get("__file__")
print(is_warm, __name__, sys.argv[1:], os.getcwd(), os.environ.get("COURT"), file)
"""
# As Ansible's wrapper does: what is packed comes before all else.
PACKED = """
import sys
sys.path.insert(0, {archive!r})
import ansible.modules.ping
import ansible.module_utils.basic
import ansible.module_utils.courtfleet_only
from ansible.module_utils import _internal
print(ansible.modules.ping.__file__)
print(ansible.module_utils.courtfleet_only.__file__)
print(ansible.module_utils.basic.__file__)
print(_internal.is_controller)
"""
MEET = """
import sys
open({place!r}, sys.argv[1]).close()
"""
STAY = """
import pathlib, subprocess, time
child = subprocess.Popen(["sleep", "4242"])
pathlib.Path({place!r}).write_text(str(child.pid))
time.sleep(4242)
"""


@dataclass
class Play:
    """One whose first process has a server; `folder` is its job's."""

    folder: Path
    process: "subprocess.Popen[str]"

    @property
    def server(self) -> int:
        (found,) = children(self.process.pid)
        return found

    def begin(self, *argv: str, **environment: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, "-c", ASKER, *argv],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=self.folder,
            env={
                "PATH": os.environ["PATH"],
                SOCKET: str(self.folder / "modules"),
                **environment,
            },
        )

    def run(self, program: str, *argv: str, **environment: str) -> tuple[str, str, int]:
        """What it says, complains of, and ends with; handed in by a pipe."""
        process = self.begin(*argv, **environment)
        said, complaint = process.communicate(program)
        return said, complaint, process.returncode

    def file(self, program: str) -> str:
        file = self.folder / "program.py"
        file.write_text(program)
        return str(file)


@pytest.fixture
def play(tmp_path: Path) -> Iterator[Play]:
    project = tmp_path / "project"
    project.mkdir()
    argv = [sys.executable, "-c", SERVER, str(tmp_path / "modules"), str(project)]
    with subprocess.Popen(
        argv,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={"PATH": os.environ["PATH"]},
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "True\n"
        yield Play(tmp_path, process)


def children(pid: int) -> list[int]:
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def is_running(pid: int) -> bool:
    try:
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False


def test_a_program_of_a_pipe_or_a_file_has_what_python_would_give_it(play: Play) -> None:
    by_pipe, *_ = play.run(LOOK, COURT="一")
    file = play.file(LOOK)
    by_file, *_ = play.run("", file, "one", "two", COURT="二")

    assert by_pipe == f"True __main__ [] {play.folder} 一 None\n"
    assert by_file == f"True __main__ ['one', 'two'] {play.folder} 二 {file}\n"


def test_a_program_ends_as_it_would_have(play: Play) -> None:
    leave = "import atexit, sys\natexit.register(print, 'left')\nsys.exit(3)"
    raised = play.run("raise ValueError('no')")
    signalled = play.run("import os, signal\nos.kill(os.getpid(), signal.SIGTERM)")

    assert play.run("print('well')") == ("well\n", "", 0)
    assert play.run(leave) == ("left\n", "", 3)
    told = 'Traceback (most recent call last):\n  File "<stdin>", line 1, in <module>\n'
    assert raised == ("", f"{told}ValueError: no\n", 1)
    assert signalled == ("", "", -signal.SIGTERM)


def test_modules_are_the_packed_ones_and_what_they_share_is_the_installed(play: Play) -> None:
    archive = play.folder / "payload.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        for name in ("", "modules/", "module_utils/"):
            packed.writestr(f"ansible/{name}__init__.py", "")
        packed.writestr("ansible/modules/ping.py", "")
        packed.writestr("ansible/module_utils/courtfleet_only.py", "")
        packed.writestr("ansible/module_utils/basic.py", "raise AssertionError")
    said, complaint, _ = play.run(PACKED.format(archive=str(archive)))

    shared = Path(ansible.module_utils.__path__[0])
    assert said.splitlines() == [
        f"{archive}/ansible/modules/ping.py",
        f"{archive}/ansible/module_utils/courtfleet_only.py",
        str(shared / "basic.py"),
        "False",
    ], complaint


def test_programs_run_beside_each_other(play: Play) -> None:
    place = play.folder / "fifo"
    os.mkfifo(place)
    file = play.file(MEET.format(place=str(place)))
    both = [play.begin(file, mode) for mode in ("r", "w")]  # each waits there for the other

    assert [(*one.communicate(), one.returncode) for one in both] == [("", "", 0)] * 2


def test_what_python_reads_when_it_starts_is_not_warm(play: Play) -> None:
    assert play.run(LOOK)[0].startswith("True ")
    assert play.run(LOOK, LC_ALL="C")[0].startswith("False ")
    assert play.run("", "-c", LOOK)[0].startswith("False ")
    assert play.run(LOOK, PYTHONPATH=str(play.folder))[0].startswith("False ")


def test_a_project_that_brings_what_modules_share_has_them_run_plainly(play: Play) -> None:
    (play.folder / "project" / "roles" / "own" / "module_utils").mkdir(parents=True)

    assert play.run(LOOK)[0].startswith("False ")
    assert play.run(LOOK)[0].startswith("False ")


def test_without_a_server_a_program_is_run_plainly(play: Play) -> None:
    server = play.server
    os.kill(server, signal.SIGKILL)

    assert play.run(LOOK)[0].startswith("False ")
    assert play.run(LOOK, **{SOCKET: ""})[0].startswith("False ")


def test_a_program_outlives_its_server(play: Play) -> None:
    wait = "print('begun', flush=True)\ninput()\n"
    file = play.file(wait)
    begun = play.begin(file)
    assert begun.stdout is not None
    assert begun.stdout.readline() == "begun\n"
    os.kill(play.server, signal.SIGKILL)

    begun.communicate("go on\n")
    assert begun.returncode == 0
    assert play.run(LOOK)[0].startswith("False ")


def test_the_server_ends_with_the_play(play: Play) -> None:
    play.run("")
    server = play.server
    play.process.kill()

    wait_for(lambda: not is_running(server))


def test_a_program_that_nobody_waits_for_ends_with_what_it_has_started(play: Play) -> None:
    place = play.folder / "child"
    asked = play.begin(play.file(STAY.format(place=str(place))))
    wait_for(lambda: place.exists() and place.read_text() != "")
    child = int(place.read_text())
    asked.kill()
    asked.communicate()

    wait_for(lambda: not is_running(child))


def test_only_its_own_user_comes_to_a_server(play: Play) -> None:
    """The folder is closed to others, too."""
    assert (play.folder / "modules").stat().st_mode & 0o777 == 0o600
