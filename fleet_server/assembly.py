"""Settings to parts: everything is built here and handed to each other, nothing of it runs."""

import contextlib
import fcntl
import socket
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, cast

from msgspec import Struct

from fleet_server import listeners, schema
from fleet_server.access.model import SYSTEM
from fleet_server.access.store import Access
from fleet_server.artifacts.store import Artifacts
from fleet_server.authority.store import Authority
from fleet_server.basemap.store import Basemap
from fleet_server.basemap.tiles import Tiles
from fleet_server.broker import Broker
from fleet_server.configuration.engine import Configurations
from fleet_server.coverage.engine import Coverage
from fleet_server.database import Database
from fleet_server.descriptions import beginning
from fleet_server.documents.sender import Sender
from fleet_server.enrolment.model import Address
from fleet_server.enrolment.store import Enrolment
from fleet_server.errors import BadSettings
from fleet_server.intake.intake import Intake
from fleet_server.ledger.days import LedgerDays
from fleet_server.mirroring import Mirroring
from fleet_server.orders.engine import OrderEngine
from fleet_server.orders.model import Bundler as Bundling
from fleet_server.parts import Parts
from fleet_server.playbooks.bundling import Bundler
from fleet_server.playbooks.model import Variables
from fleet_server.playbooks.store import Catalogue
from fleet_server.readiness.engine import ReadinessEngine
from fleet_server.reflector.keyring import Keyring
from fleet_server.reflector.listener import udp_socket
from fleet_server.revocation import Revocation
from fleet_server.rollouts.engine import Rollouts
from fleet_server.rollouts.openings import Openings
from fleet_server.selfcheck.engine import SelfChecks
from fleet_server.settings import Settings
from fleet_server.views.glances import Glances
from fleet_server.visits import BrokerPlace
from fleet_server.waking.engine import Waking
from telemetry.store.duckdb_store import DuckDBStore
from telemetry.wire.orders import RunBundle

_LINKED: Final = timedelta(days=31)
"""An order is of use for 30 days at most, and whoever takes it then must be able to fetch."""
_WHOEVER_IS_TOLD: Final = "bundle"
"""A bundle is the same for all that get it, so its links are nobody's own."""


class Sockets(Struct, frozen=True):
    """Bound before anything else starts, so that a taken port is said at once.

    `link_test` is None when no asset's link test is answered.
    """

    console: socket.socket
    enrolment: socket.socket
    artifacts: socket.socket
    local: socket.socket
    link_test: socket.socket | None


@contextlib.contextmanager
def hold(data: Path) -> Iterator[None]:
    """Hold the data folder.

    Raises:
        BadSettings: another server holds it.
    """
    with (data / "lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BadSettings("data_folder_in_use", folder=str(data)) from error
        yield


def bind(settings: Settings, closing: contextlib.ExitStack) -> Sockets:
    """All sockets but the broker's.

    Raises:
        BadSettings: a port is taken.
    """
    host, listen = settings.console_host, settings.listen
    console = listeners.tcp_socket(host, settings.console_port, "--console-port")
    closing.callback(console.close)
    enrolment = listeners.tcp_socket(listen, settings.enrol_port, "--enrol-port")
    closing.callback(enrolment.close)
    artifacts = listeners.tcp_socket(listen, settings.artifact_port, "--artifact-port")
    closing.callback(artifacts.close)
    link_test = None
    if settings.link_test:
        link_test = udp_socket(listen, settings.link_test_port, "--link-test-port")
        closing.callback(link_test.close)
    local = listeners.unix_socket(settings.socket)
    closing.callback(local.close)
    return Sockets(console, enrolment, artifacts, local, link_test)


def build(
    settings: Settings,
    sockets: Sockets,
    clock: Callable[[], datetime],
    closing: contextlib.ExitStack,
) -> tuple[Parts, Path | None]:
    """All parts, and the first password's file when it is new; `closing` ends what they opened.

    Raises:
        BadSettings: it cannot work so, or here.
    """
    now = clock()
    database = Database(settings.database_url)
    closing.callback(database.close)
    schema.upgrade(database, now)
    beginning.begin(database, now)
    authority = Authority(settings.data / "authority", settings.hosts, now, simulated=settings.demo)
    access = Access(database, demo=settings.demo)
    password_file = settings.data / "initial-password"
    is_new = access.make_first_account(password_file, now)
    broker = _broker(settings, authority)
    outside = settings.external_broker
    address = Address(
        host=settings.host if outside is None else outside.host,
        enrol_host=settings.host,
        enrol_port=sockets.enrolment.getsockname()[1],
        broker_port=broker.port if broker is not None else (outside.port if outside else 0),
    )
    store = DuckDBStore(settings.data / "telemetry")
    closing.callback(store.close)
    sender = Sender(database, authority)
    mirroring = _mirroring(settings, store)
    if mirroring is not None:
        closing.callback(mirroring.close)
    intake = Intake(store, database, on_header=sender.due)
    readiness = ReadinessEngine(database, intake, sender.desired)
    intake.follow(readiness.take)
    orders = OrderEngine(database, authority, intake)
    intake.deliver(orders.waiting)
    intake.give_lines(orders.lines.take)
    keyring = Keyring(database, authority.agree)
    place = _broker_place(settings, address)
    revocation = Revocation(database, authority, intake, keyring, broker, place)
    revocation.prepare(now)
    ledger_days = LedgerDays(database, intake)
    ledger_days.catch_up(now)
    catalogue = Catalogue(settings.data)
    artifact_port = sockets.artifacts.getsockname()[1]
    artifacts = Artifacts(settings.data, f"https://{settings.host}:{artifact_port}")
    bundling = _bundling(Bundler(catalogue), artifacts, database, clock)
    parts = Parts(
        settings=settings,
        clock=clock,
        started_at=now,
        database=database,
        authority=authority,
        access=access,
        enrolment=Enrolment(database, authority, address, lambda asset: revocation.admit([asset])),
        sender=sender,
        store=store,
        intake=intake,
        broker=broker,
        mirroring=mirroring,
        address=address,
        revocation=revocation,
        keyring=keyring,
        ledger_days=ledger_days,
        glances=Glances(intake),
        coverage=Coverage(store),
        readiness=readiness,
        self_checks=SelfChecks(database),
        waking=Waking(database, sender, readiness, intake),
        orders=orders,
        rollouts=Rollouts(database, intake, readiness, bundling),
        configurations=Configurations(database, intake, readiness, Openings(), bundling),
        basemap=Basemap(settings.data),
        tiles=Tiles(settings.map),
        artifacts=artifacts,
        catalogue=catalogue,
        bundler=bundling,
    )
    return parts, password_file if is_new else None


def _bundling(
    bundler: Bundler, artifacts: Artifacts, database: Database, clock: Callable[[], datetime]
) -> Bundling:
    def bundle(playbook: str, variables: Mapping[str, object], is_check: bool) -> RunBundle:
        now = clock()
        # To a whole day: the same bundle again is the same, and need not be made again.
        until = (now + _LINKED).replace(hour=0, minute=0, second=0, microsecond=0)

        def link(digest: str) -> str:
            with database.unit(SYSTEM, now) as unit:
                return artifacts.link(unit, digest, _WHOEVER_IS_TOLD, until)

        # What they are is for the playbook's own rules to say.
        given = cast("Variables", dict(variables))
        return bundler.bundle(playbook, given, is_check=is_check, link=link)

    return bundle


def _broker(settings: Settings, authority: Authority) -> Broker | None:
    if settings.external_broker is not None:
        return None
    folder = settings.data / "broker"
    broker = Broker(folder, authority, settings.listen, settings.broker_port)
    broker.prepare()
    return broker


def _broker_place(settings: Settings, address: Address) -> BrokerPlace:
    """How the broker is reached from here; our own by loopback, whatever its outer name."""
    outside = settings.external_broker
    if outside is not None:
        return BrokerPlace(outside.host, outside.port)
    host = "127.0.0.1" if settings.listen == "0.0.0.0" else settings.listen  # noqa: S104  # compared, not bound
    # Its certificate names what assets call it, and the loopback.
    return BrokerPlace(host, address.broker_port, checks_name=host == "127.0.0.1")


def _mirroring(settings: Settings, store: DuckDBStore) -> Mirroring | None:
    wanted = settings.mirror
    if wanted is None:
        return None
    # InfluxDB's client takes a while to load, and most have no mirror.
    from telemetry.store.influx_mirror import InfluxMirror, MirrorSettings

    target = MirrorSettings(wanted.url, wanted.bucket, wanted.org, wanted.token)
    return Mirroring(InfluxMirror(store, target))
