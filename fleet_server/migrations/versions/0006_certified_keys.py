"""The public key of each certificate, for the key of the link test."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("certificates") as certificates:
        certificates.add_column(
            sa.Column("public_key", sa.String(), nullable=False, server_default="")
        )
