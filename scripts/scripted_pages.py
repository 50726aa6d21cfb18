"""The scripted demo's pages: one browser each for the applicant's phone, the clerk, the display and the supervisor."""

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from demo_site import Site
from playwright.sync_api import Browser, Page, expect, sync_playwright

CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
TELEVISION = {"viewport": {"width": 1920, "height": 1080}}
DESK = {"viewport": {"width": 1280, "height": 800}}
OFFICE = "PYK"
COUNTER = "1"
TELEPHONE = "081234567890"


@contextmanager
def real_browser() -> Iterator[Browser]:
    """The system's Chromium, without a window."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


class Pages:
    """Everybody's screens but the kiosk's; `out` gets their pictures. All of it belongs to one thread."""

    def __init__(self, browser: Browser, site: Site, out: Path) -> None:
        self._browser, self._site, self._out, self._pictures = browser, site, out, 0
        self.phone, self.display = self._opened(PHONE), self._opened(TELEVISION)
        self.clerk, self.supervisor = self._opened(DESK), self._opened(DESK)

    def _opened(self, settings: dict[str, Any]) -> Page:
        # The demo's authority is made anew each time, so the browser cannot know it; requests in other steps verify it.
        context = self._browser.new_context(
            base_url=self._site.url, ignore_https_errors=True, locale="id-ID", **settings
        )
        context.set_default_timeout(20_000)
        return context.new_page()

    def looks(self, page: Page, name: str) -> None:
        """Takes the picture of a whole page."""
        self._pictures += 1
        page.screenshot(path=self._out / f"page-{self._pictures:02}-{name}.png", full_page=True)

    def books(self) -> str:
        """Books a passport replacement for the earliest slot, on the phone; returns the number that is held."""
        phone = self.phone
        phone.goto(f"/o/{OFFICE}/booking")
        self.looks(phone, "booking-services")
        phone.get_by_role("link", name="Penggantian paspor").click()
        self.looks(phone, "booking-documents")
        phone.get_by_role("link", name="Saya punya semuanya").click()
        phone.locator("a[href*='day=']").first.click()
        self.looks(phone, "booking-slot")
        phone.locator("a[href*='slot=']").first.click()
        phone.get_by_label("Nama sesuai").fill("Zulkifli Sikumbang")
        phone.get_by_label("Nomor telepon").fill(TELEPHONE)
        phone.get_by_role("button", name="Lanjut").click()
        self.looks(phone, "booking-summary")
        phone.get_by_role("button", name="Daftar sekarang").click()
        phone.wait_for_url("**/mine")
        self.looks(phone, "booking-done")
        return phone.locator(".numbers b").first.inner_text()

    def code_on_the_phone(self) -> str:
        """What a scanner reads from the phone's screen."""
        import zxingcpp
        from PIL import Image

        with tempfile.TemporaryDirectory() as folder:
            picture = Path(folder) / "phone.png"
            self.phone.screenshot(path=picture, full_page=True)
            found = [
                each.text
                for each in zxingcpp.read_barcodes(
                    Image.open(picture), formats=zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode])
                )
            ]
        if not found:
            raise AssertionError("no code on the phone's screen")
        return found[0]

    def signs_in(self) -> None:
        """The demo's officer, at a counter and in the supervisor's chair."""
        name, password = self._site.officer()
        for page in (self.clerk, self.supervisor):
            page.goto("/officers/login")
            page.get_by_label("Nama").fill(name)
            page.get_by_label("Kata sandi").fill(password)
            page.get_by_role("button", name="Masuk").click()
            page.wait_for_url(re.compile("/officers(?!/login)"))

    def calls(self, number: str) -> None:
        """Opens the counter and calls a number from the list of those who wait."""
        self.display.goto(f"/o/{OFFICE}/display")
        clerk = self.clerk
        clerk.goto("/officers/counter")
        clerk.get_by_role("button", name=f"Loket {COUNTER}", exact=True).click()
        self.looks(clerk, "counter-waiting")
        clerk.get_by_role("button", name=f"Panggil {number}").click()
        expect(clerk.locator(".serving .number")).to_have_text(number)
        self.looks(clerk, "counter-serving")

    def is_shown_to_everybody(self, number: str, ticket: str) -> None:
        """The call stands on the display and on the phone."""
        expect(self.display.locator(".latest")).to_contain_text(number)
        self.looks(self.display, "display")
        self.phone.goto(f"/t/{ticket}")
        expect(self.phone.locator(".state.called b")).to_have_text(COUNTER)
        self.looks(self.phone, "phone-called")

    def serves_to_the_end(self, number: str) -> str:
        """Finishes stage by stage, by keys, at the counters that the ticket goes to; returns their names."""
        clerk, counters = self.clerk, [f"Loket {COUNTER}"]
        while not self._finishes_the_last_stage():
            clerk.get_by_role("button", name="Tinggalkan loket").click()
            counters.append(self._counter_that_waits_for(number))
            clerk.get_by_role("button", name=f"Panggil {number}").click()
            expect(clerk.locator(".serving .number")).to_have_text(number)
        return ", ".join(counters)

    def _finishes_the_last_stage(self) -> bool:
        clerk = self.clerk
        clerk.keyboard.press("s")
        expect(clerk.locator("#finish")).to_have_attribute("open", "")
        is_last = clerk.get_by_label("Selesai semua").count() > 0
        clerk.locator("#finish button").click()
        expect(clerk.get_by_role("button", name="Panggil berikutnya")).to_be_visible()
        return is_last

    def _counter_that_waits_for(self, number: str) -> str:
        clerk, counters = self.clerk, self.clerk.get_by_role("button", name=re.compile("^Loket"))
        expect(counters.first).to_be_visible()
        for place in range(counters.count()):
            name = counters.nth(place).inner_text()
            counters.nth(place).click()
            expect(clerk.get_by_role("button", name="Tinggalkan loket")).to_be_visible()
            if clerk.get_by_role("button", name=f"Panggil {number}").count():
                return name
            clerk.get_by_role("button", name="Tinggalkan loket").click()
            expect(counters.first).to_be_visible()
        raise AssertionError(f"no counter waits for {number}")

    def rates_on_the_phone(self, ticket: str) -> None:
        """One tap and a comment."""
        self.phone.goto(f"/t/{ticket}")
        self.phone.locator("button[value='5']").click()
        self.phone.get_by_role("textbox").fill("Ramah dan jelas")
        self.looks(self.phone, "phone-rating")
        self.phone.locator("form.comment button").click()
        expect(self.phone.locator("form")).to_have_count(0)

    def sees_it_on_the_dashboard(self) -> None:
        """The supervisor's page tells of the rating."""
        self.supervisor.goto("/officers/monitoring")
        expect(self.supervisor.locator("body")).to_contain_text("Ramah dan jelas")
        expect(self.supervisor.locator(".chart.drawn").first).to_be_visible()
        self.looks(self.supervisor, "dashboard")
        for path, name in (("/officers/fleet", "fleet"), ("/officers", "queue")):
            self.supervisor.goto(path)
            self.looks(self.supervisor, name)
        self.phone.goto(f"/o/{OFFICE}/transparency")
        self.looks(self.phone, "transparency")
