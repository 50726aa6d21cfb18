"""The ticket on the phone: the number and its place in the queue, nothing personal."""

from datetime import date
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request, Response

from central.api import Db, Now
from central.database import TicketRow
from central.explained import in_words
from central.languages import first_known
from central.page import page
from central.places import places
from central.snapshot import office_snapshot

router = APIRouter()


@router.get("/t/{ticket}", include_in_schema=False)
def get_ticket(ticket: str, request: Request, session: Db, now: Now, lang: str = "") -> Response:
    """The phone's page of one ticket; 404, in kind words, where its kiosk has not told of it yet.

    It speaks the language that was chosen on it, else the ticket's own, else the browser's.
    """
    row = session.get(TicketRow, ticket.lower())
    office = office_snapshot(session, row.office) if row else None
    accepted = request.headers.get("accept-language", "")
    if row is None or office is None:
        return page(request, "ticket.html", "ticket", first_known(accepted, lang), {"office": ""}, 404)
    queue = places(session, row.office, date.fromisoformat(row.day), now)
    place = next(each for each in queue if str(each.ticket.id) == row.id)
    language = first_known(accepted, lang, place.ticket.language)
    service = next((each.name[language] for each in office.services if each.id == place.ticket.service), "")
    why = in_words(place.why, language, ZoneInfo(office.office.time_zone)) if place.why else ""
    context = {"office": office.office.name, "place": place, "service": service, "why": why}
    return page(request, "ticket.html", "ticket", language, context)
