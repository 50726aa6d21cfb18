"""Facts tell whether their kiosk's clock was ahead; retired keys of booking passes are remembered."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("facts", sa.Column("clock_ahead", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("pass_keys", sa.Column("retired_at", sa.DateTime(timezone=True)))
