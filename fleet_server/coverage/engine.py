"""Folds what was committed into the hexagons, from where it stopped, and answers what they say.

The counts lie in the telemetry store, beside the reports that they come from, because there the
cursor moves in the transaction that adds to them: no report is counted twice or left out by a kill,
and nothing is read again after a restart. Late reports count too: a measurement stays true.
"""

import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from msgspec import Struct

from fleet_server.coverage import rules
from fleet_server.coverage.model import Measured
from fleet_server.errors import Malformed
from telemetry.store.duckdb_store import DuckDBStore
from telemetry.store.port import Box, CellRow, Fix
from telemetry.words import LinkClass

CURSOR: Final = "coverage"
KEPT_DAYS: Final = 400
MOST_HEXAGONS: Final = 20_000
_STEP_REPORTS: Final = 20_000
_MOST_STEPS: Final = 20
_EXPERIENCE_DAYS: Final = 60
_REMEMBERED_SECONDS: Final = 3600
_COARSEST_EXPERIENCE: Final = 7
"""About 2 km across: what lies further away says nothing of a valley."""
_EXPERIENCE_SIZES: Final = range(rules.FINEST, _COARSEST_EXPERIENCE - 1, -1)
_EXPECTED: Final = {
    Measured.UPLINK: rules.CAREFUL,
    Measured.LINK_RTT: 1 - rules.CAREFUL,
    Measured.RTT: 1 - rules.CAREFUL,
}
"""The quantile of each measure that is expected again."""
_METRICS: Final = (*rules.CONTEXT, *Measured)

Experience = Mapping[Measured, Sequence[Mapping[int, float]]]
"""What each hexagon is worth by each measure, the smallest hexagons first."""


class Hexagon(Struct, frozen=True):
    """What was measured in one hexagon: a quantile, and of how many samples."""

    name: str
    outline: list[tuple[float, float]]
    value: float
    samples: int


class Coverage:
    """`step` is for one thread, the rest for any."""

    def __init__(self, store: DuckDBStore) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._folded: int | None = None
        self._compacted_day = -1
        # Where each asset was counted last: hexagon, and instant of that count.
        self._last: dict[str, tuple[int, int]] = {}
        self._experience: Experience = {}
        self._experience_hour = -1

    @property
    def revision(self) -> int:
        """Another number when the hexagons may have changed."""
        with self._lock:
            return self._cursor()

    def step(self, now: datetime) -> None:
        """Fold what was committed since; comes back now and then, the server may want to stop.

        Raises:
            StoreUnavailable: what is not folded yet will be the next time.
        """
        with self._lock:
            first = self._cursor() + 1
        for _ in range(_MOST_STEPS):
            last = min(self._store.last_ordinal(), first + _STEP_REPORTS - 1)
            if last < first:
                break
            fixes = self._store.fixes_committed(first, last, _METRICS)
            self._store.fold_cells(CURSOR, last, self._counted(fixes))
            with self._lock:
                self._folded = last
            first = last + 1
        today = round(now.timestamp() * 1000) // rules.DAY_MS
        if today != self._compacted_day:
            self._store.compact_cells(today, today - KEPT_DAYS)
            self._compacted_day = today

    def hexagons(
        self,
        metric: Measured,
        resolution: int,
        since_day: int,
        fraction: float,
        box: Box | None,
    ) -> list[Hexagon]:
        """Those with samples since a day (since 1970, UTC), whose centre lies in the box.

        Raises:
            Malformed: more than anybody can look at.
        """
        found = self._store.cells(metric, since_day, fraction, rules.widened(resolution), box)
        if box is not None:
            found = [one for one in found if rules.is_in(box, one.cell)]
        if len(found) > MOST_HEXAGONS:
            raise Malformed("too_many_hexagons", limit=MOST_HEXAGONS)
        ruler = rules.RULERS[metric]
        return [
            Hexagon(
                rules.name_of(one.cell),
                rules.outline_of(one.cell),
                rules.value_of(ruler, one.bin),
                one.samples,
            )
            for one in found
        ]

    def link_class(self, longitude: float, latitude: float, now: datetime) -> LinkClass | None:
        """What the link of a place was found to be in the last weeks: three of four times, so good.

        None: nobody was there, or too seldom. A few hours old at most.
        """
        cell = rules.cell_at(longitude, latitude)
        found = self._experience_of(now)
        rtt = _nearest(found[Measured.LINK_RTT], cell)
        if rtt is None:
            rtt = _nearest(found[Measured.RTT], cell)
        return rules.class_of(_nearest(found[Measured.UPLINK], cell), rtt)

    def _experience_of(self, now: datetime) -> Experience:
        """All places at once: one by one they would be hundreds of queries for a fleet's bases."""
        hour = round(now.timestamp()) // _REMEMBERED_SECONDS
        with self._lock:
            if hour == self._experience_hour:
                return self._experience
        since_day = round(now.timestamp() * 1000) // rules.DAY_MS - _EXPERIENCE_DAYS
        found = {
            metric: [self._worth(metric, size, since_day, fraction) for size in _EXPERIENCE_SIZES]
            for metric, fraction in _EXPECTED.items()
        }
        with self._lock:
            self._experience, self._experience_hour = found, hour
        return found

    def _worth(
        self, metric: Measured, resolution: int, since_day: int, fraction: float
    ) -> dict[int, float]:
        """The quantile of each hexagon that has samples enough."""
        ruler = rules.RULERS[metric]
        cells = self._store.cells(metric, since_day, fraction, rules.widened(resolution), None)
        return {
            one.cell: rules.value_of(ruler, one.bin)
            for one in cells
            if one.samples >= rules.FEWEST_SAMPLES[metric]
        }

    def _cursor(self) -> int:
        if self._folded is None:
            self._folded = self._store.cursor(CURSOR)
        return self._folded

    def _counted(self, fixes: list[tuple[str, Fix]]) -> list[CellRow]:
        counts: Counter[tuple[int, Measured, int, int]] = Counter()
        for asset, fix in fixes:
            if not rules.is_exact(fix):
                continue
            cell = rules.cell_at(fix.longitude, fix.latitude)
            is_news = self._is_news(asset, cell, fix)
            day = fix.instant // rules.DAY_MS
            for metric, value in zip(Measured, fix.values[len(rules.CONTEXT) :], strict=True):
                counts_now = is_news or metric in rules.BURSTS
                if counts_now and isinstance(value, int | float):
                    counts[day, metric, cell, rules.bin_of(rules.RULERS[metric], value)] += 1
        centres = {cell: rules.centre_of(cell) for _, _, cell, _ in counts}
        return [
            CellRow(day, metric, cell, *centres[cell], place, samples)
            for (day, metric, cell, place), samples in counts.items()
        ]

    def _is_news(self, asset: str, cell: int, fix: Fix) -> bool:
        """Whether the asset moves, came into this hexagon, or has stood there long enough."""
        last_cell, last_at = self._last.get(asset, (0, 0))
        is_soon = abs(fix.instant - last_at) < rules.STANDING_MS
        if last_cell == cell and is_soon and not rules.is_moving(fix):
            return False
        self._last[asset] = (cell, fix.instant)
        return True


def _nearest(sizes: Sequence[Mapping[int, float]], cell: int) -> float | None:
    """What the smallest hexagon around a fine one is worth."""
    for resolution, worth in zip(_EXPERIENCE_SIZES, sizes, strict=True):
        found = worth.get(rules.around(cell, resolution))
        if found is not None:
            return found
    return None
