"""Processes that must all end: found by descent, and by a mark in their environment.

Ansible's workers call `setsid`, and what they start may be orphaned; so the executor adopts orphans
(sub-reaper), and a job's processes carry its mark, by which they are found even after the executor
itself was killed.
"""

import ctypes
import os
import resource
import signal
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

MARK: Final = "COURTFLEET_ORDER"
"""The environment variable that says to which order a process belongs."""

_PR_SET_PDEATHSIG: Final = 1
_PR_SET_CHILD_SUBREAPER: Final = 36
_NICE: Final = 10
_UMASK: Final = 0o022
"""As for anybody who runs a play: what it installs is there for others to read."""
_END_SECONDS: Final = 30.0
_PAUSE_SECONDS: Final = 0.01
_PROC: Final = Path("/proc")
_ZOMBIE: Final = "Z"


def interpreter() -> str:
    """This Python where it really lies: a play may switch the link by which it was started."""
    found = Path(sys.prefix).resolve() / "bin" / Path(sys.executable).name
    return str(found) if found.exists() else sys.executable


def adopt_orphans() -> None:
    """From now on orphans among the descendants become children of this process."""
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def end_with_parent() -> None:
    """From now on this process is killed when the one that has started it ends."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def begin_as_job(memory_bytes: int) -> None:
    """A job's first process calls this first: it ends with the executor, is bounded, and slow."""
    end_with_parent()
    os.umask(_UMASK)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    os.nice(_NICE)


def end_all(mark: str) -> bool:
    """Kill this process's descendants and whoever carries the mark; whether all are gone.

    For an executor that has no child of its own but the job's.
    """
    until = time.monotonic() + _END_SECONDS
    while True:
        _reap()
        left = _descendants(os.getpid()) | _marked(mark)
        if not left:
            return True
        for pid in left:
            with suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        if time.monotonic() > until:
            return False
        time.sleep(_PAUSE_SECONDS)


def _reap() -> None:
    """Collect children that have ended; not to be called while somebody else waits for one."""
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _descendants(root: int) -> set[int]:
    parents = _parents()
    found: set[int] = set()
    fresh = {root}
    while fresh:
        fresh = {pid for pid, parent in parents.items() if parent in fresh} - found
        found |= fresh
    return found


def _parents() -> Mapping[int, int]:
    """The parent of each process that is not a zombie."""
    found = {}
    for folder in _PROC.iterdir():
        if not folder.name.isdigit():
            continue
        with suppress(OSError):
            state, parent = (folder / "stat").read_text().rpartition(")")[2].split()[:2]
            if state != _ZOMBIE:
                found[int(folder.name)] = int(parent)
    return found


def _marked(mark: str) -> set[int]:
    wanted = f"{MARK}={mark}".encode()
    found = set()
    for folder in _PROC.iterdir():
        if not folder.name.isdigit() or int(folder.name) == os.getpid():
            continue
        with suppress(OSError):
            if wanted in (folder / "environ").read_bytes().split(b"\0"):
                found.add(int(folder.name))
    return found
