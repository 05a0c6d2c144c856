"""Control groups for jobs: as much memory as they may have, and one word that ends them all.

Version 2 where its controllers exist and systemd delegated our group, else version 1's memory
controller, else none: then `RLIMIT_AS` (a process) and the mark of `processes` are all there is.
"""

import logging
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple

logger = logging.getLogger(__name__)

_ROOT: Final = Path("/sys/fs/cgroup")
_UNIFIED: Final = (_ROOT, _ROOT / "unified")
_OWN: Final = Path("/proc/self/cgroup")
_JOB: Final = "job"
_SELF: Final = "executor"
_WANTED: Final = ("memory", "cpu", "pids")
_PROCS: Final = "cgroup.procs"


class Cage(NamedTuple):
    """The group of one job. `events`: the file that counts kills for want of memory."""

    folder: Path
    events: str

    def add(self, pid: int) -> None:
        """This process, and all that it will start, belong to the job."""
        _write(self.folder / _PROCS, str(pid))

    def was_short_of_memory(self) -> bool:
        """Whether a process of it was killed because there was no more memory."""
        with suppress(OSError):
            for line in (self.folder / self.events).read_text().splitlines():
                name, _, count = line.partition(" ")
                if name == "oom_kill":
                    return int(count) > 0
        return False

    def end(self) -> None:
        """Kill whoever is left in it."""
        _write(self.folder / "cgroup.kill", "1")

    def remove(self) -> None:
        """Forget it; its processes have ended."""
        with suppress(OSError):
            self.folder.rmdir()


class Cages(NamedTuple):
    """Where groups of jobs may be made, and what bounds one: files and what they are to hold."""

    folder: Path
    events: str
    bounds: Mapping[str, str]

    def cage(self) -> Cage | None:
        """A fresh group for a job; None when the kernel does not let us."""
        cage = Cage(self.folder / _JOB, self.events)
        cage.end()
        cage.remove()
        try:
            cage.folder.mkdir()
            for name, value in self.bounds.items():
                (cage.folder / name).write_text(value)
        except OSError as error:
            logger.warning("a job has no control group", extra={"why": str(error)})
            cage.remove()
            return None
        return cage


def unified(folder: Path, memory_bytes: int) -> Cages:
    """Groups of version 2 in this one, whose controllers are open to its children."""
    bounds = {
        "memory.max": str(memory_bytes),
        "memory.oom.group": "1",
        "cpu.weight": "20",
        "pids.max": "512",
    }
    return Cages(folder, "memory.events", bounds)


def of_version_1(folder: Path, memory_bytes: int) -> Cages:
    """Groups of version 1's memory controller in this one."""
    return Cages(folder, "memory.oom_control", {"memory.limit_in_bytes": str(memory_bytes)})


def own_cages(memory_bytes: int) -> Cages | None:
    """Groups below the one that systemd delegated to this process; None where that cannot be."""
    own = _own_groups()
    for root in _UNIFIED:
        folder = root / own.get("", "/").lstrip("/")
        if own.get("") and _has_controllers(folder) and _open_to_children(folder):
            return unified(folder, memory_bytes)
    if "memory" in own:
        folder = _ROOT / "memory" / own["memory"].lstrip("/")
        if os.access(folder, os.W_OK):
            return of_version_1(folder, memory_bytes)
    return None


def _own_groups() -> Mapping[str, str]:
    """This process's group in each hierarchy, by controller; version 2's name is ""."""
    found: dict[str, str] = {}
    for line in _OWN.read_text().splitlines():
        _, controllers, path = line.split(":", 2)
        found |= dict.fromkeys(controllers.split(","), path)
    return found


def _has_controllers(folder: Path) -> bool:
    try:
        return set(_WANTED).issubset((folder / "cgroup.controllers").read_text().split())
    except OSError:
        return False


def _open_to_children(folder: Path) -> bool:
    """A group whose children have controllers may hold no process itself: we go into a child."""
    try:
        (folder / _SELF).mkdir(exist_ok=True)
        (folder / _SELF / _PROCS).write_text(str(os.getpid()))
        wanted = " ".join(f"+{name}" for name in _WANTED)
        (folder / "cgroup.subtree_control").write_text(wanted)
    except OSError as error:
        logger.warning("no control groups for jobs", extra={"why": str(error)})
        return False
    return True


def _write(file: Path, value: str) -> None:
    with suppress(OSError):
        file.write_text(value)
