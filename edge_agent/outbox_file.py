"""The outbox's file: opened, checked, set aside when it cannot be used; and a reserve of space."""

import logging
import os
import sqlite3
from pathlib import Path
from typing import Final

from edge_agent.errors import OutboxUnusable
from telemetry.words import EpochReason

logger = logging.getLogger(__name__)

MEMORY: Final = Path(":memory:")
PAGE_BYTES: Final = 4096
RESERVE_BYTES: Final = 1 << 20
_FORM: Final = 1
_WAL_PAGES: Final = 64
"""A log twice this long can still be written to the file out of the reserve."""
_SCHEMA: Final = f"""
BEGIN;
CREATE TABLE epochs (
    key INTEGER PRIMARY KEY AUTOINCREMENT, stream TEXT NOT NULL, name TEXT NOT NULL,
    machine TEXT NOT NULL, head INTEGER NOT NULL
);
CREATE TABLE records (
    id INTEGER PRIMARY KEY, stream TEXT NOT NULL, kept_at INTEGER,
    crc INTEGER NOT NULL, boot TEXT NOT NULL, up_ms INTEGER NOT NULL,
    measured_at INTEGER, trust TEXT, body BLOB NOT NULL
);
CREATE INDEX records_by_state ON records (stream, kept_at);
CREATE TABLE anchors (boot TEXT PRIMARY KEY, began_at INTEGER NOT NULL, trust TEXT NOT NULL);
CREATE TABLE documents (name TEXT PRIMARY KEY, version INTEGER NOT NULL, body BLOB NOT NULL);
CREATE TABLE notes (id INTEGER PRIMARY KEY, body BLOB NOT NULL);
CREATE TABLE facts (name TEXT PRIMARY KEY, value NOT NULL);
PRAGMA user_version = {_FORM};
COMMIT;
"""
_PRUNE: Final = """
DELETE FROM epochs WHERE key NOT IN (SELECT max(key) FROM epochs GROUP BY stream)
AND NOT EXISTS (SELECT 1 FROM records WHERE id BETWEEN key << 40 AND (key + 1 << 40) - 1)
"""
_NO_ROOM: Final = (
    "SQLITE_FULL",
    "SQLITE_IOERR",
    "SQLITE_CANTOPEN",
    "SQLITE_READONLY",
    "SQLITE_BUSY",
)
_DAMAGED: Final = ("SQLITE_CORRUPT", "SQLITE_NOTADB")


def open_file(
    path: Path, asset: str, synchronous: str
) -> tuple[sqlite3.Connection, EpochReason | None]:
    """The outbox of `asset`, and why an earlier file had to be set aside, if one had.

    Raises:
        OutboxUnusable: the folder cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        reason = None if path == MEMORY or not path.exists() else _misfit(path, asset)
        if reason is not None:
            set_aside(path, reason)
        connection = _connect(path, synchronous)
        if connection.execute("PRAGMA user_version").fetchone() == (0,):
            connection.executescript(_SCHEMA)
        connection.execute("INSERT OR IGNORE INTO facts VALUES ('asset', ?)", (asset,))
        connection.execute(_PRUNE)
    except (OSError, sqlite3.Error) as error:
        raise OutboxUnusable(
            f"the outbox {path} cannot be opened ({error}); see that its folder can be written"
        ) from error
    return connection, reason


def set_aside(path: Path, reason: str) -> Path:
    """Rename the file, so that somebody can look into it; nothing is deleted."""
    number = 1
    while (target := path.with_name(f"{path.stem}-{reason}-{number}{path.suffix}")).exists():
        number += 1
    for ending in ("-wal", "-shm", ""):
        part = path.with_name(path.name + ending)
        if part.exists():
            part.rename(target.with_name(target.name + ending))
    logger.warning("outbox set aside", extra={"why": reason, "file": str(target)})
    return target


def is_unwritable(error: sqlite3.Error) -> bool:
    """Whether nothing could be written just now: no room, or the disk would not."""
    return getattr(error, "sqlite_errorname", "").startswith(_NO_ROOM)


def is_damaged(error: sqlite3.Error) -> bool:
    """Whether the file is no database any more."""
    return getattr(error, "sqlite_errorname", "").startswith(_DAMAGED)


def _misfit(path: Path, asset: str) -> EpochReason | None:
    try:
        connection = _connect(path, "FULL")
    except sqlite3.DatabaseError:
        return EpochReason.OUTBOX_DAMAGED
    try:
        if connection.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
            return EpochReason.OUTBOX_DAMAGED
        if connection.execute("PRAGMA user_version").fetchone() == (0,):
            # Killed while it was made: nothing can be in it, unless it is another program's.
            tables = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
            return None if tables == (0,) else EpochReason.OUTBOX_DAMAGED
        owner = connection.execute("SELECT value FROM facts WHERE name = 'asset'").fetchone()
        return None if owner in {(asset,), None} else EpochReason.OTHER_ASSET
    except sqlite3.DatabaseError:
        return EpochReason.OUTBOX_DAMAGED
    finally:
        connection.close()


def _connect(path: Path, synchronous: str) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    try:
        connection.execute(f"PRAGMA page_size = {PAGE_BYTES}")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(f"PRAGMA synchronous = {synchronous}")
        connection.execute(f"PRAGMA wal_autocheckpoint = {_WAL_PAGES}")
        connection.execute("PRAGMA cache_size = -256")
        # A page is written once a transaction, and not at all when it ends up free.
        connection.execute("PRAGMA cache_spill = OFF")
        connection.execute("PRAGMA temp_store = MEMORY")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


class Reserve:
    """Space taken in good times, given back when the disk is full, so that deleting works.

    Deleting rows writes pages first: on a full disk it needs some room to make room.
    """

    def __init__(self, outbox: Path) -> None:
        self._path = None if outbox == MEMORY else outbox.with_name(outbox.name + ".reserve")

    def take(self) -> bool:
        """Take the space, unless it is taken, or the disk has little of it; whether it is held."""
        if self._path is None or self._path.exists():
            return True
        disk = os.statvfs(self._path.parent)
        if disk.f_bavail * disk.f_frsize < 4 * RESERVE_BYTES:
            return False
        try:
            with self._path.open("wb") as file:
                file.write(bytes(RESERVE_BYTES))
                file.flush()
                os.fsync(file.fileno())
        except OSError:
            self.release()
            return False
        return True

    def release(self) -> None:
        """Give the space back to the disk."""
        if self._path is not None:
            self._path.unlink(missing_ok=True)
