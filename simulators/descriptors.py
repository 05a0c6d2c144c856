"""Room for thousands of connections in one process."""

import errno
import os
import resource
import select
import threading
from collections.abc import Iterable, Sequence
from typing import Final, TypeVar

from simulators.errors import SimulatorError

_OTHERS: Final = 256
_STACK_BYTES: Final = 512 << 10
_IN: Final = select.POLLIN | select.POLLPRI | select.POLLHUP | select.POLLERR
_OUT: Final = select.POLLOUT | select.POLLHUP | select.POLLERR
_SELECT_KNOWS: Final = 1024
_File = TypeVar("_File")


def make_room(files: int) -> None:
    """Let this process and its children open so many files, and wait for any of them.

    `select` knows only file numbers below 1,024, and the MQTT client of each agent asks it; from
    here on it is `poll` that answers.

    Raises:
        SimulatorError: the machine does not allow so many.
    """
    needed = files + _OTHERS
    if needed <= _SELECT_KNOWS:
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < needed:
        raise SimulatorError(
            f"So many assets need {needed} open files, this machine allows {hard}: take fewer"
            " (--assets), or raise the limit (ulimit -n)."
        )
    if soft != resource.RLIM_INFINITY and soft < needed:
        resource.setrlimit(resource.RLIMIT_NOFILE, (needed, hard))
    threading.stack_size(_STACK_BYTES)
    select.select = _polled  # type: ignore[assignment]  # it has more forms than are used


def _polled(
    readers: Iterable[_File],
    writers: Iterable[_File],
    others: Iterable[_File],
    seconds: float | None = None,
) -> tuple[Sequence[_File], Sequence[_File], Sequence[_File]]:
    """As `select.select` answers, but for any file number; `others` must be empty."""
    readers, writers = list(readers), list(writers)
    wanted: dict[int, int] = {}
    for files, mask in ((readers, select.POLLIN | select.POLLPRI), (writers, select.POLLOUT)):
        for file in files:
            wanted[_number(file)] = wanted.get(_number(file), 0) | mask
    asked = select.poll()
    for number, mask in wanted.items():
        asked.register(number, mask)
    found = dict(asked.poll(None if seconds is None else max(seconds, 0.0) * 1000.0))
    if any(events & select.POLLNVAL for events in found.values()):
        raise OSError(errno.EBADF, os.strerror(errno.EBADF))
    return (
        [file for file in readers if found.get(_number(file), 0) & _IN],
        [file for file in writers if found.get(_number(file), 0) & _OUT],
        [],
    )


def _number(file: object) -> int:
    number = file if isinstance(file, int) else file.fileno()  # type: ignore[attr-defined]
    if number < 0:
        raise ValueError("file descriptor cannot be a negative integer")
    return int(number)
