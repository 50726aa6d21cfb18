"""The survey: which tickets were asked, and the responses, which no ticket can be found from."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.add_column("tickets", sa.Column("surveyed", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "responses",
        sa.Column("fact", sa.String(36), primary_key=True),
        sa.Column("questionnaire", sa.String(20), nullable=False),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("day", sa.String(10)),
        sa.Column("time_band", sa.String(8)),
        sa.Column("service", sa.Text()),
        sa.Column("header", sa.Text(), nullable=False),
        sa.Column("scores", sa.Text(), nullable=False),
    )
    op.create_index("ix_responses_questionnaire", "responses", ["questionnaire"])
