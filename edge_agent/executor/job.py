"""One process tree of an order: started, listened to, and ended with all that it has started."""

import logging
import os
import selectors
import subprocess
import time
from collections.abc import Callable, Sequence
from enum import Enum, auto
from pathlib import Path
from threading import Event
from typing import IO, Final, NamedTuple

from edge_agent.executor.cages import Cages
from edge_agent.executor.processes import MARK, end_all, interpreter

logger = logging.getLogger(__name__)

_ASK_EVERY_SECONDS: Final = 0.1
_LONGEST_LINE: Final = 1 << 20
_CHUNK: Final = 1 << 16
_ANSIBLE: Final = Path(__file__).resolve().with_name("ansible.cfg")
"""The file itself: a play may switch the link by which this release was started."""
_SYSTEM_PATH: Final = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


class How(Enum):
    """How a job ended."""

    EXITED = auto()
    TIME = auto()
    CANCELLED = auto()


class Ended(NamedTuple):
    """`status` as of `subprocess`: below 0 the signal that ended it."""

    how: How
    status: int
    was_short_of_memory: bool = False


class Job(NamedTuple):
    """What to run in `folder`, which is made for it and wiped by whoever made it."""

    argv: Sequence[str]
    folder: Path
    mark: str
    limit_seconds: float


def run(
    job: Job, is_cancelled: Event, take: Callable[[bytes], None], cages: Cages | None = None
) -> Ended:
    """Run it to its end, or to the limit's, and give each line that it says to `take`. Blocks.

    Afterwards no process of it is left. Lines over 1 MiB are left out. `cages`: where its control
    group is made.

    Raises:
        OSError: it could not be started.
    """
    cage = None if cages is None else cages.cage()
    with subprocess.Popen(
        job.argv,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=job.folder,
        env=clean_environment(job.folder, job.mark),
        start_new_session=True,
    ) as process:
        assert process.stdout is not None  # noqa: S101 -- it was asked for
        if cage is not None:  # before it has started anything
            cage.add(process.pid)
        try:
            how = _listen(process, process.stdout, job.limit_seconds, is_cancelled, take)
        finally:
            process.kill()
            status = process.wait()
            if cage is not None:
                cage.end()
            if not end_all(job.mark):
                logger.error("processes of an order could not be ended")
    if cage is None:
        return Ended(how, status)
    was_short = cage.was_short_of_memory()
    cage.remove()
    return Ended(how, status, was_short)


def clean_environment(folder: Path, mark: str) -> dict[str, str]:
    """Nothing of the executor's own environment; homes and temporary files are in the job."""
    programs = Path(interpreter()).parent
    return {
        "PATH": f"{programs}:{_SYSTEM_PATH}",
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "LC_ALL": "C.UTF-8",
        "PYTHONUNBUFFERED": "1",
        "MALLOC_ARENA_MAX": "1",
        "ANSIBLE_CONFIG": str(_ANSIBLE),
        "ANSIBLE_NOCOLOR": "1",
        # Ansible looks in the user's home of the machine's list, and its module writes to ours.
        "ANSIBLE_ASYNC_DIR": str(folder / "async"),
        MARK: mark,
    }


def _listen(
    process: "subprocess.Popen[bytes]",
    said: IO[bytes],
    limit_seconds: float,
    is_cancelled: Event,
    take: Callable[[bytes], None],
) -> How:
    until = time.monotonic() + limit_seconds
    lines = _Lines(take)
    os.set_blocking(said.fileno(), False)
    with selectors.DefaultSelector() as selector:
        selector.register(said, selectors.EVENT_READ)
        while True:
            if is_cancelled.is_set():
                return How.CANCELLED
            if time.monotonic() >= until:
                return How.TIME
            is_over = process.poll() is not None
            if not selector.select(0 if is_over else _ASK_EVERY_SECONDS):
                if is_over:  # whoever else holds the pipe is ended with it
                    return How.EXITED
                continue
            data = os.read(said.fileno(), _CHUNK)
            if not data:
                process.wait(max(until - time.monotonic(), 0.1))
                return How.EXITED
            lines.add(data)


class _Lines:
    """Bytes cut into lines, of which none is too long."""

    def __init__(self, take: Callable[[bytes], None]) -> None:
        self._take = take
        self._begun = bytearray()
        self._is_too_long = False

    def add(self, data: bytes) -> None:
        for piece in data.splitlines(keepends=True):
            self._begun += piece
            if len(self._begun) > _LONGEST_LINE:
                self._is_too_long = True
                self._begun.clear()
            if piece.endswith(b"\n"):
                if not self._is_too_long:
                    self._take(bytes(self._begun))
                self._is_too_long = False
                self._begun.clear()
