"""Where an asset was last, beside when it was last heard of."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("sightings") as sightings:
        sightings.add_column(sa.Column("longitude_degrees", sa.Double(), nullable=True))
        sightings.add_column(sa.Column("latitude_degrees", sa.Double(), nullable=True))
