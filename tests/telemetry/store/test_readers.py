"""Readers beside the writer: each sees one state, and nobody waits for a slow one."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from telemetry.store.duckdb_store import DuckDBStore
from telemetry.store.port import StoreUnavailable
from tests.telemetry.store.reports import DAY, NOON, everything, report


def test_readers_see_whole_commits_while_others_are_written(store: DuckDBStore) -> None:
    done = threading.Event()

    def read() -> list[int]:
        seen = []
        while not done.is_set():
            rows = everything(store)
            [point] = store.history("veh-001", "rsrp_dbm", NOON, NOON + DAY, 1)
            assert point.count >= len(rows)
            assert sum(len(row.devices) for row in rows) == len(rows)
            seen.append(len(rows))
        return seen

    with ThreadPoolExecutor(2) as pool:
        readers = [pool.submit(read) for _ in range(2)]
        for first in range(1, 3001, 100):
            batch = range(first, first + 100)
            store.commit([report(n, at=NOON + n, devices={"d": {}}) for n in batch], [])
        done.set()
        seen = [reader.result() for reader in readers]

    for lengths in seen:
        assert lengths == sorted(lengths)
        assert all(length % 100 == 0 for length in lengths)
        assert len(lengths) > 1


def test_commits_of_two_threads_are_each_stored_once(store: DuckDBStore) -> None:
    def write(_: int) -> None:
        for first in range(1, 1001, 50):
            store.commit([report(n) for n in range(first, first + 50)], [])

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(write, range(2)))

    assert [row.number for row in everything(store)] == list(range(1, 1001))
    assert store.last_ordinal() == 1000


def test_a_reader_that_pauses_holds_nothing_open(store: DuckDBStore) -> None:
    store.commit([report(n) for n in range(1, 6001)], [])
    paused = store.rows(["veh-001"], 0, 2**60)
    next(paused)

    days = store.seal_days(NOON + DAY)
    rest = sum(1 for _ in paused)
    half_read = store.rows(["veh-001"], 0, 2**60)
    next(half_read)
    store.close()

    assert days == 1
    assert rest == 5999
    with pytest.raises(StoreUnavailable):
        list(half_read)
