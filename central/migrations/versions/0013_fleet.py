"""Announcements move out of the office's document; kiosks have settings from afar, rolls of paper, and boots."""

import json
from datetime import UTC, date, datetime, time

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    when, text, kiosk = sa.DateTime(timezone=True), sa.Text(), sa.ForeignKey("kiosks.id")
    op.create_table(
        "kiosk_settings",
        sa.Column("kiosk", sa.String(36), kiosk, primary_key=True),
        sa.Column("version", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("toml", text, nullable=False),
        sa.Column("note", text, nullable=False),
        sa.Column("officer", text, nullable=False),
        sa.Column("made_at", when, nullable=False),
    )
    op.create_table(
        "rolls",
        sa.Column("kiosk", sa.String(36), sa.ForeignKey("kiosks.id"), primary_key=True),
        sa.Column("began_at", when, primary_key=True),
        sa.Column("officer", text, nullable=False),
        sa.Column("ran_out_at", when),
    )
    op.create_table(
        "boots",
        sa.Column("kiosk", sa.String(36), sa.ForeignKey("kiosks.id"), primary_key=True),
        sa.Column("boot", sa.String(64), primary_key=True),
        sa.Column("last_at", when, nullable=False),
        sa.Column("returned_at", when),
    )
    _announcements(when, text)


def _announcements(when: sa.DateTime, text: sa.Text) -> None:
    table = op.create_table(
        "announcements",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("office", sa.String(6), nullable=False, index=True),
        sa.Column("words_id", text, nullable=False),
        sa.Column("words_en", text, nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("starts", sa.Time(), nullable=False),
        sa.Column("ends", sa.Time()),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("emergency", sa.Boolean(), nullable=False),
        sa.Column("officer", text, nullable=False),
        sa.Column("made_at", when, nullable=False),
        sa.Column("withdrawn_at", when),
    )
    now = datetime.now(UTC)
    held = op.get_bind().execute(sa.text("SELECT id, body FROM office")).all()
    rows = [
        {
            "id": each["id"], "office": office, "words_id": each["words"]["id"], "words_en": each["words"]["en"],
            "first_day": date.fromisoformat(each["first_day"]), "last_day": date.fromisoformat(each["last_day"]),
            "starts": time(), "priority": each.get("priority", 0), "emergency": False, "officer": "", "made_at": now,
        }
        for office, body in held
        for each in json.loads(body).get("announcements", [])
    ]  # fmt: skip
    if rows:
        op.bulk_insert(table, rows)
