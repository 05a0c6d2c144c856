"""Cells: counts add up, quantiles are those of the samples, and a fold happens once."""

import random
from pathlib import Path

import pytest

from telemetry.store.duckdb_store import DuckDBStore
from telemetry.store.port import Box, Cell, CellRow, StoreUnavailable, Widened

SAME = Widened(-1, 0, 0.0)
"""Cells as they are."""


def _row(
    bin_number: int, samples: int = 1, *, cell: int = 7, day: int = 100, metric: str = "rsrp_dbm"
) -> CellRow:
    return CellRow(day, metric, cell, 106.0 + cell / 1000, 29.5, bin_number, samples)


def _median(store: DuckDBStore, since_day: int = 100) -> list[Cell]:
    return store.cells("rsrp_dbm", since_day, 0.5, SAME, None)


def test_counts_of_many_folds_add_up(store: DuckDBStore) -> None:
    store.fold_cells("fold", 10, [_row(3, 2), _row(5), _row(4, cell=8)])
    store.fold_cells("fold", 20, [_row(3), _row(3, metric="snr_db")])

    assert _median(store) == [Cell(7, 3, 4), Cell(8, 4, 1)]
    assert store.cursor("fold") == 20


def test_quantiles_are_those_of_the_samples(store: DuckDBStore) -> None:
    chance = random.Random(7)
    samples = sorted(chance.randrange(50) for _ in range(999))
    store.fold_cells("fold", 1, [_row(sample) for sample in samples])

    for fraction in (0.01, 0.1, 0.5, 0.9, 0.99):
        [found] = store.cells("rsrp_dbm", 100, fraction, SAME, None)
        assert found == Cell(7, samples[int(fraction * 999)], 999)


def test_only_the_days_asked_for_count(store: DuckDBStore) -> None:
    store.fold_cells("fold", 1, [_row(1, 9, day=99), _row(5, day=100)])

    assert _median(store, since_day=100) == [Cell(7, 5, 1)]
    assert _median(store, since_day=99) == [Cell(7, 1, 10)]


def test_cells_become_the_larger_ones_around_them(store: DuckDBStore) -> None:
    store.fold_cells("fold", 1, [_row(1, cell=0b1000), _row(2, 2, cell=0b1001), _row(3, cell=1)])

    found = store.cells("rsrp_dbm", 100, 0.5, Widened(~1, 1, 0.0), None)

    assert found == [Cell(0b0001, 3, 1), Cell(0b1001, 2, 3)]


def test_a_box_leaves_out_what_is_outside(store: DuckDBStore) -> None:
    store.fold_cells("fold", 1, [_row(1, cell=1), _row(1, cell=500)])
    box = Box(105.9, 29.0, 106.1, 30.0)

    def found(degrees: float) -> list[int]:
        widened = Widened(-1, 0, degrees)
        return [one.cell for one in store.cells("rsrp_dbm", 100, 0.5, widened, box)]

    assert found(0.0) == [1]
    assert found(0.5) == [1, 500]


def test_compacting_changes_no_answer(store: DuckDBStore) -> None:
    for _ in range(5):
        store.fold_cells(
            "fold", 1, [_row(n, n + 1, day=day) for n in range(3) for day in (99, 100)]
        )
    before = _median(store, 0)

    store.compact_cells(before_day=100, keep_from_day=0)
    store.compact_cells(before_day=100, keep_from_day=0)

    assert _median(store, 0) == before
    with store._database.reading() as cursor:
        rows = cursor.execute("SELECT day, count(*) FROM cells GROUP BY day ORDER BY day")
        assert rows.fetchall() == [(99, 3), (100, 15)]


def test_old_days_are_forgotten(store: DuckDBStore) -> None:
    store.fold_cells("fold", 1, [_row(1, day=10), _row(2, day=100)])

    store.compact_cells(before_day=100, keep_from_day=50)

    assert _median(store, 0) == [Cell(7, 2, 1)]


def test_a_fold_that_fails_moves_nothing(store: DuckDBStore) -> None:
    store.fold_cells("fold", 10, [_row(3)])

    with pytest.raises(StoreUnavailable):
        store.fold_cells("fold", 2**70, [_row(5, 9)])

    assert store.cursor("fold") == 10
    assert _median(store) == [Cell(7, 3, 1)]


def test_cells_outlast_a_restart(tmp_path: Path) -> None:
    store = DuckDBStore(tmp_path / "store")
    store.fold_cells("fold", 10, [_row(3)])
    store.close()

    again = DuckDBStore(tmp_path / "store")

    assert again.cursor("fold") == 10
    assert _median(again) == [Cell(7, 3, 1)]
    again.close()
