"""The state database's tables all together, and how a database gets to the present ones."""

import logging
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Final

from sqlalchemy import (
    Column,
    Connection,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    insert,
    inspect,
    select,
)

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

_VERSION: Final = Table(
    "alembic_version",
    MetaData(),
    Column("version_num", String(32), nullable=False),
    PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
)
"""Where Alembic notes the last migration that was run; its file's name begins so."""


def metadata() -> MetaData:
    """All tables of the server."""
    return Base.metadata


def upgrade(database: Database, now: datetime) -> None:
    """Bring the database to the present tables; an SQLite file is copied beside itself before.

    Raises:
        BadSettings: the database is of a newer server.
    """
    scripts = Path(__file__).parent / "migrations"
    revisions = sorted(file.name.partition("_")[0] for file in scripts.glob("versions/*.py"))
    with database.engine.connect() as connection:
        is_new, present = _present(connection)
    if present == revisions[-1]:
        return
    if is_new:
        _make(database, revisions[-1])
        return
    if present not in {None, *revisions}:
        raise BadSettings("database_newer", revision=present or "")
    name = database.engine.url.database
    if database.engine.dialect.name == "sqlite" and name:
        copy = Path(name).with_name(f"state-{present or 'old'}-{now:%Y%m%dT%H%M%SZ}.sqlite")
        _copy(Path(name), copy)
        logger.info("the state database was copied before its upgrade", extra={"copy": copy.name})
    _migrate(database, scripts)
    logger.info("the state database was upgraded", extra={"revision": revisions[-1]})


def _present(connection: Connection) -> tuple[bool, str | None]:
    """Whether there are no tables at all, and up to which migration they are made."""
    names = inspect(connection).get_table_names()
    if _VERSION.name not in names:
        return not names, None
    return False, connection.scalar(select(_VERSION.c.version_num))


def _make(database: Database, revision: str) -> None:
    """The present tables, and the rows that migrations bring, for a third of their time."""
    policy = {"court": "", "converge": str(configuration_model.Converge.BY_HAND)}
    with database.engine.begin() as connection:
        metadata().create_all(connection)
        _VERSION.create(connection)
        connection.execute(insert(_VERSION).values(version_num=revision))
        connection.execute(insert(configuration_model.PolicyRow).values(policy))
    logger.info("the state database was made", extra={"revision": revision})


def _migrate(database: Database, scripts: Path) -> None:
    # 0.2 s of each start otherwise, and hardly one has something to migrate.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(scripts))
    with database.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _copy(source: Path, target: Path) -> None:
    """A consistent copy, also while somebody writes."""
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
        target.chmod(0o600)
        old.backup(new)
