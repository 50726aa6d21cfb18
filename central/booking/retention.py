"""What the booking site forgets, and when."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from central.booking.office import booking_office
from central.booking.rows import BookerRow, BookingRulesRow, PlaceRow, RefusedRow
from central.database import BookingRow


def forget_old(session: Session, now: datetime) -> int:
    """Deletes what is held of bookings whose day is over by more than their office's retention: hashes of names, NIK,
    telephones and addresses, codes, and the bookings themselves. Returns how many bookings; `now` is UTC.
    """
    forgotten = 0
    for name in session.scalars(select(BookingRulesRow.office)).all():
        office = booking_office(session, name)
        if office is None:
            continue
        kept_from = (office.today(now) - timedelta(days=office.rules.retention_days)).isoformat()
        made_here = select(BookerRow.booking).where(BookerRow.office == name, BookerRow.day < kept_from)
        old = list(session.scalars(made_here))
        forgotten += len(old)
        session.execute(delete(BookingRow).where(BookingRow.id.in_(made_here)))
        session.execute(delete(PlaceRow).where(PlaceRow.office == name, PlaceRow.day < kept_from))
        session.execute(delete(BookerRow).where(BookerRow.office == name, BookerRow.day < kept_from))
        met_until = now - timedelta(days=1 + office.rules.retention_days)
        session.execute(delete(RefusedRow).where(RefusedRow.office == name, RefusedRow.at < met_until))
    return forgotten
