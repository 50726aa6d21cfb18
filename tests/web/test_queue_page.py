"""The queue's page, for all of the staff."""

import re

import pytest
from playwright.sync_api import Page, expect
from web.conftest import Site, signs_in, violations
from web.lobby import Lobby, fill


@pytest.fixture
def lobby(site: Site) -> Lobby:
    return fill(site)


def test_the_queue_is_live_and_right_for_everybody(page: Page, lobby: Lobby) -> None:
    signs_in(page, "clerk").goto("/officers")
    expect(page.get_by_text("langsung", exact=True)).to_be_visible()
    page.get_by_label("Loket saya").fill("2")
    page.get_by_role("button", name="Panggil berikutnya").click()
    row = page.get_by_role("row", name="W1-001")
    expect(row).to_contain_text("Loket 2")
    page.get_by_role("button", name="Panggil berikutnya").click()
    expect(page.get_by_role("status")).to_have_text("W1-001 masih di loket ini")
    row.get_by_role("button", name="Selesai").click()
    expect(row.get_by_role("button", name="Panggil lagi")).to_be_visible()
    lobby.calls_next()
    expect(page.get_by_role("row", name="W1-002")).to_contain_text("Loket 2")
    assert violations(page) == []
    page.screenshot(path="/tmp/ctr/queue.png")
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.screenshot(path="/tmp/ctr/queue-phone.png")


def test_the_page_speaks_english_too(page: Page, lobby: Lobby) -> None:
    signs_in(page, "clerk").goto("/officers?lang=en")
    expect(page.get_by_role("heading", name="Queue")).to_be_visible()
    expect(page.get_by_role("row", name="W1-001")).to_contain_text("Passport replacement")


def test_a_partner_is_sent_to_its_requests(page: Page) -> None:
    signs_in(page, "partner").goto("/officers")
    expect(page).to_have_url(re.compile("/officers/requests$"))
