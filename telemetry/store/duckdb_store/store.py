"""The telemetry store of one folder."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

import pyarrow as pa
from duckdb import DuckDBPyConnection

from telemetry.intervals import IntervalSet
from telemetry.metrics import CATALOGUE, Metric
from telemetry.store.duckdb_store import cells, devices, export, history, rows, sealing, tracks
from telemetry.store.duckdb_store.batch import (
    aside_batch,
    devices_batch,
    insert,
    readings_batch,
)
from telemetry.store.duckdb_store.database import Database
from telemetry.store.duckdb_store.files import remove_parts
from telemetry.store.duckdb_store.ledger import Commit, Ledger, Name, stored_crcs
from telemetry.store.duckdb_store.schema import Schema, prepare
from telemetry.store.duckdb_store.sources import Sources
from telemetry.store.port import (
    AsideRow,
    Box,
    Cell,
    CellRow,
    DeviceChange,
    DeviceSeen,
    Fate,
    Fix,
    Point,
    ReportRow,
    StoreUnavailable,
    Track,
    Widened,
)

logger = logging.getLogger(__name__)


class DuckDBStore:
    """Implements `telemetry.store.port.TelemetryStore`; only one process may open a folder.

    Every call may come from any thread. Writing calls wait for each other, reading ones for
    nobody.
    """

    def __init__(self, folder: Path, catalogue: Mapping[str, Metric] = CATALOGUE) -> None:
        """Open the store of `folder`, or begin one.

        Raises:
            StoreUnavailable: it cannot be opened; another process may have it.
            StoreError: what is there does not fit the catalogue.
        """
        self._schema = Schema.of(catalogue)
        self._sealed = folder / "sealed"
        self._writer = Lock()
        self._sealer = Lock()
        try:
            self._sealed.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreUnavailable(f"no folder for the store: {error.strerror}") from error
        self._database = Database(
            folder / "telemetry.duckdb", lambda connection: prepare(connection, self._schema)
        )
        try:
            self._ledger = self._load()
            self._is_doubtful = False
            self._tidy()
        except BaseException:
            self._database.close()
            raise

    def commit(
        self, reports: Sequence[ReportRow], aside: Sequence[AsideRow]
    ) -> tuple[list[Fate], list[Fate]]:
        """See `TelemetryStore.commit`.

        DuckDB may fail after its log is on disk, in a checkpoint. So after an error the file is
        opened anew, here or by the next call, and its word counts.
        """
        with self._writer:
            self._settle_doubt()
            commit = Commit(self._ledger, reports, aside)
            if commit.unsure:
                commit.settle(self._stored_crcs([name for name, _ in commit.unsure.values()]))
            if commit.reports or commit.aside:
                self._store(commit)
            return commit.fates()

    def taken(self) -> Iterator[tuple[str, str, IntervalSet]]:
        """See `TelemetryStore.taken`; by asset and epoch, from memory."""
        return iter(self._ledger.taken())

    def counts(self, asset: str, epoch: str) -> tuple[int, int]:
        """See `TelemetryStore.counts`; from memory."""
        return self._ledger.counts((asset, epoch))

    def history(
        self, asset: str, metric: str, since: int, until: int, buckets: int, device: str = ""
    ) -> list[Point]:
        """See `TelemetryStore.history`; `device` is needed for a metric that a device has."""
        with self._reading() as sources:
            return history.history(sources, asset, metric, since, until, buckets, device)

    def tracks(
        self,
        assets: Sequence[str],
        since: int,
        until: int,
        most_points: int,
        metrics: Sequence[str] = (),
    ) -> dict[str, Track]:
        """See `TelemetryStore.tracks`."""
        with self._reading() as sources:
            return tracks.tracks(sources, assets, since, until, most_points, metrics)

    def devices(self, asset: str) -> list[DeviceSeen]:
        """See `TelemetryStore.devices`."""
        with self._reading() as sources:
            return devices.devices(sources, asset)

    def device_changes(
        self, asset: str, since: int, until: int, most: int, device: str = ""
    ) -> list[DeviceChange]:
        """See `TelemetryStore.device_changes`."""
        with self._reading() as sources:
            return devices.changes(sources, asset, since, until, most, device)

    def latest(self, asset: str) -> ReportRow | None:
        """See `TelemetryStore.latest`."""
        with self._reading() as sources:
            return rows.latest(sources, asset)

    def quantiles(
        self, metric: str, fractions: Sequence[float], since: int, until: int, assets: Sequence[str]
    ) -> list[float | None]:
        """See `TelemetryStore.quantiles`; of a device's metric over all devices."""
        with self._reading() as sources:
            return history.quantiles(sources, metric, fractions, since, until, assets)

    def rows(self, assets: Sequence[str], since: int, until: int) -> Iterator[ReportRow]:
        """See `TelemetryStore.rows`; read in pages, so that nothing is held open between them."""
        for asset in sorted(set(assets)):
            place = (since, -1)
            while True:
                with self._reading() as sources:
                    page = rows.page_of_asset(sources, asset, place, until)
                for _, report in page:
                    yield report
                if len(page) < rows.PAGE:
                    break
                place = page[-1][0]

    def aside(self, limit: int, before: int | None = None) -> list[tuple[int, AsideRow]]:
        """See `TelemetryStore.aside`."""
        with self._reading() as sources:
            return rows.aside(sources, limit, before)

    def export(self, path: Path, format: str, assets: Sequence[str], since: int, until: int) -> int:
        """See `TelemetryStore.export`; columns as `export.export` says.

        Raises:
            ValueError: a format other than "csv" and "parquet".
            StoreUnavailable: it cannot be read, or the file not be written.
        """
        with self._reading() as sources:
            return export.export(sources, path, format, assets, since, until)

    def seal_days(self, now: int) -> int:
        """Move the days that are over at `now` to Parquet files; how many.

        Commits go on meanwhile.

        Raises:
            StoreUnavailable: the days not yet done stay where they are.
        """
        with self._sealer:
            with self._database.reading() as cursor:
                days = sealing.complete_days(cursor, now)
            for day in days:
                with self._database.reading() as cursor:
                    files = sealing.write_files(cursor, self._sealed, self._schema, day)
                with self._writing() as connection:
                    sealing.claim_files(connection, self._schema, day, files, self._ledger)
            return len(days)

    def last_ordinal(self) -> int:
        """How many reports were committed since the store began."""
        return self._ledger.last_ordinal

    def committed(self, first: int, last: int) -> list[ReportRow]:
        """The reports with these ordinals, both included, in the order of their commit."""
        with self._reading() as sources:
            return [report for _, report in rows.in_order_of_commit(sources, first, last)]

    def fixes_committed(
        self, first: int, last: int, metrics: Sequence[str]
    ) -> list[tuple[str, Fix]]:
        """The positions among the reports with these ordinals, both included, each with its asset.

        In the order of their commit.
        """
        with self._reading() as sources:
            return tracks.fixes_committed(sources, first, last, metrics)

    def fold_cells(self, name: str, ordinal: int, rows: Sequence[CellRow]) -> None:
        """Add to the cells and move the cursor `name`, in one transaction: a kill repeats nothing.

        Raises:
            StoreUnavailable: neither was done.
        """
        with self._writing() as connection:
            cells.add(connection, rows)
            _move(connection, name, ordinal)

    def compact_cells(self, before_day: int, keep_from_day: int) -> None:
        """Let each cell, metric, bin and day before `before_day` be one row; forget older days.

        Raises:
            StoreUnavailable: everything stands as it was.
        """
        with self._writing() as connection:
            cells.compact(connection, before_day, keep_from_day)

    def cells(
        self, metric: str, since_day: int, fraction: float, widened: Widened, box: Box | None
    ) -> list[Cell]:
        """The quantile `fraction` of each cell that has samples since a day, by cell."""
        with self._reading() as sources:
            return cells.cells(sources.cursor, metric, since_day, fraction, widened, box)

    def cursor(self, name: str) -> int:
        """The ordinal that `move_cursor` noted last, 0 at first."""
        with self._database.reading() as cursor:
            found = cursor.execute("SELECT ordinal FROM cursors WHERE name = ?", [name]).fetchall()
        return int(found[0][0]) if found else 0

    def move_cursor(self, name: str, ordinal: int) -> None:
        """Note, durably and in the store itself, how far somebody has read.

        Raises:
            StoreUnavailable: the old place stands.
        """
        with self._writing() as connection:
            _move(connection, name, ordinal)

    def close(self) -> None:
        """See `TelemetryStore.close`."""
        with self._writer:
            self._database.close()

    def _store(self, commit: Commit) -> None:
        ordinal = self._ledger.last_ordinal + len(commit.reports)
        aside = self._ledger.last_aside + len(commit.aside)
        batches = self._batches(commit)
        try:
            with self._database.writing() as connection:
                for name, batch in batches:
                    insert(connection, name, batch)
        except StoreUnavailable:
            self._is_doubtful = True
            self._settle_doubt()
            if (self._ledger.last_ordinal, self._ledger.last_aside) != (ordinal, aside):
                raise
        else:
            self._ledger.add(commit)

    def _batches(self, commit: Commit) -> list[tuple[str, pa.Table]]:
        first = self._ledger.last_ordinal + 1
        batches: list[tuple[str, pa.Table]] = []
        if commit.reports:
            readings, devices = self._schema.readings, self._schema.devices
            batches.append((readings.name, readings_batch(commit.reports, first, readings)))
            of_devices = devices_batch(commit.reports, first, devices)
            if of_devices is not None:
                batches.append((devices.name, of_devices))
        if commit.aside:
            batches.append(("set_aside", aside_batch(commit.aside, self._ledger.last_aside + 1)))
        return batches

    def _stored_crcs(self, names: Sequence[Name]) -> dict[Name, int | None]:
        """The CRCs under these numbers; sealed days are looked through only for what is old."""
        unsealed = (
            "(SELECT asset, epoch, number, crc FROM readings"
            " UNION ALL SELECT asset, epoch, number, crc FROM set_aside)"
        )
        with self._reading() as sources:
            found = stored_crcs(sources.cursor, unsealed, names)
            old = [name for name in names if name not in found]
            sealed = sources.sealed(self._schema.readings) if old else None
            if sealed is not None:
                found |= stored_crcs(sources.cursor, sealed, old)
        return found

    def _tidy(self) -> None:
        """Only when opened: a day may be on its way to its file later on."""
        with self._database.reading() as cursor:
            remove_parts(self._sealed)
            unclaimed = sealing.set_unclaimed_aside(cursor, self._sealed)
        if unclaimed:
            logger.warning("sealed files set aside, unclaimed", extra={"files": unclaimed})

    def _load(self) -> Ledger:
        with self._database.reading() as cursor:
            return Ledger.load(cursor)

    @contextmanager
    def _reading(self) -> Iterator[Sources]:
        with self._database.reading() as cursor:
            yield Sources(cursor, self._sealed, self._schema)

    @contextmanager
    def _writing(self) -> Iterator[DuckDBPyConnection]:
        """One transaction of the one writer; for what may be done again after an error."""
        with self._writer:
            self._settle_doubt()
            try:
                with self._database.writing() as connection:
                    yield connection
            except StoreUnavailable:
                self._is_doubtful = True
                raise

    def _settle_doubt(self) -> None:
        """After an error, what memory says may not be what the file says."""
        if self._is_doubtful:
            self._database.repair()
            self._ledger = self._load()
            self._is_doubtful = False


def _move(connection: DuckDBPyConnection, name: str, ordinal: int) -> None:
    connection.execute("DELETE FROM cursors WHERE name = ?", [name])
    connection.execute("INSERT INTO cursors VALUES (?, ?)", [name, ordinal])
