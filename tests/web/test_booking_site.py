"""The booking site in a real browser, on a phone."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from web.conftest import violations

PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
SITE = "/o/PYK/booking"
SAID = {
    "id": ("Paspor baru", "Saya punya semuanya", "Nama sesuai", "Nomor telepon", "Lanjut", "Daftar sekarang"),
    "en": ("New passport", "I have all of these", "Name as on", "Phone number", "Continue", "Book now"),
}


def is_within_its_width(page: Page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def books(page: Page, look: Callable[[str], None] = lambda step: None, language: str = "id") -> str:
    """Books a new passport for two, tomorrow at 09.00, looking at each step; returns the code."""
    service, have, name, phone, onward, book = SAID[language]
    page.goto(SITE)
    look("services")
    page.get_by_role("link", name=service).click()
    look("documents")
    page.get_by_role("link", name=have).click()
    page.get_by_role("list").get_by_role("link", name="2", exact=True).click()
    page.locator("a[href*='day=2026-11-25']").click()
    look("slot")
    page.locator("a[href*='slot=09:00']").click()
    look("applicants")
    for place, (who, number) in enumerate((("Budi Santoso", "1376010101900001"), ("Siti", "1376014202910002"))):
        page.get_by_label(name).nth(place).fill(who)
        page.get_by_label("NIK (").nth(place).fill(number)
    page.get_by_label(phone).fill("0812 3456 7890")
    page.get_by_role("button", name=onward).click()
    look("summary")
    page.get_by_role("button", name=book).click()
    page.wait_for_url("**/mine")
    look("mine")
    return page.locator(".typing-code b").inner_text()


@pytest.mark.parametrize("language", ["id", "en"])
def test_every_step_of_booking_is_accessible_and_fits_a_phone(new_page, language: str) -> None:
    page = new_page(**PHONE, locale=language)
    faults: list[str] = []

    def look(step: str) -> None:
        assert page.locator("html").get_attribute("lang") == language
        faults.extend(f"{step}: {each}" for each in violations(page))
        if not is_within_its_width(page):
            faults.append(f"{step}: wider than the phone")

    books(page, look, language)
    for step in ("mine/change", "mine/change?day=2026-11-26&slot=09:00", "mine/cancel", "find"):
        page.goto(f"{SITE}/{step}")
        look(step)
    assert not faults


def test_one_books_changes_and_cancels_without_javascript(new_page) -> None:
    page = new_page(**PHONE, java_script_enabled=False)
    code = books(page)
    expect(page.locator(".numbers b")).to_have_text(["A-021", "A-022"])
    page.get_by_role("button", name="Tutup pendaftaran").click()
    page.get_by_role("link", name="Pendaftaran saya").click()
    page.get_by_label("Kode pendaftaran").fill(code.lower())
    page.get_by_label("Empat angka").fill("7890")
    page.get_by_role("button", name="Buka").click()
    page.get_by_role("link", name="Ubah jadwal").click()
    page.locator("a[href*='day=2026-11-26']").click()
    page.locator("a[href*='slot=10:00']").click()
    page.get_by_label("Empat angka").fill("7890")
    page.get_by_role("button", name="Ubah sekarang").click()
    expect(page.get_by_role("status")).to_contain_text("Jadwal sudah diubah")
    expect(page.locator(".numbers b")).to_have_text(["A-041", "A-042"])
    assert page.locator(".typing-code b").inner_text() == code
    page.get_by_role("link", name="Batalkan pendaftaran").click()
    page.get_by_role("button", name="Ya, batalkan").click()
    expect(page.get_by_role("status")).to_contain_text("sudah dibatalkan")


def test_one_books_by_the_keyboard_alone(new_page) -> None:
    page = new_page(**PHONE)
    page.goto(SITE)
    for part in ("/new/passport_renewal", "/slot", "day=2026-11-25", "slot=09:00"):
        goes_to(page, f"a[href*='{part}']")
        page.keyboard.press("Enter")
        page.wait_for_url(f"**{part}*")
    goes_to(page, "#name1")
    page.keyboard.type("Rahmat Koto")
    goes_to(page, "#priority1")
    page.keyboard.press("Space")
    goes_to(page, "#phone")
    page.keyboard.type("081234567890")
    page.keyboard.press("Enter")
    page.wait_for_url("**/summary")
    goes_to(page, "button.primary")
    page.keyboard.press("Enter")
    page.wait_for_url("**/mine")
    expect(page.locator(".numbers b")).to_have_text("B-021")


def goes_to(page: Page, selector: str) -> None:
    """Presses Tab until the first element of that kind has the focus."""
    wanted = page.locator(selector).first
    for _ in range(60):
        page.keyboard.press("Tab")
        if wanted.evaluate("each => each === document.activeElement"):
            return
    raise AssertionError(f"no Tab leads to {selector}")


def test_what_was_entered_stays_when_something_is_wrong_or_the_language_changes(new_page) -> None:
    page = new_page(**PHONE)
    page.goto(f"{SITE}/new/passport_renewal/applicants?party=1&day=2026-11-25&slot=09:00")
    page.get_by_label("Nama").fill("Budi 5antoso")
    page.get_by_label("Nomor telepon").fill("0812 3456 7890")
    page.get_by_role("button", name="Lanjut").click()
    expect(page.get_by_text("Tulis nama sesuai e-KTP")).to_be_visible()
    assert violations(page) == []
    page.get_by_role("button", name="English").click()
    expect(page.get_by_label("Name as on")).to_have_value("Budi 5antoso")
    expect(page.get_by_label("Phone number")).to_have_value("0812 3456 7890")
    page.get_by_label("Name as on").fill("Budi Santoso")
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Bahasa Indonesia").click()
    expect(page.get_by_role("heading", name=re.compile("semuanya sudah benar"))).to_be_visible()
    expect(page.get_by_text("Budi Santoso")).to_be_visible()
