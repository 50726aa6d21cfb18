"""What a clerk noted when a visit could not be ended well."""

from enum import StrEnum

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from central.database import ALL_COLUMNS, Base
from central.privacy.sealed import Sealed


class Shortfall(StrEnum):
    """Why a visit ended without what it was for. DOCUMENTS: some are missing or wrong. REFUSED: by the rules it cannot
    be granted. LEFT: the person went away.
    """

    DOCUMENTS = "documents"
    REFUSED = "refused"
    LEFT = "left"


class NoteRow(Base):
    """Of a call that ended INCOMPLETE, by its id: why, and a short note without personal data."""

    __tablename__ = "call_notes"
    quiet = ALL_COLUMNS
    call: Mapped[int] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"), primary_key=True)
    shortfall: Mapped[str] = mapped_column(String(12))
    note: Mapped[str] = mapped_column(Sealed)
