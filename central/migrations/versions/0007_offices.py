"""Any number of offices share a database: who belongs to which, and what officers may do."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

OF_AN_OFFICE = ("bookings", "enrolment_codes", "kiosks", "epochs", "tickets", "responses", "officers")
BY_DAY = ("bookings", "tickets")


def upgrade() -> None:
    for table in OF_AN_OFFICE:
        op.add_column(table, sa.Column("office", sa.String(6), nullable=False, server_default=""))
        # Until now there was one.
        op.execute(f"UPDATE {table} SET office = coalesce((SELECT id FROM office LIMIT 1), '')")  # noqa: S608
    op.add_column("officers", sa.Column("roles", sa.Text(), nullable=False, server_default="clerk supervisor"))
    for table in BY_DAY:
        op.drop_index(f"ix_{table}_day", table)
        op.create_index(f"ix_{table}_office_day", table, ["office", "day"])
    _number_within_an_office("kiosks", "digit")
    _number_within_an_office("epochs", "series")


def _number_within_an_office(table: str, column: str) -> None:
    names = {"uq": "%(table_name)s_%(column_0_name)s_key"}
    with op.batch_alter_table(table, naming_convention=names) as batch:
        batch.drop_constraint(f"{table}_{column}_key", type_="unique")
        batch.create_unique_constraint(f"{table}_office_{column}_key", ["office", column])
