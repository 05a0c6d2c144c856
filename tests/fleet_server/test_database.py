"""One unit is one transaction: the change and the rows that say so."""

import threading
from datetime import datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, StatementError

from fleet_server.access.model import SYSTEM
from fleet_server.assets.model import AssetRow
from fleet_server.database import Database
from fleet_server.enrolment.model import InvitationRow
from fleet_server.journal import store as journal
from fleet_server.journal.model import What
from tests.fleet_server.conftest import Clock
from tests.services.waiting import PATIENCE_SECONDS


def _asset(name: str, at: datetime) -> AssetRow:
    return AssetRow(id=name, kind="vehicle", name=name, court="x", made_at=at)


def test_a_change_and_its_journal_row_are_committed_together(
    database: Database, clock: Clock
) -> None:
    with database.unit(SYSTEM, clock.now) as unit:
        unit.session.add(_asset("veh-001", clock.now))
        unit.journal(What.ASSET_ADDED, "asset:veh-001", None, {"id": "veh-001"})

    with database.reading() as session:
        assert session.get_one(AssetRow, "veh-001").made_at == clock.now
        assert [row.what for row in journal.since(session, SYSTEM, 0)] == ["asset_added"]


def test_an_exception_takes_back_the_change_and_its_journal_row(
    database: Database, clock: Clock
) -> None:
    def fail_half_way() -> None:
        with database.unit(SYSTEM, clock.now) as unit:
            unit.session.add(_asset("veh-001", clock.now))
            unit.journal(What.ASSET_ADDED, "asset:veh-001", None, {})
            raise RuntimeError("half-way")

    with pytest.raises(RuntimeError, match="half-way"):
        fail_half_way()

    with database.reading() as session:
        assert session.get(AssetRow, "veh-001") is None
        assert journal.head(session) == 0


def test_a_reader_sees_the_state_before_a_unit_that_is_not_done(
    database: Database, clock: Clock
) -> None:
    with database.unit(SYSTEM, clock.now) as unit:
        unit.session.add(_asset("veh-001", clock.now))
        unit.session.flush()
        with database.reading() as session:
            found = session.get(AssetRow, "veh-001")

    assert found is None


def test_a_second_unit_waits_for_the_first(database: Database, clock: Clock) -> None:
    order: list[str] = []
    inside = threading.Event()

    def second() -> None:
        inside.wait(PATIENCE_SECONDS)
        with database.unit(SYSTEM, clock.now) as unit:
            order.append("second")
            unit.session.add(_asset("veh-002", clock.now))

    thread = threading.Thread(target=second)
    thread.start()
    with database.unit(SYSTEM, clock.now) as unit:
        inside.set()
        thread.join(0.1)
        order.append("first")
        unit.session.add(_asset("veh-001", clock.now))
    thread.join(PATIENCE_SECONDS)

    assert order == ["first", "second"]


def test_a_foreign_key_is_enforced(database: Database, clock: Clock) -> None:
    orphan = InvitationRow(
        id="1", asset="nobody", secret_hash="", made_at=clock.now, expires_at=clock.now, tries=0
    )

    with pytest.raises(IntegrityError), database.unit(SYSTEM, clock.now) as unit:
        unit.session.add(orphan)


def test_an_instant_without_a_zone_is_refused(database: Database, clock: Clock) -> None:
    with pytest.raises(StatementError), database.unit(SYSTEM, clock.now) as unit:
        unit.session.add(_asset("veh-001", clock.now.replace(tzinfo=None)))


def test_what_is_committed_survives_a_power_cut(database: Database) -> None:
    with database.reading() as session:
        settings = [
            session.scalar(text(f"PRAGMA {name}")) for name in ("journal_mode", "synchronous")
        ]

    assert settings == ["wal", 2]
