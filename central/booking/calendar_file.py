"""A booking as a calendar's entry (iCalendar, RFC 5545): when and where. Calendars are shared, so there is nothing
personal in it, and not the code.
"""

from datetime import UTC, datetime, time, timedelta

from icalendar import Alarm, Calendar, Event

from central.booking.office import BookingOffice
from kiosk.model import Booking

EVENING = time(18, 0)
LENGTH = timedelta(minutes=30)


def calendar_file(
    booking: Booking, office: BookingOffice, service: str, words: dict[str, str], made_at: datetime
) -> bytes:
    """The entry in the office's time zone, with an alarm at six the evening before."""
    begins = office.begins(booking.day, booking.slot)
    event = Event()
    event.add("uid", f"{booking.id}@{office.id.lower()}.booking")
    event.add("dtstamp", made_at)
    event.add("dtstart", begins)
    event.add("dtend", begins + LENGTH)
    event.add("summary", f"{office.data.office.name}: {service}")
    event.add("location", office.data.office.address)
    numbers = ", ".join(each.number for each in booking.applicants)
    event.add("description", f"{words['number']}: {numbers}. {words['bring']}")
    event.add_component(_alarm(datetime.combine(booking.day - timedelta(days=1), EVENING, office.zone), service))
    calendar = Calendar()
    calendar.add("prodid", "-//Anjungan//booking//")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add_component(event)
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def _alarm(at: datetime, service: str) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", service)
    alarm.add("trigger", at.astimezone(UTC))
    return alarm
