"""The balance by day: days add up, and neither midnight nor a kill loses anything."""

import csv
import io
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from fleet_server.access.model import SYSTEM
from fleet_server.assets.model import NewAsset
from fleet_server.assets.store import add
from fleet_server.database import Database
from fleet_server.intake.model import Balance
from fleet_server.ledger import rules, store
from fleet_server.ledger.days import LedgerDays
from fleet_server.ledger.model import CLASSES, Moved, Sums
from fleet_server.ledger.store import Wanted
from fleet_server.parts import Parts
from telemetry.words import AssetKind
from tests.fleet_server.asking import COURT, OTHER_COURT, Api
from tests.fleet_server.conftest import Clock
from tests.fleet_server.intake.speech import Speaker, beat, report
from tests.fleet_server.prepared import state_database

MIDNIGHT = datetime(2026, 3, 2, 16, tzinfo=UTC)
"""Of the third of March in Asia/Shanghai."""


def _speaker(parts: Parts, asset: str = "veh-001") -> Speaker:
    made = Speaker(parts.intake, asset)
    made.greet()
    return made


def _report(speaker: Speaker, numbers: Sequence[int], head: int | None = None) -> None:
    header = beat((("e1", head or max(numbers), 1),), ())
    speaker.say("reports", *(report(number) for number in numbers), header=header)
    speaker.commit()


def _rows(api: Api, query: str = "") -> list[tuple[str, int, int, int, int]]:
    """Day, head, stored, missing, missing at the end."""
    items = api.get(f"/api/v1/ledger?{query}").json()["items"]
    return [
        (one["day"], one["head"], one["stored"], one["missing"], one["missing_at_end"])
        for one in items
    ]


def test_today_is_live_and_a_day_ends_at_midnight_in_shanghai(
    api: Api, parts: Parts, clock: Clock
) -> None:
    api.add("veh-001")
    vehicle = _speaker(parts)
    parts.ledger_days.catch_up(clock.now)
    _report(vehicle, [1, 2], head=4)
    live = _rows(api)
    clock.now = MIDNIGHT - timedelta(seconds=1)
    parts.ledger_days.step(clock.now)
    clock.now = MIDNIGHT
    parts.ledger_days.step(clock.now)
    _report(vehicle, [3, 4, 5])

    assert live == [("2026-03-02", 4, 2, 2, 2)]
    assert _rows(api) == [("2026-03-03", 1, 3, -2, 0), ("2026-03-02", 4, 2, 2, 2)]
    assert _rows(api, "until=2026-03-02") == [("2026-03-02", 4, 2, 2, 2)]
    assert _rows(api, "since=2026-03-04&until=2026-03-05") == []


def test_what_came_before_a_kill_counts_to_the_day_it_came(
    api: Api, parts: Parts, clock: Clock
) -> None:
    api.add("veh-001")
    vehicle = _speaker(parts)
    parts.ledger_days.catch_up(clock.now)
    _report(vehicle, [1, 2, 3])
    clock.now = MIDNIGHT + timedelta(hours=9)

    LedgerDays(parts.database, parts.intake).catch_up(clock.now)
    _report(vehicle, [4])

    assert _rows(api) == [("2026-03-03", 1, 1, 0, 0), ("2026-03-02", 3, 3, 0, 0)]


def test_between_its_notes_the_job_writes_nothing(parts: Parts, api: Api, clock: Clock) -> None:
    api.add("veh-001")
    vehicle = _speaker(parts)
    days = parts.ledger_days
    days.step(clock.now)
    _report(vehicle, [1])
    clock.move(seconds=299)
    days.step(clock.now)
    wanted = Wanted(clock.now.date(), clock.now.date())
    with parts.database.reading() as session:
        before = store.moved(session, SYSTEM, wanted)
    clock.move(seconds=1)
    days.step(clock.now)

    with parts.database.reading() as session:
        after = store.moved(session, SYSTEM, wanted)
    assert (len(before), [one.sums.stored for one in after]) == (0, [1])


def test_a_court_reads_what_its_assets_moved(api: Api, parts: Parts, clock: Clock) -> None:
    api.add("veh-001", COURT)
    api.add("veh-002", OTHER_COURT)
    for name in ("veh-001", "veh-002"):
        _report(_speaker(parts, name), [1])
    parts.ledger_days.step(clock.now)
    clock.move(days=1)
    parts.ledger_days.step(clock.now)
    api.post("/api/v1/assets/veh-001/move", {"court": OTHER_COURT})

    mine = api.get(f"/api/v1/ledger?court={COURT}").json()["items"]
    one = api.get("/api/v1/ledger?asset=veh-002").json()["items"]

    assert [(row["asset"], row["court"]) for row in mine] == [("veh-001", COURT)]
    assert [row["asset"] for row in one] == ["veh-002"]


def test_pages_follow_each_other(api: Api, parts: Parts) -> None:
    for name in ("veh-001", "veh-002", "veh-003"):
        api.add(name)
        _report(_speaker(parts, name), [1])

    first = api.get("/api/v1/ledger?limit=2").json()
    second = api.get(f"/api/v1/ledger?limit=2&cursor={first['next']}").json()

    assert [row["asset"] for row in first["items"] + second["items"]] == [
        "veh-001",
        "veh-002",
        "veh-003",
    ]
    assert second["next"] is None


def test_the_ledger_is_a_file_with_iso_days(api: Api, parts: Parts) -> None:
    api.add("veh-001")
    _report(_speaker(parts), [1, 2])

    text = api.get("/api/v1/ledger/export?format=csv").content.decode("utf-8-sig")
    book = load_workbook(io.BytesIO(api.get("/api/v1/ledger/export?format=xlsx").content))

    [row] = csv.DictReader(io.StringIO(text))
    assert (row["day"], row["asset"], row["stored"]) == ("2026-03-02", "veh-001", "2")
    sheet = book.active
    assert sheet is not None
    assert sheet.max_row == 2


def test_a_period_runs_forwards(api: Api) -> None:
    answer = api.get("/api/v1/ledger?since=2026-03-02&until=2026-03-01")

    assert answer.json()["code"] == "bad_period"


@pytest.fixture(scope="module")
def empty() -> Database:
    made = state_database()
    with made.unit(SYSTEM, MIDNIGHT) as unit:
        add(unit, NewAsset("veh-001", AssetKind.VEHICLE, "", COURT))
    return made


@settings(max_examples=20, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(0, 3 * 86_400),
            st.lists(st.integers(0, 50), min_size=5, max_size=5),
            st.booleans(),
        ),
        max_size=12,
    )
)
def test_the_sums_of_all_days_are_the_balance(
    empty: Database, story: list[tuple[int, list[int], bool]]
) -> None:
    """Time passes, the balance moves in any way, and the server is killed now and then."""
    with empty.engine.begin() as connection:
        for table in ("ledger_days", "ledger_clock"):
            connection.exec_driver_sql(f"DELETE FROM {table}")
    intake = _Standing()
    now = MIDNIGHT
    days = LedgerDays(empty, intake)
    days.catch_up(now)
    for seconds, numbers, is_killed in story:
        now += timedelta(seconds=seconds)
        if is_killed:
            days = LedgerDays(empty, intake)
            days.catch_up(now)
        else:
            days.step(now)
        intake.numbers = numbers
    wanted = Wanted(MIDNIGHT.date(), now.date() + timedelta(days=1))

    with empty.reading() as session:
        balances = rules.by_key(intake.balances())
        day = rules.day_of(now)
        live = store.today(session, SYSTEM, wanted, day, balances)
        past = [one for one in store.moved(session, SYSTEM, wanted) if one.day < day]
    assert _total([*live, *past]) == balances["veh-001", "reports"]


class _Standing:
    """An intake of one asset whose balance is what it is told."""

    def __init__(self) -> None:
        self.numbers = [0, 0, 0, 0, 0]

    def balances(self) -> list[Balance]:
        stored, set_aside, dropped, lost, missing = self.numbers
        return [
            Balance(
                asset="veh-001",
                stream="reports",
                epoch="e1",
                head=sum(self.numbers),
                stored=stored,
                set_aside=set_aside,
                dropped=dropped,
                lost=lost,
                missing=missing,
                is_current=True,
                is_closed=False,
            )
        ]


def _total(moved: Sequence[Moved]) -> Sums:
    return Sums(*(sum(getattr(one.sums, name) for one in moved) for name in CLASSES))
