"""The pages of one's own booking: to look at, print, take along, change and cancel. One comes to them from the booking,
or by the typing code and the last four digits of the telephone.
"""

from datetime import date, time
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse

from central.api import Now, address_of
from central.booking import lockout, own_booking
from central.booking.bookings import Bookings
from central.booking.calendar import calendar
from central.booking.calendar_file import calendar_file
from central.booking.held import Held, found_by_code, held_booking, refused_change
from central.booking.office import BookingOffice
from central.booking.pictures import Wallet, qr_png, qr_svg, wallet_png
from central.booking.site import ADDRESS, Form, OfficeOf, Reading, chosen_day, day_of, site_page, start_of
from central.booking.unbookable import OVER, NotBooked, Unbookable
from central.languages import PageLanguageOf, words
from kiosk.booking_code import normalised_code
from kiosk.model import Language, Service

router = APIRouter(prefix=ADDRESS, include_in_schema=False)
DONE = {"changed": "done_changed", "cancelled": "done_cancelled"}
NO_CACHE = {"Cache-Control": "no-store"}


class NotKnown(Exception):
    """The browser is not known as anybody's of this office; the way in is by code and digits."""

    def __init__(self, office: str) -> None:
        super().__init__(office)
        self.office = office


def to_the_door(request: Request, error: Exception) -> Response:
    """Sends to where the code is asked for."""
    if not isinstance(error, NotKnown):
        raise error
    return RedirectResponse(f"/o/{error.office}/booking/find", 303)


def own_of(request: Request, office: OfficeOf, session: Reading, now: Now) -> Held:
    """The booking that the browser is known for. Raises NotKnown."""
    booking = own_booking.remembered(request, now)
    held = held_booking(session, office.id, booking) if booking else None
    if held is None:
        raise NotKnown(office.id)
    return held


Own = Annotated[Held, Depends(own_of, scope="function")]


@router.get("/find")
def get_find(request: Request, office: OfficeOf, language: PageLanguageOf) -> Response:
    return site_page(request, "find", office, language, {"code": "", "problem": ""})


@router.post("/find")
def post_find(
    request: Request, office: OfficeOf, session: Reading, language: PageLanguageOf, now: Now, form: Form
) -> Response:
    """Opens a booking; one answer for an unknown code and for wrong digits. After too many of them one waits."""
    typed, digits = str(form.get("code", ""))[:40], str(form.get("digits", ""))[:4]
    code, address, state = normalised_code(typed) or "", address_of(request), request.app.state
    with state.writing.begin() as counting:
        wait = lockout.take(counting, code, address, now)
    if wait:
        context = {"code": typed, "problem": "find_wait", "minutes": -(-wait // 60)}
        return site_page(request, "find", office, language, context, 429)
    held = found_by_code(session, office.id, code, digits)
    if held is None:
        return site_page(request, "find", office, language, {"code": typed, "problem": "find_wrong"}, 404)
    with state.writing.begin() as counting:
        lockout.right(counting, code, address)
    answer = RedirectResponse(f"/o/{office.id}/booking/mine", 303)
    own_booking.remember(answer, state.data, held.booking.id, now)
    return answer


@router.post("/leave")
def post_leave(office: OfficeOf) -> Response:
    """For a shared computer: the browser is known as nobody's any more."""
    answer = RedirectResponse(f"/o/{office.id}/booking", 303)
    own_booking.forget(answer)
    return answer


@router.get("/mine")
def get_mine(
    request: Request, office: OfficeOf, own: Own, session: Reading, language: PageLanguageOf, now: Now, done: str = ""
) -> Response:
    no_change = refused_change(session, office, own, now)
    context = _shown(office, own) | {
        "done": DONE.get(done),
        "is_ahead": no_change not in OVER,
        "no_change": no_change,
    }
    return site_page(request, "mine", office, language, context)


@router.get("/mine/pass.svg")
def get_pass_svg(own: Own) -> Response:
    return Response(qr_svg(own.row.pass_text), media_type="image/svg+xml", headers=NO_CACHE)


@router.get("/mine/pass.png")
def get_pass_png(own: Own) -> Response:
    return _download(qr_png(own.row.pass_text), "image/png", "booking-qr.png")


@router.get("/mine/wallet.png")
def get_wallet(office: OfficeOf, own: Own, language: PageLanguageOf) -> Response:
    said = words(language, "booking")
    wallet = Wallet(
        office=office.data.office.name,
        service=_service(office, own).name[language],
        numbers=tuple(each.number for each in own.booking.applicants),
        day=own.booking.day,
        start=own.booking.slot,
        code=own.row.code,
        pass_text=own.row.pass_text,
    )
    return _download(wallet_png(wallet, language, said), "image/png", "booking.png")


@router.get("/mine/booking.ics")
def get_calendar(office: OfficeOf, own: Own, language: PageLanguageOf) -> Response:
    service = _service(office, own).name[language]
    content = calendar_file(own.booking, office, service, words(language, "booking"), own.row.made_at)
    return _download(content, "text/calendar", "booking.ics")


@router.get("/mine/change")
def get_change(
    request: Request,
    office: OfficeOf,
    own: Own,
    session: Reading,
    language: PageLanguageOf,
    now: Now,
    day: str = "",
    slot: str = "",
) -> Response:
    return _change_page(request, office, own, session, language, now, day, slot)


@router.post("/mine/change")
def post_change(
    request: Request, office: OfficeOf, own: Own, session: Reading, language: PageLanguageOf, now: Now, form: Form
) -> Response:
    texts = {name: str(form.get(name, "")) for name in ("day", "slot", "digits")}
    day, start = day_of(texts["day"]), start_of(texts["slot"])
    if day is None or start is None:
        return RedirectResponse(f"/o/{office.id}/booking/mine/change", 303)
    moved = _moved(request, office, own, texts["digits"], day, start, now)
    if isinstance(moved, Unbookable):
        return _change_page(request, office, own, session, language, now, texts["day"], texts["slot"], moved, 409)
    answer = RedirectResponse(f"/o/{office.id}/booking/mine?done=changed", 303)
    own_booking.remember(answer, request.app.state.data, moved, now)
    return answer


@router.get("/mine/cancel")
def get_cancel(request: Request, office: OfficeOf, own: Own, language: PageLanguageOf) -> Response:
    return site_page(request, "cancel", office, language, _shown(office, own) | {"problem": ""})


@router.post("/mine/cancel")
def post_cancel(request: Request, office: OfficeOf, own: Own, language: PageLanguageOf, now: Now) -> Response:
    state = request.app.state
    try:
        Bookings(state.writing, state.data, office).cancel(own.booking.id, now)
    except NotBooked as error:
        context = _shown(office, own) | {"problem": error.reason}
        return site_page(request, "cancel", office, language, context, 409)
    return RedirectResponse(f"/o/{office.id}/booking/mine?done=cancelled", 303)


def _moved(
    request: Request, office: BookingOffice, own: Held, digits: str, day: date, start: time, now: Now
) -> UUID | Unbookable:
    """Moves the booking; returns its new id, or why it stays. Wrong digits count as a guess."""
    state, address = request.app.state, address_of(request)
    with state.writing.begin() as counting:
        if lockout.take(counting, own.row.code, address, now):
            return Unbookable.WRONG_DIGITS
    moved: UUID | Unbookable
    try:
        moved = Bookings(state.writing, state.data, office).change(own.booking.id, digits, day, start, now)
    except NotBooked as error:
        moved = error.reason
    if moved is not Unbookable.WRONG_DIGITS:
        with state.writing.begin() as counting:
            lockout.right(counting, own.row.code, address)
    return moved


def _change_page(
    request: Request,
    office: BookingOffice,
    own: Held,
    session: Reading,
    language: Language,
    now: Now,
    day: str,
    slot: str,
    problem: Unbookable | None = None,
    status: int = 200,
) -> Response:
    service, party = _service(office, own), len(own.booking.applicants)
    weeks = calendar(session, office, service, now)
    wanted, start = day_of(day), start_of(slot)
    problem = problem or refused_change(session, office, own, now)
    context = _shown(office, own) | {
        "party": party,
        "weeks": weeks,
        "chosen": chosen_day(weeks, day or own.booking.day.isoformat(), party),
        "wanted": wanted,
        "start": start if wanted else None,
        "problem": problem,
    }
    return site_page(request, "change", office, language, context, status)


def _shown(office: BookingOffice, own: Held) -> dict[str, object]:
    return {"booking": own.booking, "row": own.row, "service": _service(office, own), "cancelled": own.is_cancelled}


def _service(office: BookingOffice, own: Held) -> Service:
    return next(each for each in office.data.services if each.id == own.booking.service)


def _download(content: bytes, kind: str, name: str) -> Response:
    headers = NO_CACHE | {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=kind, headers=headers)
