"""The booking site: service, documents, slot, applicants, summary. Between two pages nothing is held on the server:
what was entered goes with the forms, and a place is taken when the summary is confirmed. So nobody blocks places by
beginning to book.
"""

from uuid import UUID, uuid4

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from starlette.datastructures import FormData

from central.api import Now, address_of
from central.booking.bookings import Bookings
from central.booking.calendar import calendar
from central.booking.draft import LONGEST_NAME, Draft, phone_of, read_people
from central.booking.office import BookingOffice
from central.booking.own_booking import remember
from central.booking.site import (
    ADDRESS,
    Form,
    OfficeOf,
    Reading,
    ServiceOf,
    chosen_day,
    day_of,
    party_of,
    site_page,
    start_of,
)
from central.booking.unbookable import NotBooked, Unbookable
from central.languages import PageLanguageOf
from kiosk.model import Language, Service

router = APIRouter(prefix=ADDRESS, include_in_schema=False)


@router.get("")
def get_services(request: Request, office: OfficeOf, language: PageLanguageOf) -> Response:
    others = [each for each in office.data.services if each.id not in office.rules.services]
    return site_page(request, "services", office, language, {"services": office.services, "others": others})


@router.get("/new/{service}")
def get_documents(
    request: Request, office: OfficeOf, service: ServiceOf, language: PageLanguageOf, now: Now
) -> Response:
    today = office.today(now)
    fees = [each for each in service.fees if each.valid_from <= today]
    context = {"service": service, "fees": fees, "step": "documents"}
    return site_page(request, "documents", office, language, context)


@router.get("/new/{service}/slot")
def get_slots(
    request: Request,
    office: OfficeOf,
    service: ServiceOf,
    session: Reading,
    language: PageLanguageOf,
    now: Now,
    party: str = "1",
    day: str = "",
) -> Response:
    """The calendar, with the times of the chosen day."""
    most = office.rules.most_applicants(service.id)
    size = party_of(party, most)
    weeks = calendar(session, office, service, now)
    context = {
        "service": service,
        "party": size,
        "most": most,
        "weeks": weeks,
        "chosen": chosen_day(weeks, day, size),
        "step": "slot",
    }
    return site_page(request, "slot", office, language, context)


@router.get("/new/{service}/applicants")
def get_applicants(
    request: Request,
    office: OfficeOf,
    service: ServiceOf,
    language: PageLanguageOf,
    now: Now,
    party: str = "1",
    day: str = "",
    slot: str = "",
) -> Response:
    return _applicants_page(request, office, service, language, now, {"party": party, "day": day, "slot": slot}, {})


@router.post("/new/{service}/applicants")
def post_applicants(
    request: Request, office: OfficeOf, service: ServiceOf, language: PageLanguageOf, now: Now, form: Form
) -> Response:
    """The same page with what was entered before: to correct it, or in another language."""
    return _applicants_page(request, office, service, language, now, _texts(form), {})


@router.post("/new/{service}/summary")
def post_summary(
    request: Request, office: OfficeOf, service: ServiceOf, language: PageLanguageOf, now: Now, form: Form
) -> Response:
    entered = _texts(form)
    draft, problems = _draft(office, service, entered)
    if draft is None:
        return _applicants_page(request, office, service, language, now, entered, problems, 422)
    return _summary_page(request, office, service, language, draft, entered)


@router.post("/new/{service}/other-slot")
def post_other_slot(
    request: Request,
    office: OfficeOf,
    service: ServiceOf,
    session: Reading,
    language: PageLanguageOf,
    now: Now,
    form: Form,
) -> Response:
    """The slots that are left, for who was too late for the chosen one; everything entered is kept."""
    entered = _texts(form)
    party = party_of(entered.get("party", ""), office.rules.most_applicants(service.id))
    days = [each for week in calendar(session, office, service, now) for each in week]
    context = {
        "service": service,
        "entered": entered,
        "party": party,
        "free": [each for each in days if each.left(party)],
        "step": "slot",
    }
    return site_page(request, "other_slot", office, language, context)


@router.post("/new/{service}/book")
def post_book(
    request: Request,
    office: OfficeOf,
    service: ServiceOf,
    session: Reading,
    language: PageLanguageOf,
    now: Now,
    form: Form,
) -> Response:
    """Books, and shows the booking; where that cannot be, says why, and everything entered is kept."""
    entered = _texts(form)
    draft, problems = _draft(office, service, entered)
    if draft is None:
        return _applicants_page(request, office, service, language, now, entered, problems, 422)
    state = request.app.state
    try:
        made = Bookings(state.writing, state.data, office).make(draft, address_of(request), now)
    except NotBooked as error:
        return _summary_page(request, office, service, language, draft, entered, error.reason, 409)
    answer = RedirectResponse(f"/o/{office.id}/booking/mine", 303)
    remember(answer, state.data, made, now)
    return answer


@router.get("/new/{service}/summary")
@router.get("/new/{service}/other-slot")
@router.get("/new/{service}/book")
def get_what_is_only_posted(office: OfficeOf, service: ServiceOf) -> Response:
    """Somebody opened the address of an answer."""
    return RedirectResponse(f"/o/{office.id}/booking/new/{service.id}/slot", 303)


def _texts(form: FormData) -> dict[str, str]:
    """What was entered; `when` is a slot that was chosen instead of the former one."""
    texts = {name: value for name, value in form.items() if isinstance(value, str)}
    when = texts.pop("when", "")
    if when:
        texts["day"], _, texts["slot"] = when.partition(" ")
    return texts


def _draft(office: BookingOffice, service: Service, entered: dict[str, str]) -> tuple[Draft | None, dict[str, str]]:
    """What was entered, as a whole; else the words for what is wrong, by field."""
    party = party_of(entered.get("party", ""), office.rules.most_applicants(service.id))
    people, problems = read_people(entered, party, office.rules.services[service.id].asks_nik)
    phone = phone_of(entered.get("phone", ""))
    if phone is None:
        problems["phone"] = "wrong_phone"
    day, start = day_of(entered.get("day", "")), start_of(entered.get("slot", ""))
    if problems or phone is None or day is None or start is None:
        return None, problems
    try:
        draft_id = UUID(entered.get("draft", ""))
    except ValueError:
        draft_id = uuid4()
    return Draft(draft_id, service.id, day, start, people, phone), {}


def _applicants_page(
    request: Request,
    office: BookingOffice,
    service: Service,
    language: Language,
    now: Now,
    entered: dict[str, str],
    problems: dict[str, str],
    status: int = 200,
) -> Response:
    day, start = day_of(entered.get("day", "")), start_of(entered.get("slot", ""))
    if day is None or start is None or office.slot_ahead(day, start, now) is None:
        return RedirectResponse(f"/o/{office.id}/booking/new/{service.id}/slot", 303)
    context = {
        "service": service,
        "day": day,
        "start": start,
        "party": party_of(entered.get("party", ""), office.rules.most_applicants(service.id)),
        "asks_nik": office.rules.services[service.id].asks_nik,
        "entered": entered,
        "problems": problems,
        "longest_name": LONGEST_NAME,
        "step": "applicants",
    }
    return site_page(request, "applicants", office, language, context, status)


def _summary_page(
    request: Request,
    office: BookingOffice,
    service: Service,
    language: Language,
    draft: Draft,
    entered: dict[str, str],
    problem: Unbookable | None = None,
    status: int = 200,
) -> Response:
    context = {
        "service": service,
        "draft": draft,
        "entered": entered | {"draft": str(draft.id)},
        "problem": problem,
        "step": "summary",
    }
    return site_page(request, "summary", office, language, context, status)
