"""Rollouts, their waves and assets; maintenance windows; quarantine."""

import sqlalchemy as sa
from alembic import op

from fleet_server.tables import RowId

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "rollouts",
        sa.Column("id", RowId, autoincrement=True, nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("playbook", "version")),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("variables", "plan", "bundle")),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("state", "code")),
        *(sa.Column(name, sa.Boolean(), nullable=False) for name in ("is_active", "ends_running")),
        sa.Column("undoes", RowId, nullable=True),
        sa.Column("court", sa.String(), nullable=True),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("made_at", _INSTANT, nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("why", "approved_by")),
        *(sa.Column(name, _INSTANT, nullable=False) for name in ("ends_at", "changed_at")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rollouts")),
    )
    op.create_index(op.f("ix_rollouts_is_active"), "rollouts", ["is_active"])
    op.create_table(
        "rollout_waves",
        sa.Column("rollout", RowId, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("gate", sa.Text(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("verdict", "code")),
        *(sa.Column(name, _INSTANT, nullable=True) for name in ("opened_at", "decided_at")),
        _of_rollout("rollout_waves"),
        sa.PrimaryKeyConstraint("rollout", "number", name=op.f("pk_rollout_waves")),
    )
    op.create_table(
        "rollout_targets",
        sa.Column("rollout", RowId, nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("asset", "court")),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("wave", "place")),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("state", "code")),
        sa.Column("order_id", sa.String(), nullable=True),
        sa.Column("is_recalled", sa.Boolean(), nullable=False),
        sa.Column("before", sa.Text(), nullable=True),
        sa.Column("tried_at", _INSTANT, nullable=True),
        sa.Column("changed_at", _INSTANT, nullable=False),
        _of_rollout("rollout_targets"),
        sa.PrimaryKeyConstraint("rollout", "asset", name=op.f("pk_rollout_targets")),
    )
    op.create_index(op.f("ix_rollout_targets_court"), "rollout_targets", ["court"])
    op.create_index("ix_rollout_targets_open", "rollout_targets", ["rollout", "wave", "state"])
    op.create_table(
        "rollout_windows",
        sa.Column("court", sa.String(), nullable=False),
        sa.Column("windows", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("court", name=op.f("pk_rollout_windows")),
    )
    op.create_table(
        "rollout_quarantine",
        sa.Column("asset", sa.String(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("rollout", RowId, nullable=False),
        sa.Column("since", _INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("asset", name=op.f("pk_rollout_quarantine")),
    )


def _of_rollout(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_rollout_rollouts")
    return sa.ForeignKeyConstraint(["rollout"], ["rollouts.id"], name=name)
