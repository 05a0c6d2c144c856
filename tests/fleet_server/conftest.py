"""A server's parts in a temporary folder, nothing of it running, and ways to ask its API."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI

from fleet_server import cli, listeners
from fleet_server.access.store import Access
from fleet_server.artifacts.store import Artifacts
from fleet_server.authority.store import Authority
from fleet_server.basemap.store import Basemap
from fleet_server.basemap.tiles import Tiles
from fleet_server.configuration.engine import Configurations
from fleet_server.coverage.engine import Coverage
from fleet_server.database import Database
from fleet_server.documents.sender import Sender
from fleet_server.enrolment.model import Address
from fleet_server.enrolment.store import Enrolment
from fleet_server.intake.intake import Intake
from fleet_server.ledger.days import LedgerDays
from fleet_server.orders.engine import OrderEngine
from fleet_server.parts import Parts
from fleet_server.playbooks.store import Catalogue
from fleet_server.readiness.engine import ReadinessEngine
from fleet_server.reflector.keyring import Keyring
from fleet_server.revocation import Revocation
from fleet_server.rollouts.engine import Rollouts
from fleet_server.rollouts.openings import Openings
from fleet_server.selfcheck.engine import SelfChecks
from fleet_server.settings import Map, Settings
from fleet_server.views.glances import Glances
from fleet_server.visits import BrokerPlace
from fleet_server.waking.engine import Waking
from telemetry.store.duckdb_store import DuckDBStore
from tests.fleet_server import prepared
from tests.fleet_server.asking import Api
from tests.fleet_server.orders.bundling import bundled

Command = Callable[..., str]


@dataclass
class Clock:
    """A clock that stands until it is moved."""

    now: datetime = field(default_factory=lambda: datetime(2026, 3, 2, 8, 0, tzinfo=UTC))

    def __call__(self) -> datetime:
        return self.now

    def move(self, **span: float) -> None:
        self.now += timedelta(**span)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = prepared.state_database(f"sqlite:///{tmp_path / 'state.sqlite'}")
    yield made
    made.close()


@pytest.fixture
def authority(tmp_path: Path, clock: Clock) -> Authority:
    return Authority(tmp_path / "authority", ["localhost", "127.0.0.1"], clock.now)


@pytest.fixture
def parts(
    tmp_path: Path, database: Database, authority: Authority, clock: Clock
) -> Iterator[Parts]:
    with made_parts(tmp_path, database, authority, clock) as made:
        yield made


@pytest.fixture
def demo_parts(tmp_path: Path, database: Database, clock: Clock) -> Iterator[Parts]:
    folder = tmp_path / "authority"
    simulated = Authority(folder, ["localhost"], clock.now, simulated=True)
    with made_parts(tmp_path, database, simulated, clock) as made:
        yield made


@contextmanager
def made_parts(
    tmp_path: Path, database: Database, authority: Authority, clock: Clock
) -> Iterator[Parts]:
    """All parts of a server in that folder, without broker and listeners."""
    store = DuckDBStore(tmp_path / "telemetry")
    sender = Sender(database, authority)
    address = Address("localhost", "localhost", 8884, 8883)
    intake = Intake(store, database, on_header=sender.due)
    readiness = ReadinessEngine(database, intake, sender.desired)
    intake.follow(readiness.take)
    orders = OrderEngine(database, authority, intake)
    intake.deliver(orders.waiting)
    intake.give_lines(orders.lines.take)
    keyring = Keyring(database, authority.agree)
    revocation = Revocation(database, authority, intake, keyring, None, BrokerPlace("127.0.0.1", 1))
    catalogue = Catalogue(tmp_path)
    yield Parts(
        settings=Settings(data=tmp_path, demo=authority.simulated, host="localhost"),
        clock=clock,
        started_at=clock.now,
        database=database,
        authority=authority,
        access=Access(database, demo=authority.simulated),
        enrolment=Enrolment(database, authority, address, lambda asset: revocation.admit([asset])),
        sender=sender,
        store=store,
        intake=intake,
        broker=None,
        mirroring=None,
        address=address,
        ledger_days=LedgerDays(database, intake),
        revocation=revocation,
        keyring=keyring,
        glances=Glances(intake),
        coverage=Coverage(store),
        readiness=readiness,
        self_checks=SelfChecks(database),
        waking=Waking(database, sender, readiness, intake),
        orders=orders,
        bundler=bundled,
        rollouts=Rollouts(database, intake, readiness, bundled),
        configurations=Configurations(database, intake, readiness, Openings(), bundled),
        basemap=Basemap(tmp_path),
        tiles=Tiles(Map()),
        artifacts=Artifacts(tmp_path, "https://localhost:8885"),
        catalogue=catalogue,
    )
    store.close()


@pytest.fixture
def app(parts: Parts) -> FastAPI:
    return prepared.application(parts)


@pytest.fixture
def api(app: FastAPI) -> Api:
    """Asked from the same machine, by the server's own user."""
    return Api(listeners.Local(app))


@pytest.fixture
def stranger(app: FastAPI) -> Api:
    """Asked over TCP by nobody known."""
    return Api(app)


@pytest.fixture
def listening(app: FastAPI, parts: Parts) -> Iterator[None]:
    """The API on its Unix socket."""
    sock = listeners.unix_socket(parts.settings.socket)
    server = listeners.listener(listeners.Local(app))
    thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[sock])))
    thread.start()
    yield
    server.should_exit = True
    thread.join()
    sock.close()


@pytest.fixture
def command(
    listening: None,
    parts: Parts,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Command:
    """Run a command; what it printed, or said on standard error when it failed."""
    monkeypatch.setenv("COURTFLEET_SERVER", str(parts.settings.socket))
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.setenv("COLUMNS", "160")

    def run(name: str, *words: str, status: int = 0) -> str:
        assert cli.main(name, list(words)) == status, capsys.readouterr().err
        found = capsys.readouterr()
        return found.err if status == 1 else found.out

    return run
