"""Files of the artifact store."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "artifacts",
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("added_at", _INSTANT, nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("linked_until", _INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_artifacts")),
    )
