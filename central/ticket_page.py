"""The ticket on the phone: the number and its place in the queue, nothing personal."""

from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request, Response

from central.api import Db
from central.database import TicketRow
from central.facts import ticket_of
from central.queue import entries
from central.snapshot import office_snapshot, places
from kiosk.model import Language, Words

router = APIRouter()

WORDS = {
    "number": Words("Nomor antrean Anda", "Your queue number"),
    "waiting": Words("Menunggu panggilan", "Waiting to be called"),
    "called": Words("Silakan menuju loket", "Please go to counter"),
    "served": Words("Sudah dilayani. Terima kasih.", "Served. Thank you."),
    "no_show": Words(
        "Sudah dipanggil, belum hadir. Silakan hubungi petugas.", "Called, but not there. Please ask the staff."
    ),
    "ahead": Words("orang di depan Anda", "people before you"),
    "unknown_title": Words("Tiket belum dikenal", "Ticket not known yet"),
    "unknown": Words(
        "Data anjungan mungkin belum sampai. Nomor Anda tetap berlaku. Halaman ini memuat ulang sendiri.",
        "The kiosk's data may not have arrived yet. Your number is valid. This page reloads by itself.",
    ),
}


@router.get("/t/{ticket}", include_in_schema=False)
def get_ticket(ticket: UUID, request: Request, session: Db, lang: str = "") -> Response:
    """The phone's page of one ticket; 404, in kind words, where its kiosk has not told of it yet."""
    accepted = request.headers.get("accept-language", "id")
    language = Language.ENGLISH if (lang or accepted[:2]) == "en" else Language.INDONESIAN
    words = {key: each[language] for key, each in WORDS.items()}
    row, office = session.get(TicketRow, str(ticket)), office_snapshot(session)
    context: dict[str, object] = {"words": words, "language": language, "office": office.office.name if office else ""}
    if row is None or office is None:
        return _page(request, context, 404)
    held = ticket_of(row)
    zone = ZoneInfo(office.office.time_zone)
    entry = next(each for each in entries(places(session, row.day), zone) if each.number == held.number)
    service = next((each.name[language] for each in office.services if each.id == held.service), "")
    return _page(request, context | {"entry": entry, "service": service, "day": held.day}, 200)


def _page(request: Request, context: dict[str, object], status: int) -> Response:
    page: Response = request.app.state.templates.TemplateResponse(request, "ticket.html", context, status_code=status)
    return page
