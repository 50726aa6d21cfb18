"""Counters, what is called to them, and where a ticket waits after its first call."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    for name in ("service", "stage"):
        op.add_column("tickets", sa.Column(name, sa.Text(), nullable=False, server_default=""))
    op.add_column("tickets", sa.Column("turn_at", sa.DateTime(timezone=True)))
    op.add_column("tickets", sa.Column("turn_kind", sa.String(12)))
    op.add_column("tickets", sa.Column("held", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "counters",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("office", sa.String(6), nullable=False),
        sa.Column("name", sa.String(10), nullable=False),
        sa.Column("services", sa.Text(), nullable=False),
        sa.Column("stages", sa.Text(), nullable=False),
        sa.Column("clerk", sa.String(40)),
        sa.Column("opened_at", sa.DateTime(timezone=True)),
        sa.UniqueConstraint("office", "name"),
    )
    op.create_table(
        "calls",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("office", sa.String(6), nullable=False),
        sa.Column("day", sa.String(10), nullable=False),
        # A call is forgotten with its ticket.
        sa.Column("ticket", sa.String(36), sa.ForeignKey("tickets.id", ondelete="CASCADE"), nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("counter", sa.Integer(), sa.ForeignKey("counters.id"), nullable=False),
        sa.Column("clerk", sa.String(40), nullable=False),
        sa.Column("waiting_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("called_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recalls", sa.Integer(), nullable=False),
        sa.Column("recalled_at", sa.DateTime(timezone=True)),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("outcome", sa.String(12)),
        sa.Column("ahead_of_turn", sa.Boolean(), nullable=False),
        sa.Column("out_of_order", sa.Boolean(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
    )
    op.create_index("ix_calls_office_day", "calls", ["office", "day"])
    op.create_index("ix_calls_counter", "calls", ["counter", "called_at"])
    op.create_index("ix_calls_ticket", "calls", ["ticket"])
