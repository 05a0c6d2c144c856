"""The parts that routes work with, as `program.py` put them together."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from fleet_server.access.store import Access
from fleet_server.artifacts.store import Artifacts
from fleet_server.authority.store import Authority
from fleet_server.basemap.store import Basemap
from fleet_server.basemap.tiles import Tiles
from fleet_server.broker import Broker
from fleet_server.configuration.engine import Configurations
from fleet_server.coverage.engine import Coverage
from fleet_server.database import Database
from fleet_server.documents.sender import Sender
from fleet_server.enrolment.model import Address
from fleet_server.enrolment.store import Enrolment
from fleet_server.intake.intake import Intake
from fleet_server.ledger.days import LedgerDays
from fleet_server.mirroring import Mirroring
from fleet_server.orders.engine import OrderEngine
from fleet_server.orders.model import Bundler
from fleet_server.playbooks.store import Catalogue
from fleet_server.readiness.engine import ReadinessEngine
from fleet_server.reflector.keyring import Keyring
from fleet_server.revocation import Revocation
from fleet_server.rollouts.engine import Rollouts
from fleet_server.selfcheck.engine import SelfChecks
from fleet_server.settings import Settings
from fleet_server.views.glances import Glances
from fleet_server.waking.engine import Waking
from telemetry.store.duckdb_store import DuckDBStore


@dataclass(frozen=True, slots=True)
class Parts:
    """All of them may be used from any thread, but `tiles` only from the event loop's. `broker` is
    None when somebody else runs it, `mirroring` when there is no mirror."""

    settings: Settings
    clock: Callable[[], datetime]
    started_at: datetime
    database: Database
    authority: Authority
    access: Access
    enrolment: Enrolment
    sender: Sender
    store: DuckDBStore
    intake: Intake
    broker: Broker | None
    mirroring: Mirroring | None
    address: Address
    revocation: Revocation
    keyring: Keyring
    ledger_days: LedgerDays
    glances: Glances
    coverage: Coverage
    readiness: ReadinessEngine
    self_checks: SelfChecks
    waking: Waking
    orders: OrderEngine
    bundler: Bundler
    rollouts: Rollouts
    configurations: Configurations
    basemap: Basemap
    tiles: Tiles
    artifacts: Artifacts
    catalogue: Catalogue
