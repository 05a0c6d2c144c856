"""A report from the broker to the commit, beside `mosquitto_sub` on the same broker and traffic."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, NamedTuple

import msgspec

from bench import load, taker
from bench.rows import Row, at_least, at_most, compared
from telemetry.wire import topics
from tests.services.mosquitto import HOST, Mosquitto, Papers, mosquitto

ASSETS = 50
RATE = 8000.0
"""Messages a second while CPU is measured, all assets together."""

ROUNDS = 5
"""CPU is measured so often, and the lowest taken: whatever else runs here only adds to it."""

SUB_US = 5.5
"""CPU of `mosquitto_sub` for a report, one a message, on the machine that the 40 us are meant for:
by it the table says how fast this machine is now. Neighbours make one differ from hour to hour."""

WINDOW = 80
"""Messages of an asset on their way at once, when as many as possible are sent."""

_PATIENCE_SECONDS = 30.0


def run(seconds: float) -> list[Row]:
    """CPU of a report and reports a second, at one and three reports a message."""
    with tempfile.TemporaryDirectory(prefix="courtfleet-bench-") as name:
        folder = Path(name)
        with mosquitto(folder / "broker") as broker:
            papers = {f"veh-{n:03}": broker.asset(f"veh-{n:03}") for n in range(ASSETS)}
            measured = [
                _measured(folder / f"server-{each}", broker, papers, each, seconds / 10)
                for each in (1, 3)
            ]
    slowness = measured[0].plain / SUB_US
    speed = Row("this machine now, by mosquitto_sub", slowness, "x slower")
    return [speed, *(row for found in measured for row in _rows(found, slowness))]


class _Measured(NamedTuple):
    """CPU in us a report: of the tool, of our intake, of its commit; and reports/s."""

    each: int
    plain: float
    cpu: float
    commit: float
    rate: float


def _rows(found: _Measured, slowness: float) -> list[Row]:
    """What was measured as it was, and our CPU also as it would be on the machine of `SUB_US`."""
    label = f"{found.each} a message"
    ours = compared(f"intake to the commit, {label}", found.cpu, "us/report", found.plain)
    there = Row(f"the same at the reference's speed, {label}", found.cpu / slowness, "us/report")
    return [
        Row(f"mosquitto_sub, {label}", found.plain, "us/report"),
        # Message by message the tool is the measure; it does not look at what is in them.
        at_most(ours, times_baseline=8) if found.each == 1 else ours,
        at_most(there, 40),
        Row(f"of it the store's commit, {label}", found.commit, "us/report"),
        at_least(Row(f"intake, {label}", found.rate, "reports/s"), 8000),
    ]


def _measured(
    folder: Path, broker: Mosquitto, papers: dict[str, Papers], each: int, seconds: float
) -> _Measured:
    def task(first: int, messages: float, rate: float = 0.0, window: int = 0) -> load.Task:
        return load.Task(
            port=broker.port,
            ca=str(broker.authority.ca_file),
            assets={a: (str(p.certificate), str(p.key)) for a, p in papers.items()},
            messages_each=round(messages / ASSETS),
            reports_a_message=each,
            first=first,
            now=time.time_ns() // 1_000_000,
            rate=rate,
            window=window,
        )

    def paced(first: int) -> load.Task:
        return task(first, RATE * seconds / ROUNDS, rate=RATE)

    reports = paced(1).messages_each * ASSETS * each
    idle = min(_plain_cpu(broker, None) for _ in range(ROUNDS))
    plain = min(_plain_cpu(broker, paced(1)) - idle for _ in range(ROUNDS)) / reports * 1e6
    with _taking(folder, broker) as ours:
        spent = [_spent(ours, paced(1 + reports * turn), reports) for turn in range(ROUNDS)]
        sent = _send(task(10**9, 2.5 * RATE * seconds / each, window=WINDOW))
    cpu = min(found.cpu_seconds for found in spent) / reports * 1e6
    commit = min(found.commit_seconds for found in spent) / reports * 1e6
    return _Measured(each, plain, cpu, commit, sent.settled * each / sent.seconds)


def _spent(ours: "_Taker", paced: load.Task, reports: int) -> taker.Figures:
    """What our intake needed for this traffic, from the broker to the commit."""
    found: list[taker.Figures] = []
    _send(paced, lambda: found.append(ours.figures()))
    before = found[0]
    after = ours.wait_for(before.stored + reports)
    return taker.Figures(
        after.cpu_seconds - before.cpu_seconds,
        after.commit_seconds - before.commit_seconds,
        after.commits - before.commits,
        after.stored - before.stored,
    )


def _plain_cpu(broker: Mosquitto, task: load.Task | None) -> float:
    """CPU seconds of a `mosquitto_sub` that gets this traffic (None: none) into /dev/null."""
    papers = broker.server()
    command = ["mosquitto_sub", "-V", "5", "-h", HOST, "-p", str(broker.port), "-q", "0"]
    command += ["-t", topics.ALL_UP, "--cafile", str(papers.ca)]
    command += ["--cert", str(papers.certificate), "--key", str(papers.key)]
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    time.sleep(0.3)
    if task is not None:
        _send(task)
        time.sleep(0.5)
    child.send_signal(signal.SIGINT)
    _, _, usage = os.wait4(child.pid, 0)
    child.returncode = 0
    return usage.ru_utime + usage.ru_stime


def _send(task: load.Task, at_start: Callable[[], None] = lambda: None) -> load.Sent:
    """Let a load process send all of this; `at_start` when it has connected and greeted."""
    with subprocess.Popen(
        [sys.executable, "-m", "bench.load"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as child:
        source, sink = _pipes(child)
        sink.write(msgspec.json.encode(task) + b"\n")
        sink.flush()
        _expect_ready(source)
        at_start()
        sink.write(b"go\n")
        sink.flush()
        return msgspec.json.decode(source.readline(), type=load.Sent)


class _Taker:
    def __init__(self, source: IO[bytes], sink: IO[bytes]) -> None:
        self._source = source
        self._sink = sink

    def figures(self) -> taker.Figures:
        self._sink.write(b"\n")
        self._sink.flush()
        return msgspec.json.decode(self._source.readline(), type=taker.Figures)

    def wait_for(self, stored: int) -> taker.Figures:
        """The figures once so many are stored.

        Raises:
            TimeoutError: they never are.
        """
        until = time.monotonic() + _PATIENCE_SECONDS
        while True:
            found = self.figures()
            if found.stored >= stored:
                return found
            if time.monotonic() > until:
                raise TimeoutError(f"{found.stored} of {stored} reports were stored")
            time.sleep(0.1)


@contextmanager
def _taking(folder: Path, broker: Mosquitto) -> Iterator[_Taker]:
    folder.mkdir()
    papers = broker.server()
    files = [str(papers.ca), str(papers.certificate), str(papers.key)]
    command = [sys.executable, "-m", "bench.taker", str(folder), str(broker.port), *files]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        source, sink = _pipes(child)
        _expect_ready(source)
        yield _Taker(source, sink)
        sink.close()


def _pipes(child: subprocess.Popen[bytes]) -> tuple[IO[bytes], IO[bytes]]:
    assert child.stdin is not None
    assert child.stdout is not None
    return child.stdout, child.stdin


def _expect_ready(source: IO[bytes]) -> None:
    if source.readline() != b"ready\n":
        raise RuntimeError("a process of the benchmark did not start; its words are above")
