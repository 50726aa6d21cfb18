"""A technician's way in at the kiosks, and what one sends from there."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.create_table(
        "technician_pins",
        sa.Column("office", sa.String(6), primary_key=True),
        sa.Column("kept", sa.String(200), nullable=False),
        sa.Column("officer", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "bundles",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("kiosk", sa.String(36), sa.ForeignKey("kiosks.id"), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
    )
    op.create_index("ix_bundles_kiosk", "bundles", ["kiosk"])
