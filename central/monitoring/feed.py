"""What is announced, for those who pass it on: RSS 2.0 and JSON Feed 1.1."""

from datetime import datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element, SubElement, tostring

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import JSONResponse

from central.api import Now, Reports
from central.languages import PageLanguageOf, words
from central.monitoring.announcements import in_force
from central.page import page
from central.snapshot import office_snapshot, office_zone
from kiosk.model import Announcement, Office

router = APIRouter(prefix="/o/{office}", include_in_schema=False)


@router.get("/announcements")
def get_page(office: str, request: Request, session: Reports, now: Now, language: PageLanguageOf) -> Response:
    """What is announced, as a page."""
    held, told = _told(session, office, now)
    context = {"office": held, "announcements": told}
    return page(request, "announcements.html", "announcements", language, context)


@router.get("/announcements.json")
def get_json_feed(office: str, session: Reports, now: Now, language: PageLanguageOf) -> Response:
    """What is announced, as a JSON Feed."""
    held, told = _told(session, office, now)
    feed: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": held.name,
        "home_page_url": _page_at(held),
        "feed_url": f"{_page_at(held)}.json",
        "language": language,
        "items": [
            {
                "id": each.id,
                "content_text": each.words[language],
                "date_published": _begins(each, session, office).isoformat(),
            }
            for each in told
        ],
    }
    return JSONResponse(feed, media_type="application/feed+json", headers=FRESH)


@router.get("/announcements.rss")
def get_rss(office: str, session: Reports, now: Now, language: PageLanguageOf) -> Response:
    """What is announced, as RSS."""
    held, told = _told(session, office, now)
    rss = Element("rss", version="2.0")
    channel = SubElement(rss, "channel")
    title = words(language, "announcements")["title"]
    for name, text in (
        ("title", held.name),
        ("link", _page_at(held)),
        ("description", title),
    ):
        SubElement(channel, name).text = text
    SubElement(channel, "language").text = language
    for each in told:
        item = SubElement(channel, "item")
        SubElement(item, "description").text = each.words[language]
        SubElement(item, "guid", isPermaLink="false").text = each.id
        SubElement(item, "pubDate").text = format_datetime(_begins(each, session, office))
    text = tostring(rss, encoding="utf-8", xml_declaration=True)
    return Response(text, media_type="application/rss+xml", headers=FRESH)


FRESH = {"Cache-Control": "public, max-age=60"}


def _told(session: Reports, office: str, now: datetime) -> tuple[Office, tuple[Announcement, ...]]:
    held = office_snapshot(session, office)
    if held is None:
        raise HTTPException(404, "there is no such office")
    return held.office, in_force(session, office, now.astimezone(office_zone(session, office)))


def _page_at(office: Office) -> str:
    """The page's public address, whatever a request calls this server: feeds are passed on."""
    public = urlsplit(office.ticket_url)
    return f"{public.scheme}://{public.netloc}/o/{office.id}/announcements"


def _begins(each: Announcement, session: Reports, office: str) -> datetime:
    return datetime.combine(each.first_day, each.starts, office_zone(session, office))
