"""Whatever lies in the data: no page, no JSON and no CSV shows anybody a whole name or a NIK."""

from datetime import time
from typing import Any
from uuid import UUID

import pytest
from fastapi.testclient import TestClient
from pydantic import TypeAdapter
from staff import Staff
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from wire import DAY, MORNING, Kiosk, a_ticket

from central.database import BookingRow
from central.people.roles import Role, SignedIn
from central.privacy import breaches, subject
from central.privacy.breaches import Known
from central.privacy.leaks import Scan
from central.privacy.subject import Asked
from kiosk.model import Applicant, Booking
from kiosk.protocol import SNAPSHOT, CheckedIn, Commented, HelpCalled, Rated, WalkInIssued

NAME, NIK = "Quirinus Zainuddin", "1376014508900003"
CANARIES = ("Quirinus", "Zainuddin", NIK)
ENDLESS = {"/officers/events", "/o/{office}/display/events"}
BOOKING, RATING = UUID(int=1), UUID(int=3)
HELD = Booking(BOOKING, "PYK", DAY, time(9), "passport_new", (Applicant(NAME, "A-950"), Applicant(NIK, "A-951")))
TICKET = HELD.ticket_id("A-950")
ANI = SignedIn("ani", "PYK", frozenset({Role.SUPERVISOR}))


@pytest.fixture
def planted(http: TestClient, kiosk: Kiosk) -> dict[str, str]:
    """A server into whose data whole names and a NIK have come by every way; what its addresses are filled with."""
    with http.app.state.writing.begin() as session:
        body = TypeAdapter(Booking).dump_json(HELD).decode()
        session.add(BookingRow(id=str(BOOKING), office="PYK", day=DAY.isoformat(), body=body))
    kiosk.tells(
        CheckedIn(ticket=a_ticket("A-950", ticket=TICKET, booking=BOOKING, slot=time(9), masked_name=NAME)),
        WalkInIssued(ticket=a_ticket("W1-001", masked_name=NIK)),
        Rated(rating=RATING, score=1),
        Commented(rating=RATING, text=f"NIK saya {NIK}, tolong"),
        HelpCalled(step="welcome"),
    )
    kiosk.send(kiosk.fact({"kind": "unknown", "name": NAME, "nik": NIK}))
    with http.app.state.writing.begin() as session:
        asked = subject.receive(session, ANI, Asked("A-950", DAY, seen=True), MORNING, MORNING)
        known = Known("Kejadian", "Nama", None, "Ditangani")
        breach = breaches.open_breach(session, ANI, known, MORNING, MORNING)
    # A new address with another part needs its value here.
    return {"ticket": str(TICKET), "office": "PYK", "kiosk": kiosk.id, "person": "petugas", "asked": asked.id,
            "breach": breach, "service": "passport_new", "call": 1, "request_id": "none", "bundle": "none"}  # fmt: skip


def addresses(app: Any, filled: dict[str, str]) -> list[str]:
    """Every address that can be read, its parts filled in."""
    parts = [getattr(each, "original_router", app) for each in app.routes]
    routes = [each for part in parts for each in part.routes if isinstance(each, Route)]
    paths = {each.path for each in routes if "GET" in (each.methods or ())}
    return [path.format_map(filled) for path in sorted(paths - ENDLESS)]


def shown(browser: Any, paths: list[str], **headers: str) -> tuple[list[str], list[str]]:
    """The addresses that were answered with something, and those of them that show a canary."""
    answers = {path: browser.get(path, headers=headers) for path in paths}
    assert not [path for path, answer in answers.items() if answer.status_code >= 500]
    found = {path: answer.text for path, answer in answers.items() if answer.status_code == 200}
    return list(found), [path for path, text in found.items() if any(each in text for each in CANARIES)]


def test_every_page_of_every_role_masks(http: TestClient, staff: Staff, kiosk: Kiosk, planted: dict[str, str]) -> None:
    paths = addresses(http.app, planted)
    read, leaking = {}, {}
    for role in Role:
        read[role], leaking[role] = shown(staff.signed_in(role, role), paths)
    read["nobody"], leaking["nobody"] = shown(staff.browser(), paths)
    read["kiosk"], leaking["kiosk"] = shown(staff.browser(), paths, **kiosk.headers())
    assert not any(leaking.values()), leaking
    # That there was something to read for each.
    assert {"/officers", "/officers/privacy", f"/officers/privacy/breaches/{planted['breach']}"} <= set(
        read[Role.SUPERVISOR]
    )
    assert SNAPSHOT in read["kiosk"]
    assert f"/t/{TICKET}" in read["nobody"]
    assert all(len(each) > 3 for each in read.values()), {role: len(each) for role, each in read.items()}


def test_the_canaries_are_in_the_data_and_a_page_that_shows_them_would_be_found(
    http: TestClient, planted: dict[str, str]
) -> None:
    scan = Scan((NAME,))
    scan.database(http.app.state.engine)
    assert {each.place.split(" ")[0] for each in scan.findings} == {"bookings.body", "facts.body"}
    http.app.add_route("/leak", lambda request: PlainTextResponse(NAME))
    assert shown(http, ["/leak"])[1] == ["/leak"]


def test_exports_of_the_trail_have_none(staff: Staff, planted: dict[str, str]) -> None:
    text = staff.signed_in("ani", Role.SUPERVISOR).post("/officers/audit/export").text
    assert "subject_asked" in text
    assert not [each for each in CANARIES if each in text]
