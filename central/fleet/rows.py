"""What is kept of the fleet beside what kiosks say of themselves."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from central.database import ALL_COLUMNS, Base


class KioskSettingsRow(Base):
    """A version of a kiosk's settings from afar: the TOML, who made it and why. The highest one is wanted."""

    __tablename__ = "kiosk_settings"
    kiosk: Mapped[str] = mapped_column(ForeignKey("kiosks.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    toml: Mapped[str]
    note: Mapped[str]
    officer: Mapped[str]
    made_at: Mapped[datetime]


class RolloutRow(Base):
    """The version of the appliance that so many percent of an office's kiosks are to have."""

    __tablename__ = "rollouts"
    office: Mapped[str] = mapped_column(String(6), primary_key=True)
    version: Mapped[str] = mapped_column(String(20))
    percent: Mapped[int]
    paused: Mapped[bool]
    officer: Mapped[str]
    made_at: Mapped[datetime]


class TechnicianPinRow(Base):
    """What is kept of the PIN that a technician types at the office's kiosks, "" where it was taken away."""

    __tablename__ = "technician_pins"
    office: Mapped[str] = mapped_column(String(6), primary_key=True)
    kept: Mapped[str] = mapped_column(String(200))
    officer: Mapped[str]
    made_at: Mapped[datetime]


class BundleRow(Base):
    """What a technician at a kiosk sent for support: a .tar.gz without personal data."""

    __tablename__ = "bundles"
    quiet = ALL_COLUMNS
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    kiosk: Mapped[str] = mapped_column(ForeignKey("kiosks.id"), index=True)
    made_at: Mapped[datetime]
    body: Mapped[bytes]


class RollRow(Base):
    """A roll of paper that was put into a kiosk's printer: noticed by the server, or told by an `officer`. `ran_out`:
    the printer said so at its end.
    """

    __tablename__ = "rolls"
    kiosk: Mapped[str] = mapped_column(ForeignKey("kiosks.id"), primary_key=True)
    began_at: Mapped[datetime] = mapped_column(primary_key=True)
    officer: Mapped[str] = mapped_column(default="")
    ran_out_at: Mapped[datetime | None]


class BootRow(Base):
    """A machine's start that spoke for a kiosk. One that speaks again after another one did is another machine:
    `returned_at` is when.
    """

    __tablename__ = "boots"
    quiet = ALL_COLUMNS
    kiosk: Mapped[str] = mapped_column(ForeignKey("kiosks.id"), primary_key=True)
    boot: Mapped[str] = mapped_column(String(64), primary_key=True)
    last_at: Mapped[datetime]
    returned_at: Mapped[datetime | None]
