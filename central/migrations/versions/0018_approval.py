"""A kiosk waits for its approval; those that there are have it."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.add_column("enrolment_codes", sa.Column("approved", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("enrolment_codes", sa.Column("officer", sa.Text(), nullable=False, server_default=""))
    op.add_column("enrolment_codes", sa.Column("kiosk", sa.String(36)))
    op.add_column("kiosks", sa.Column("approved", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.add_column("kiosks", sa.Column("enrolled_at", sa.DateTime(timezone=True)))
    op.add_column("kiosks", sa.Column("code_by", sa.Text(), nullable=False, server_default=""))
