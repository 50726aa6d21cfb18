"""The monitoring pages in a real browser."""

from collections.abc import Callable
from datetime import timedelta

from busy_day import Lobby
from playwright.sync_api import Page, expect
from web.conftest import Site, signs_in, violations

NOON = 190


def a_morning(site: Site) -> str:
    """A busy morning until ten past eleven, after three others like it; returns the kiosk."""
    site.clock.forward(minutes=NOON)
    with site.app.state.writing.begin() as session:
        lobby = Lobby(session)
        kiosk = lobby.kiosk(heard=NOON)
        lobby.kiosk(2, "Anjungan Pintu", heard=NOON - 12, printer="paper_low")
        lobby.kiosk(3, "Anjungan Tangga", heard=NOON, printer="paper_out")
        lobby.busy(kiosk, NOON, (lobby.counter("1"), lobby.counter("2")))
        lobby.rates(kiosk, NOON - 1, 2, "Antrean terlalu lama, kursi kurang.")
        today = lobby.day
        for week in (1, 2, 3):
            lobby.day = today - timedelta(weeks=week)
            lobby.busy(kiosk, 430)
    return kiosk


def test_a_supervisor_sees_the_day_its_charts_and_takes_note_of_an_alarm(site: Site, page: Page) -> None:
    a_morning(site)
    signs_in(page, "supervisor").goto("/officers/monitoring")
    expect(page.locator(".chart.drawn")).to_have_count(3)
    assert page.locator("#forecast").get_by_text("belum dapat dihitung").count() == 0
    alarms = page.locator(".alarms li")
    expect(alarms.first).to_contain_text("mendesak")
    expect(alarms.first).to_contain_text("sejak")
    before = alarms.count()
    first = alarms.first.locator(".what").text_content() or ""
    alarms.first.get_by_role("button").click()
    expect(page.locator(".alarms li.seen")).to_contain_text(f"{first}")
    expect(page.locator(".alarms li.seen")).to_contain_text("Diketahui oleh supervisor")
    assert page.locator(".alarms li").count() == before
    assert violations(page) == []


def test_the_page_follows_what_happens_and_keeps_what_is_open(site: Site, page: Page) -> None:
    kiosk = a_morning(site)
    signs_in(page, "supervisor").goto("/officers/monitoring")
    page.locator("#chart-arrivals summary").click()
    waiting = page.locator(".tiles .waiting b")
    before = int(waiting.text_content() or "")
    with site.app.state.writing.begin() as session:
        lobby = Lobby(session, numbers=5000)
        lobby.ticket(kiosk, NOON)
        lobby.told(kiosk, NOON, "rated", problem="unreadable")
    expect(waiting).to_have_text(str(before + 1))
    expect(page.locator("#figures-arrivals")).to_have_attribute("open", "")
    expect(page.locator("#news")).to_have_text("Alarm baru: Data yang tidak dapat dicatat: 1")
    expect(page.locator(".chart.drawn")).to_have_count(3)


def test_an_auditor_reads_on_a_phone_and_changes_nothing(site: Site, new_page: Callable[..., Page]) -> None:
    a_morning(site)
    page = new_page(viewport={"width": 390, "height": 844}, reduced_motion="reduce")
    signs_in(page, "auditor").goto("/officers/monitoring?lang=en")
    expect(page.get_by_role("heading", name="Alarms")).to_be_visible()
    assert page.get_by_role("button", name="I have taken note").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert violations(page) == []


def test_a_supervisor_takes_a_report_and_an_export_away(site: Site, page: Page) -> None:
    a_morning(site)
    signs_in(page, "supervisor").goto("/officers/monitoring/reports")
    assert violations(page) == []
    for form, button, begins in (
        (0, "PDF", b"%PDF"),
        (0, "XLSX", b"PK"),
        (1, "CSV", b"\xef\xbb\xbf"),
        (1, "XLSX", b"PK"),
    ):
        with page.expect_download() as found:
            page.locator("form.fields").nth(form).get_by_role("button", name=button).click()
        assert found.value.path().read_bytes().startswith(begins)


def test_anybody_reads_how_the_office_is_doing(site: Site, new_page: Callable[..., Page]) -> None:
    kiosk = a_morning(site)
    with site.app.state.writing.begin() as session:
        lobby = Lobby(session, numbers=7000)
        for minute in range(12):
            lobby.responds(kiosk, minute, {f"U{place}": 4 - (minute + place) % 5 // 4 for place in range(1, 10)})
    for width, height, language in ((1280, 800, "id-ID"), (390, 844, "en-GB")):
        page = new_page(viewport={"width": width, "height": height}, locale=language)
        page.goto("/o/PYK/transparency")
        expect(page.locator(".large")).to_have_count(2)
        assert page.evaluate("document.documentElement.scrollWidth") == width
        assert violations(page) == []


def test_two_swaps_that_settle_one_after_the_other_draw_each_chart_once(site: Site, page: Page) -> None:
    a_morning(site)
    signs_in(page, "supervisor").goto("/officers/monitoring")
    expect(page.locator(".chart.drawn")).to_have_count(3)
    # At once, so that none of the page's own swaps comes in between.
    drawn = page.evaluate("""() => {
        for (const event of ["beforeSwap", "beforeSwap", "afterSettle", "afterSettle"])
            document.getElementById("live").dispatchEvent(new Event("htmx:" + event));
        return Object.keys(Chart.instances).length;
    }""")
    assert drawn == 3
