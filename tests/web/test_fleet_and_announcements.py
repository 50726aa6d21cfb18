"""The technicians' fleet and the supervisors' announcements, in a real browser."""

import re
from base64 import b64encode
from datetime import timedelta
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from playwright.sync_api import Page, expect
from web.conftest import Site, signs_in, violations

from central.database import KioskRow
from central.fleet.paper import put_in
from central.heartbeats import Heartbeat
from kiosk.protocol import check_text


@pytest.fixture
def kiosks(site: Site) -> list[str]:
    """Two kiosks, one of them in trouble; their ids."""
    now, made = site.clock.now(), []
    with site.app.state.writing.begin() as session:
        for digit, name, printer, ago in ((1, "Lobi utara", "ready", 20), (2, "Lobi selatan", "paper_out", 900)):
            said = Heartbeat(
                at=now, version="0.1.0", screen="welcome", printer=printer, scanner_ready=digit == 1,
                owed=4 * (digit - 1), disk_free_mb=54_000, devices=("usb://04b8:0e15", "serial:///dev/ttyACM0"),
            )  # fmt: skip
            public = b64encode(Ed25519PrivateKey.generate().public_key().public_bytes_raw()).decode()
            row = KioskRow(id=str(uuid4()), office="PYK", name=name, digit=digit, public_key=public)
            row.heartbeat, row.heard_at = said.model_dump_json(), now - timedelta(seconds=ago)
            session.add(row)
            session.flush()
            put_in(session, row.id, "teknisi", now - timedelta(days=2))
            made.append(row.id)
    return made


def test_a_technician_sees_the_fleet_and_sends_settings(page: Page, kiosks: list[str]) -> None:
    signs_in(page, "technician").goto("/officers/fleet")
    expect(page.get_by_role("row", name="Lobi selatan")).to_contain_text("kertas habis")
    assert violations(page) == []
    page.get_by_role("link", name="Lobi utara").click()
    page.get_by_label("TOML").fill("[screen]\nmotion = false")
    page.get_by_role("button", name="Kirim ke anjungan").click()
    expect(page.get_by_text("menuju anjungan").or_(page.get_by_text("Diminta: 1"))).to_be_visible()
    assert violations(page) == []


def test_a_supervisor_sets_the_technicians_pin(page: Page) -> None:
    signs_in(page, "supervisor").goto("/officers/fleet")
    page.get_by_role("link", name="PIN teknisi").click()
    expect(page.get_by_text("belum diatur")).to_be_visible()
    page.get_by_label("PIN baru").fill("123456")
    page.get_by_role("button", name="Pakai PIN ini").click()
    expect(page.get_by_role("alert")).to_contain_text("mudah ditebak")
    page.get_by_label("PIN baru").fill("481516")
    page.get_by_role("button", name="Pakai PIN ini").click()
    expect(page.get_by_text("sudah diatur")).to_be_visible()
    assert violations(page) == []


def test_a_technician_gets_the_code_for_what_the_kiosk_shows(page: Page, kiosks: list[str]) -> None:
    signs_in(page, "technician").goto(f"/officers/fleet/{kiosks[0]}")
    page.get_by_role("link", name="Kode untuk anjungan ini").click()
    page.get_by_label("Angka di layar anjungan").fill("042 917")
    page.get_by_role("button", name="Tampilkan kode").click()
    expect(page.get_by_role("status")).to_contain_text(re.compile(r"[0-9]{4} [0-9]{4}"))
    assert violations(page) == []


def test_the_fleet_shows_what_changed_without_being_asked(page: Page, site: Site, kiosks: list[str]) -> None:
    signs_in(page, "technician").goto("/officers/fleet")
    expect(page.get_by_role("row", name="Lobi utara")).to_be_visible()
    with site.app.state.writing.begin() as session:
        session.get(KioskRow, kiosks[0]).name = "Lobi timur"
    expect(page.get_by_role("row", name="Lobi timur")).to_be_visible()


def test_a_kiosk_that_waits_for_its_approval_comes_onto_the_page_by_itself_and_is_approved(
    page: Page, site: Site, kiosks: list[str]
) -> None:
    signs_in(page, "technician").goto("/officers/fleet")
    with site.app.state.writing.begin() as session:
        row = session.get(KioskRow, kiosks[0])
        row.approved, row.enrolled_at, row.code_by = False, site.clock.now(), "teknisi"
        letters = check_text(row.public_key)
    waiting = page.get_by_role("region", name="Menunggu persetujuan")
    expect(waiting.get_by_role("row", name="Lobi utara")).to_contain_text(letters)
    assert violations(page) == []
    waiting.get_by_role("button", name="Setujui").click()
    expect(waiting).to_be_hidden()
    expect(page.get_by_role("row", name="Lobi utara")).to_be_visible()


def test_a_supervisor_announces_and_calls_an_emergency(page: Page) -> None:
    signs_in(page, "supervisor").goto("/officers/announcements")
    form = page.locator("form.fields").first
    form.get_by_label("Dalam bahasa Indonesia").fill("Loket pindah ke lantai dua.")
    form.get_by_label("Dalam bahasa Inggris").fill("The counters moved to the second floor.")
    page.get_by_role("button", name="Umumkan").click()
    expect(page.get_by_text("Loket pindah ke lantai dua.", exact=True)).to_be_visible()
    assert violations(page) == []
    danger = page.locator("section.emergency")
    danger.get_by_label("Dalam bahasa Indonesia").fill("Keluar lewat pintu utara")
    danger.get_by_label("Dalam bahasa Inggris").fill("Leave by the north door")
    danger.get_by_label("Ya, ini keadaan darurat").check()
    danger.get_by_role("button").click()
    page.goto("/o/PYK/announcements")
    expect(page.get_by_role("alert")).to_contain_text("Keluar lewat pintu utara")
    assert violations(page) == []
