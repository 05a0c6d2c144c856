"""Connections beyond the thousandth can be waited for like any other."""

import fcntl
import os
import resource
import select
import threading
from collections.abc import Iterator

import pytest

from simulators import descriptors

HIGH = 1100


@pytest.fixture
def room(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    monkeypatch.setattr(select, "select", select.select)  # put back afterwards
    descriptors.make_room(2 * HIGH)
    yield
    threading.stack_size(0)
    resource.setrlimit(resource.RLIMIT_NOFILE, limits)


@pytest.mark.usefixtures("room")
def test_a_high_file_number_is_readable_when_something_came() -> None:
    reads, writes = os.pipe()
    high = fcntl.fcntl(reads, fcntl.F_DUPFD, HIGH)
    try:
        before = select.select([high], [writes], [], 0)
        os.write(writes, b"x")
        after = select.select([high], [], [], 1.0)
    finally:
        for file in (reads, writes, high):
            os.close(file)

    assert before == ([], [writes], [])
    assert after == ([high], [], [])


@pytest.mark.usefixtures("room")
def test_a_closed_file_is_an_error_as_before() -> None:
    reads, writes = os.pipe()
    os.close(writes)
    os.close(reads)

    with pytest.raises(OSError, match="Bad file"):
        select.select([reads], [], [], 0)
    with pytest.raises(ValueError, match="negative"):
        select.select([-1], [], [], 0)
