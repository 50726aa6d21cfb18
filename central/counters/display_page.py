"""The display in the lobby, for a television: a page without a sign-in, and the sounds of its calls."""

from typing import Annotated

from fastapi import APIRouter, HTTPException, Path, Request, Response
from fastapi.responses import StreamingResponse

from central.api import Db, Now
from central.counters.display import display_of, sentences_of
from central.counters.voice import sound_of
from central.languages import PageLanguageOf, words
from central.page import page
from central.snapshot import offices
from kiosk.model import ENGLISH

router = APIRouter(prefix="/o/{office}/display", include_in_schema=False)
OfficeId = Annotated[str, Path(max_length=6)]


@router.get("")
def get_display(office: OfficeId, request: Request, session: Db, now: Now, language: PageLanguageOf) -> Response:
    return _page(request, "display.html", office, session, now, language)


@router.get("/part")
def get_part(office: OfficeId, request: Request, session: Db, now: Now, language: PageLanguageOf) -> Response:
    """All of it that changes."""
    return _page(request, "display_part.html", office, session, now, language)


@router.get("/events")
def get_events(office: OfficeId, request: Request) -> StreamingResponse:
    """Server-sent events: one whenever something of the office was recorded."""
    # A session of its own: the request's would be held as long as the stream.
    with request.app.state.reading() as session:
        if office not in offices(session):
            raise HTTPException(404, "this office is not known")
    stream = request.app.state.changes.stream(office)
    return StreamingResponse(stream, media_type="text/event-stream", headers={"Cache-Control": "no-store"})


@router.get("/calls/chime.wav")
def get_chime() -> Response:
    """The chime alone, to try the loudspeakers."""
    return _sound(sound_of(()))


@router.get("/calls/{call}.wav")
def get_call(office: OfficeId, call: int, session: Db, now: Now) -> Response:
    """A call's sound: the chime, then what is said."""
    sentences = sentences_of(session, office, call, now)
    if sentences is None:
        raise HTTPException(404, "this call is not known")
    return _sound(sound_of(sentences))


def _page(request: Request, template: str, office: str, session: Db, now: Now, language: PageLanguageOf) -> Response:
    display = display_of(session, office, now)
    if display is None:
        raise HTTPException(404, "this office is not known")
    return page(request, template, "display", language, {"display": display, "english": words(ENGLISH, "display")})


def _sound(sound: bytes) -> Response:
    return Response(sound, media_type="audio/wav", headers={"Cache-Control": "private, max-age=3600"})
