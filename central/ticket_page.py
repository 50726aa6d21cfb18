"""The ticket on the phone: the number and its place in the queue, nothing personal."""

from datetime import date
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request, Response

from central.api import Db
from central.database import TicketRow
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
    "ahead": Words("orang di depan Anda", "waiting before you"),
    "next": Words("Giliran Anda berikutnya", "You are next"),
    "booked": Words("Jadwal", "Booked for"),
    "fresh": Words("Halaman ini diperbarui sendiri.", "This page refreshes itself."),
    "unknown_title": Words("Tiket belum dikenal", "Ticket not known yet"),
    "unknown": Words(
        "Data anjungan mungkin belum sampai. Nomor di kertas atau di layar tetap berlaku.",
        "The kiosk's data may not have arrived yet. The number on the paper or the screen is valid.",
    ),
}


@router.get("/t/{ticket}", include_in_schema=False)
def get_ticket(ticket: str, request: Request, session: Db, lang: str = "") -> Response:
    """The phone's page of one ticket; 404, in kind words, where its kiosk has not told of it yet."""
    language = _language(lang or request.headers.get("accept-language", ""))
    words = {key: each[language] for key, each in WORDS.items()}
    row, office = session.get(TicketRow, ticket.lower()), office_snapshot(session)
    context: dict[str, object] = {"words": words, "language": language, "office": office.office.name if office else ""}
    if row is None or office is None:
        return _page(request, context, 404)
    queue = places(session, date.fromisoformat(row.day), ZoneInfo(office.office.time_zone))
    place = next(each for each in queue if str(each.ticket.id) == row.id)
    service = next((each.name[language] for each in office.services if each.id == place.ticket.service), "")
    return _page(request, context | {"place": place, "service": service}, 200)


def _language(accepted: str) -> Language:
    """English for who asks for it or for anything else than Indonesian; a browser names the liked one first."""
    first = accepted.split(",")[0].strip().lower()
    return Language.INDONESIAN if first[:2] in ("", "id", "in", "ms") else Language.ENGLISH


def _page(request: Request, context: dict[str, object], status: int) -> Response:
    page: Response = request.app.state.templates.TemplateResponse(
        request, "ticket.html", context, status, {"Cache-Control": "no-store"}
    )
    return page
