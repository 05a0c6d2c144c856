"""The keys of stations that check themselves."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "station_keys",
        sa.Column("asset", sa.String(), nullable=False),
        sa.Column("secret_hash", sa.String(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("made_at", _INSTANT, nullable=False),
        sa.Column("expires_at", _INSTANT, nullable=False),
        sa.Column("used_at", _INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["asset"],
            ["assets.id"],
            name=op.f("fk_station_keys_asset_assets"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("asset", name=op.f("pk_station_keys")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_station_keys_secret_hash")),
    )
