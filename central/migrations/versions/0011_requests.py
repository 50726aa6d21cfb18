"""Requests are handed over to partner agencies; why a visit fell short is noted."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.create_table(
        "call_notes",
        sa.Column("call", sa.Integer(), sa.ForeignKey("calls.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("shortfall", sa.String(12), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
    )
    op.create_table(
        "partners",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("office", sa.String(6), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("kinds", sa.Text(), nullable=False),
        sa.UniqueConstraint("office", "name"),
    )
    op.create_table(
        "partner_officers",
        sa.Column("officer", sa.String(40), primary_key=True),
        sa.Column("partner", sa.Integer(), sa.ForeignKey("partners.id", ondelete="CASCADE"), nullable=False),
    )
    op.create_table(
        "requests",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("office", sa.String(6), nullable=False),
        sa.Column("partner", sa.Integer(), sa.ForeignKey("partners.id"), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("ticket", sa.String(36), nullable=False),
        sa.Column("number", sa.String(12), nullable=False),
        sa.Column("fields", sa.Text()),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("answer", sa.String(20)),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("sent_by", sa.String(40), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True)),
        sa.Column("answered_by", sa.String(40)),
        sa.Column("answered_at", sa.DateTime(timezone=True)),
        sa.Column("closed_at", sa.DateTime(timezone=True)),
        sa.Column("forget_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_requests_office_sent", "requests", ["office", "sent_at"])
    op.create_index("ix_requests_ticket", "requests", ["ticket"])
