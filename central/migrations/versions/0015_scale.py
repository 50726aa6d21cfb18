"""How often an office's data changed, so that a snapshot which is still right need not be made."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0013"


def upgrade() -> None:
    op.create_table(
        "changes",
        sa.Column("office", sa.String(6), primary_key=True),
        sa.Column("part", sa.String(10), primary_key=True),
        sa.Column("shard", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("count", sa.Integer(), nullable=False),
    )
