"""Models and migrations say the same, on both databases; an upgrade copies the file before."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

from fleet_server import schema
from fleet_server.access.model import SYSTEM
from fleet_server.access.store import Access
from fleet_server.assets import store as assets
from fleet_server.assets.model import NewAsset
from fleet_server.courts import store as courts
from fleet_server.database import Database
from fleet_server.documents import store as documents
from fleet_server.enrolment import certificates
from fleet_server.enrolment.model import CertificateRow, InvitationRow
from fleet_server.errors import BadSettings, Conflict
from fleet_server.journal import store as journal
from fleet_server.ledger import rules as ledger_rules
from fleet_server.ledger import store as ledger
from fleet_server.ledger.model import Sums
from fleet_server.ledger.store import Wanted
from telemetry.words import AssetKind
from tests.fleet_server.conftest import Clock
from tests.services.postgres import postgres


def _differences(database: Database) -> list[object]:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection)
        return list(compare_metadata(context, schema.metadata()))


def _rows(database: Database) -> dict[str, list[tuple[object, ...]]]:
    """What stands in each table."""
    with database.engine.connect() as connection:
        return {
            name: [tuple(row) for row in connection.execute(text(f'SELECT * FROM "{name}"'))]
            for name in inspect(connection).get_table_names()
        }


def test_models_and_migrations_agree_on_sqlite(tmp_path: Path) -> None:
    with closing(Database(f"sqlite:///{tmp_path / 'state.sqlite'}")) as database:
        _at_revision(database, "head")

        assert _differences(database) == []


def test_a_new_database_has_what_migrations_would_have_left(tmp_path: Path, clock: Clock) -> None:
    with (
        closing(Database(f"sqlite:///{tmp_path / 'new.sqlite'}")) as new,
        closing(Database(f"sqlite:///{tmp_path / 'migrated.sqlite'}")) as migrated,
    ):
        schema.upgrade(new, clock.now)
        _at_revision(migrated, "head")

        assert _differences(new) == []
        assert _rows(new) == _rows(migrated)


def test_a_present_database_is_left_alone(tmp_path: Path, clock: Clock) -> None:
    path = tmp_path / "state.sqlite"
    with closing(Database(f"sqlite:///{path}")) as database:
        schema.upgrade(database, clock.now)
        schema.upgrade(database, clock.now)

    assert list(tmp_path.glob("state-*.sqlite")) == []


def test_an_old_file_is_copied_before_its_upgrade(tmp_path: Path, clock: Clock) -> None:
    path = tmp_path / "state.sqlite"
    with closing(sqlite3.connect(path)) as old:
        old.execute("CREATE TABLE older (name TEXT)")
        old.execute("INSERT INTO older VALUES ('kept')")
        old.commit()

    with closing(Database(f"sqlite:///{path}")) as database:
        schema.upgrade(database, clock.now)

    [copy] = tmp_path.glob("state-*.sqlite")
    with closing(sqlite3.connect(copy)) as kept:
        assert kept.execute("SELECT name FROM older").fetchall() == [("kept",)]


def test_a_database_of_a_newer_server_is_refused(tmp_path: Path, clock: Clock) -> None:
    with closing(Database(f"sqlite:///{tmp_path / 'state.sqlite'}")) as database:
        schema.upgrade(database, clock.now)
        with database.engine.begin() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

        with pytest.raises(BadSettings):
            schema.upgrade(database, clock.now)


_OLD_ROWS = (
    (
        "INSERT INTO assets (id, kind, name, court, made_at) VALUES"
        " ('veh-001', 'vehicle', '一号车', '甲法院', '2026-01-01 00:00:00+00:00'),"
        " ('veh-002', 'vehicle', '二号车', '甲法院', '2026-01-02 00:00:00+00:00'),"
        " ('bag-001', 'backpack', '背包', '乙法院', '2026-01-03 00:00:00+00:00')"
    ),
    (
        "INSERT INTO invitations (id, asset, secret_hash, made_at, expires_at, tries) VALUES"
        " ('0123456789ab', 'veh-001', 'x', '2026-01-01 00:00:00+00:00',"
        " '2026-01-02 00:00:00+00:00', 2)"
    ),
    (
        "INSERT INTO certificates (serial, asset, how, issued_at, expires_at) VALUES"
        " ('1f', 'veh-001', 'enrolled', '2026-01-01 00:00:00+00:00', '2026-04-01 00:00:00+00:00')"
    ),
)


def _at_revision(database: Database, revision: str) -> None:
    """Make the tables as an older server had them."""
    config = Config()
    config.set_main_option("script_location", str(Path(schema.__file__).parent / "migrations"))
    with database.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def _upgrades_with_its_data(database: Database, clock: Clock) -> None:
    _at_revision(database, "0001")
    with database.engine.begin() as connection:
        for row in _OLD_ROWS:
            connection.exec_driver_sql(row)

    schema.upgrade(database, clock.now)

    assert _differences(database) == []
    with database.reading() as session:
        asset = assets.find(session, SYSTEM, "veh-001")
        assert (asset.name, asset.plate, asset.home, asset.retired_at) == ("一号车", "", None, None)
        assert {one.name: one.assets for one in courts.listed(session, SYSTEM)} == {
            "乙法院": 1,
            "甲法院": 2,
        }
        old = session.get_one(InvitationRow, "0123456789ab")
        assert (old.tries, old.refusal, old.tried_at, old.withdrawn_at) == (2, "", None, None)
        assert session.get_one(CertificateRow, "1f").revoked_at is None


def test_a_database_of_the_first_release_keeps_its_data_on_sqlite(
    tmp_path: Path, clock: Clock
) -> None:
    with closing(Database(f"sqlite:///{tmp_path / 'state.sqlite'}")) as database:
        _upgrades_with_its_data(database, clock)


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with postgres() as found:
        yield found


def _empty(database: Database) -> None:
    with database.engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))


@pytest.fixture
def on_postgres(url: str, clock: Clock) -> Iterator[Database]:
    with closing(Database(url)) as database:
        _empty(database)
        schema.upgrade(database, clock.now)
        yield database


@pytest.mark.integration
def test_models_and_migrations_agree_on_postgresql(url: str) -> None:
    with closing(Database(url)) as database:
        _empty(database)
        _at_revision(database, "head")

        assert _differences(database) == []


@pytest.mark.integration
def test_a_database_of_the_first_release_keeps_its_data_on_postgresql(
    url: str, clock: Clock
) -> None:
    with closing(Database(url)) as database:
        _empty(database)
        _upgrades_with_its_data(database, clock)


@pytest.mark.integration
def test_the_life_of_an_asset_goes_its_way_on_postgresql(
    on_postgres: Database, clock: Clock
) -> None:
    with on_postgres.unit(SYSTEM, clock.now) as unit:
        made = assets.add(unit, NewAsset("veh-001", AssetKind.VEHICLE, "", "x"))
        row = assets.in_use(unit, made.id)
        unit.session.add(
            CertificateRow(
                serial="1f",
                asset=made.id,
                how="enrolled",
                issued_at=clock.now,
                expires_at=clock.now + timedelta(days=90),
            )
        )
        unit.session.flush()
        certificates.revoke(unit, row, "broken")
        assets.move(unit, made.id, "y", "")
    balances = {("veh-001", "reports"): Sums(5, 3, 0, 1, 1, 0)}
    day = ledger_rules.day_of(clock.now)
    for _ in range(2):
        with on_postgres.unit(SYSTEM, clock.now) as unit:
            ledger.note(unit.session, day, balances)

    with on_postgres.reading() as session:
        assert certificates.silenced(session) == {"veh-001"}
        assert [one.serial for one in certificates.revoked(session, clock.now)] == ["1f"]
        [moved] = ledger.moved(session, SYSTEM, Wanted(day, day))
        assert (moved.sums, moved.court) == (Sums(5, 3, 0, 1, 1, 0), "y")
        assert ledger.noted_day(session) == day


@pytest.mark.integration
def test_the_server_works_on_postgresql(
    on_postgres: Database, tmp_path: Path, clock: Clock
) -> None:
    access = Access(on_postgres)
    access.make_first_account(tmp_path / "password", clock.now)
    secret, caller = access.sign_in("admin", (tmp_path / "password").read_text().strip(), clock.now)
    with on_postgres.unit(caller, clock.now) as unit:
        assets.add(unit, NewAsset("veh-001", AssetKind.VEHICLE, "", "x"))
        documents.put(unit, "settings", "veh-001", "{}", court="x")
    with (
        pytest.raises(Conflict),
        on_postgres.unit(SYSTEM, clock.now) as unit,
    ):
        assets.add(unit, NewAsset("veh-001", AssetKind.VEHICLE, "", "x"))

    assert access.recognise(secret, clock.now) == caller
    with on_postgres.reading() as session:
        assert assets.find(session, caller, "veh-001").made_at == clock.now
        assert documents.desired(session).of("veh-001")["settings"].version == 1
        assert [row.what for row in journal.since(session, caller, 0)] == [
            "account_made",
            "signed_in",
            "court_added",
            "asset_added",
            "document_settings",
        ]
        assert journal.verify(session) is None
