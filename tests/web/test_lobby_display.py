"""The display in the lobby, as a television shows and plays it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, expect
from web.conftest import CHROMIUM, FLAGS, Site, violations
from web.full_lobby import Lobby, fill

from central.counters import calls

LISTEN = """
    const told = what => {
        const heard = document.documentElement.dataset;
        heard.heard = (heard.heard || "") + what;
    };
    addEventListener("play", event => {
        event.target.playbackRate = 16;
        told(event.target.src.split("/").pop().split("?")[0] + " ");
    }, true);
    addEventListener("ended", () => told("ends "), true);
"""
"""Writes down what is played, and plays it faster than people can hear."""


@pytest.fixture
def lobby(site: Site) -> Lobby:
    return fill(site)


@contextmanager
def television(browser: Browser, site: Site, autoplay: str = "no-user-gesture-required") -> Iterator[Page]:
    """The display in a browser that was started with a policy about sounds."""
    chromium = browser.browser_type.launch(executable_path=CHROMIUM, args=[*FLAGS, f"--autoplay-policy={autoplay}"])
    try:
        page = chromium.new_page(base_url=site.url, ignore_https_errors=True, locale="id-ID")
        page.add_init_script(LISTEN)
        page.goto("/o/PYK/display")
        yield page
    finally:
        chromium.close()


def hears(page: Page, *sounds: str) -> None:
    """Waits until just these were played, each to its end before the next began."""
    heard = "".join(f"{each} ends " for each in sounds)
    expect(page.locator("html")).to_have_attribute("data-heard", heard, timeout=10_000)


def test_calls_are_played_one_after_another_again_when_repeated_and_not_when_the_page_is_loaded_anew(
    browser: Browser, site: Site, lobby: Lobby
) -> None:
    with television(browser, site) as page:
        hears(page, "chime.wav")
        expect(page.locator("#sound")).to_be_hidden()
        first = lobby.calls_next()
        expect(page.locator(".latest .number")).to_have_text("W1-001")
        lobby.does(calls.hold, first)
        second = lobby.calls_next()
        hears(page, "chime.wav", f"{first}.wav", f"{second}.wav")
        lobby.does(calls.recall, second)
        hears(page, "chime.wav", f"{first}.wav", f"{second}.wav", f"{second}.wav")
        page.reload()
        expect(page.locator(".latest .number")).to_have_text("W1-002")
        hears(page, "chime.wav")


def test_a_display_whose_sound_is_off_says_so_until_it_is_switched_on(browser: Browser, site: Site) -> None:
    with television(browser, site, "document-user-activation-required") as page:
        page.get_by_role("button", name="Suara mati. Nyalakan suara").click()
        hears(page, "chime.wav")
        expect(page.locator("#sound")).to_be_hidden()


def test_a_display_that_lost_its_server_says_so_and_comes_back_by_itself(page: Page, lobby: Lobby) -> None:
    page.goto("/o/PYK/display")
    lobby.calls_next()
    expect(page.locator(".latest .number")).to_have_text("W1-001")
    expect(page.locator("#lost")).to_be_hidden()
    news = page.locator("#news").inner_text()
    page.context.set_offline(True)
    page.evaluate("htmx.trigger('#display', 'sse:changed')")
    expect(page.get_by_text("Sambungan ke server terputus.")).to_be_visible()
    expect(page.locator(".latest .number")).to_have_text("W1-001")
    assert page.locator("#news").inner_text() == news
    page.context.set_offline(False)
    page.evaluate("htmx.trigger('#display', 'sse:changed')")
    expect(page.locator("#lost")).to_be_hidden()


@pytest.mark.parametrize("size", [(1920, 1080), (1080, 1920)], ids=["landscape", "portrait"])
def test_all_six_calls_and_who_is_next_fit_the_screen(
    new_page: Callable[..., Page], lobby: Lobby, size: tuple[int, int]
) -> None:
    for _ in range(6):
        lobby.does(calls.hold, lobby.calls_next())
    page = new_page(viewport={"width": size[0], "height": size[1]})
    page.goto("/o/PYK/display")
    expect(page.locator(".calls tbody tr")).to_have_count(5)
    # One look at them all: the page may put another part in their place between two.
    parts, table, rows = page.evaluate(
        """() => [".latest p, .calls td, .waiting p, .announcement, #clock", ".calls table", ".calls tr"].map(
            each => [...document.querySelectorAll(each)].map(found => found.getBoundingClientRect().toJSON()))"""
    )
    assert len(parts) > 12
    for box in parts:
        assert box["left"] >= 0
        assert box["right"] <= size[0]
        assert box["bottom"] <= size[1]
    assert rows[-1]["bottom"] <= table[0]["bottom"] + 1
    assert "N***" not in page.content()
    if size[0] > size[1]:
        assert violations(page) == []


def test_hours_of_calls_leave_no_more_on_the_page_than_the_first_minutes(page: Page, site: Site, lobby: Lobby) -> None:
    page.goto("/o/PYK/display")
    call = lobby.calls_next()
    expect(page.locator(".latest .number")).to_have_text("W1-001")
    nodes = page.evaluate("document.getElementsByTagName('*').length")
    for _ in range(8):
        lobby.does(calls.recall, call)
        with page.expect_response("**/display/part*"):
            page.evaluate("htmx.trigger('#display', 'sse:changed')")
    assert page.evaluate("document.getElementsByTagName('*').length") == nodes
    assert page.evaluate("[known.size, waiting.length <= MOST_WAITING]") == [1, True]
