"""The booking site: rules, places in slots, who booked, what was refused, whose passes are revoked at which office; and
ratings given on the phone.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.add_column("revoked_passes", sa.Column("office", sa.String(6), nullable=False, server_default=""))
    op.create_table(
        "booking_rules",
        sa.Column("office", sa.String(6), primary_key=True),
        sa.Column("body", sa.Text(), nullable=False),
    )
    op.create_table(
        "booked_places",
        sa.Column("office", sa.String(6), primary_key=True),
        sa.Column("service", sa.String(40), primary_key=True),
        sa.Column("day", sa.String(10), primary_key=True),
        sa.Column("slot", sa.String(5), primary_key=True),
        sa.Column("count", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("place", sa.Integer()),
        sa.Column("number", sa.String(12), nullable=False),
        sa.Column("booking", sa.String(36), nullable=False),
        sa.Column("name", sa.String(32)),
        sa.Column("nik", sa.String(32)),
        sa.UniqueConstraint("office", "service", "day", "slot", "place", name="booked_places_place_key"),
        sa.UniqueConstraint("office", "day", "number", name="booked_places_number_key"),
        sa.UniqueConstraint("office", "service", "nik", name="booked_places_nik_key"),
    )
    op.create_index("ix_booked_places_booking", "booked_places", ["booking"])
    op.create_index("ix_booked_places_name", "booked_places", ["office", "name"])
    op.create_table(
        "bookers",
        sa.Column("booking", sa.String(36), primary_key=True),
        sa.Column("office", sa.String(6), nullable=False),
        sa.Column("code", sa.String(10), nullable=False, unique=True),
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("draft", sa.String(32), nullable=False, unique=True),
        sa.Column("phone", sa.String(32), nullable=False),
        sa.Column("address", sa.String(32), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("pass_text", sa.Text(), nullable=False),
        sa.Column("flagged", sa.Boolean(), nullable=False),
        sa.Column("changed_on", sa.String(10)),
        sa.Column("changes", sa.Integer(), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(timezone=True)),
    )
    op.create_index("ix_bookers_phone", "bookers", ["office", "phone"])
    op.create_index("ix_bookers_address", "bookers", ["office", "address", "made_at"])
    op.create_table(
        "refused_bookings",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("office", sa.String(6), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(12), nullable=False),
        sa.Column("who", sa.String(32), nullable=False),
    )
    op.create_index("ix_refused_bookings_at", "refused_bookings", ["office", "at"])
    op.create_table(
        "phone_ratings",
        sa.Column("ticket", sa.String(36), primary_key=True),
        sa.Column("office", sa.String(6), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(35), nullable=False),
        sa.Column("comment", sa.Text()),
    )
    op.create_index("ix_phone_ratings_at", "phone_ratings", ["office", "at"])
