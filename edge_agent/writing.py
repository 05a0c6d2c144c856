"""One transaction of the outbox: numbers are given, states change, losses are declared."""

import secrets
import sqlite3
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Final, NamedTuple, Self

import msgspec

from edge_agent.eviction import Eviction, pages_for, used_pages
from edge_agent.outbox_file import PAGE_BYTES
from edge_agent.records import Draft, HeldDocument, Stamp, Wanted, Work
from telemetry.intervals import from_numbers
from telemetry.wire import codec, events
from telemetry.words import DropReason, EpochReason, Stream

EPOCH_BITS: Final = 40
NUMBERS: Final = (1 << EPOCH_BITS) - 1
EVENTS_SHARE: Final = 0.25
"""Of the outbox; reports cannot have it."""
RECORD_BYTES: Final = 160
"""What a record takes besides its body, about."""
_INTERVALS_AN_EVENT: Final = 300
_ALPHABET: Final = "abcdefghijklmnopqrstuvwxyz0123456789"


class Epoch(NamedTuple):
    """One epoch of a stream and the last number given in it."""

    key: int
    stream: Stream
    name: str
    machine: str
    head: int


class Books(msgspec.Struct):
    """What the outbox knows by heart: epochs, the current one last, and how many records wait."""

    epochs: dict[Stream, list[Epoch]]
    waiting: dict[Stream, int]

    @classmethod
    def read(cls, sql: sqlite3.Connection) -> Self:
        """As the file says."""
        books = cls({stream: [] for stream in Stream}, dict.fromkeys(Stream, 0))
        for key, stream, *rest in sql.execute("SELECT * FROM epochs ORDER BY key").fetchall():
            books.epochs[Stream(stream)].append(Epoch(key, Stream(stream), *rest))
        for stream in Stream:
            (books.waiting[stream],) = sql.execute(
                "SELECT count(*) FROM records WHERE stream = ? AND kept_at IS NULL", (stream,)
            ).fetchone()
        return books

    def copy(self) -> "Books":
        """A copy to change while a transaction may still fail."""
        return Books({s: list(found) for s, found in self.epochs.items()}, dict(self.waiting))

    def by_key(self, id: int) -> Epoch:
        """The epoch of a record's id."""
        return next(e for found in self.epochs.values() for e in found if e.key == _key(id))


class Writing:
    """Changes the file and `books`; whoever calls begins the transaction, and ends it."""

    def __init__(self, sql: sqlite3.Connection, books: Books, machine: str, stamp: Stamp) -> None:
        self.books = books
        self._sql = sql
        self._machine = machine
        self._stamp = stamp
        self._events: list[events.Event] = []

    def write(self, work: Work, limit_pages: int, why: DropReason) -> None:
        """Everything in `work`, within `limit_pages`; `why` reports have to go for that.

        Raises:
            sqlite3.Error: nothing of it may be committed.
        """
        self._sql.executemany(
            "REPLACE INTO anchors VALUES (?, ?, ?)",
            [(boot, *anchor) for boot, anchor in work.anchors.items()],
        )
        self._settle(work.settled)
        self._count("refused", work.refused)
        self._want(work.wanted)
        for stream, reason in work.openings.items():
            self.begin_epoch(stream, reason)
        for stream, forked in self._by_stream(sorted(work.forked)):
            self._renumber(stream, forked)
        for given in work.given_up:
            self._give_up(given.ids, given.why)
        self._sql.executemany(
            "UPDATE records SET measured_at = ?2, trust = ?3 WHERE id = ?1 AND trust IS NULL",
            work.fixed,
        )
        self._hold(work.held)
        self._sql.executemany("REPLACE INTO facts VALUES (?, ?)", work.facts.items())
        self._declare_unwritten(work.unwritten)
        self._take_notes()
        self._make_room(work.drafts, limit_pages, why)
        self._insert([*self._declared(), *work.drafts])
        self._save_heads()

    def note(self, event: events.Event) -> None:
        """Leave an event in the file for the next commit, which knows when it is."""
        self._sql.execute("INSERT INTO notes (body) VALUES (?)", (events.encode(event),))

    def begin_epoch(self, stream: Stream, why: EpochReason) -> None:
        """Count anew from 1, and note it as an event."""
        known = self.books.epochs[stream]
        name = "".join(secrets.choice(_ALPHABET) for _ in range(8))
        self._sql.execute(
            "INSERT INTO epochs (stream, name, machine, head) VALUES (?, ?, ?, 0)",
            (stream, name, self._machine),
        )
        (key,) = self._sql.execute("SELECT last_insert_rowid()").fetchone()
        self.note(events.EpochOpened(stream, name, known[-1].name if known else "", why))
        known.append(Epoch(key, stream, name, self._machine, 0))

    def _settle(self, ids: Sequence[int]) -> None:
        at = self._stamp.measured_at or 0
        for stream, some in self._by_stream(ids):
            gone = self._sql.executemany(
                "UPDATE records SET kept_at = ? WHERE id = ? AND kept_at IS NULL",
                [(at, row_id) for row_id in some],
            ).rowcount
            self.books.waiting[stream] -= max(gone, 0)

    def _want(self, wanted: Iterable[Wanted]) -> None:
        for want in wanted:
            for epoch in self.books.epochs[want.stream]:
                if epoch.name == want.epoch:
                    first = epoch.key << EPOCH_BITS
                    back = self._sql.execute(
                        "UPDATE records SET kept_at = NULL"
                        " WHERE id BETWEEN ? AND ? AND kept_at IS NOT NULL",
                        (first + want.low, first + min(want.high, NUMBERS)),
                    ).rowcount
                    self.books.waiting[want.stream] += back

    def _renumber(self, stream: Stream, forked: Sequence[int]) -> None:
        """Emit again, in their order, what the server has other content for.

        Of events that is the first one and every later one of its epoch that waits, so that none
        overtakes another and no gap stays behind.
        """
        last = forked[0] | NUMBERS if stream is Stream.EVENTS else forked[-1]
        waiting = self._sql.execute(
            "SELECT id FROM records WHERE id BETWEEN ? AND ? AND kept_at IS NULL ORDER BY id",
            (forked[0], last),
        ).fetchall()
        named = set(forked)
        moved = [old for (old,) in waiting if stream is Stream.EVENTS or old in named]
        self._sql.executemany(
            "UPDATE records SET id = ? WHERE id = ?",
            [(self._next_id(stream), old) for old in moved],
        )
        self._declare(moved, DropReason.RENUMBERED)

    def _give_up(self, ids: Sequence[int], why: DropReason) -> None:
        """Delete reports that wait, and declare them by an event."""
        self._sql.executemany("DELETE FROM records WHERE id = ?", [(row_id,) for row_id in ids])
        self.books.waiting[Stream.REPORTS] -= len(ids)
        self._count("dropped", len(ids))
        self._declare(ids, why)

    def _declare(self, ids: Iterable[int], why: DropReason) -> None:
        for key, some in groupby(sorted(ids), key=_key):
            intervals = from_numbers(row_id & NUMBERS for row_id in some)
            epoch = self.books.by_key(key << EPOCH_BITS)
            for at in range(0, len(intervals), _INTERVALS_AN_EVENT):
                part = intervals[at : at + _INTERVALS_AN_EVENT]
                self._events.append(events.Dropped(epoch.stream, epoch.name, part, why))

    def _declare_unwritten(self, count: int) -> None:
        if count:
            ids = [self._next_id(Stream.REPORTS) for _ in range(count)]
            self._declare(ids, DropReason.DISK_FULL)
            self._count("dropped", count)

    def _hold(self, documents: Iterable[HeldDocument]) -> None:
        self._sql.executemany(
            "REPLACE INTO documents SELECT ?1, ?2, ?3 WHERE NOT EXISTS"
            " (SELECT 1 FROM documents WHERE name = ?1 AND version >= ?2)",
            documents,
        )

    def _take_notes(self) -> None:
        """Notes are events as soon as it is known when; they come before anything else."""
        notes = self._sql.execute("SELECT body FROM notes ORDER BY id").fetchall()
        if notes:
            self._sql.execute("DELETE FROM notes")
            self._insert([Draft(Stream.EVENTS, self._stamp, body) for (body,) in notes])

    def _make_room(self, drafts: Sequence[Draft], limit_pages: int, why: DropReason) -> None:
        """At the limit reports give way, some more than needed, so that it is not at each tick."""
        need = pages_for(sum(len(draft.body) for draft in drafts), len(drafts))
        limit = limit_pages
        if why is not DropReason.DISK_FULL:  # then there is no room for large changes either
            limit = self._reports_limit(limit_pages, need)
        if used_pages(self._sql) + need <= limit:
            return
        eviction = Eviction(self._sql)
        eviction.make_room(max(limit - need - max(8, limit_pages // 64), 0))
        self.books.waiting[Stream.REPORTS] -= len(eviction.given_up)
        self._count("dropped", len(eviction.given_up))
        self._declare(eviction.given_up, why)

    def _reports_limit(self, limit_pages: int, need: int) -> int:
        """The pages that may be used after reports are added: a quarter is for events."""
        share = int(limit_pages * EVENTS_SHARE)
        if used_pages(self._sql) + need <= limit_pages - share:
            return limit_pages
        (size,) = self._sql.execute(
            f"SELECT coalesce(sum(length(body) + {RECORD_BYTES}), 0)"  # noqa: S608 -- a constant
            " FROM records WHERE stream = 'events'"
        ).fetchone()
        return limit_pages - max(share - int(size) // PAGE_BYTES, 0)

    def _declared(self) -> list[Draft]:
        return [Draft(Stream.EVENTS, self._stamp, events.encode(event)) for event in self._events]

    def _insert(self, drafts: Iterable[Draft]) -> None:
        rows = []
        for draft in drafts:
            stamp = draft.stamp
            crc = codec.record_crc(stamp.boot, stamp.up_ms, draft.body)
            rows.append((self._next_id(draft.stream), draft.stream, crc, *stamp, draft.body))
            self.books.waiting[draft.stream] += 1
        self._sql.executemany("INSERT INTO records VALUES (?, ?, NULL, ?, ?, ?, ?, ?, ?)", rows)

    def _next_id(self, stream: Stream) -> int:
        known = self.books.epochs[stream]
        known[-1] = known[-1]._replace(head=known[-1].head + 1)
        return known[-1].key << EPOCH_BITS | known[-1].head

    def _save_heads(self) -> None:
        self._sql.executemany(
            "UPDATE epochs SET head = ?1 WHERE key = ?2 AND head <> ?1",
            [(found[-1].head, found[-1].key) for found in self.books.epochs.values()],
        )

    def _count(self, what: str, more: int) -> None:
        if more:
            self._sql.execute(
                "INSERT INTO facts VALUES (?1, ?2)"
                " ON CONFLICT (name) DO UPDATE SET value = value + ?2",
                (what, more),
            )

    def _by_stream(self, ids: Iterable[int]) -> list[tuple[Stream, list[int]]]:
        found: dict[Stream, list[int]] = {}
        for row_id in ids:
            found.setdefault(self.books.by_key(row_id).stream, []).append(row_id)
        return list(found.items())


def _key(id: int) -> int:
    return id >> EPOCH_BITS
