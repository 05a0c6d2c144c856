"""Models and migrations say the same, on both databases; an upgrade copies the file before."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from fleet_server import schema
from fleet_server.access.model import SYSTEM
from fleet_server.access.store import Access
from fleet_server.assets import store as assets
from fleet_server.assets.model import NewAsset
from fleet_server.database import Database
from fleet_server.documents import store as documents
from fleet_server.errors import BadSettings, Conflict
from fleet_server.journal import store as journal
from telemetry.words import AssetKind
from tests.fleet_server.conftest import Clock
from tests.services.postgres import postgres


def _differences(database: Database) -> list[object]:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection)
        return list(compare_metadata(context, schema.metadata()))


def test_models_and_migrations_agree_on_sqlite(tmp_path: Path, clock: Clock) -> None:
    with closing(Database(f"sqlite:///{tmp_path / 'state.sqlite'}")) as database:
        schema.upgrade(database, clock.now)

        assert _differences(database) == []


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


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with postgres() as found:
        yield found


@pytest.fixture
def on_postgres(url: str, clock: Clock) -> Iterator[Database]:
    with closing(Database(url)) as database:
        with database.engine.begin() as connection:
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))
        schema.upgrade(database, clock.now)
        yield database


@pytest.mark.integration
def test_models_and_migrations_agree_on_postgresql(on_postgres: Database) -> None:
    assert _differences(on_postgres) == []


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
            "asset_added",
            "document_settings",
        ]
        assert journal.verify(session) is None
