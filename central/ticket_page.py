"""The ticket on the phone: the number and its place in the queue, nothing personal."""

import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request, Response

from central.api import Db
from central.database import TicketRow
from central.snapshot import office_snapshot, places
from kiosk.model import ENGLISH, INDONESIAN, UNKNOWN_LANGUAGE, Language

router = APIRouter()


@dataclass(frozen=True)
class PageLanguage:
    """A file of `languages/`, named by its tag: `name` in its own words, `place` among the languages, `time` of day as
    for strftime, and the page's words.
    """

    name: str
    place: int
    time: str
    words: dict[str, str]


def load_languages(folder: Path = Path(__file__).parent / "languages") -> dict[Language, PageLanguage]:
    """The languages of a folder, in the order in which they are offered."""
    found = {
        Language(file.stem): PageLanguage(**tomllib.loads(file.read_text("utf-8"))) for file in folder.glob("*.toml")
    }
    return dict(sorted(found.items(), key=lambda each: each[1].place))


LANGUAGES = load_languages()


@router.get("/t/{ticket}", include_in_schema=False)
def get_ticket(ticket: str, request: Request, session: Db, lang: str = "") -> Response:
    """The phone's page of one ticket; 404, in kind words, where its kiosk has not told of it yet.

    It speaks the language that was chosen on it, else the ticket's own, else the browser's.
    """
    row, office = session.get(TicketRow, ticket.lower()), office_snapshot(session)
    accepted = request.headers.get("accept-language", "")
    if row is None or office is None:
        context: dict[str, object] = {"office": office.office.name if office else ""}
        return _page(request, _language(lang, UNKNOWN_LANGUAGE, accepted), context, 404)
    queue = places(session, date.fromisoformat(row.day), ZoneInfo(office.office.time_zone))
    place = next(each for each in queue if str(each.ticket.id) == row.id)
    language = _language(lang, place.ticket.language, accepted)
    service = next((each.name[language] for each in office.services if each.id == place.ticket.service), "")
    return _page(request, language, {"office": office.office.name, "place": place, "service": service}, 200)


def _language(chosen: str, of_ticket: Language, accepted: str) -> Language:
    """The first of them that there are words in. A browser names the liked one first; of those that the page does not
    speak, Malay and the old tag of Indonesian are nearest to Indonesian, all others get English.
    """
    liked = accepted.split(",")[0].split(";")[0].split("-")[0].strip().lower()
    for each in (chosen, of_ticket, liked):
        if each in LANGUAGES:
            return Language(each)
    return INDONESIAN if liked in ("", "in", "ms") else ENGLISH


def _page(request: Request, language: Language, context: dict[str, object], status: int) -> Response:
    spoken = {"language": language, "languages": LANGUAGES, "time": LANGUAGES[language].time}
    page: Response = request.app.state.templates.TemplateResponse(
        request,
        "ticket.html",
        context | spoken | {"words": LANGUAGES[language].words},
        status,
        {"Cache-Control": "no-store"},
    )
    return page
