"""How kiosks have been, and which alarms somebody has seen."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.create_table(
        "conditions",
        sa.Column("kiosk", sa.String(36), sa.ForeignKey("kiosks.id"), primary_key=True),
        sa.Column("since", sa.DateTime(timezone=True), primary_key=True),
        sa.Column("heard", sa.Boolean(), nullable=False),
        sa.Column("printer", sa.String(12), nullable=False),
        sa.Column("scanner_ready", sa.Boolean(), nullable=False),
        sa.Column("clock", sa.String(12), nullable=False),
        sa.Column("held_back", sa.Boolean(), nullable=False),
    )
    op.create_table(
        "seen_alarms",
        sa.Column("office", sa.String(6), primary_key=True),
        sa.Column("key", sa.String(32), primary_key=True),
        sa.Column("officer", sa.Text(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
    )
