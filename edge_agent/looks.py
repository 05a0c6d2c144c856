"""Short-lived programs for what is too heavy for the running agent, one at a time.

A look begins with a clean environment, in a session of its own, with little memory; at its limit it
is killed with all its children, even when the agent is gone by then. That only one runs at a time
on the whole machine keeps the peak of memory that of the agent and the largest of them.
"""

import fcntl
import os
import selectors
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from threading import Event
from time import monotonic
from typing import Final, NamedTuple

_PATH: Final = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_TRY_AGAIN_SECONDS: Final = 0.05
_MOST_COMPLAINT_BYTES: Final = 4096
_READ_BYTES: Final = 65_536
_DIES_WITHIN_SECONDS: Final = 1.0
_NOT_FOUND: Final = 127
"""What `timeout` and `prlimit` answer for a program that is not installed."""


class LookFailed(Exception):
    """A look has no answer."""


class NoProgram(LookFailed):
    """This machine lacks the program."""


class NoTurn(LookFailed):
    """Another look went on for all of the time that this one could wait."""


class TookTooLong(LookFailed):
    """It was killed at its limit."""


class Looked(NamedTuple):
    """How a look ended; `complaint` is the beginning of its standard error."""

    status: int
    output: bytes
    complaint: str


class Looks:
    """Runs short-lived programs; `folder` is the agent's own: the lock, and the programs' home."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._closing = Event()

    def look(
        self,
        command: Sequence[str],
        *,
        seconds: float,
        wait_seconds: float | None = 30.0,
        megabytes: int = 80,
        most_bytes: int = 1_000_000,
        environment: Mapping[str, str] | None = None,
    ) -> Looked:
        """Run `command` for at most `seconds`, after waiting for its turn; blocks.

        `wait_seconds` None: it is so small that it runs beside others. `megabytes` is of memory of
        its own (RLIMIT_DATA). Output beyond `most_bytes` ends it.

        Raises:
            NoProgram: it is not installed.
            NoTurn: others looked for longer than `wait_seconds`, or the agent is ending.
            TookTooLong: it was killed.
        """
        # A thread's stack counts whole, however little of it is used.
        limits = ["prlimit", f"--data={megabytes << 20}", f"--stack={1 << 20}", "--core=0"]
        # The first kills it when this process can no longer do that.
        guarded = ["timeout", "--signal=KILL", f"{seconds + 1:.1f}", *limits, *command]
        turn = nullcontext() if wait_seconds is None else self.turn(wait_seconds)
        with turn, self._started(guarded, environment) as process:
            looked = self._follow(process, monotonic() + seconds, most_bytes)
        if looked.status == _NOT_FOUND:
            raise NoProgram(command[0])
        return looked

    @contextmanager
    def turn(self, seconds: float) -> Iterator[None]:
        """This machine's one turn, held by whoever is inside.

        Raises:
            NoTurn: it did not come within `seconds`, or the agent is ending.
        """
        until = monotonic() + seconds
        try:
            file = (self.folder / "looks.lock").open("w")
        except OSError as error:
            raise NoTurn(str(error)) from error
        with file:
            while not self._closing.is_set():
                with suppress(BlockingIOError):
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                if monotonic() >= until:
                    raise NoTurn(f"another look took more than {seconds:g} s")
                self._closing.wait(_TRY_AGAIN_SECONDS)
            if self._closing.is_set():
                raise NoTurn("the agent is ending")
            yield

    def close(self) -> None:
        """Ends the look under way, and lets none begin; called from another thread."""
        self._closing.set()

    @contextmanager
    def _started(
        self, command: Sequence[str], environment: Mapping[str, str] | None
    ) -> Iterator["subprocess.Popen[bytes]"]:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={
                "PATH": _PATH,
                "HOME": str(self.folder),
                "LANG": "C.UTF-8",
                "MALLOC_ARENA_MAX": "1",
                **(environment or {}),
            },
            start_new_session=True,
        )
        try:
            yield process
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            for pipe in (process.stdout, process.stderr):
                if pipe is not None:
                    pipe.close()
            # One that a driver holds in the kernel does not die; it must not hold us too.
            with suppress(subprocess.TimeoutExpired):
                process.wait(_DIES_WITHIN_SECONDS)

    def _follow(self, process: "subprocess.Popen[bytes]", until: float, most_bytes: int) -> Looked:
        """What it says until it ends.

        Raises:
            TookTooLong: it did not end in time, or says more than it may.
        """
        said = {"output": bytearray(), "complaint": bytearray()}
        most = {"output": most_bytes, "complaint": _MOST_COMPLAINT_BYTES}
        with selectors.DefaultSelector() as pipes:
            for key, pipe in (("output", process.stdout), ("complaint", process.stderr)):
                if pipe is not None:
                    pipes.register(pipe, selectors.EVENT_READ, key)
            while pipes.get_map():
                if monotonic() >= until or self._closing.is_set():
                    raise TookTooLong("killed at its limit")
                for ready, _ in pipes.select(min(until - monotonic(), 0.5)):
                    received = os.read(ready.fd, _READ_BYTES)
                    if len(said[ready.data]) <= most[ready.data]:
                        said[ready.data] += received
                    if not received:
                        pipes.unregister(ready.fileobj)
                if len(said["output"]) > most_bytes:
                    raise TookTooLong("it says more than it may")
        try:
            status = process.wait(max(until - monotonic(), 0.01))
        except subprocess.TimeoutExpired as error:
            raise TookTooLong("killed at its limit") from error
        complaint = said["complaint"].decode(errors="replace")
        return Looked(status, bytes(said["output"]), complaint)
