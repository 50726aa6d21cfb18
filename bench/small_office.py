"""The snapshot of an office with one service, for campaigns."""

from datetime import UTC, date, datetime, time
from uuid import UUID

from kiosk.model import Announcement, Applicant, Booking, Office, Period, Rules, Service, Words
from kiosk.protocol import Snapshot

MORNING = datetime(2026, 11, 24, 2, 30, tzinfo=UTC)
"""09:30 in the office."""
ALL_DAY = ((Period(time(0), time(23, 59, 59, 999999)),),) * 7
TICKET_URL = "https://kiosk.example/t/{ticket}"


def small_snapshot(announcements: tuple[Announcement, ...] = ()) -> Snapshot:
    """Open all day, without bookings."""
    words = Words("Paspor baru", "New passport")
    return Snapshot(
        office=Office("PYK", "Layanan Imigrasi", "Jalan 1", "0752", "Asia/Jakarta", TICKET_URL, "", {}),
        rules=(Rules(date(2024, 1, 1), ALL_DAY, 1440, None, ()),),
        holidays=(),
        services=(Service("a", "A", words, words, (words,), (), ()),),
        bookings=(),
        pass_keys=(),
        announcements=announcements,
    )


def small_booking(booking: int, numbers: tuple[str, ...], day: date) -> Booking:
    """The `booking`-th, for as many applicants as `numbers`."""
    people = tuple(Applicant("S*** N***", number) for number in numbers)
    return Booking(UUID(int=booking, version=4), "PYK", day, time(9, 30), "a", people)
