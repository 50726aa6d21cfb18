"""The officers' pages as the technician's guide shows them: a true central server's, looked at by a true browser."""

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread
from typing import Any

import trustme
import uvicorn
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi import FastAPI
from playwright.sync_api import Browser, Page, ViewportSize
from sqlalchemy.orm import Session

from central.app import create_app
from central.database import KioskRow, for_writing, open_database
from central.demo import DEMO_OFFICE, load_demo
from central.fleet.paper import put_in
from central.heartbeats import Heartbeat
from central.people.login import add_officer
from central.people.roles import Role
from kiosk.identity import public_key_text
from kiosk.model import ClockState, Language, PrinterStatus
from kiosk.protocol import Readiness

AT = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
"""08.00 at the office."""
OFFICER, PASSWORD = "teknisi", "menara-pagi-rantau"
LOCALES = {"en": "en-GB", "id": "id-ID"}
DESK: ViewportSize = {"width": 1200, "height": 800}
NARROW: ViewportSize = {"width": 720, "height": 800}
KIOSKS: dict[str, dict[str, Any]] = {
    "Lobi utara": {"printer": PrinterStatus.READY, "scanner_ready": True, "readiness": Readiness(at=AT, broken=())},
    "Lobi selatan": {
        "printer": PrinterStatus.PAPER_OUT, "scanner_ready": True, "readiness": Readiness(at=AT, broken=("printer",)),
    },
}  # fmt: skip
WAITING, WAITING_KEY = "Lobi timur", Ed25519PrivateKey.from_private_bytes(bytes(32))
"""A kiosk to be approved, by the letters that the guide's picture of its screen shows (kiosk.screens.sample_set_up)."""


@contextmanager
def fleet_site(folder: Path) -> Iterator[str]:
    """A central server with the demo office, a technician, two kiosks and one that waits; its address."""
    with Session(for_writing(open_database(folder))) as session, session.begin():
        load_demo(session, folder, AT.date(), AT, at_any_hour=False, public_url="https://localhost")
        add_officer(session, DEMO_OFFICE, OFFICER, PASSWORD, frozenset({Role.TECHNICIAN}))
        for digit, (name, more) in enumerate(KIOSKS.items(), 1):
            _add_kiosk(session, digit, name, more)
        key, came = public_key_text(WAITING_KEY), AT - timedelta(minutes=1)
        waits = KioskRow(id="kiosk-3", office=DEMO_OFFICE, name=WAITING, digit=3, public_key=key, approved=False)
        waits.enrolled_at, waits.code_by = came, OFFICER
        session.add(waits)
    with _listening(create_app(folder, lambda: AT)) as url:
        yield url


def _add_kiosk(session: Session, digit: int, name: str, more: dict[str, Any]) -> None:
    said = Heartbeat(
        at=AT, version="0.1.0", screen="welcome", owed=0, clock=ClockState.SYNCED, disk_free_mb=54_000,
        devices=("usb://04b8:0e15", "serial:///dev/ttyACM0"), **more,
    )  # fmt: skip
    public = public_key_text(Ed25519PrivateKey.generate())
    row = KioskRow(id=f"kiosk-{digit}", office=DEMO_OFFICE, name=name, digit=digit, public_key=public)
    row.heartbeat, row.heard_at = said.model_dump_json(), AT - timedelta(seconds=20)
    session.add(row)
    session.flush()
    put_in(session, row.id, OFFICER, AT - timedelta(days=2))


@contextmanager
def _listening(app: FastAPI) -> Iterator[str]:
    config = uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=1)
    config.load()
    config.ssl = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    trustme.CA().issue_cert("localhost").configure_cert(config.ssl)
    server, door = uvicorn.Server(config), socket.create_server(("127.0.0.1", 0))
    thread = Thread(target=server.run, args=([door],))
    thread.start()
    try:
        yield f"https://localhost:{door.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


def draw_pages(out: Path, browser: Browser, url: str, language: Language) -> Iterator[Path]:
    """Writes the fleet's pages in a language; returns the files."""
    # Its authority was made a moment ago, so the browser cannot know it.
    context = browser.new_context(
        base_url=url, ignore_https_errors=True, locale=LOCALES[language], viewport=DESK, reduced_motion="reduce"
    )
    page = context.new_page()
    page.goto("/officers/login")
    page.locator("#name").fill(OFFICER)
    page.locator("#password").fill(PASSWORD)
    page.locator("button.primary").click()
    page.wait_for_url("**/officers/account")
    page.goto("/officers/fleet")
    yield _looked_at(page, "[role=region] >> nth=1", out / f"page-fleet.{language}.png")
    yield _above(page, ".stack > h2 >> nth=1", out / f"page-approval.{language}.png")
    page.set_viewport_size(NARROW)
    page.goto("/officers/fleet/kiosk-1")
    yield _looked_at(page, "section.card >> nth=0", out / f"page-kiosk.{language}.png")
    page.goto("/officers/fleet")
    page.locator("form[action='/officers/fleet/codes'] input").fill(WAITING)
    yield _looked_at(page, "section.card:has(form[action='/officers/fleet/codes'])", out / f"page-enrol.{language}.png")
    page.locator("form[action='/officers/fleet/codes'] button").click()
    page.locator(".qr").wait_for()
    yield _above(page, "section.card >> nth=0", out / f"page-code.{language}.png")
    context.close()


def _looked_at(page: Page, what: str, file: Path) -> Path:
    page.locator(what).screenshot(path=file)
    return file


def _above(page: Page, what: str, file: Path) -> Path:
    """The page's top, down to what comes next."""
    below, size = page.locator(what).bounding_box(), page.viewport_size
    assert below
    assert size
    page.screenshot(path=file, clip={"x": 0, "y": 0, "width": size["width"], "height": below["y"]})
    return file
