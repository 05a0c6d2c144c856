"""What the executor remembers: a folder an order, and in it whatever must survive a power cut.

`order.json` is the order as it was signed, `notes.jsonl` what was said of it, a line each, synced
before it is told. An order is begun once its note `running` is there, and over with a final one.
"""

import logging
import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from threading import Condition
from typing import Final

import msgspec

from edge_agent.executor.lines import Lines
from telemetry.wire.events import OrderChanged, OrderOutput
from telemetry.words import FINAL_STATES

logger = logging.getLogger(__name__)

_KEPT: Final = 16
_ORDER: Final = "order.json"
_CANCEL: Final = "cancel.json"
_NOTES: Final = "notes.jsonl"
_ROLLBACK: Final = "rollback"
_BOOT: Final = "boot"
_NOTE = msgspec.json.Decoder(OrderChanged | OrderOutput)

Note = OrderChanged | OrderOutput


class OrderJournal:
    """One order's folder. Notes may be waited for from any thread; one thread adds them.

    `lines` are not kept.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.number = int(folder.name)
        self.sealed = (folder / _ORDER).read_bytes()
        self._notes = list(_whole_notes(folder / _NOTES))
        self._bell = Condition()
        self.lines = Lines()

    @property
    def job(self) -> Path:
        """Where it is carried out, and nothing of it stays."""
        return self.folder / "job"

    @property
    def is_over(self) -> bool:
        """Whether a final state was said."""
        return any(_is_final(note) for note in self._notes)

    @property
    def attempts(self) -> int:
        """How often it was begun."""
        return max((note.attempt for note in self._changes()), default=0)

    @property
    def rollbacks(self) -> Sequence[str]:
        """Why its rollback was begun, once for each time."""
        file = self.folder / _ROLLBACK
        return file.read_text().split() if file.exists() else ()

    @property
    def ending_boot(self) -> str:
        """The id of the boot that the order is to end; "" as long as it was not told to."""
        file = self.folder / _BOOT
        return file.read_text() if file.exists() else ""

    @property
    def is_cancelled(self) -> bool:
        """Whether the server wants it to end."""
        return (self.folder / _CANCEL).exists()

    def begin_rollback(self, why: str) -> None:
        """It is to be rolled back, or once more; `why` is a word."""
        with (self.folder / _ROLLBACK).open("a") as file:
            file.write(f"{why}\n")
            file.flush()
            os.fsync(file.fileno())

    def end_boot(self, boot: str) -> None:
        """The machine is told to restart after this."""
        _write(self.folder / _BOOT, boot.encode())

    def cancel(self, sealed: bytes) -> None:
        """Remember the server's word for it."""
        _write(self.folder / _CANCEL, sealed)

    def add(self, note: Note) -> None:
        """Remember and tell; it is on the disk when this returns."""
        with (self.folder / _NOTES).open("ab") as file:
            file.write(msgspec.json.encode(note) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        with self._bell:
            self._notes.append(note)
            self._bell.notify_all()

    def wait(self, heard: int, seconds: float) -> Sequence[Note]:
        """The notes from number `heard` on, as soon as there is one; none when time is over."""
        with self._bell:
            self._bell.wait_for(lambda: len(self._notes) > heard, seconds)
            return self._notes[heard:]

    def _changes(self) -> Sequence[OrderChanged]:
        return [note for note in self._notes if isinstance(note, OrderChanged)]


class Journals:
    """All of them, in a folder that only root reads. The newest is the one that may be running."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder = folder
        self.newest: OrderJournal | None = None
        found = self._folders()
        for unfinished in [one for one in found if not (one / _ORDER).exists()]:
            shutil.rmtree(unfinished, ignore_errors=True)
        whole = [one for one in found if (one / _ORDER).exists()]
        if whole:
            self.newest = OrderJournal(whole[-1])

    def begin(self, number: int, sealed: bytes) -> OrderJournal:
        """A journal for a new order; the oldest are forgotten."""
        for old in self._folders()[:-_KEPT]:
            shutil.rmtree(old, ignore_errors=True)
        folder = self._folder / f"{number:016d}"
        folder.mkdir(mode=0o700, exist_ok=True)
        _write(folder / _ORDER, sealed)
        _sync(self._folder)
        self.newest = OrderJournal(folder)
        return self.newest

    def _folders(self) -> list[Path]:
        return sorted(one for one in self._folder.iterdir() if one.name.isdigit())


def _is_final(note: Note) -> bool:
    return isinstance(note, OrderChanged) and note.state in FINAL_STATES


def _whole_notes(file: Path) -> Sequence[Note]:
    """What a power cut left half written was not told either, and is taken away."""
    if not file.exists():
        return ()
    content = file.read_bytes()
    found: list[Note] = []
    good = 0
    for line in content.splitlines(keepends=True):
        try:
            note = _NOTE.decode(line)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            break
        if not line.endswith(b"\n"):
            break
        found.append(note)
        good += len(line)
    if good < len(content):
        logger.warning("a note was cut off", extra={"bytes": len(content) - good})
        with file.open("r+b") as damaged:
            damaged.truncate(good)
            os.fsync(damaged.fileno())
    return found


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all, also when the power fails."""
    fresh = path.with_suffix(".new")
    with fresh.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    _sync(path.parent)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
