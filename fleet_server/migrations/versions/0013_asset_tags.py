"""Tags of assets."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("assets") as assets:
        assets.add_column(sa.Column("tags", sa.String(), nullable=False, server_default=""))
