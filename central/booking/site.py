"""What the pages of the booking site share: the office and service of an address, forms, and how a page is answered."""

from collections.abc import Iterator
from datetime import date, time
from typing import Annotated, Any

from fastapi import Depends, Request, Response
from sqlalchemy.orm import Session
from starlette.datastructures import FormData

from central.booking.calendar import DayLeft
from central.booking.dates import day_words
from central.booking.office import BookingOffice, booking_office
from central.languages import language_of, words
from central.page import page
from kiosk.model import Language, Service

ADDRESS = "/o/{office}/booking"
PART = "booking"
STEPS = ("documents", "slot", "applicants", "summary")


class NotHere(Exception):
    """There is no such office or service to book."""

    def __init__(self, office: str) -> None:
        super().__init__(office)
        self.office = office


def not_here(request: Request, error: Exception) -> Response:
    """The page that says so."""
    if not isinstance(error, NotHere):
        raise error
    return page(request, "booking/not_here.html", PART, language_of(request), {"office_id": error.office}, 404)


def reading_of(request: Request) -> Iterator[Session]:
    """A session that reads, also where the request books: that is done in a transaction of its own, which may have to
    begin anew.
    """
    with request.app.state.reading.begin() as session:
        yield session


Reading = Annotated[Session, Depends(reading_of, scope="function")]


async def form_of(request: Request) -> FormData:
    """The request's form."""
    return await request.form(max_files=0, max_fields=60)


Form = Annotated[FormData, Depends(form_of)]


def office_of(office: str, session: Reading) -> BookingOffice:
    """The office of the address. Raises NotHere."""
    found = booking_office(session, office.upper())
    if found is None:
        raise NotHere("")
    return found


OfficeOf = Annotated[BookingOffice, Depends(office_of, scope="function")]


def service_of(service: str, office: OfficeOf) -> Service:
    """The service of the address. Raises NotHere."""
    found = office.service(service)
    if found is None:
        raise NotHere(office.id)
    return found


ServiceOf = Annotated[Service, Depends(service_of, scope="function")]


def site_page(
    request: Request, name: str, office: BookingOffice, language: Language, context: dict[str, Any], status: int = 200
) -> Response:
    """A page of the booking site, with the office's name and the words of days."""
    shown = {
        "office": office.data.office,
        "rules": office.rules,
        "base": f"/o/{office.id}/booking",
        "zone": request.app.state.now().astimezone(office.zone).tzname(),
    }
    days = day_words(words(language, PART))
    return page(
        request, f"booking/{name}.html", PART, language, shown | {"days": days, "steps": STEPS} | context, status
    )


def party_of(text: str, most: int) -> int:
    """How many people a form or address names, within what can be booked together."""
    return min(max(int(text), 1), most) if text.isdecimal() and len(text) < 3 else 1


def day_of(text: str) -> date | None:
    """A day as addresses and forms have it."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def start_of(text: str) -> time | None:
    """A slot's beginning as addresses and forms have it."""
    try:
        found = time.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo is None else None


def chosen_day(weeks: list[list[DayLeft]], text: str, party: int) -> DayLeft | None:
    """The day that was asked for if it can be booked, else the first that has places for the party."""
    ahead = [each for week in weeks for each in week if each.is_ahead]
    wanted = [each for each in ahead if each.day.isoformat() == text]
    return next(iter(wanted or [each for each in ahead if each.left(party)]), None)
