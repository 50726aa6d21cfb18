"""Calls for help are seen to."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "seen_calls",
        sa.Column("fact", sa.String(36), primary_key=True),
        sa.Column("officer", sa.Text(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
    )
