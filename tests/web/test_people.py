"""Sign-in, accounts, people and the audit trail in a real browser."""

import re
from collections.abc import Callable

import pyotp
import pytest
from playwright.sync_api import Page, expect
from web.conftest import Site, signs_in, violations
from wire import PASSWORD

from central.people.roles import Role
from central.people.second_factor import set_policy

PHONE = {"width": 390, "height": 844}
NEW = "sawah luas berkabut"


def test_a_new_officer_signs_in_changes_the_password_and_sets_up_the_second_step(
    site: Site, page: Page, new_page: Callable[..., Page]
) -> None:
    with site.app.state.writing.begin() as session:
        set_policy(session, "PYK", frozenset({Role.TECHNICIAN}))
    signs_in(page, "supervisor")
    page.get_by_role("link", name="Pengguna", exact=True).click()
    assert violations(page) == []
    page.get_by_role("link", name="Tambah pengguna").click()
    page.get_by_label("Nama").fill("siti")
    page.get_by_label("Petugas loket").uncheck()
    page.get_by_label("Teknisi").check()
    assert violations(page) == []
    page.get_by_role("button", name="Tambah pengguna").click()
    password = page.locator(".secret code").inner_text()
    assert violations(page) == []

    phone = new_page(viewport=PHONE, locale="en-GB")
    phone.goto("/officers/login")
    assert violations(phone) == []
    phone.get_by_label("Name").fill("Siti")
    phone.get_by_label("Password").fill(password)
    phone.get_by_role("button", name="Sign in").click()
    phone.get_by_role("link", name="Change password").click()
    assert violations(phone) == []
    phone.get_by_label("New password", exact=True).fill(NEW)
    phone.get_by_label("New password, once more").fill(NEW)
    phone.get_by_role("button", name="Save").click()
    expect(phone.get_by_text("Second step not set up yet")).to_be_visible()
    phone.get_by_role("link", name="Set up the second step").click()
    assert violations(phone) == []
    expect(phone.locator(".qr svg")).to_be_visible()
    secret = phone.locator(".steps code").inner_text().replace("-", "")
    phone.get_by_label(re.compile("six digits")).fill(pyotp.TOTP(secret).at(site.clock.now()))
    phone.get_by_role("button", name="Save").click()
    expect(phone.locator(".codes li")).to_have_count(10)
    assert violations(phone) == []

    site.clock.forward(minutes=1)
    phone.get_by_role("button", name="Sign out").click()
    phone.get_by_label("Name").fill("siti")
    phone.get_by_label("Password").fill(NEW)
    phone.get_by_role("button", name="Sign in").click()
    assert violations(phone) == []
    phone.get_by_label("Code").fill(pyotp.TOTP(secret).at(site.clock.now()))
    phone.get_by_role("button", name="Continue").click()
    expect(phone.get_by_text("Last sign-in 24-11-2026 08:00")).to_be_visible()
    assert violations(phone) == []


def test_a_wrong_password_is_answered_on_the_same_page_with_the_name_kept(page: Page) -> None:
    page.goto("/officers/login")
    page.get_by_label("Nama").fill("clerk")
    page.get_by_label("Kata sandi").fill("salah")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_have_text("Nama atau kata sandi salah.")
    expect(page.get_by_label("Nama")).to_have_value("clerk")
    assert violations(page) == []


def test_a_supervisor_gives_roles_and_confirms_with_the_password(site: Site, page: Page) -> None:
    signs_in(page, "supervisor")
    site.clock.forward(minutes=11)
    page.goto("/officers/people/clerk")
    expect(page.get_by_role("heading", name="Pastikan ini Anda")).to_be_visible()
    assert violations(page) == []
    page.get_by_label("Kata sandi").fill(PASSWORD)
    page.get_by_role("button", name="Lanjut").click()
    page.get_by_label("Pemeriksa").check()
    assert violations(page) == []
    page.get_by_role("button", name="Simpan").click()
    expect(page.get_by_role("row", name="clerk")).to_contain_text("Pemeriksa")


@pytest.mark.parametrize("viewport", [None, PHONE])
def test_an_auditor_finds_who_was_refused(page: Page, new_page: Callable[..., Page], viewport) -> None:
    page.goto("/officers/login")
    page.get_by_label("Nama").fill("clerk")
    page.get_by_label("Kata sandi").fill("salah")
    page.get_by_role("button", name="Masuk").click()
    reader = signs_in(new_page(viewport=viewport) if viewport else new_page(), "auditor")
    reader.goto("/officers/audit")
    reader.get_by_label("Tindakan").select_option("Gagal masuk")
    reader.get_by_role("button", name="Tampilkan").click()
    expect(reader.locator("tbody tr")).to_have_count(1)
    assert violations(reader) == []
    with reader.expect_download() as file:
        reader.get_by_role("button", name="Unduh CSV").click()
    assert "sign_in_refused,clerk" in file.value.path().read_text()
    assert reader.evaluate("document.documentElement.scrollWidth <= innerWidth")
