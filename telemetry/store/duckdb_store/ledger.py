"""Which numbers are taken, in memory, and what a commit has to do with each of its rows."""

from collections.abc import Sequence
from threading import Lock
from typing import Final

import pyarrow as pa
from duckdb import DuckDBPyConnection

from telemetry.intervals import IntervalSet, from_numbers
from telemetry.store.port import AsideRow, Fate, ReportRow

Key = tuple[str, str]
"""Asset and epoch."""
Name = tuple[str, str, int]
"""Asset, epoch and number."""

_NOTHING: Final = IntervalSet()
_STORED: Final = Fate.STORED  # looked up once: each time costs a tenth of a microsecond
_INTERVALS: Final = """
SELECT asset, epoch, min(number) AS low, max(number)
FROM (
    SELECT asset, epoch, number,
        number - row_number() OVER (PARTITION BY asset, epoch ORDER BY number) AS run
    FROM (
        SELECT asset, epoch, number FROM readings
        UNION ALL
        SELECT asset, epoch, number FROM set_aside WHERE epoch IS NOT NULL AND number IS NOT NULL
    )
)
GROUP BY asset, epoch, run
UNION ALL
SELECT asset, epoch, low, high FROM taken
ORDER BY asset, epoch, low
"""


class Ledger:
    """The numbers taken, and the last ordinal and id given. Readable from any thread."""

    def __init__(self) -> None:
        self.last_ordinal = 0
        self.last_aside = 0
        self._lock = Lock()
        self._taken: dict[Key, IntervalSet] = {}
        self._aside: dict[Key, int] = {}

    @classmethod
    def load(cls, connection: DuckDBPyConnection) -> "Ledger":
        """What the database says now."""
        ledger = cls()
        for asset, epoch, low, high in connection.execute(_INTERVALS).fetchall():
            ledger._taken.setdefault((asset, epoch), IntervalSet()).add(low, high)
        for asset, epoch, count in connection.execute(
            "SELECT asset, epoch, count(*) FROM set_aside"
            " WHERE epoch IS NOT NULL AND number IS NOT NULL GROUP BY asset, epoch"
        ).fetchall():
            ledger._aside[asset, epoch] = count
        [(ledger.last_ordinal, ledger.last_aside)] = connection.execute(
            "SELECT greatest((SELECT coalesce(max(ordinal), 0) FROM readings),"
            " (SELECT coalesce(max(last_ordinal), 0) FROM sealed)),"
            " (SELECT coalesce(max(id), 0) FROM set_aside)"
        ).fetchall()
        return ledger

    def of(self, key: Key) -> IntervalSet:
        """The numbers taken of one asset and epoch; for the writer only, not to be changed."""
        return self._taken.get(key, _NOTHING)

    def add(self, commit: "Commit") -> None:
        """Take over what was committed."""
        with self._lock:
            for key, crcs in commit.fresh.items():
                taken = self._taken.setdefault(key, IntervalSet())
                for low, high in from_numbers(sorted(crcs)):
                    taken.add(low, high)
            for row in commit.aside:
                if row.epoch is not None and row.number is not None:
                    key = (row.asset, row.epoch)
                    self._aside[key] = self._aside.get(key, 0) + 1
            self.last_ordinal += len(commit.reports)
            self.last_aside += len(commit.aside)

    def taken(self) -> list[tuple[str, str, IntervalSet]]:
        """A copy, by asset and epoch."""
        with self._lock:
            return [
                (asset, epoch, IntervalSet(taken))
                for (asset, epoch), taken in sorted(self._taken.items(), key=lambda item: item[0])
            ]

    def counts(self, key: Key) -> tuple[int, int]:
        """How many are stored, and how many set aside."""
        with self._lock:
            aside = self._aside.get(key, 0)
            return self._taken.get(key, _NOTHING).count() - aside, aside


class Commit:
    """One call of `commit`, sorted: what is new, and what needs a look at its stored CRC.

    `unsure` holds name and CRC of the rows whose number was taken by an earlier commit, by their
    place in the arguments.
    """

    def __init__(
        self, ledger: Ledger, reports: Sequence[ReportRow], aside: Sequence[AsideRow]
    ) -> None:
        self.reports: list[ReportRow] = []
        self.aside: list[AsideRow] = []
        self.fresh: dict[Key, dict[int, int | None]] = {}
        self.unsure: dict[int, tuple[Name, int | None]] = {}
        self._places: dict[Key, tuple[dict[int, int | None], IntervalSet, int]] = {}
        self._ledger = ledger
        self._split = len(reports)
        self._fates: list[Fate] = []
        for report in reports:
            if self._is_new(report, report.epoch, report.number):
                self.reports.append(report)
        for row in aside:
            if self._is_new(row, row.epoch, row.number):
                self.aside.append(row)
        self.fresh = {key: crcs for key, (crcs, _, _) in self._places.items() if crcs}

    def settle(self, stored: dict[Name, int | None]) -> None:
        """Judge the unsure rows by the CRCs stored under their numbers."""
        for place, (name, crc) in self.unsure.items():
            self._fates[place] = _judged(stored.get(name), crc)

    def fates(self) -> tuple[list[Fate], list[Fate]]:
        """What becomes of the reports and of what is set aside, in the order of the arguments."""
        return self._fates[: self._split], self._fates[self._split :]

    def _is_new(self, row: ReportRow | AsideRow, epoch: str | None, number: int | None) -> bool:
        if epoch is None or number is None:
            self._fates.append(_STORED)
            return True
        key = (row.asset, epoch)
        place = self._places.get(key)
        if place is None:
            taken = self._ledger.of(key)
            place = self._places[key] = ({}, taken, taken.highest())
        crcs, taken, highest = place
        if number in crcs:
            self._fates.append(_judged(crcs[number], row.crc))
            return False
        if number <= highest and number in taken:
            self.unsure[len(self._fates)] = ((row.asset, epoch, number), row.crc)
            self._fates.append(Fate.REPEATED)
            return False
        crcs[number] = row.crc
        self._fates.append(_STORED)
        return True


def _judged(stored: int | None, crc: int | None) -> Fate:
    """An unknown CRC, of what could not be read, says nothing of a fork."""
    return Fate.REPEATED if stored is None or crc is None or stored == crc else Fate.FORKED


def stored_crcs(
    cursor: DuckDBPyConnection, relation: str, names: Sequence[Name]
) -> dict[Name, int | None]:
    """The CRCs that a relation has under these names; absent ones are left out."""
    asked = pa.table(
        {
            "asset": pa.array([asset for asset, _, _ in names], pa.string()),
            "epoch": pa.array([epoch for _, epoch, _ in names], pa.string()),
            "number": pa.array([number for _, _, number in names], pa.int64()),
        }
    )
    cursor.register("asked", asked)
    found = cursor.execute(
        f"SELECT asset, epoch, number, crc FROM {relation}"  # noqa: S608
        " JOIN asked USING (asset, epoch, number)"
    ).fetchall()
    cursor.unregister("asked")
    return {(asset, epoch, number): crc for asset, epoch, number, crc in found}
