"""Sealed columns and their keys, what is forgotten and when, what people asked for, breaches. What was written before
is sealed by the server while it runs (`kiosk-central forget`), so no start waits for it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

TEXT, WHEN, ID, OFFICE = sa.Text(), sa.DateTime(timezone=True), sa.String(36), sa.String(6)


def upgrade() -> None:
    _keys()
    _forgetting()
    _subjects()
    _breaches()


def _keys() -> None:
    op.create_table("data_keys", sa.Column("id", sa.String(8), primary_key=True), sa.Column("since", WHEN))
    with op.batch_alter_table("officers") as batch:
        batch.alter_column("totp_secret", type_=TEXT, existing_type=sa.String(32))


def _forgetting() -> None:
    op.create_table(
        "leases",
        sa.Column("name", sa.String(20), primary_key=True),
        sa.Column("holder", ID, nullable=False),
        sa.Column("until", WHEN, nullable=False),
        sa.Column("done_at", WHEN),
    )
    op.create_table(
        "keeping",
        sa.Column("office", OFFICE, primary_key=True),
        sa.Column("rule", sa.String(20), primary_key=True),
        sa.Column("days", sa.Integer(), nullable=False),
    )
    for table in ("facts", "tickets"):
        op.add_column(table, sa.Column("forgotten_at", WHEN))
    personal = sa.text("forgotten_at IS NULL AND (kind IN ('checked_in', 'walk_in_issued', 'commented')"
                       " OR problem = 'unreadable')")  # fmt: skip
    op.create_index("ix_facts_personal", "facts", ["at"], sqlite_where=personal, postgresql_where=personal)


def _subjects() -> None:
    op.create_table(
        "subject_requests",
        sa.Column("id", ID, primary_key=True),
        sa.Column("office", OFFICE, nullable=False),
        sa.Column("ticket", ID),
        sa.Column("booking", ID),
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("proof", sa.String(10), nullable=False),
        sa.Column("asked_at", WHEN, nullable=False),
        sa.Column("officer", sa.String(40), nullable=False),
        sa.Column("exported_at", WHEN),
        sa.Column("erased_at", WHEN),
    )
    op.create_index("ix_subject_requests_office", "subject_requests", ["office", "asked_at"])


def _breaches() -> None:
    op.create_table(
        "breaches",
        sa.Column("id", ID, primary_key=True),
        sa.Column("office", OFFICE, nullable=False),
        sa.Column("known_at", WHEN, nullable=False),
        sa.Column("opened_at", WHEN, nullable=False),
        sa.Column("notified_at", WHEN),
        sa.Column("closed_at", WHEN),
    )
    op.create_index("ix_breaches_office", "breaches", ["office", "known_at"])
    op.create_table(
        "breach_notes",
        sa.Column("breach", ID, sa.ForeignKey("breaches.id"), primary_key=True),
        sa.Column("seq", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("at", WHEN, nullable=False),
        sa.Column("officer", sa.String(40), nullable=False),
        sa.Column("happened", TEXT, nullable=False),
        sa.Column("data", TEXT, nullable=False),
        sa.Column("subjects", sa.Integer()),
        sa.Column("done", TEXT, nullable=False),
    )
