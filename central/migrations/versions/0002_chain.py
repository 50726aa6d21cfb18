"""Facts form a chain and bear the time of their receipt; epochs have a series of their own; forks are remembered."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


OLD_TIME = "1970-01-01 00:00:00+00:00"
"""In rows of before, until the next statement. (SQLite adds no column that must not be null without a default.)"""


def upgrade() -> None:
    when = sa.DateTime(timezone=True)
    op.create_table(
        "epochs",
        sa.Column("kiosk", sa.String(36), sa.ForeignKey("kiosks.id"), primary_key=True),
        sa.Column("epoch", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True, autoincrement=False),
        sa.Column("series", sa.Integer(), nullable=False, unique=True),
        sa.Column("registered_at", when, nullable=False),
    )
    op.create_table(
        "forks",
        sa.Column("kiosk", sa.String(36), sa.ForeignKey("kiosks.id"), primary_key=True),
        sa.Column("seen_at", when, nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
    )
    # The kiosks' last epochs issued numbers with their digits, so the next epochs must not.
    op.execute(
        "INSERT INTO epochs SELECT kiosks.id, MAX(facts.epoch), kiosks.digit, MAX(facts.at)"
        " FROM facts JOIN kiosks ON kiosks.id = facts.kiosk GROUP BY kiosks.id, kiosks.digit"
    )
    _date_facts(when)
    _date_tickets(when)


def _date_facts(when: sa.DateTime) -> None:
    # Facts of before the chain have no digest; their epochs are over.
    op.add_column("facts", sa.Column("digest", sa.String(64), nullable=False, server_default=""))
    op.add_column("facts", sa.Column("received_at", when, nullable=False, server_default=OLD_TIME))
    op.add_column("facts", sa.Column("dated_by_server", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute("UPDATE facts SET received_at = at")
    op.create_index("ix_facts_received_at", "facts", ["received_at"])


def _date_tickets(when: sa.DateTime) -> None:
    op.add_column("tickets", sa.Column("arrived_at", when, nullable=False, server_default=OLD_TIME))
    op.add_column("tickets", sa.Column("dated_by_server", sa.Boolean(), nullable=False, server_default=sa.false()))
    if op.get_bind().dialect.name != "sqlite":
        return  # there are no such tickets: at that time there was no other database
    # strftime gives UTC, in the form in which SQLAlchemy keeps it. It reads zones of whole minutes up to 14 hours; a
    # ticket of any other arrived, as far as is known, when its paper last moved.
    issued = "strftime('%Y-%m-%d %H:%M:%f', json_extract(body, '$.ticket.issued_at')) || '000'"
    op.execute(f"UPDATE tickets SET arrived_at = coalesce({issued}, paper_at)")  # noqa: S608
