"""The outbox under kill -9 and on a disk that fills up."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from edge_agent.outbox import Outbox
from edge_agent.records import Draft, Stamp, Work
from telemetry.wire import events
from telemetry.words import ClockTrust, Stream

NOW = Stamp("boot1", 1000, 1_796_000_000_000, ClockTrust.SERVER)
WRITER = """
import sys
from pathlib import Path
from edge_agent.outbox import Outbox
from edge_agent.records import Draft, Stamp, Work
from telemetry.words import Stream
outbox = Outbox(Path(sys.argv[1]), machine="m", asset="a", megabytes=4)
number = 0
while True:
    drafts = [Draft(Stream.REPORTS, Stamp("b", number), b"%08d" % number * 50) for _ in range(3)]
    outbox.commit(Work(drafts=drafts), Stamp("b", number))
    number += 1
    print(outbox.head(Stream.REPORTS).head, flush=True)
"""


def rows_of(outbox: Outbox, stream: Stream) -> list[tuple[int, bytes]]:
    rows = outbox.select(stream, (), newest=False, most_records=1 << 20, most_bytes=1 << 40)
    return [(row.number, row.body) for row in rows]


def dropped(outbox: Outbox) -> set[int]:
    return {
        number
        for _, body in rows_of(outbox, Stream.EVENTS)
        for event in [events.decode(body)]
        if isinstance(event, events.Dropped)
        for low, high in event.numbers
        for number in range(low, high + 1)
    }


def commit(outbox: Outbox, text: str) -> bool:
    return outbox.commit(Work(drafts=[Draft(Stream.REPORTS, NOW, text.encode())]), NOW)


@pytest.mark.parametrize("after", [5, 120, 1500])
def test_a_kill_loses_nothing_that_was_committed(tmp_path: Path, after: int) -> None:
    path = tmp_path / "outbox.sqlite"
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, cwd=Path.cwd()
    )
    assert writer.stdout is not None
    with writer:
        said = [int(writer.stdout.readline()) for _ in range(after)]
        writer.send_signal(signal.SIGKILL)
        said += [int(line) for line in writer.stdout]

    outbox = Outbox(path, machine="m", asset="a")
    left = {number for number, _ in rows_of(outbox, Stream.REPORTS)}
    head = outbox.head(Stream.REPORTS).head
    gone = dropped(outbox)
    outbox.close()
    assert head >= said[-1]
    assert left | gone == set(range(1, head + 1))
    assert left.isdisjoint(gone)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Six megabytes, full soon."""
    folder = tmp_path / "disk"
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=6m", "none", folder], check=True)
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)


@pytest.mark.root
def test_a_full_disk_costs_only_what_is_declared(small_disk: Path) -> None:
    outbox = Outbox(small_disk / "outbox.sqlite", machine="m", asset="a")
    for number in range(12_000):
        assert commit(outbox, f"{number:06d}" * 150)

    left = {number for number, _ in rows_of(outbox, Stream.REPORTS)}
    gone = dropped(outbox)
    outbox.close()
    assert len(gone) > 1000
    assert left | gone == set(range(1, 12_001))
    assert left.isdisjoint(gone)


@pytest.mark.root
def test_a_disk_that_somebody_else_fills_loses_no_event_and_declares_the_reports(
    small_disk: Path,
) -> None:
    outbox = Outbox(small_disk / "outbox.sqlite", machine="m", asset="a")
    for number in range(200):
        commit(outbox, f"{number:06d}" * 150)
    fill(small_disk / "somebody-elses")
    written = [commit(outbox, f"{number:06d}" * 150) for number in range(300)]
    hung = events.encode(events.ProbeHung("position"))
    outbox.commit(Work(drafts=[Draft(Stream.EVENTS, NOW, hung)]), NOW)
    (small_disk / "somebody-elses").unlink()
    for number in range(100):
        assert commit(outbox, f"{number:06d}" * 150)

    left = {number for number, _ in rows_of(outbox, Stream.REPORTS)}
    gone = dropped(outbox)
    bodies = [body for _, body in rows_of(outbox, Stream.EVENTS)]
    outbox.close()
    assert len(written) == 300
    assert left | gone == set(range(1, 601))
    assert left.isdisjoint(gone)
    assert bodies.count(hung) == 1


@pytest.mark.root
@pytest.mark.parametrize("size", [6000, 12_000])
def test_ticks_larger_than_the_disk_are_settled_on_it_afterwards(
    small_disk: Path, size: int
) -> None:
    """An agent that could not run for a while: what it writes at once must not fill the log."""
    outbox = Outbox(small_disk / "outbox.sqlite", machine="m", asset="a", synchronous="OFF")
    for _ in range(3):
        drafts = [Draft(Stream.REPORTS, NOW, b"%0300d" % number) for number in range(size)]
        assert outbox.commit(Work(drafts=drafts), NOW)
    head = outbox.head(Stream.REPORTS).head
    gone = dropped(outbox)
    left = {number for number, _ in rows_of(outbox, Stream.REPORTS)}

    for stream in Stream:
        rows = outbox.select(stream, (), newest=True, most_records=1 << 20, most_bytes=1 << 40)
        assert outbox.commit(Work(settled=[row.id for row in rows]), NOW)

    waiting = [outbox.waiting(stream) for stream in Stream]
    outbox.close()
    assert left | gone == set(range(1, head + 1))
    assert left.isdisjoint(gone)
    assert head == 3 * size
    assert waiting == [0, 0]


@pytest.mark.root
def test_while_nothing_can_be_written_the_outbox_says_so(small_disk: Path) -> None:
    outbox = Outbox(small_disk / "outbox.sqlite", machine="m", asset="a")
    commit(outbox, "first")
    (small_disk / "outbox.sqlite.reserve").unlink()
    fill(small_disk / "somebody-elses")
    hung = events.encode(events.ProbeHung("position"))
    drafts = [Draft(Stream.EVENTS, NOW, hung), Draft(Stream.REPORTS, NOW, b"." * 300_000)]
    written = outbox.commit(Work(drafts=drafts), NOW)
    unwritten = outbox.unwritten
    is_writable = outbox.is_writable
    (small_disk / "somebody-elses").unlink()
    recovered = outbox.commit(Work(), NOW)

    gone = dropped(outbox)
    bodies = [body for _, body in rows_of(outbox, Stream.EVENTS)]
    outbox.close()
    assert (written, unwritten, is_writable) == (False, (1, 1), False)
    assert recovered
    assert gone == {2}
    assert hung in bodies


@pytest.mark.root
def test_notes_that_find_no_room_are_not_called_written(small_disk: Path) -> None:
    outbox = Outbox(small_disk / "outbox.sqlite", machine="m", asset="a")
    (small_disk / "outbox.sqlite.reserve").unlink()
    fill(small_disk / "somebody-elses")
    written, is_writable = outbox.commit(Work(), NOW), outbox.is_writable
    (small_disk / "somebody-elses").unlink()
    recovered = outbox.commit(Work(), NOW)

    opened = [events.decode(body) for _, body in rows_of(outbox, Stream.EVENTS)]
    outbox.close()
    assert (written, is_writable) == (False, False)
    assert recovered
    assert len(opened) == len(Stream)


def fill(path: Path) -> None:
    """Write until there is no room at all."""
    with path.open("wb", buffering=0) as file:
        for size in (65_536, 4096, 1):
            try:
                while True:
                    file.write(bytes(size))
            except OSError:
                os.fsync(file.fileno())
