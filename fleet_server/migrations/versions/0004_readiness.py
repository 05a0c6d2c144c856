"""Readiness: facts, spans of verdicts, upkeep and booked maintenance."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)
_ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "readiness_facts",
        sa.Column("asset", sa.String(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("asset", name=op.f("pk_readiness_facts")),
    )
    op.create_table(
        "readiness_head",
        sa.Column("id", _ROW_ID, autoincrement=False, nullable=False),
        sa.Column("event", _ROW_ID, nullable=False),
        sa.Column("judged_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_readiness_head")),
    )
    op.create_table(
        "readiness_spans",
        sa.Column("id", _ROW_ID, autoincrement=True, nullable=False),
        sa.Column("asset", sa.String(), nullable=False),
        sa.Column("service", sa.String(), nullable=False),
        sa.Column("readiness", sa.String(), nullable=False),
        sa.Column("reasons", sa.String(), nullable=False),
        sa.Column("since", _INSTANT, nullable=False),
        sa.Column("until", _INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_readiness_spans")),
    )
    op.create_index("ix_readiness_spans_of", "readiness_spans", ["asset", "service", "since"])
    op.create_index(op.f("ix_readiness_spans_until"), "readiness_spans", ["until"])
    op.create_table(
        "upkeep",
        sa.Column("asset", sa.String(), nullable=False),
        sa.Column("inspection_until", _INSTANT, nullable=True),
        sa.Column("upkeep_until", _INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("asset", name=op.f("pk_upkeep")),
    )
    op.create_table(
        "maintenance",
        sa.Column("id", _ROW_ID, autoincrement=True, nullable=False),
        sa.Column("asset", sa.String(), nullable=False),
        sa.Column("begins_at", _INSTANT, nullable=False),
        sa.Column("ends_at", _INSTANT, nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_maintenance")),
    )
    op.create_index(op.f("ix_maintenance_asset"), "maintenance", ["asset"])
