"""A report from the broker to the commit, beside `mosquitto_sub` on the same broker and traffic."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import msgspec

from bench import load, taker
from bench.rows import Row, at_least, at_most, compared
from telemetry.wire import topics
from tests.services.mosquitto import HOST, Mosquitto, Papers, mosquitto

ASSETS = 50
RATE = 8000.0
"""Reports a second while CPU is measured, all assets together: what must be possible."""

WINDOW = 80
_PATIENCE_SECONDS = 30.0


def run(seconds: float) -> list[Row]:
    """CPU of a report and reports a second, at one and three reports a message."""
    with tempfile.TemporaryDirectory(prefix="courtfleet-bench-") as name:
        folder = Path(name)
        with mosquitto(folder / "broker") as broker:
            papers = {f"veh-{n:03}": broker.asset(f"veh-{n:03}") for n in range(ASSETS)}
            return [
                row
                for each in (1, 3)
                for row in _rows(folder / f"server-{each}", broker, papers, each, seconds / 10)
            ]


def _rows(
    folder: Path, broker: Mosquitto, papers: dict[str, Papers], each: int, seconds: float
) -> list[Row]:
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

    paced = task(1, RATE / each * seconds, rate=RATE / each)
    reports = paced.messages_each * ASSETS * each
    plain = (_plain_cpu(broker, paced) - _plain_cpu(broker, None)) / reports * 1e6
    with _taking(folder, broker) as ours:
        before = ours.figures()
        _send(paced)
        after = ours.wait_for(before.stored + reports)
        fast = task(1_000_000, 2.5 * RATE / each * seconds, window=WINDOW)
        sent = _send(fast)
    cpu = (after.cpu_seconds - before.cpu_seconds) / reports * 1e6
    commit = (after.commit_seconds - before.commit_seconds) / reports * 1e6
    rate = sent.settled * each / sent.seconds
    label = f"{each} a message"
    return [
        Row(f"mosquitto_sub, {label}", plain, "us/report"),
        at_most(compared(f"intake to the commit, {label}", cpu, "us/report", plain), 40, 8),
        Row(f"of it the store's commit, {label}", commit, "us/report"),
        at_least(Row(f"intake, {label}", rate, "reports/s"), 8000),
    ]


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


def _send(task: load.Task) -> load.Sent:
    """Let a load process send all of this."""
    with subprocess.Popen(
        [sys.executable, "-m", "bench.load"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as child:
        source, sink = _pipes(child)
        sink.write(msgspec.json.encode(task) + b"\n")
        sink.flush()
        _expect_ready(source)
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
