"""Personal data in a real browser: the register, the public page, a person's request, a breach."""

import json
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page
from web.conftest import Site, signs_in, violations

PHONE = {"width": 390, "height": 844}


def fits(page: Page) -> bool:
    """Whether nothing is wider than the window."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def test_everybody_reads_what_is_held(new_page: Callable[..., Page], site: Site) -> None:
    page = new_page(viewport=PHONE)
    page.goto("/o/PYK/privacy")
    page.get_by_role("heading", name="Data pribadi Anda").wait_for()
    assert violations(page) == []
    assert fits(page)
    page.get_by_role("link", name="English").click()
    page.get_by_role("heading", name="Your personal data").wait_for()


def test_an_auditor_reads_the_register(page: Page, site: Site) -> None:
    signs_in(page, "auditor")
    page.get_by_role("link", name="Data pribadi").click()
    page.get_by_role("heading", name="Daftar pemrosesan").wait_for()
    assert page.get_by_role("row").count() > 15
    assert violations(page) == []
    assert page.get_by_role("link", name="Permintaan pemilik data").count() == 0
    page.set_viewport_size(PHONE)
    assert fits(page)


def test_a_supervisor_hands_out_a_copy_and_erases(page: Page, site: Site, tmp_path: Path) -> None:
    held = next(
        each
        for each in json.loads((site.data / "demo" / "bookings.json").read_text())
        if each["label"] == "second_factor"
    )
    signs_in(page, "supervisor")
    page.goto("/officers/privacy/subject")
    page.get_by_label("Kode pemesanan atau nomor antrean").fill(held["code"])
    page.get_by_label("Tanggal kedatangan").fill("2026-11-24")
    page.get_by_label("Empat angka terakhir telepon").fill("xxxx")
    page.get_by_role("button", name="Cari").click()
    page.get_by_role("alert").wait_for()
    assert violations(page) == []
    page.get_by_label("Empat angka terakhir telepon").fill(held["digits"])
    page.get_by_role("button", name="Cari").click()
    page.get_by_text("tersisa 72 jam 0 menit").wait_for()
    assert violations(page) == []
    with page.expect_download() as download:
        page.get_by_role("button", name="Unduh salinan").click()
    download.value.save_as(tmp_path / "copy.json")
    assert json.loads((tmp_path / "copy.json").read_text())["data"]["bookings"][0]["code"] == held["code"]
    page.get_by_label("Ya, hapus").check()
    page.get_by_role("button", name="Hapus data").click()
    page.get_by_text("dijawab tepat waktu", exact=True).wait_for()
    page.set_viewport_size(PHONE)
    assert fits(page)


def test_a_breach_is_recorded_its_notice_printed_and_given(page: Page, site: Site) -> None:
    signs_in(page, "supervisor")
    page.goto("/officers/privacy/breaches")
    page.get_by_label("Kapan dan bagaimana terjadi").fill("Cadangan tertinggal di meja sejak Senin.")
    page.get_by_label("Data apa yang terungkap").fill("Nama yang disamarkan dan nomor antrean dua hari.")
    page.get_by_label("Jumlah orang").fill("120")
    page.get_by_label("Penanganan dan pemulihan").fill("Cadangan diambil kembali; kuncinya diganti.")
    assert violations(page) == []
    page.get_by_role("button", name="Mulai catatan").click()
    page.get_by_text("tersisa 72 jam 0 menit").wait_for()
    assert violations(page) == []
    page.get_by_role("link", name="Surat pemberitahuan").click()
    page.get_by_text("pasal 46 UU 27/2022").wait_for()
    assert violations(page) == []
    page.emulate_media(media="print")
    assert not page.get_by_role("navigation").first.is_visible()
    page.emulate_media(media="screen")
    page.go_back()
    page.get_by_role("button", name="Pemberitahuan sudah disampaikan").click()
    page.get_by_text("dijawab tepat waktu", exact=True).wait_for()
    page.set_viewport_size(PHONE)
    assert fits(page)
