"""The state database's tables all together, and how a database gets to the present ones."""

import logging
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData, inspect

from fleet_server.access import model as access_model
from fleet_server.artifacts import model as artifacts_model
from fleet_server.assets import model as assets_model
from fleet_server.book import model as book_model
from fleet_server.configuration import model as configuration_model
from fleet_server.courts import model as courts_model
from fleet_server.database import Database
from fleet_server.documents import model as documents_model
from fleet_server.enrolment import model as enrolment_model
from fleet_server.errors import BadSettings
from fleet_server.intake import model as intake_model
from fleet_server.journal import model as journal_model
from fleet_server.ledger import model as ledger_model
from fleet_server.orders import model as orders_model
from fleet_server.readiness import model as readiness_model
from fleet_server.rollouts import model as rollouts_model
from fleet_server.selfcheck import model as selfcheck_model
from fleet_server.tables import Base
from fleet_server.waking import model as waking_model

logger = logging.getLogger(__name__)

# A table exists for SQLAlchemy once its module was imported.
MODELS = (
    access_model,
    artifacts_model,
    assets_model,
    book_model,
    configuration_model,
    courts_model,
    documents_model,
    enrolment_model,
    intake_model,
    journal_model,
    ledger_model,
    orders_model,
    readiness_model,
    rollouts_model,
    selfcheck_model,
    waking_model,
)


def metadata() -> MetaData:
    """All tables of the server."""
    return Base.metadata


def upgrade(database: Database, now: datetime) -> None:
    """Bring the database to the present tables; an SQLite file is copied beside itself before.

    Raises:
        BadSettings: the database is of a newer server.
    """
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    scripts = ScriptDirectory.from_config(config)
    wanted = scripts.get_current_head()
    with database.engine.connect() as connection:
        present = MigrationContext.configure(connection).get_current_revision()
        is_new = not inspect(connection).get_table_names()
    if present == wanted:
        return
    if present not in {None, *(script.revision for script in scripts.walk_revisions())}:
        raise BadSettings("database_newer", revision=present or "")
    name = database.engine.url.database
    if not is_new and database.engine.dialect.name == "sqlite" and name:
        copy = Path(name).with_name(f"state-{present or 'old'}-{now:%Y%m%dT%H%M%SZ}.sqlite")
        _copy(Path(name), copy)
        logger.info("the state database was copied before its upgrade", extra={"copy": copy.name})
    with database.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    logger.info("the state database was upgraded", extra={"revision": wanted})


def _copy(source: Path, target: Path) -> None:
    """A consistent copy, also while somebody writes."""
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
        target.chmod(0o600)
        old.backup(new)
