"""The counter's page: by keys alone, with the mouse, and two clerks at once."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select
from web.conftest import Site, signs_in, violations
from web.lobby import Lobby, fill

from central.counters.note_rows import NoteRow
from central.counters.rows import CallRow


@pytest.fixture
def lobby(site: Site) -> Lobby:
    return fill(site, ("2", "3"))


def outcomes(site: Site) -> list[str | None]:
    with site.app.state.reading() as session:
        return list(session.scalars(select(CallRow.outcome).order_by(CallRow.id)))


def test_a_clerk_works_with_the_keyboard_alone(page: Page, site: Site, lobby: Lobby) -> None:
    signs_in(page, "clerk")
    page.goto("/officers/counter")
    number, keys = page.locator(".serving .number"), page.keyboard
    keys.press("n")
    expect(number).to_have_text("W1-001")
    keys.press("r")
    expect(page.get_by_text("dipanggil ulang 1×")).to_be_visible()
    keys.press("t")
    expect(page.get_by_role("button", name="Panggil berikutnya")).to_be_visible()
    keys.press("Enter")
    expect(number).to_have_text("W1-002")
    keys.press("h")
    expect(page.get_by_role("heading", name="Ditahan")).to_be_visible()
    expect(page.get_by_role("button", name="Panggil berikutnya")).to_be_visible()
    keys.press("Space")
    expect(number).to_have_text("W1-003")
    keys.press("p")
    expect(page.get_by_label("Pindahkan ke")).to_be_focused()
    keys.press("ArrowDown")
    keys.press("Enter")
    expect(page.get_by_role("button", name="Panggil berikutnya")).to_be_visible()
    keys.press("n")
    expect(number, "with what was waited before it is the next one again").to_have_text("W1-003")
    keys.press("s")
    keys.press("Enter")
    expect(page.get_by_role("button", name="Panggil berikutnya")).to_be_visible()
    assert outcomes(site) == ["no_show", "held", "transferred", "served"]


def test_what_fell_short_is_noted_without_a_persons_number(page: Page, site: Site, lobby: Lobby) -> None:
    signs_in(page, "clerk")
    page.goto("/officers/counter")
    page.keyboard.press("n")
    page.locator(".serving summary", has_text="Selesai").click()
    page.get_by_label("Dokumen kurang atau tidak sesuai").check()
    page.get_by_label("Catatan").fill("KK 1376012345678901 belum asli, n")
    page.screenshot(path="/tmp/ctr/counter-finish.png", full_page=True)
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Panggil berikutnya")).to_be_visible()
    with site.app.state.reading() as session:
        (row,) = session.scalars(select(NoteRow))
        assert (row.shortfall, row.note) == ("documents", "KK … belum asli, n")


def test_two_clerks_get_different_people_and_who_was_slower_is_told(
    page: Page, new_page: Callable[..., Page], lobby: Lobby
) -> None:
    other = new_page()
    signs_in(page, "clerk").goto("/officers/counter")
    signs_in(other, "supervisor").goto("/officers/counter")
    other.get_by_role("button", name="Loket 3").click()
    expect(other.get_by_role("heading", name="Loket 3")).to_be_visible()
    other.route("**/officers/counter/line", lambda route: route.abort())
    page.keyboard.press("n")
    expect(page.locator(".serving .number")).to_have_text("W1-001")
    other.get_by_role("button", name="Panggil W1-001").click()
    expect(other.get_by_role("alert")).to_have_text("W1-001 baru saja dipanggil ke loket 2 oleh petugas lain.")
    other.keyboard.press("n")
    expect(other.locator(".serving .number")).to_have_text("W1-002")


def test_the_page_is_right_for_everybody_and_on_a_phone(page: Page, site: Site, lobby: Lobby) -> None:
    signs_in(page, "clerk").goto("/officers/counter")
    page.keyboard.press("n")
    expect(page.locator(".serving .number")).to_have_text("W1-001")
    assert violations(page) == []
    page.screenshot(path="/tmp/ctr/counter.png", full_page=True)
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.screenshot(path="/tmp/ctr/counter-phone.png", full_page=True)
