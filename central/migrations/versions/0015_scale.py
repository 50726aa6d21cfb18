"""How often an office's data changed, so that a snapshot which is still right need not be made; the facts' indexes are
those of who asks for them.
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.create_table(
        "changes",
        sa.Column("office", sa.String(6), primary_key=True),
        sa.Column("part", sa.String(10), primary_key=True),
        sa.Column("shard", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("count", sa.Integer(), nullable=False),
    )
    for column in ("at", "kind", "received_at"):
        op.drop_index(f"ix_facts_{column}", "facts")
    op.create_index("ix_facts_kiosk_kind_at", "facts", ["kiosk", "kind", "at"])
    op.create_index("ix_facts_kiosk_received_at", "facts", ["kiosk", "received_at"])
    of_a_problem = sa.text("problem IS NOT NULL")
    op.create_index(
        "ix_facts_problem", "facts", ["kiosk", "at"], sqlite_where=of_a_problem, postgresql_where=of_a_problem
    )
