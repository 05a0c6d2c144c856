"""One DuckDB file: its writing connection, a cursor a reader, opening it anew after an error."""

import contextlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Condition
from typing import Final

import duckdb
from duckdb import DuckDBPyConnection

from telemetry.store.port import StoreUnavailable

READERS_MAY_TAKE_SECONDS: Final = 30.0
# 64 MB of log are about one row group of 122,880 reports: smaller ones would be rewritten several
# times. Extensions that are not built in would be fetched from the internet. One thread, because
# waking others costs a commit a sixth more CPU, and a large export leaves intake the other cores.
_CONFIG: Final[dict[str, str | bool | int | float | list[str]]] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "checkpoint_threshold": "64MB",
    "threads": 1,
}


class Database:
    """One writer at a time (the caller's lock), any number of readers beside it.

    `prepare` is called with each newly opened connection, in a transaction.
    """

    def __init__(self, path: Path, prepare: Callable[[DuckDBPyConnection], None]) -> None:
        """Raises StoreUnavailable when the file cannot be opened."""
        self._path = path
        self._prepare = prepare
        self._gate = Condition()
        self._readers = 0
        self._is_broken = False
        self._connection: DuckDBPyConnection | None = None
        self._open()

    @contextmanager
    def reading(self) -> Iterator[DuckDBPyConnection]:
        """A cursor of its own that sees one state of the database, whatever is written meanwhile.

        Raises:
            StoreUnavailable: also for what DuckDB or a file raises inside the block.
        """
        with self._gate:
            connection = self._connected()
            self._readers += 1
        try:
            with connection.cursor() as cursor:
                cursor.execute("BEGIN TRANSACTION READ ONLY")
                yield cursor
        except (duckdb.Error, OSError) as error:
            raise StoreUnavailable(f"cannot read: {error}") from error
        finally:
            with self._gate:
                self._readers -= 1
                self._gate.notify_all()

    @contextmanager
    def writing(self) -> Iterator[DuckDBPyConnection]:
        """One transaction, committed at the end of the block.

        Raises:
            StoreUnavailable: rolled back; or, if the error came after the log was written, not.
                What is true then is known after `repair`.
        """
        connection = self._connected()
        try:
            connection.execute("BEGIN")
            yield connection
            connection.execute("COMMIT")
        except BaseException as error:
            with contextlib.suppress(duckdb.Error):
                connection.execute("ROLLBACK")
            if not isinstance(error, duckdb.Error):
                raise
            self._is_broken = True
            raise StoreUnavailable(f"cannot write: {error}") from error

    def repair(self) -> None:
        """Open the file anew after an error: DuckDB may refuse all work with the old connection.

        Waits for readers to end; new ones wait until it is done.

        Raises:
            StoreUnavailable: it still cannot be opened; call again later.
        """
        if not self._is_broken:
            return
        with self._gate:
            if not self._gate.wait_for(lambda: self._readers == 0, READERS_MAY_TAKE_SECONDS):
                raise StoreUnavailable("a reader keeps the broken file open")
            self.close()
            self._open()
            self._is_broken = False

    def close(self) -> None:
        """Close the writing connection; readers under way keep the file open until they end."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(duckdb.Error):
                connection.close()

    def _open(self) -> None:
        try:
            self._connection = duckdb.connect(self._path, config=_CONFIG)
            with self.writing() as connection:
                self._prepare(connection)
        except (duckdb.Error, OSError) as error:
            raise StoreUnavailable(f"cannot open {self._path.name}: {error}") from error
        except BaseException:
            self.close()
            raise

    def _connected(self) -> DuckDBPyConnection:
        if self._connection is None:
            raise StoreUnavailable("the store is closed")
        return self._connection
