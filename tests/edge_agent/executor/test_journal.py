"""What the executor still knows after it was killed at any moment."""

from pathlib import Path

import pytest

from edge_agent.executor.journal import Journals
from edge_agent.executor.transcript import HEAD_BYTES, TAIL_BYTES, Transcript
from telemetry.wire.events import OrderChanged

RUNNING = OrderChanged("order-7", 7, "running", attempt=2)


def test_an_order_and_its_notes_outlive_the_process(tmp_path: Path) -> None:
    Journals(tmp_path).begin(7, b"sealed").add(RUNNING)
    newest = Journals(tmp_path).newest

    assert newest is not None
    assert (newest.number, newest.sealed, newest.attempts) == (7, b"sealed", 2)
    assert newest.wait(0, 0) == [RUNNING]
    assert not newest.is_over


@pytest.mark.parametrize("lost", [1, 10, 40])
def test_a_note_that_was_half_written_was_never_told(tmp_path: Path, lost: int) -> None:
    journal = Journals(tmp_path).begin(7, b"sealed")
    journal.add(RUNNING)
    journal.add(OrderChanged("order-7", 7, "succeeded"))
    notes = journal.folder / "notes.jsonl"
    notes.write_bytes(notes.read_bytes()[:-lost])
    again = Journals(tmp_path).newest
    assert again is not None
    again.add(OrderChanged("order-7", 7, "failed"))
    read = Journals(tmp_path).newest

    assert read is not None
    assert read.wait(0, 0) == [RUNNING, OrderChanged("order-7", 7, "failed")]


def test_a_folder_without_an_order_was_never_begun(tmp_path: Path) -> None:
    Journals(tmp_path).begin(7, b"sealed")
    (tmp_path / f"{8:016d}").mkdir()

    newest = Journals(tmp_path).newest
    assert newest is not None
    assert newest.number == 7


def test_old_journals_are_forgotten(tmp_path: Path) -> None:
    journals = Journals(tmp_path)
    for number in range(1, 40):
        journals.begin(number, b"sealed")

    assert 16 <= len(list(tmp_path.iterdir())) <= 17


def test_of_a_long_output_the_middle_is_left_out(tmp_path: Path) -> None:
    transcript = Transcript(tmp_path / "output")
    lines = [f"{at:0999d}\n".encode() for at in range(5000)]
    for line in lines:
        transcript.add(line)
    content = transcript.content()

    assert transcript.is_cut
    assert len(content) <= HEAD_BYTES + TAIL_BYTES
    assert content.startswith(lines[0])
    assert content.endswith(lines[-1])
