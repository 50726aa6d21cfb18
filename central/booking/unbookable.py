"""Why a booking cannot be made, changed or cancelled."""

from enum import StrEnum


class Unbookable(StrEnum):
    """The reason; each has its words in the languages' files."""

    SLOT_OVER = "slot_over"
    SLOT_FULL = "slot_full"
    SAME_SLOT = "same_slot"
    MANY_OF_PHONE = "many_phone"
    MANY_OF_ADDRESS = "many_address"
    SAME_NIK = "booked_nik"
    GAVE_BACK = "gave_back"
    CANCELLED = "was_cancelled"
    CHECKED_IN = "checked_in"
    IS_OVER = "is_over"
    TOO_LATE = "too_late"
    CHANGED_TODAY = "changed_today"
    WRONG_DIGITS = "wrong_digits"


LIMITS = (Unbookable.MANY_OF_PHONE, Unbookable.MANY_OF_ADDRESS, Unbookable.SAME_NIK, Unbookable.GAVE_BACK)
"""What those meet who book to sell."""
OVER = (Unbookable.CANCELLED, Unbookable.CHECKED_IN, Unbookable.IS_OVER)
"""After these a booking stays as it is."""


class NotBooked(Exception):
    """Nothing was booked or changed. `who` is the hash of the telephone or address that met a limit."""

    def __init__(self, reason: Unbookable, who: str = "") -> None:
        super().__init__(reason)
        self.reason, self.who = reason, who
