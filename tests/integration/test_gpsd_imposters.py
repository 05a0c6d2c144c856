"""What answers at gpsd's port is not always gpsd, and not always awake."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date
from queue import Queue

import pytest

from edge_agent.inputs import Input, Reading
from edge_agent.probes.position import PositionProbe
from edge_agent.probes.threads import ProbeThreads
from tests.services.waiting import PATIENCE_SECONDS

pytestmark = pytest.mark.integration

SECONDS = PATIENCE_SECONDS
FIX = b'{"class":"TPV","mode":2,"lat":29.563,"lon":106.549}\n'


@contextmanager
def followed(
    server: socket.socket, inbox: "Queue[Input]", silence_seconds: float = SECONDS
) -> Iterator[None]:
    server.settimeout(SECONDS)
    port = server.getsockname()[1]
    probe = PositionProbe(date(2026, 11, 1), port=port, silence_seconds=silence_seconds)
    threads = ProbeThreads([probe], inbox.put)
    threads.start()
    try:
        yield
    finally:
        threads.close()


@pytest.mark.parametrize(
    "said",
    [
        pytest.param(b"", id="silence"),
        pytest.param(b"x" * 70_000, id="a line without an end"),
        pytest.param(b"\x00\xff\n" * 1000, id="noise"),
    ],
)
def test_an_imposter_is_left_and_gpsd_found_when_it_is_back(said: bytes) -> None:
    inbox = Queue[Input]()

    with socket.create_server(("127.0.0.1", 0)) as server, followed(server, inbox, 0.2):
        imposter, _ = server.accept()
        with imposter:
            imposter.sendall(said)
            again, _ = server.accept()
        while inbox.empty():
            tell_a_fix(again)  # on a busy machine too late, and it is called once more
            again, _ = server.accept()
        again.close()
        reading = inbox.get()

    assert isinstance(reading, Reading)
    assert reading.metrics["fix_dimensions"] == 2


def tell_a_fix(connection: socket.socket) -> None:
    """And wait until whoever heard it has hung up."""
    with connection, suppress(ConnectionError):
        connection.sendall(FIX)
        while connection.recv(1000):
            pass


def test_a_gpsd_that_hangs_up_is_called_again() -> None:
    inbox = Queue[Input]()

    with socket.create_server(("127.0.0.1", 0)) as server, followed(server, inbox):
        for _ in range(2):
            connection, _ = server.accept()
            with connection:
                connection.sendall(FIX)
                inbox.get(timeout=SECONDS)

    assert inbox.empty()


def test_the_thread_ends_while_gpsd_is_silent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(SECONDS)
        probe = PositionProbe(date(2026, 11, 1), port=server.getsockname()[1])
        inbox = Queue[Input]()
        threads = ProbeThreads([probe], inbox.put)
        threads.start()
        connection, _ = server.accept()

        with connection:
            connection.settimeout(SECONDS)
            asked = connection.recv(1000)
            threads.close()

            assert asked.startswith(b"?WATCH=")
            assert connection.recv(1000) == b""
