"""The ticket's page on a phone: it follows the queue without being reloaded, and takes a rating."""

from datetime import timedelta
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import sessionmaker
from web.conftest import Site, violations
from web.test_booking_site import PHONE, is_within_its_width
from wire import MORNING, a_ticket

from central.database import KioskRow, TicketRow
from kiosk.protocol import WalkInIssued


@pytest.fixture
def ticket(site: Site) -> str:
    """A walk-in's ticket that waits."""
    kiosk, made = str(uuid4()), a_ticket("W1-001", language="id")
    writing: sessionmaker = site.app.state.writing
    with writing.begin() as session:
        session.add(KioskRow(id=kiosk, office="PYK", name="Lobi", digit=1, public_key=""))
        session.flush()
        session.add(
            TicketRow(
                id=str(made.id),
                office="PYK",
                day=made.day.isoformat(),
                number=made.number,
                arrived_at=MORNING,
                dated_by_server=False,
                body=WalkInIssued(ticket=made).model_dump_json(),
                paper="printed",
                paper_at=MORNING + timedelta(seconds=2),
                paper_kiosk=kiosk,
                state="waiting",
            )
        )
    return str(made.id)


def moves(site: Site, ticket: str, state: str, counter: str = "") -> None:
    """The queue moves while the page is open."""
    with site.app.state.writing.begin() as session:
        row = session.get(TicketRow, ticket)
        row.state, row.counter = state, counter


def asks_again(page: Page) -> None:
    """What the page does by itself every 10 s."""
    page.evaluate("htmx.ajax('GET', document.querySelector('#live > div').getAttribute('hx-get'), '#live')")


@pytest.mark.parametrize("language", ["id", "en", "min"])
def test_the_page_follows_the_queue_and_takes_a_rating(new_page, site: Site, ticket: str, language: str) -> None:
    page = new_page(**PHONE)
    page.goto(f"/t/{ticket}?lang={language}")
    expect(page.get_by_role("heading", name="W1-001")).to_be_visible()
    assert is_within_its_width(page)
    faults = violations(page)
    moves(site, ticket, "called", "3")
    asks_again(page)
    expect(page.locator(".state.called b")).to_have_text("3")
    faults += violations(page)
    moves(site, ticket, "served", "3")
    asks_again(page)
    page.locator("button[value='5']").click()
    page.get_by_role("textbox").fill("Cepat sekali")
    faults += violations(page)
    page.locator("form.comment button").click()
    expect(page.locator("form")).to_have_count(0)
    assert faults == []


def test_without_javascript_a_link_shows_the_newest(new_page, site: Site, ticket: str) -> None:
    page = new_page(**PHONE, java_script_enabled=False)
    page.goto(f"/t/{ticket}")
    moves(site, ticket, "called", "3")
    page.get_by_role("link", name="Perbarui halaman").click()
    expect(page.locator(".state.called b")).to_have_text("3")
    moves(site, ticket, "served", "3")
    page.get_by_role("link", name="Perbarui halaman").click()
    page.get_by_role("button", name="Sangat baik").click()
    expect(page.get_by_text("Terima kasih atas penilaian")).to_be_visible()


def test_an_unknown_ticket_is_explained(new_page) -> None:
    page = new_page(**PHONE)
    page.goto(f"/t/{uuid4()}")
    expect(page.get_by_role("heading", name="Tiket belum dikenal")).to_be_visible()
    assert violations(page) == []
