import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from queue import Queue
from threading import Event
from time import monotonic

import pytest

from edge_agent.inputs import Hung, Input, Reading
from edge_agent.probes.threads import ProbeThreads
from tests.services.waiting import PATIENCE_SECONDS

SECONDS = PATIENCE_SECONDS  # nothing here takes that long, unless it is broken


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


class Thermometer:
    """A probe of the tests' own device."""

    name = "thermometer"
    every = timedelta(seconds=10)
    limit = timedelta(seconds=5)
    streams = False

    def __init__(self, name: str = "thermometer", *, stuck: bool = False) -> None:
        self.name = name
        self.is_there = True
        self.free = Event()
        self.asked = Queue[None]()
        if not stuck:
            self.free.set()

    def is_needed(self) -> bool:
        return self.is_there

    def read(self) -> Iterator[Reading]:
        self.asked.put(None)
        self.free.wait(SECONDS)
        yield Reading(self.name, {"cpu_celsius": 40.0})

    def close(self) -> None: ...


class Broken(Thermometer):
    def read(self) -> Iterator[Reading]:
        self.asked.put(None)
        raise OSError("the bus is shorted")


class Ticker(Thermometer):
    """Streams until it is closed."""

    streams = True

    def read(self) -> Iterator[Reading]:
        for beat in range(2):
            yield Reading(self.name, {"processes": beat})
        self.asked.put(None)
        Event.wait(self.free, SECONDS)

    def close(self) -> None:
        self.free.set()


def started(
    probes: list[Thermometer], inbox: Queue[Input], up: Callable[[], float] = monotonic
) -> ProbeThreads:
    threads = ProbeThreads(probes, inbox.put, up)
    threads.start()
    return threads


def test_a_probe_with_nothing_to_look_at_has_no_thread_until_there_is_something() -> None:
    inbox = Queue[Input]()
    probe = Thermometer("barometer")
    probe.is_there = False
    threads = started([probe], inbox)

    threads.ask("barometer")
    left_alone = probe.asked.empty()
    running = {thread.name for thread in threading.enumerate()}
    probe.is_there = True
    threads.ask("barometer")
    reading = inbox.get(timeout=SECONDS)
    threads.close()

    assert left_alone
    assert "probe-barometer" not in running
    assert reading == Reading("barometer", {"cpu_celsius": 40.0})


def test_a_question_brings_a_reading() -> None:
    inbox = Queue[Input]()
    threads = started([Thermometer()], inbox)

    threads.ask("thermometer")

    assert inbox.get(timeout=SECONDS) == Reading("thermometer", {"cpu_celsius": 40.0})
    threads.close()


def test_one_question_at_a_time() -> None:
    inbox = Queue[Input]()
    probe = Thermometer(stuck=True)
    threads = started([probe], inbox)

    for _ in range(5):
        threads.ask("thermometer")
    probe.free.set()
    inbox.get(timeout=SECONDS)
    threads.close()

    assert probe.asked.qsize() == 1
    assert inbox.empty()


def test_a_hung_probe_is_told_once_and_delays_no_other() -> None:
    inbox = Queue[Input]()
    clock = Clock()
    stuck = Thermometer("stuck", stuck=True)
    threads = started([stuck, Thermometer("well")], inbox, clock)
    threads.ask("stuck")
    stuck.asked.get(timeout=SECONDS)

    clock.now = 5.1
    for _ in range(3):
        threads.ask("well")
        threads.ask("stuck")

    first, second = inbox.get(timeout=SECONDS), inbox.get(timeout=SECONDS)
    assert first == Hung("stuck")
    assert isinstance(second, Reading)
    assert second.probe == "well"
    stuck.free.set()
    threads.close()


def test_a_probe_that_hung_answers_again() -> None:
    inbox = Queue[Input]()
    clock = Clock()
    stuck = Thermometer("stuck", stuck=True)
    threads = started([stuck], inbox, clock)
    threads.ask("stuck")
    clock.now = 6.0
    threads.ask("stuck")
    assert inbox.get(timeout=SECONDS) == Hung("stuck")

    stuck.free.set()

    assert isinstance(inbox.get(timeout=SECONDS), Reading)
    threads.close()


def test_a_failing_probe_lives_on_and_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    inbox = Queue[Input]()
    probe = Broken()
    threads = started([probe], inbox)

    while probe.asked.qsize() < 3:
        threads.ask("thermometer")
    threads.close()

    assert inbox.empty()
    assert [record.message for record in caplog.records] == [
        "a probe failed, its readings are missing"
    ]
    assert vars(caplog.records[0])["kind"] == "OSError"


def test_a_stream_is_followed_unasked_until_it_is_closed() -> None:
    inbox = Queue[Input]()
    probe = Ticker()
    threads = started([probe], inbox)
    probe.asked.get(timeout=SECONDS)

    threads.ask("thermometer")
    threads.close()

    assert [inbox.get_nowait() for _ in range(2)] == [
        Reading("thermometer", {"processes": beat}) for beat in range(2)
    ]
    assert inbox.empty()


def test_nothing_is_read_after_the_end() -> None:
    inbox = Queue[Input]()
    probe = Thermometer()
    threads = started([probe], inbox)

    threads.close()
    threads.ask("thermometer")

    assert probe.asked.empty()
    assert inbox.empty()
