"""What holds for every page."""

from collections.abc import Callable

from playwright.sync_api import Page
from web.conftest import violations


def test_the_check_finds_a_picture_without_words(page: Page) -> None:
    page.goto("/officers/login")
    page.evaluate("document.body.append(document.createElement('img'))")
    assert any(each.startswith("image-alt") for each in violations(page))


def test_a_page_is_shown_in_the_browsers_language(new_page: Callable[..., Page]) -> None:
    page = new_page(locale="en-GB")
    page.goto("/t/00000000-0000-0000-0000-000000000000")
    assert page.locator("html").get_attribute("lang") == "en"
