"""What `commit` promises: stored once, forks refused, what was taken known again."""

import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telemetry.intervals import IntervalSet
from telemetry.store.duckdb_store import DuckDBStore
from telemetry.store.port import AsideRow, Fate, ReportRow, StoreUnavailable
from telemetry.wire.messages import Value
from tests.telemetry.store.reports import everything, report, unreadable

STORED, REPEATED, FORKED = Fate.STORED, Fate.REPEATED, Fate.FORKED


def test_what_was_committed_is_read_back_equal(store: DuckDBStore) -> None:
    full = report(
        1,
        metrics={"rsrp_dbm": -90.5, "cqi": 12, "mains_power": True, "operator": "中国移动"},
        devices={"wwan0": {"received_bytes": 5, "interface_up": True}, "wwan1": {}},
    )
    timeless = msgspec.structs.replace(report(2), measured_at=None)

    store.commit([full, timeless], [])
    found = everything(store)

    assert found == [full, timeless]


def test_unknown_keys_and_values_of_another_kind_are_kept(store: DuckDBStore) -> None:
    odd: dict[str, Value] = {
        "drone_battery_percent": 70,
        "cqi": "twelve",
        "rsrp_dbm": True,
        "mains_power": 1,
        "operator": 46000,
        "processes": 2**70,
        "load_1min": 2**60 + 1,
        "satellites_used": 7.5,
    }
    rows = [report(1, metrics=odd, devices={"camera": odd}), report(2, metrics={"cqi": 3})]

    store.commit(rows, [])
    found = everything(store)

    assert found == rows
    assert [type(found[0].metrics[key]) for key in odd] == [type(odd[key]) for key in odd]


def test_a_repeat_changes_nothing_and_a_fork_is_told(store: DuckDBStore) -> None:
    first = store.commit([report(1), report(2), report(1), report(2, crc=9)], [])

    again = store.commit([report(3), report(2), report(1, crc=9)], [])
    found = everything(store)

    assert first == ([STORED, STORED, REPEATED, FORKED], [])
    assert again == ([STORED, REPEATED, FORKED], [])
    assert found == [report(1), report(2), report(3)]


def test_the_same_number_in_another_epoch_or_of_another_asset_is_new(store: DuckDBStore) -> None:
    store.commit([report(1)], [])

    fates = store.commit([report(1, epoch="e2", crc=9), report(1, asset="bag-1", crc=9)], [])

    assert fates == ([STORED, STORED], [])


def test_what_is_set_aside_counts_as_taken(store: DuckDBStore) -> None:
    store.commit([report(1)], [unreadable(2), unreadable(3, crc=30), unreadable(None)])

    fates = store.commit(
        [report(2), report(3, crc=30), report(3, crc=31)],
        [unreadable(1), unreadable(2), unreadable(3, crc=31), unreadable(None)],
    )
    taken = list(store.taken())
    counts = store.counts("veh-001", "e1")

    assert fates == ([REPEATED, REPEATED, FORKED], [REPEATED, REPEATED, FORKED, STORED])
    assert taken == [("veh-001", "e1", IntervalSet([(1, 3)]))]
    assert counts == (1, 2)


def test_things_set_aside_are_paged_newest_first(store: DuckDBStore) -> None:
    rows = [unreadable(None, body=bytes([n])) for n in range(5)]
    store.commit([], rows[:2])
    store.commit([], rows[2:])

    newest = store.aside(2)
    next_page = store.aside(2, before=newest[-1][0])

    assert [row for _, row in newest] == [rows[4], rows[3]]
    assert [row for _, row in next_page] == [rows[2], rows[1]]


def test_a_reopened_store_knows_what_it_took(tmp_path: Path) -> None:
    before = DuckDBStore(tmp_path)
    before.commit([report(1), report(2), report(5), report(1, epoch="e2")], [unreadable(7)])
    before.close()

    after = DuckDBStore(tmp_path)
    taken = list(after.taken())
    counts = after.counts("veh-001", "e1")
    fates = after.commit([report(2), report(3), report(5, crc=1)], [unreadable(7)])
    after.close()

    assert taken == [
        ("veh-001", "e1", IntervalSet([(1, 2), (5, 5), (7, 7)])),
        ("veh-001", "e2", IntervalSet([(1, 1)])),
    ]
    assert counts == (3, 1)
    assert fates == ([REPEATED, STORED, FORKED], [REPEATED])


def test_a_second_process_is_told_that_the_store_is_in_use(
    tmp_path: Path, store: DuckDBStore
) -> None:
    program = f"""
from pathlib import Path
from telemetry.store.duckdb_store import DuckDBStore
from telemetry.store.port import StoreUnavailable
try:
    DuckDBStore(Path({str(tmp_path / "store")!r}))
except StoreUnavailable as error:
    print(error)
"""

    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True).stdout

    assert "lock" in said


def test_a_closed_store_says_so(tmp_path: Path) -> None:
    store = DuckDBStore(tmp_path)
    store.close()

    with pytest.raises(StoreUnavailable):
        store.commit([report(1)], [])
    with pytest.raises(StoreUnavailable):
        store.latest("veh-001")


values = st.one_of(
    st.booleans(),
    st.integers(-(2**80), 2**80),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=8),
)
metrics = st.dictionaries(
    st.one_of(
        st.sampled_from(["rsrp_dbm", "cqi", "mains_power", "operator", "gnss_unix_seconds"]),
        st.text(max_size=5),
    ),
    values,
    max_size=5,
)
reports = st.builds(
    report,
    st.integers(1, 6),
    epoch=st.sampled_from(["e1", "e2"]),
    crc=st.integers(0, 2),
    metrics=metrics,
    devices=st.dictionaries(st.text(max_size=3), metrics, max_size=2),
)
asides = st.builds(
    unreadable,
    st.one_of(st.none(), st.integers(1, 6)),
    epoch=st.one_of(st.none(), st.sampled_from(["e1", "e2"])),
    crc=st.one_of(st.none(), st.integers(0, 2)),
)
commits = st.lists(
    st.tuples(st.lists(reports, max_size=6), st.lists(asides, max_size=3)), max_size=6
)


class Reference:
    """What a store is, in a dict."""

    def __init__(self) -> None:
        self.rows: dict[tuple[str, int], ReportRow | AsideRow] = {}

    def commit(self, row: ReportRow | AsideRow) -> Fate:
        if row.epoch is None or row.number is None:
            return STORED
        there = self.rows.setdefault((row.epoch, row.number), row)
        if there is row:
            return STORED
        return REPEATED if None in {there.crc, row.crc} or there.crc == row.crc else FORKED


@settings(max_examples=20, deadline=None)
@given(commits=commits, reopen_after=st.integers(0, 6))
def test_any_sequence_of_commits_equals_a_dict(
    tmp_path_factory: pytest.TempPathFactory,
    commits: list[tuple[list[ReportRow], list[AsideRow]]],
    reopen_after: int,
) -> None:
    folder = tmp_path_factory.mktemp("store")
    reference = Reference()
    store = DuckDBStore(folder)
    fates, wanted = [], []

    for at, (rows, aside) in enumerate(commits):
        if at == reopen_after:
            store.close()
            store = DuckDBStore(folder)
        fates.append(store.commit(rows, aside))
        wanted.append(([reference.commit(r) for r in rows], [reference.commit(a) for a in aside]))
    found = {(row.epoch, row.number): row for row in everything(store)}
    store.close()

    assert fates == wanted
    assert found == {
        name: row for name, row in reference.rows.items() if isinstance(row, ReportRow)
    }
