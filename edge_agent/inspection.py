"""Looks into an outbox from another process, without changing it; the agent may be running."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import msgspec
from msgspec import Raw, Struct

from edge_agent.errors import OutboxUnusable
from edge_agent.writing import EPOCH_BITS, NUMBERS
from telemetry.wire import codec


class EpochListing(Struct, frozen=True):
    """One epoch: the last number given, and what the outbox still holds of it."""

    stream: str
    epoch: str
    head: int
    waiting: int
    kept: int
    bytes: int


class RecordListing(Struct, frozen=True):
    """One record; instants in ms since 1970, None where they are not known or not yet."""

    stream: str
    epoch: str
    number: int
    state: str
    measured_at: int | None
    trust: str | None
    boot: str
    up_ms: int
    body: Raw


class Verdict(Struct, frozen=True):
    """Whether the file is whole: SQLite's own check, and the CRC of every record."""

    records: int
    damaged: list[str]
    file: str

    @property
    def is_sound(self) -> bool:
        return self.file == "ok" and not self.damaged


def list_epochs(path: Path) -> list[EpochListing]:
    """Every epoch, oldest first.

    Raises:
        OutboxUnusable: no such file, or it cannot be read.
    """
    with _opened(path) as sql:
        return [EpochListing(*row) for row in sql.execute(_EPOCHS)]


def show_records(path: Path, stream: str, last: int) -> list[RecordListing]:
    """The newest records of a stream, oldest of them first.

    Raises:
        OutboxUnusable: no such file, or it cannot be read.
    """
    with _opened(path) as sql:
        names = _names(sql)
        found = [
            RecordListing(
                stream=stream,
                epoch=names.get(row_id >> EPOCH_BITS, "?"),
                number=row_id & NUMBERS,
                state="waiting" if kept_at is None else "kept",
                measured_at=measured_at,
                trust=trust,
                boot=boot,
                up_ms=up_ms,
                body=Raw(body),
            )
            for row_id, kept_at, measured_at, trust, boot, up_ms, body in sql.execute(
                _NEWEST, (stream, last)
            )
        ]
    return found[::-1]


def verify_file(path: Path) -> Verdict:
    """Read all of it. Blocks for as long as the disk takes.

    Raises:
        OutboxUnusable: no such file, or it is no database at all.
    """
    with _opened(path) as sql:
        file = str(sql.execute("PRAGMA quick_check(1)").fetchone()[0])
        names = _names(sql)
        count = 0
        damaged = []
        for row_id, crc, boot, up_ms, body in sql.execute(_CONTENTS):
            count += 1
            if codec.record_crc(boot, up_ms, body) != crc:
                damaged.append(f"{names.get(row_id >> EPOCH_BITS, '?')}/{row_id & NUMBERS}")
        return Verdict(count, damaged, file)


def encode(found: list[EpochListing] | list[RecordListing] | Verdict) -> bytes:
    """As JSON."""
    return msgspec.json.encode(found)


_EPOCHS = f"""
SELECT stream, name, head,
    (SELECT count(*) FROM records WHERE id BETWEEN low AND high AND kept_at IS NULL),
    (SELECT count(*) FROM records WHERE id BETWEEN low AND high AND kept_at IS NOT NULL),
    (SELECT coalesce(sum(length(body)), 0) FROM records WHERE id BETWEEN low AND high)
FROM (SELECT *, key << {EPOCH_BITS} AS low, key << {EPOCH_BITS} | {NUMBERS} AS high FROM epochs)
ORDER BY key
"""  # noqa: S608 -- constants
_NEWEST = """
SELECT id, kept_at, measured_at, trust, boot, up_ms, body FROM records
WHERE stream = ? ORDER BY id DESC LIMIT ?
"""
_CONTENTS = "SELECT id, crc, boot, up_ms, body FROM records ORDER BY id"


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    if not path.is_file():
        raise OutboxUnusable(f"there is no outbox {path}; has the agent run here?")
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as sql:
        try:
            yield sql
        except sqlite3.DatabaseError as error:
            raise OutboxUnusable(f"the outbox {path} cannot be read: {error}") from error


def _names(sql: sqlite3.Connection) -> dict[int, str]:
    return dict(sql.execute("SELECT key, name FROM epochs").fetchall())
