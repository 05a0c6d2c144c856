"""The state database: SQLite in a file, or PostgreSQL by URL; one unit is one transaction."""

import sqlite3
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry, StaticPool

from fleet_server.access.model import Caller
from fleet_server.journal import store as journal
from fleet_server.journal.model import Entry, What
from fleet_server.journal.rules import as_text
from fleet_server.tables import Base, Instant, RowId

__all__ = ["Base", "Database", "Instant", "RowId", "Unit"]

_BUSY_MS = 30_000
_MOST_NEWS = 10_000


class Unit:
    """One transaction: what is changed through it, and the journal rows that say so.

    `connection` is for statements that need no objects; they see what was written, not what
    `session` still holds back.
    """

    def __init__(self, connection: Connection, caller: Caller, now: datetime) -> None:
        self.connection = connection
        self.caller = caller
        self.now = now
        self.news: list[tuple[str, str]] = []
        self._entries: list[Entry] = []
        self._session: Session | None = None

    @property
    def session(self) -> Session:
        """For objects; made when first asked for, because what is done often needs none."""
        if self._session is None:
            # Who ends the transaction is the connection's owner alone.
            self._session = Session(
                self.connection, expire_on_commit=False, join_transaction_mode="rollback_only"
            )
        return self._session

    def touch(self, what: str, subject: str) -> None:
        """Tell whoever follows that something is to be read again, without a row of the journal."""
        self.news.append((what, subject))

    def journal(
        self,
        what: What,
        subject: str,
        before: object | None,
        after: object | None,
        why: str = "",
        court: str | None = None,
    ) -> None:
        """Note a change; `before` and `after` are anything that msgspec writes as JSON.

        `court` is whose people see the row; None: only those who see all courts.
        """
        self._entries.append(Entry(str(what), subject, court, as_text(before), as_text(after), why))

    @property
    def is_journalled(self) -> bool:
        """Whether anything was noted; what is not is nobody's news."""
        return bool(self._entries)

    def close(self) -> None:
        """Write what was noted. Last, because whoever appends keeps all others from appending."""
        if self._session is not None:
            self._session.flush()
        if self._entries:
            journal.append(self.connection, self.caller, self.now, self._entries)

    def let_go(self) -> None:
        """Of its objects; whatever became of the transaction."""
        if self._session is not None:
            self._session.close()


class Database:
    """Safe to share between threads; each unit and each reading has a connection of its own.

    `url` is an SQLAlchemy URL: `sqlite:////path/state.sqlite` or `postgresql+psycopg://...`.
    `sqlite://` is a database in memory, for one thread. `written` is another number after each
    change that the journal notes: nobody else writes, so who finds it unchanged need not read.
    `told` is how much news units have told besides.
    """

    def __init__(self, url: str) -> None:
        self.written = 0
        self.told = 0
        self._news: deque[tuple[str, str]] = deque(maxlen=_MOST_NEWS)
        self._counting = threading.Lock()
        self.engine = _engine(url)
        self._writing = self.engine.execution_options(writes=True)

    @contextmanager
    def unit(self, caller: Caller, now: datetime) -> Iterator[Unit]:
        """A writing transaction, committed at the end of the block, rolled back by an exception.

        SQLite has one writer: a second unit waits for the first.
        """
        with self._writing.begin() as connection:
            unit = Unit(connection, caller, now)
            try:
                yield unit
                unit.close()
            finally:
                unit.let_go()
        if unit.is_journalled or unit.news:
            with self._counting:
                self.written += unit.is_journalled
                self._news.extend(unit.news)
                self.told += len(unit.news)

    def news_since(self, told: int) -> tuple[int, list[tuple[str, str]]]:
        """How much was told till now, and what and of whom since `told`; the oldest is forgotten.

        Each thing is named once.
        """
        with self._counting:
            count = min(self.told - told, len(self._news))
            found = list(self._news)[len(self._news) - count :] if count > 0 else []
            return self.told, list(dict.fromkeys(found))

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session for reading; never waits for a writer, sees one moment."""
        with Session(self.engine, autoflush=False) as session:
            yield session

    def close(self) -> None:
        self.engine.dispose()


def _engine(url: str) -> Engine:
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return create_engine(parsed, pool_pre_ping=True)
    if parsed.database in (None, "", ":memory:"):
        engine = create_engine(
            parsed, poolclass=StaticPool, connect_args={"check_same_thread": False}
        )
    else:
        engine = create_engine(parsed)
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: sqlite3.Connection, _: ConnectionPoolEntry) -> None:
    """A server that says "committed" means it: synchronous is FULL, also behind the WAL."""
    connection.isolation_level = None  # transactions begin where `_begin` says, not by the driver
    connection.execute(f"PRAGMA busy_timeout={_BUSY_MS}")
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")


def _begin(connection: Connection) -> None:
    """A writing unit takes the write lock at once; asking later could fail half-way through."""
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
