"""The agent's durable queue of reports and events: an SQLite file with one writer.

`commit` writes what one tick changed, in one transaction as a rule. A record waits until an ack
settles it, and is then kept for a while, because the fleet is the server's backup. That a record
is in flight is known to `edge_agent.sending` only.
"""

import logging
import sqlite3
from collections.abc import Container, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple

from edge_agent import outbox_file
from edge_agent.errors import OutboxUnusable
from edge_agent.eviction import forget_kept, used_pages
from edge_agent.outbox_file import PAGE_BYTES, Reserve
from edge_agent.records import Anchor, HeldDocument, Row, Stamp, Work
from edge_agent.writing import (
    EPOCH_BITS,
    EVENTS_SHARE,
    NUMBERS,
    RECORD_BYTES,
    Books,
    Epoch,
    Writing,
)
from telemetry.wire import events
from telemetry.wire.messages import Mark
from telemetry.words import ClockTrust, DropReason, EpochReason, Stream

logger = logging.getLogger(__name__)

_MARGIN_PAGES: Final = 64
_FREE_IN_FILE_PAGES: Final = 16
_RESERVE_EVERY: Final = 64
_FORGOTTEN_AT_ONCE: Final = 2000
_COLUMNS: Final = "id, crc, boot, up_ms, measured_at, trust, body"


class Counts(NamedTuple):
    """Since the file was made: reports given up, and records that the server holds aside."""

    dropped: int
    refused: int


class Outbox:
    """Owned by one thread. A full disk raises nothing here: see `commit`.

    `machine` names this machine and its key: under another one the numbers begin anew. `asset` is
    the certificate's: a file of another one is set aside. `path` may be `outbox_file.MEMORY`.

    Raises:
        OutboxUnusable: the folder cannot be written at all.
    """

    _sql: sqlite3.Connection
    _books: Books
    _has_notes: bool
    _limit_pages: int

    def __init__(
        self,
        path: Path,
        *,
        machine: str,
        asset: str,
        synchronous: str = "FULL",
        megabytes: int = 512,
    ) -> None:
        self._path = path
        self._machine = machine
        self._asset = asset
        self._synchronous = synchronous
        self._megabytes = megabytes
        self._reserve = Reserve(path)
        self._owed = Work()
        self._commits = 0
        self._disk_pages: int | None = None
        self.is_writable = True
        self.generation = 0
        """Grows when a damaged file was replaced: ids of before mean nothing any more."""
        self._open(None)

    def close(self) -> None:
        """Close the file; what was committed stays."""
        self._sql.close()

    def resize(self, megabytes: int) -> None:
        """How large the file may grow; a smaller limit takes effect with the next commits."""
        self._megabytes = megabytes
        self._limit_pages = megabytes * (1 << 20) // PAGE_BYTES
        ceiling = max(self._limit_pages, used_pages(self._sql)) + _MARGIN_PAGES
        self._sql.execute(f"PRAGMA max_page_count = {ceiling}")

    def commit(self, work: Work, stamp: Stamp) -> bool:
        """Write `work` durably: in one transaction, unless it is very much (see `Work.parts`).

        `stamp` is now, for what is declared by it. On a full disk acked records go first, then old
        reports, declared. When even that cannot be written this returns False, and keeps all but
        the new reports in memory for the next call; those are counted, and numbered and declared
        as soon as there is room (see `unwritten`).
        """
        work = self._owed.before(work)
        if not (work or self._has_notes):
            return True
        self._owed = Work()
        generation, is_stored = self.generation, True
        for part in work.parts():
            known = part if self.generation == generation else part.for_a_new_file()
            is_stored = is_stored and self._write_somehow(known, stamp)
            if not is_stored:
                self._owed = self._owed.before(known)
        if not is_stored:
            if self.is_writable:
                logger.error("the outbox cannot be written", extra={"new": len(work.drafts)})
            self.is_writable = False
            self._owed = self._owed.without_reports()
            return False
        self.is_writable = True
        self._commits += 1
        if self._commits % _RESERVE_EVERY == 0 and self._reserve.take():
            self._disk_pages = None
        return True

    @property
    def unwritten(self) -> tuple[int, int]:
        """Reports that found no room so far, and events that wait in memory for some."""
        return self._owed.unwritten, len(self._owed.drafts)

    def head(self, stream: Stream) -> Epoch:
        """The stream's current epoch."""
        return self._books.epochs[stream][-1]

    def epoch_of(self, id: int) -> Epoch:
        """The epoch that a record belongs to."""
        return self._books.by_key(id)

    def marks(self, stream: Stream) -> list[Mark]:
        """Where each epoch stands that still holds records, and the current one, which is last."""
        found = []
        for epoch in self._books.epochs[stream]:
            first = epoch.key << EPOCH_BITS
            (lowest,) = self._sql.execute(
                "SELECT min(id) FROM records WHERE id BETWEEN ? AND ?", (first, first | NUMBERS)
            ).fetchone()
            if lowest is None and epoch.key != self.head(stream).key:
                continue
            kept = epoch.head + 1 if lowest is None else lowest & NUMBERS
            found.append(Mark(epoch.name, epoch.head, kept))
        return found

    def waiting(self, stream: Stream) -> int:
        """How many records of the stream are not settled, those in flight included."""
        return self._books.waiting[stream]

    def events_share(self) -> float:
        """How much of the room for events is taken by those that wait; 1.0: none is left."""
        if not self.is_writable:
            return 1.0
        (size,) = self._sql.execute(
            f"SELECT coalesce(sum(length(body) + {RECORD_BYTES}), 0) FROM records"  # noqa: S608 -- a constant
            " WHERE stream = ? AND kept_at IS NULL",
            (Stream.EVENTS,),
        ).fetchone()
        return float(size / (self._limit_pages * PAGE_BYTES * EVENTS_SHARE))

    def select(
        self,
        stream: Stream,
        without: Container[int],
        *,
        newest: bool,
        most_records: int,
        most_bytes: int,
    ) -> list[Row]:
        """Waiting records of one epoch, ascending; at least one when there is one.

        From the newest back or from the oldest on, leaving out those of `without`.
        """
        rows: list[Row] = []
        size = 0
        for row in self._waiting_rows(stream, newest):
            if row.id in without:
                continue
            size += len(row.body)
            if rows and (row.epoch != rows[0].epoch or size > most_bytes):
                break
            rows.append(row)
            if len(rows) == most_records:
                break
        return sorted(rows)

    def anchors(self) -> dict[str, Anchor]:
        """The anchors of the latest boots."""
        found = self._sql.execute("SELECT boot, began_at, trust FROM anchors").fetchall()
        return {boot: Anchor(at, ClockTrust(trust)) for boot, at, trust in found}

    def held(self) -> dict[str, HeldDocument]:
        """The desired documents held, by name."""
        found = self._sql.execute("SELECT name, version, body FROM documents").fetchall()
        return {name: HeldDocument(name, version, body) for name, version, body in found}

    def fact(self, name: str) -> bytes | None:
        """A small state as it was last committed; None: never."""
        found = self._sql.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
        return None if found is None else bytes(found[0])

    def counts(self) -> Counts:
        """What became of records that are neither here nor simply stored."""
        found = dict(self._sql.execute("SELECT name, value FROM facts").fetchall())
        return Counts(int(found.get("dropped", 0)), int(found.get("refused", 0)))

    def forget_kept(self, before_ms: int) -> None:
        """Forget some of what was settled before that instant; nothing on a full disk."""
        try:
            for stream in Stream:
                forget_kept(self._sql, stream, before_ms, _FORGOTTEN_AT_ONCE)
        except sqlite3.OperationalError as error:
            if not outbox_file.is_unwritable(error):
                raise

    def _give_space_back(self) -> None:
        """Let the log have the reserve; until there is one again, the file grows no more."""
        self._commits = 0
        self._reserve.release()
        (pages,) = self._sql.execute("PRAGMA page_count").fetchone()
        self._disk_pages = max(pages - _FREE_IN_FILE_PAGES, _MARGIN_PAGES)
        with suppress(sqlite3.OperationalError):
            self._sql.execute("PRAGMA wal_checkpoint(RESTART)").fetchall()

    def _waiting_rows(self, stream: Stream, newest: bool) -> Iterator[Row]:
        direction = "DESC" if newest else "ASC"
        cursor = self._sql.execute(
            f"SELECT {_COLUMNS} FROM records"  # noqa: S608 -- constants
            f" WHERE stream = ? AND kept_at IS NULL ORDER BY id {direction}",
            (stream,),
        )
        try:
            for row_id, crc, boot, up_ms, measured_at, trust, body in cursor:
                stamp = Stamp(
                    boot, up_ms, measured_at, None if trust is None else ClockTrust(trust)
                )
                yield Row(row_id, self.epoch_of(row_id).name, row_id & NUMBERS, crc, stamp, body)
        finally:
            cursor.close()

    def _write_somehow(self, work: Work, stamp: Stamp) -> bool:
        """Write `work`; on a full disk with what the reserve gives back."""
        if self._try_to_write(work, stamp):
            return True
        self._give_space_back()
        return self._try_to_write(work, stamp)

    def _try_to_write(self, work: Work, stamp: Stamp) -> bool:
        """Write `work`; a file that turns out to be damaged is set aside and begun anew."""
        try:
            return self._write(work, stamp)
        except sqlite3.DatabaseError as error:
            if not outbox_file.is_damaged(error):
                raise
        self._sql.close()
        outbox_file.set_aside(self._path, EpochReason.OUTBOX_DAMAGED)
        self._open(EpochReason.OUTBOX_DAMAGED)
        self.generation += 1
        return self._write(work.for_a_new_file(), stamp)

    def _write(self, work: Work, stamp: Stamp) -> bool:
        writing = Writing(self._sql, self._books.copy(), self._machine, stamp)
        try:
            self._sql.execute("BEGIN IMMEDIATE")
            if self._disk_pages is not None and self._disk_pages < self._limit_pages:
                writing.write(work, self._disk_pages, DropReason.DISK_FULL)
            else:
                writing.write(work, self._limit_pages, DropReason.OUTBOX_FULL)
            self._sql.execute("COMMIT")
        except sqlite3.DatabaseError as error:
            self._roll_back()
            if outbox_file.is_unwritable(error):
                return False
            raise
        except BaseException:
            self._roll_back()
            raise
        self._books = writing.books
        self._has_notes = False
        return True

    def _roll_back(self) -> None:
        with suppress(sqlite3.Error):  # a full disk has rolled back already
            if self._sql.in_transaction:
                self._sql.execute("ROLLBACK")

    def _open(self, reason: EpochReason | None) -> None:
        self._sql, found = outbox_file.open_file(self._path, self._asset, self._synchronous)
        self._reserve.take()
        self._books = Books.read(self._sql)
        self.resize(self._megabytes)
        reason = reason or found
        writing = Writing(self._sql, self._books, self._machine, Stamp("", 0))
        try:
            self._sql.execute("BEGIN IMMEDIATE")
            if reason is not None:
                writing.note(events.OutboxSetAside(why=reason))
            for stream in Stream:
                known = self._books.epochs[stream]
                if not known:
                    writing.begin_epoch(stream, reason or EpochReason.FIRST)
                elif known[-1].machine != self._machine:
                    writing.begin_epoch(stream, EpochReason.OTHER_MACHINE)
            self._sql.execute("COMMIT")
        except sqlite3.OperationalError as error:
            self._sql.close()
            raise OutboxUnusable(f"the outbox {self._path} cannot be written ({error})") from error
        self._has_notes = True
