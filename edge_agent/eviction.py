"""Makes room in the outbox: what is acked goes first, then reports, thinned from the oldest on.

A pass thins every report one in two. When it has reached the newest, the next pass begins at the
oldest again: the longer the outbox stays full, the coarser all of it, evenly. Survivors are
written anew next to each other, because deleting every other row frees no page.
"""

import sqlite3
from typing import Final

from edge_agent.outbox_file import PAGE_BYTES
from telemetry.words import Stream

_STEP_ROWS: Final = 256
"""Rows a step; what it gives up fits into one `dropped` event."""
_MOST_STEPS: Final = 32
"""A limit that was set much lower is reached by several commits: each has to fit into memory."""


_EVER_MS: Final = 1 << 62
_KEPT_REPORTS: Final = """
DELETE FROM records WHERE id IN (
    SELECT id FROM records WHERE stream = 'reports' AND kept_at < :before
    ORDER BY kept_at LIMIT :most
)
"""
_KEPT_EVENTS: Final = """
DELETE FROM records WHERE id IN (
    SELECT id FROM records WHERE stream = 'events' AND id < (
        SELECT coalesce(min(id), 9223372036854775807) FROM records
        WHERE stream = 'events' AND (kept_at IS NULL OR kept_at >= :before)
    )
    ORDER BY id LIMIT :most
)
"""
_Stored = tuple[int, int, str, int, int | None, str | None, bytes]


class Eviction:
    """One transaction's worth. `given_up` collects the ids of reports that must be declared."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._sql = connection
        self.given_up: list[int] = []

    def make_room(self, pages: int) -> None:
        """Bring the file down to so many pages in use, or as near as one transaction should."""
        steps = 0
        while used_pages(self._sql) > pages and steps < _MOST_STEPS:
            steps += 1
            if not (
                self._forget_kept(Stream.REPORTS)
                or self._forget_kept(Stream.EVENTS)
                or self._thin()
            ):
                return

    def _forget_kept(self, stream: Stream) -> bool:
        gone = forget_kept(self._sql, stream, before_ms=None, most=_STEP_ROWS)
        return gone > 0

    def _thin(self) -> bool:
        rows = self._oldest(after=self._thinned_to())
        if len(rows) < _STEP_ROWS:
            rows = self._oldest(after=0)
        if not rows:
            return False
        # So few that they are all there is: the older half goes.
        survivors = rows[1::2] if len(rows) == _STEP_ROWS else rows[(len(rows) + 1) // 2 :]
        self._sql.executemany("DELETE FROM records WHERE id = ?", [row[:1] for row in rows])
        self._sql.executemany(
            "INSERT INTO records VALUES (?, ?, NULL, ?, ?, ?, ?, ?, ?)",
            [(row[0], Stream.REPORTS, *row[1:]) for row in survivors],
        )
        stay = {row[0] for row in survivors}
        self.given_up += [row[0] for row in rows if row[0] not in stay]
        self._sql.execute("REPLACE INTO facts VALUES ('thinned_to', ?)", (rows[-1][0],))
        return True

    def _oldest(self, after: int) -> list[_Stored]:
        return self._sql.execute(
            "SELECT id, crc, boot, up_ms, measured_at, trust, body FROM records"
            " WHERE stream = ? AND kept_at IS NULL AND id > ? ORDER BY id LIMIT ?",
            (Stream.REPORTS, after, _STEP_ROWS),
        ).fetchall()

    def _thinned_to(self) -> int:
        found = self._sql.execute("SELECT value FROM facts WHERE name = 'thinned_to'").fetchone()
        return 0 if found is None else int(found[0])


def forget_kept(sql: sqlite3.Connection, stream: Stream, before_ms: int | None, most: int) -> int:
    """Delete up to so many of the oldest kept records, or those settled before that instant.

    Of events only the oldest go, none from the middle: a server that was restored from a backup
    must not find gaps in what it asks for.
    """
    query = _KEPT_EVENTS if stream is Stream.EVENTS else _KEPT_REPORTS
    before = _EVER_MS if before_ms is None else before_ms
    return sql.execute(query, {"before": before, "most": most}).rowcount


def used_pages(connection: sqlite3.Connection) -> int:
    """Pages in use, those of the transaction under way included."""
    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    (free,) = connection.execute("PRAGMA freelist_count").fetchone()
    return int(pages) - int(free)


def pages_for(body_bytes: int, records: int) -> int:
    """An upper guess of the pages that new records take, their index and a split included."""
    return (body_bytes + 160 * records) // (PAGE_BYTES // 2) + 8
