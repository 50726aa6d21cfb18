"""A request to a partner agency, from the counter to the agency and back."""

from collections.abc import Callable

from playwright.sync_api import Page, expect
from web.conftest import Site, signs_in, violations
from web.lobby import fill


def test_a_request_goes_from_the_counter_to_the_agency_and_back(
    page: Page, new_page: Callable[..., Page], site: Site
) -> None:
    fill(site)
    supervisor = signs_in(new_page(), "supervisor")
    supervisor.goto("/officers/partners")
    supervisor.get_by_label("Nama instansi").fill("Polres Payakumbuh (contoh)")
    supervisor.get_by_label("Kebenaran laporan kehilangan").check()
    supervisor.get_by_role("button", name="Tambahkan").click()
    supervisor.get_by_label("partner", exact=True).check()
    supervisor.get_by_role("button", name="Simpan").click()
    assert violations(supervisor) == []
    supervisor.screenshot(path="/tmp/ctr/partners.png", full_page=True)

    signs_in(page, "clerk").goto("/officers/counter")
    page.keyboard.press("n")
    page.get_by_role("link", name="Minta keterangan instansi mitra").click()
    page.get_by_role("link", name="Polres Payakumbuh (contoh): Kebenaran laporan kehilangan").click()
    expect(page.get_by_label("Nama pemohon")).to_be_focused()
    page.get_by_label("Nama pemohon").fill("Nama Rekaan")
    page.get_by_label("Nomor laporan kehilangan").fill("LP/1/2026")
    page.get_by_label("Tanggal laporan").fill("2026-11-20")
    assert violations(page) == []
    page.screenshot(path="/tmp/ctr/request-new.png", full_page=True)
    page.get_by_role("button", name="Kirim permintaan").click()
    expect(page.get_by_text("Terkirim", exact=True)).to_be_visible()
    page.goto("/officers/counter")
    status = page.locator("#line li", has_text="Polres Payakumbuh")
    expect(status).to_contain_text("Terkirim")

    agency = signs_in(new_page(viewport={"width": 390, "height": 844}), "partner")
    agency.goto("/officers/requests")
    agency.get_by_role("link", name="W1-001").click()
    expect(agency.get_by_text("Nama Rekaan")).to_be_hidden()
    agency.get_by_role("button", name="Buka permintaan").click()
    expect(agency.get_by_text("Nama Rekaan")).to_be_visible()
    expect(status, "without a touch").to_contain_text("Dibuka")
    agency.get_by_label("Benar", exact=True).check()
    agency.get_by_label("Catatan").fill("Laporan ada di buku kami.")
    assert violations(agency) == []
    agency.screenshot(path="/tmp/ctr/request-phone.png", full_page=True)
    agency.get_by_role("button", name="Kirim jawaban").click()
    expect(status).to_contain_text("Dijawab: Benar")
    status.get_by_role("link").click()
    page.get_by_role("button", name="Tutup permintaan").click()
    expect(page.get_by_text("Ditutup: Benar")).to_be_visible()


def test_a_counter_is_set_up_by_a_supervisor(page: Page, site: Site) -> None:
    fill(site)
    signs_in(page, "supervisor").goto("/officers/counters")
    page.get_by_label("Nama loket").last.fill("Kasir")
    page.get_by_role("button", name="Tambahkan").click()
    counter = page.get_by_role("region", name="Loket Kasir")
    counter.get_by_text("Ubah").click()
    counter.get_by_label("Pengambilan paspor").check()
    assert violations(page) == []
    page.screenshot(path="/tmp/ctr/counters.png", full_page=True)
    counter.get_by_role("button", name="Simpan").click()
    expect(counter.locator(".tag", has_text="Pengambilan paspor")).to_be_visible()
