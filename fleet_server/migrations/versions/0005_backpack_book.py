"""The backpack book."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)
_ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_INDEXED = ("asset", "vehicle", "back_at")


def upgrade() -> None:
    op.create_table(
        "backpack_book",
        sa.Column("id", _ROW_ID, autoincrement=True, nullable=False),
        sa.Column("asset", sa.String(), nullable=False),
        sa.Column("carrier", sa.String(), nullable=False),
        sa.Column("vehicle", sa.String(), nullable=True),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("out_at", _INSTANT, nullable=False),
        sa.Column("due_at", _INSTANT, nullable=False),
        sa.Column("back_at", _INSTANT, nullable=True),
        sa.Column("counted_out", sa.Text(), nullable=False),
        sa.Column("counted_in", sa.Text(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_backpack_book")),
    )
    for column in _INDEXED:
        op.create_index(op.f(f"ix_backpack_book_{column}"), "backpack_book", [column])
