"""The scripted demo: a family, a walk-in, a refusal, a reprint, paper out, the server away and back; and a booking from
the browser to the rating.
"""

import json
import threading
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import requests
from demo_site import Program, Site
from scripted_pages import TELEPHONE, Pages, real_browser

from kiosk.__main__ import prepare_kivy
from kiosk.bootstrap import Kiosk
from kiosk.config import read_settings
from kiosk.controller import DOUBLE_TAP_SECONDS, SAME_CODE_SECONDS
from kiosk.model import TicketState
from kiosk.protocol import Snapshot
from kiosk.visit import State

PATIENCE_SECONDS = 60.0


def run_script(site: Site, config: Path, printer: Program, scanner: Program, out: Path) -> int:
    """Runs the kiosk's true application while a script visits it; returns 0 only if each step did what it should."""
    settings = read_settings(config)
    kiosk = Kiosk(settings)
    prepare_kivy(settings.screen.size, False)
    from kiosk.app import KioskApp

    app = KioskApp(kiosk, settings.panel())
    lobby = Lobby(app, kiosk, printer, scanner, out)
    script = Script(site, lobby)

    def visit() -> None:
        try:
            with real_browser() as browser:
                script.run(Pages(browser, site, out))
        finally:
            lobby.on_main(app.stop)

    visiting = threading.Thread(target=visit)
    visiting.start()
    app.run()
    visiting.join()
    report = {"ok": all(step["ok"] for step in script.steps), "steps": script.steps}
    (out / "report.json").write_text(json.dumps(report, indent=1))
    for step in script.steps:
        print(f"{'ok ' if step['ok'] else 'NOT'} {step['name']} ({step['seconds']} s) {step['detail']}")
    print(f"pictures, tickets and report.json are in {out}")
    return 0 if report["ok"] else 1


class Lobby:
    """A person before the kiosk: sees, touches, holds codes up."""

    def __init__(self, app: Any, kiosk: Kiosk, printer: Program, scanner: Program, out: Path) -> None:
        self._app, self.kiosk, self.printer, self._scanner, self._out = app, kiosk, printer, scanner, out
        self._pictures = 0

    def on_main(self, do: Callable[[], Any]) -> Any:
        """Does something on the window's thread, and waits for its result."""
        from kivy.clock import Clock

        done = threading.Event()
        result: list[Any] = []

        def call(_: float) -> None:
            try:
                result.append(do())
            finally:
                done.set()

        Clock.schedule_once(call)
        if not done.wait(PATIENCE_SECONDS):
            raise AssertionError("the window does not answer")
        return result[0]

    def sees(self, state: State) -> None:
        """Waits until the screen is there, and takes its picture."""
        self.until(lambda: self.kiosk.controller.visit.state is state, state)
        time.sleep(DOUBLE_TAP_SECONDS + 0.1)
        self._pictures += 1
        self.on_main(lambda: self._app.root.export_to_png(str(self._out / f"{self._pictures:02}-{state}.png")))

    def until(self, holds: Callable[[], bool], what: str) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not holds():
            if time.monotonic() > deadline:
                raise AssertionError(f"waited in vain for {what}; the screen is {self.kiosk.controller.visit.state}")
            time.sleep(0.005)

    def scans(self, text: str) -> None:
        self._scanner.say(text)

    def taps(self, words: str) -> None:
        """Touches the button that bears the words, or else the first with them in it."""

        def touch() -> None:
            buttons = sorted(self._buttons(), key=lambda each: bool(each.text != words))
            self._touch(next(each for each in buttons if words in each.text))

        self.on_main(touch)
        time.sleep(DOUBLE_TAP_SECONDS)

    def taps_face(self, place: int) -> None:
        from kiosk.screens.widgets import Face

        faces = [each for each in self._app.root.walk() if isinstance(each, Face)]
        self.on_main(lambda: self._touch(faces[place - 1]))

    def _buttons(self) -> list[Any]:
        from kiosk.screens.widgets import Choice

        return [each for each in self._app.root.walk() if isinstance(each, Choice) and not each.disabled]

    @staticmethod
    def _touch(widget: Any) -> None:
        from kivy.tests.common import UnitTestTouch

        touch = UnitTestTouch(*widget.to_window(*widget.center))
        touch.touch_down()
        touch.touch_up()

    def goes_home(self) -> None:
        self.taps("Selesai")
        self.until(lambda: self.kiosk.controller.visit.state is State.WELCOME, "the start page")
        time.sleep(DOUBLE_TAP_SECONDS + 0.1)

    @property
    def numbers(self) -> list[str]:
        return [each.number for each in self.kiosk.controller.visit.tickets]


class Script:
    """The visits, one after another; each is a step of the report."""

    def __init__(self, site: Site, lobby: Lobby) -> None:
        self._site, self._lobby = site, lobby
        self._singles = site.bookings("single")
        self._pages: Pages
        self._number = self._ticket = ""
        self.steps: list[dict[str, Any]] = []

    def run(self, pages: Pages) -> None:
        """All of it, until a step does not what it should."""
        self._pages = pages
        for step in (
            self.the_first_snapshot_opens_the_kiosk,
            self.a_booking_gives_its_ticket_without_a_touch,
            self.the_same_code_reprints_the_same_number,
            self.a_family_checks_in_all_but_one,
            self.a_second_factor_is_asked_for,
            self.a_walk_in_takes_a_number,
            self.a_cancelled_booking_is_refused,
            self.paper_out_puts_the_number_on_the_screen,
            self.paper_out_in_mid_ticket_asks_and_prints_again,
            self.the_server_goes_away_and_comes_back,
            self.a_rating_and_a_comment_are_left,
            self.the_officers_page_shows_it_all,
            self.a_booking_is_made_in_the_browser_and_its_code_is_held_to_the_kiosk,
            self.a_clerk_calls_and_the_display_and_the_phone_show_it,
            self.the_ticket_is_served_and_rated_on_the_phone,
            self.the_dashboard_tells_of_it,
        ):
            began = time.monotonic()
            try:
                detail, good = step() or "", True
            except Exception as error:  # noqa: BLE001 - whatever went wrong belongs in the report
                traceback.print_exc()
                detail, good = f"{type(error).__name__}: {error}", False
            name = step.__name__.replace("_", " ")
            self.steps.append(
                {"name": name, "ok": good, "seconds": round(time.monotonic() - began, 2), "detail": detail}
            )
            if not good:
                return

    def the_first_snapshot_opens_the_kiosk(self) -> str:
        self._lobby.sees(State.WELCOME)
        self._lobby.until(lambda: self._lobby.kiosk.monitor.scanner_ready, "the scanner")
        self._lobby.until(lambda: self._lobby.kiosk.monitor.printer == "ready", "the printer")
        return ""

    def _scan_to_ticket(self, booking: dict[str, Any]) -> float:
        began = time.monotonic()
        self._lobby.scans(booking["pass"])
        self._lobby.until(lambda: self._lobby.kiosk.controller.visit.state is State.TICKET_PRINTED, "the ticket")
        return time.monotonic() - began

    def a_booking_gives_its_ticket_without_a_touch(self) -> str:
        seconds = self._scan_to_ticket(self._singles[0])
        self._lobby.sees(State.TICKET_PRINTED)
        assert self._lobby.numbers == self._singles[0]["numbers"], self._lobby.numbers
        assert seconds < 2, f"{seconds:.2f} s"
        self._lobby.goes_home()
        return f"{self._singles[0]['numbers'][0]}, {seconds:.2f} s from the scan to the confirmed paper"

    def the_same_code_reprints_the_same_number(self) -> str:
        time.sleep(SAME_CODE_SECONDS)
        seconds = self._scan_to_ticket(self._singles[0])
        assert self._lobby.numbers == self._singles[0]["numbers"], self._lobby.numbers
        self._lobby.sees(State.TICKET_PRINTED)
        held = self._lobby.kiosk.store.ticket(self._lobby.kiosk.controller.visit.tickets[0].id)
        assert held, "no ticket"
        assert held.prints == 2, held.prints
        self._lobby.goes_home()
        return f"{held.number}, {seconds:.2f} s"

    def a_family_checks_in_all_but_one(self) -> str:
        family = self._site.bookings("family")[0]
        self._lobby.scans(family["pass"])
        self._lobby.sees(State.CHOOSING_APPLICANTS)
        self._lobby.taps(family["numbers"][-1])
        self._lobby.taps("hadir, lanjut")
        self._lobby.sees(State.TICKET_PRINTED)
        assert self._lobby.numbers == family["numbers"][:-1], self._lobby.numbers
        self._lobby.goes_home()
        return ", ".join(family["numbers"][:-1])

    def a_second_factor_is_asked_for(self) -> str:
        booking = self._site.bookings("second_factor")[0]
        self._lobby.scans(booking["pass"])
        self._lobby.sees(State.VERIFYING)
        for digit in booking["digits"]:
            self._lobby.taps(digit)
        self._lobby.taps("Lanjut")
        self._lobby.sees(State.TICKET_PRINTED)
        self._lobby.goes_home()
        return str(booking["numbers"][0])

    def a_walk_in_takes_a_number(self) -> str:
        for words, state in (
            ("Saya belum", State.CHOOSING_SERVICE),
            ("Paspor hilang", State.CHECKING_DOCUMENTS),
            ("Ya, lengkap", State.DECLARING_PRIORITY),
            ("Tidak ada, lanjut", State.TICKET_PRINTED),
        ):
            self._lobby.taps(words)
            self._lobby.sees(state)
        assert self._lobby.numbers == ["W1-001"], self._lobby.numbers
        self._lobby.goes_home()
        return "W1-001"

    def a_cancelled_booking_is_refused(self) -> str:
        self._lobby.scans(self._site.bookings("cancelled")[0]["pass"])
        self._lobby.sees(State.REFUSED)
        refusal = self._lobby.kiosk.controller.visit.refusal
        assert refusal, "no refusal"
        assert refusal.reason == "cancelled", refusal.reason
        return ""

    def paper_out_puts_the_number_on_the_screen(self) -> str:
        self._lobby.printer.obey("paper out")
        self._lobby.scans(self._singles[1]["pass"])
        self._lobby.sees(State.TICKET_ON_SCREEN)
        assert self._lobby.numbers == self._singles[1]["numbers"], self._lobby.numbers
        self._lobby.printer.obey("paper in")
        self._lobby.goes_home()
        return str(self._singles[1]["numbers"][0])

    def paper_out_in_mid_ticket_asks_and_prints_again(self) -> str:
        self._lobby.printer.obey("paper out after 3")
        self._lobby.scans(self._singles[2]["pass"])
        self._lobby.sees(State.TICKET_UNCERTAIN)
        self._lobby.printer.obey("paper in")
        self._lobby.taps("cetak ulang")
        self._lobby.sees(State.TICKET_PRINTED)
        assert self._lobby.numbers == self._singles[2]["numbers"], self._lobby.numbers
        self._lobby.goes_home()
        return str(self._singles[2]["numbers"][0])

    def the_server_goes_away_and_comes_back(self) -> str:
        store = self._lobby.kiosk.store
        self._lobby.until(lambda: store.owed_count() == 0, "all facts to be sent")
        self._site.stop_server()
        self._scan_to_ticket(self._singles[3])
        self._lobby.sees(State.TICKET_PRINTED)
        owed = store.owed_count()
        assert owed >= 2, f"only {owed} facts are owed"
        self._lobby.goes_home()
        self._site.start_server()
        self._lobby.until(lambda: store.owed_count() == 0, "what is owed to be sent")
        return f"{owed} facts were owed, none is now"

    def a_rating_and_a_comment_are_left(self) -> str:
        self._lobby.taps("Beri nilai")
        self._lobby.sees(State.RATING)
        self._lobby.taps_face(5)
        self._lobby.sees(State.COMMENT)
        for key in "cepat":
            self._lobby.taps(key)
        self._lobby.taps("Kirim")
        self._lobby.sees(State.THANKS)
        self._lobby.until(lambda: self._lobby.kiosk.store.owed_count() == 0, "the comment to be sent")
        return ""

    def the_officers_page_shows_it_all(self) -> str:
        with requests.Session() as officer:
            officer.trust_env, officer.verify = False, str(self._site.ca)
            name, password = self._site.officer()
            officer.post(f"{self._site.url}/officers/login", {"name": name, "password": password}, timeout=10)
            page = officer.get(f"{self._site.url}/officers", timeout=10).text
        (self._lobby._out / "officers.html").write_text(page, encoding="utf-8")
        wanted = {each.number for each in self._lobby.kiosk.store.tickets()}
        missing = {each for each in wanted if each not in page}
        assert not missing, f"not on the page: {missing}"
        assert "cepat" in page, "the comment is not on the page"
        assert all(each.state is TicketState.PRINTED for each in self._lobby.kiosk.store.tickets()[:1]), "not printed"
        return f"{len(wanted)} tickets"

    def a_booking_is_made_in_the_browser_and_its_code_is_held_to_the_kiosk(self) -> str:
        self._number = self._pages.books()
        code = self._pages.code_on_the_phone()
        store = self._lobby.kiosk.store
        self._lobby.until(lambda: _knows(store.snapshot(), self._number), "the kiosk to hear of the booking")
        self._lobby.scans(code)
        self._lobby.sees(State.VERIFYING)
        for digit in TELEPHONE[-4:]:
            self._lobby.taps(digit)
        self._lobby.taps("Lanjut")
        self._lobby.sees(State.TICKET_PRINTED)
        assert self._lobby.numbers == [self._number], self._lobby.numbers
        self._ticket = str(self._lobby.kiosk.controller.visit.tickets[0].id)
        self._lobby.goes_home()
        self._lobby.until(lambda: store.owed_count() == 0, "the check-in to be sent")
        return self._number

    def a_clerk_calls_and_the_display_and_the_phone_show_it(self) -> str:
        self._pages.signs_in()
        self._pages.calls(self._number)
        self._pages.is_shown_to_everybody(self._number, self._ticket)
        return self._number

    def the_ticket_is_served_and_rated_on_the_phone(self) -> str:
        counters = self._pages.serves_to_the_end(self._number)
        self._pages.rates_on_the_phone(self._ticket)
        return counters

    def the_dashboard_tells_of_it(self) -> str:
        self._pages.sees_it_on_the_dashboard()
        return ""


def _knows(held: tuple[Snapshot, str] | None, number: str) -> bool:
    """Whether a snapshot holds a booking of that number."""
    bookings = held[0].bookings if held else ()
    return any(each.number == number for booking in bookings for each in booking.applicants)
