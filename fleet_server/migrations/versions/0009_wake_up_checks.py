"""When assets are asked to check themselves for tomorrow, and who was asked."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "wake_plans",
        sa.Column("court", sa.String(), nullable=False),
        sa.Column("ask_minute", sa.Integer(), nullable=False),
        sa.Column("use_minute", sa.Integer(), nullable=False),
        sa.Column("assumes_use", sa.Boolean(), nullable=False),
        sa.Column("ran_at", _INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("court", name=op.f("pk_wake_plans")),
    )
    op.create_table(
        "wake_asks",
        sa.Column("asset", sa.String(), nullable=False),
        sa.Column("asked_at", _INSTANT, nullable=False),
        sa.Column("use_at", _INSTANT, nullable=False),
        sa.Column("services", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("asset", name=op.f("pk_wake_asks")),
    )
