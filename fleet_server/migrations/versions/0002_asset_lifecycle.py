"""Assets with plate, note, home and an end; courts; what became of enrolments; ledger days."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)
_ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _assets()
    _courts()
    _enrolment()
    _ledger()


def _assets() -> None:
    with op.batch_alter_table("assets") as assets:
        assets.add_column(sa.Column("plate", sa.String(), nullable=False, server_default=""))
        assets.add_column(sa.Column("note", sa.String(), nullable=False, server_default=""))
        assets.add_column(sa.Column("home_latitude_degrees", sa.Double(), nullable=True))
        assets.add_column(sa.Column("home_longitude_degrees", sa.Double(), nullable=True))
        assets.add_column(sa.Column("retired_at", _INSTANT, nullable=True))


def _courts() -> None:
    op.create_table(
        "courts",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("district", sa.String(), nullable=False),
        sa.Column("contact", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("hours", sa.String(), nullable=False),
        sa.Column("made_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_courts"),
    )
    # Courts were only names on assets; each gets its record.
    op.execute(
        "INSERT INTO courts (name, level, district, contact, phone, hours, made_at)"
        " SELECT court, 'basic', '', '', '', '', MIN(made_at) FROM assets GROUP BY court"
    )


def _enrolment() -> None:
    with op.batch_alter_table("invitations") as invitations:
        invitations.add_column(sa.Column("tried_at", _INSTANT, nullable=True))
        invitations.add_column(sa.Column("withdrawn_at", _INSTANT, nullable=True))
        invitations.add_column(sa.Column("refusal", sa.String(), nullable=False, server_default=""))
    with op.batch_alter_table("certificates") as certificates:
        certificates.add_column(sa.Column("revoked_at", _INSTANT, nullable=True))


def _ledger() -> None:
    sums = ("head", "stored", "set_aside", "dropped", "lost", "missing")
    op.create_table(
        "ledger_days",
        sa.Column("asset", sa.String(), nullable=False),
        sa.Column("stream", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("court", sa.String(), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in sums),
        sa.PrimaryKeyConstraint("asset", "stream", "day", name="pk_ledger_days"),
    )
    op.create_index("ix_ledger_days_day", "ledger_days", ["day"])
    op.create_table(
        "ledger_clock",
        sa.Column("id", _ROW_ID, autoincrement=False, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_ledger_clock"),
    )
