"""Keys of booking passes, and revoked passes; the office's own key moves out of its document."""

import json
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

PASS_VALID = timedelta(days=10)
"""How long a pass signed before this migration may live."""


def upgrade() -> None:
    when = sa.DateTime(timezone=True)
    keys = op.create_table(
        "pass_keys",
        sa.Column("key_id", sa.String(6), primary_key=True),
        sa.Column("public_key", sa.Text(), nullable=False),
        sa.Column("made_at", when, nullable=False),
        sa.Column("used_until", when),
        sa.Column("signs", sa.Boolean(), nullable=False),
    )
    op.create_table(
        "revoked_passes",
        sa.Column("booking", sa.String(36), primary_key=True),
        sa.Column("until", when, nullable=False),
    )
    now = datetime.now(UTC)
    bodies = op.get_bind().execute(sa.text("SELECT body FROM office")).scalars().all()
    known = {key["key_id"]: key["public_key"] for body in bodies for key in json.loads(body)["pass_keys"]}
    rows = [
        {"key_id": each, "public_key": public, "made_at": now, "used_until": now + PASS_VALID, "signs": True}
        for each, public in known.items()
    ]
    if rows:
        op.bulk_insert(keys, rows)
