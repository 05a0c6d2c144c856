"""A real telemetry store and a real state database, a fresh one a test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from fleet_server.database import Database
from fleet_server.intake.intake import Intake
from telemetry.store.duckdb_store import DuckDBStore
from tests.fleet_server import prepared
from tests.fleet_server.intake.speech import Speaker


@pytest.fixture
def telemetry(tmp_path: Path) -> Iterator[DuckDBStore]:
    store = DuckDBStore(tmp_path / "telemetry")
    yield store
    store.close()


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = prepared.state_database(f"sqlite:///{tmp_path / 'state.sqlite'}")
    yield database
    database.close()


@pytest.fixture
def intake(telemetry: DuckDBStore, database: Database) -> Intake:
    return Intake(telemetry, database)


@pytest.fixture
def vehicle(intake: Intake) -> Speaker:
    """An asset that has not greeted yet."""
    return Speaker(intake)
