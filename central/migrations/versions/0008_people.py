"""Second factors, sessions that say whose they are, shared tries, and the audit trail, which the database itself
refuses to edit.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

APPEND_ONLY = {
    "sqlite": [
        f"CREATE TRIGGER audit_no_{verb} BEFORE {verb} ON audit BEGIN"
        " SELECT RAISE(ABORT, 'the audit trail is append-only'); END"
        for verb in ("update", "delete")
    ],
    "postgresql": [
        "CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION 'the audit trail is append-only'; END $$",
        "CREATE TRIGGER audit_no_change BEFORE UPDATE OR DELETE ON audit"
        " FOR EACH ROW EXECUTE FUNCTION audit_is_append_only()",
        "CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON audit"
        " FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only()",
    ],
}


TEXT, WHEN = sa.Text(), sa.DateTime(timezone=True)
ADDRESS = sa.String(45)


def upgrade() -> None:
    _officers()
    _sessions()
    _tries()
    _audit()


def _officers() -> None:
    no = sa.false()
    with op.batch_alter_table("officers") as batch:
        batch.add_column(sa.Column("must_change", sa.Boolean(), nullable=False, server_default=no))
        batch.add_column(sa.Column("disabled", sa.Boolean(), nullable=False, server_default=no))
        batch.add_column(sa.Column("totp_secret", sa.String(32)))
        batch.add_column(sa.Column("totp_step", sa.Integer(), nullable=False, server_default="0"))
        batch.add_column(sa.Column("subject", TEXT))
        batch.add_column(sa.Column("signed_in_at", WHEN))
        batch.add_column(sa.Column("signed_in_from", ADDRESS, nullable=False, server_default=""))
        batch.create_unique_constraint("officers_subject_key", ["subject"])
    op.create_table(
        "recovery_codes",
        sa.Column("officer", sa.String(40), sa.ForeignKey("officers.name", ondelete="CASCADE"), primary_key=True),
        sa.Column("hash", sa.String(64), primary_key=True),
    )
    op.create_table(
        "sign_in_policies",
        sa.Column("office", sa.String(6), primary_key=True),
        sa.Column("second_factor_roles", TEXT, nullable=False),
    )


def _sessions() -> None:
    """Sessions are made anew: everybody signs in once more, since of the old ones nobody knows when they were begun."""
    op.drop_table("sessions")
    op.create_table(
        "sessions",
        sa.Column("hash", sa.String(64), primary_key=True),
        sa.Column("officer", sa.String(40), sa.ForeignKey("officers.name", ondelete="CASCADE"), nullable=False),
        sa.Column("expires", WHEN, nullable=False),
        sa.Column("pending", sa.Boolean(), nullable=False),
        sa.Column("begun_at", WHEN, nullable=False),
        sa.Column("seen_at", WHEN, nullable=False),
        sa.Column("confirmed_at", WHEN, nullable=False),
        sa.Column("address", ADDRESS, nullable=False),
        sa.Column("browser", sa.String(200), nullable=False),
        sa.Column("before_at", WHEN),
        sa.Column("before_from", ADDRESS, nullable=False),
    )
    op.create_index("ix_sessions_officer", "sessions", ["officer"])


def _tries() -> None:
    op.create_table(
        "tries",
        sa.Column("kind", sa.String(20), primary_key=True),
        sa.Column("key", sa.String(64), primary_key=True),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("at", WHEN, nullable=False),
    )
    op.create_index("ix_tries_kind_at", "tries", ["kind", "at"])


def _audit() -> None:
    op.create_table(
        "audit",
        sa.Column("office", sa.String(6), primary_key=True),
        sa.Column("seq", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("at", WHEN, nullable=False),
        sa.Column("who", sa.String(40), nullable=False),
        sa.Column("address", ADDRESS, nullable=False),
        sa.Column("action", sa.String(40), nullable=False),
        sa.Column("subject", TEXT, nullable=False),
        sa.Column("detail", TEXT, nullable=False),
        sa.Column("previous", sa.String(64), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
    )
    op.create_index("ix_audit_office_at", "audit", ["office", "at"])
    op.create_table(
        "audit_heads",
        sa.Column("office", sa.String(6), primary_key=True),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
    )
    for statement in APPEND_ONLY[op.get_bind().dialect.name]:
        op.execute(statement)
