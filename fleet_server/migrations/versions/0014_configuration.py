"""Layers of configuration, what assets report of it, and who is set up by itself."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "configuration_layers",
        sa.Column("id", _ROW_ID, autoincrement=True, nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("made_at", _INSTANT, nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("comment", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_configuration_layers")),
        sa.UniqueConstraint("scope", "version", name=op.f("uq_configuration_layers_scope")),
    )
    op.create_table(
        "configuration_reports",
        sa.Column("asset", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("applied_at", _INSTANT, nullable=True),
        sa.Column("differs", sa.Text(), nullable=False),
        sa.Column("waiting", sa.Text(), nullable=False),
        sa.Column("seen_at", _INSTANT, nullable=False),
        sa.Column("hash_seen_at", _INSTANT, nullable=False),
        sa.Column("applied_seen_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("asset", name=op.f("pk_configuration_reports")),
    )
    policies = op.create_table(
        "configuration_policies",
        sa.Column("court", sa.String(), nullable=False),
        sa.Column("converge", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("court", name=op.f("pk_configuration_policies")),
    )
    op.bulk_insert(policies, [{"court": "", "converge": "by_hand"}])
