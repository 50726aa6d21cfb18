"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    text = sa.Text()
    when = sa.DateTime(timezone=True)
    whole = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table("office", sa.Column("id", sa.String(6), primary_key=True), sa.Column("body", text, nullable=False))
    op.create_table(
        "bookings",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("day", sa.String(10), nullable=False, index=True),
        sa.Column("body", text, nullable=False),
    )
    op.create_table(
        "enrolment_codes",
        sa.Column("hash", sa.String(64), primary_key=True),
        sa.Column("name", text, nullable=False),
        sa.Column("expires", when, nullable=False),
        sa.Column("used", sa.Boolean(), nullable=False),
    )
    op.create_table(
        "kiosks",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("name", text, nullable=False),
        sa.Column("digit", sa.Integer(), nullable=False, unique=True),
        sa.Column("public_key", text, nullable=False),
        sa.Column("revoked", sa.Boolean(), nullable=False),
        sa.Column("heartbeat", text),
        sa.Column("heard_at", when),
    )
    op.create_table(
        "facts",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("kiosk", sa.String(36), sa.ForeignKey("kiosks.id"), nullable=False),
        sa.Column("epoch", whole, nullable=False),
        sa.Column("seq", whole, nullable=False),
        sa.Column("at", when, nullable=False, index=True),
        sa.Column("kind", sa.String(20), nullable=False, index=True),
        sa.Column("body", text, nullable=False),
        sa.Column("problem", text),
        sa.UniqueConstraint("kiosk", "epoch", "seq"),
    )
    op.create_table(
        "tickets",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("day", sa.String(10), nullable=False, index=True),
        sa.Column("number", sa.String(12), nullable=False),
        sa.Column("body", text, nullable=False),
        sa.Column("paper", sa.String(12), nullable=False),
        sa.Column("paper_at", when, nullable=False),
        sa.Column("paper_kiosk", sa.String(36), sa.ForeignKey("kiosks.id"), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("counter", sa.String(20), nullable=False),
    )
    op.create_table(
        "officers", sa.Column("name", sa.String(40), primary_key=True), sa.Column("password_hash", text, nullable=False)
    )
    op.create_table(
        "sessions",
        sa.Column("hash", sa.String(64), primary_key=True),
        sa.Column("officer", sa.String(40), sa.ForeignKey("officers.name", ondelete="CASCADE"), nullable=False),
        sa.Column("expires", when, nullable=False),
    )
