"""Follows sections 3 and 5 of the technician's guide by the letter: a stick is made, a bare box is installed from it,
set up on its screen, approved, and serves.

This machine is the Debian on which the guide builds; the stick is a file behind a loop device. The box is QEMU, with a
panel that hangs upright though it lies in its own eyes, and a scanner's adapter at USB that is on no list. Each step is
read out of the guide: its commands are typed, its words are looked for on the box's screen and touched where they stand
(bench/screen_words.py), or clicked on the officers' page by a true browser. A step of the guide that nobody here does,
or a word that is not there, ends it. Pictures of each step go to DIR/pictures. Needs root, and what the guide and
docs/image.md name.
"""

import argparse
import logging
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import ClassVar

sys.path.append(str(Path(__file__).parent.parent / "scripts"))

from attacked_box import CONFIGURED, ON_BUS
from emulated_boot import WELCOME, sample_of, shows, type_code
from emulated_office import OWN_NAME, PASSWORD, PORT, Office, Printer, prepare
from emulated_stick import DISK_GIB, wait_until_written
from emulated_turn import Mounted, turned_upright
from emulator import PRINTER, SCANNER, SIZE, what_is_missing
from follow_guide import ASKED_SECONDS, SHELL
from guide_text import PAGES, Step, in_english, sections_of
from officer import NAME
from playwright.sync_api import Browser, Error, Page, expect
from screen_words import ScreenWords
from scripted_pages import real_browser

from kiosk.model import INDONESIAN, Language
from kiosk.set_up_lines import TARGETS

CODE = Path(__file__).parent.parent
INSTALL, SET_UP = 3, 5
STICK_BYTES = 4 * 10**9
KIOSK = "Lobi utara"
LOCALES = {"en": "en-GB", "id": "id-ID"}
LANGUAGES = {"en": "English", "id": "Indonesia"}
"""The languages as the screen's buttons name them."""
CODE_PAGE, RINGS_PAGE, READ = "enrolling.title", "set_up.targets.title", "set_up.scanner.read"
"""What stands on pages of which the guide has no words, as the kiosk's texts name it."""
TRIAL = b"ANJUNGAN-TRIAL"
USB_TOLD = ("-trace", "usb_set_addr", "-trace", "usb_set_config")
"""Has QEMU write down what the kernel uses of what is plugged in."""
HOLD_SECONDS, RING_SECONDS = 5.0, 2.0
PAGE_SECONDS, LOOK_SECONDS, REFUSED_SECONDS = 120.0, 0.5, 15.0


@contextmanager
def stick_behind(file: Path) -> Iterator[str]:
    """An empty USB stick, as this machine names it."""
    with file.open("wb") as made:
        made.truncate(STICK_BYTES)
    command = ["losetup", "--find", "--show", str(file)]
    device = subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
    try:
        yield device
    finally:
        subprocess.run(["losetup", "--detach", device], check=True)


def checkout(folder: Path, office: Path) -> None:
    """A checkout that is prepared, with what came from the office."""
    folder.mkdir()
    kept = subprocess.run(["git", "-C", str(CODE), "archive", "HEAD"], check=True, capture_output=True)
    subprocess.run(["tar", "-x", "-C", str(folder)], input=kept.stdout, check=True)
    (folder / ".venv").symlink_to(sys.prefix)
    for name in ("kiosk.toml", "central-ca.pem", "update-root.json"):
        (folder / name).symlink_to(office / name)


def typed(command: str, folder: Path, device: str) -> None:
    """Types a command of the guide. Raises RuntimeError where it fails."""
    # "Leave an option out where there is no file for it": no such box has been seen before.
    meant = in_english(command).replace(" --usb-devices usb-devices.toml", "").replace("/dev/sdX", device)
    # apt asks before it brings newer packages.
    script = SHELL.format(command=meant, state=folder.parent / "technician")
    done = subprocess.run(
        ["env", f"PYTHONPATH={folder}", "bash", "-c", script], cwd=folder, input="Y\n",
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"{meant}\nended with {done.returncode}:\n{done.stdout[-3000:]}")


class OfficersPage:
    """The page of the kiosks, in a browser of somebody who may enrol and approve."""

    def __init__(self, browser: Browser, password: str, language: str) -> None:
        # Its authority was made a moment ago, so the browser cannot know it.
        context = browser.new_context(
            base_url=f"https://{OWN_NAME}:{PORT}", ignore_https_errors=True, locale=LOCALES[language]
        )
        self.page: Page = context.new_page()
        self.page.goto("/officers/login")
        self.page.locator("#name").fill(NAME)
        self.page.locator("#password").fill(password)
        self.page.locator("button.primary").click()
        self.page.wait_for_url("**/officers/account")

    def code(self, section: str, button: str) -> str:
        """Makes a code by what the guide names; returns it as it is typed."""
        self.page.goto("/officers/fleet")
        place = self.page.locator("section").filter(has=self.page.get_by_role("heading", name=section))
        place.locator("input").fill(KIOSK)
        place.get_by_role("button", name=button).click()
        return self.page.locator(".message b").inner_text().replace("-", "")

    def letters(self) -> str:
        """Of the kiosk that waits."""
        self.page.goto("/officers/fleet")
        return self.page.get_by_role("row").filter(has_text=KIOSK).locator("td.figure b").inner_text()

    def approve(self, button: str) -> None:
        self.page.get_by_role("row").filter(has_text=KIOSK).get_by_role("button", name=button).click()

    def row_has(self, words: list[str]) -> None:
        """Waits until the kiosk's row says these."""
        row = self.page.get_by_role("row").filter(has_text=KIOSK)
        for each in words:
            expect(row.get_by_text(each, exact=True).first).to_be_visible(timeout=PAGE_SECONDS * 1000)


class Technician:
    """Does the steps; `times` are in s."""

    def __init__(self, work: Path, device: str, language: str, office: OfficersPage, held: ExitStack) -> None:
        self._work, self._device, self._language, self._office, self._held = work, device, language, office, held
        self._pictures, self._disk = work / "pictures", work / "disk"
        self._words = {each: ScreenWords(Language(each)) for each in {language, INDONESIAN}}
        self._step = ""
        self.times: dict[str, float] = {}

    def follows(self) -> None:
        """All steps, as the guide has them. Raises RuntimeError, TimeoutError."""
        for section in sections_of(PAGES[self._language]):
            for step in section.steps if section.number in (INSTALL, SET_UP) else ():
                began, self._step = time.monotonic(), f"{section.number}-{step.number:02}"
                hand = self.hands.get((section.number, step.name))
                if hand is None:
                    raise RuntimeError(f"nobody here does step {section.number}.{step.number} ({step.name})")
                hand(self, step)
                print(f"ok {time.monotonic() - began:6.1f} s  step {section.number}.{step.number}", flush=True)

    # ------------------------------------------------------------ with the image

    def _types(self, step: Step) -> None:
        for command in step.commands:
            began = time.monotonic()
            typed(command, self._work / "checkout", self._device)
            print(f"   {time.monotonic() - began:6.1f} s  {command}", flush=True)

    def _starts_from_the_stick(self, step: Step) -> None:
        with self._disk.open("wb") as empty:
            empty.truncate(DISK_GIB << 30)
        stick = self._work / "stick"
        self._box = Mounted(
            stick, self._work / "box", disk=f"file={self._disk},format=raw,if=virtio", firmware=True, stick=stick,
            size=(SIZE[1], SIZE[0]), more=(*USB_TOLD, "-D", str(self._work / "usb.log")),
        )  # fmt: skip
        self._held.callback(self._box.cut_power)
        self._held.callback(lambda: self._look("last"))
        self._printer = Printer(self._box.line(PRINTER), lambda number: None)
        self._held.callback(self._printer.close)
        self._scanner = self._held.enter_context(self._box.line(SCANNER))
        wait_until_written(self._box, stick, self._disk, self._look_raw)
        self.times["power on to installed"] = self._box.seconds

    def _pulls_the_stick(self, step: Step) -> None:
        self._box.pull_stick()
        self._starts = time.monotonic()
        self._box.command("chardev-add ringbuf,id=adapter")
        self._box.plug("usb-serial", "adapters", chardev="adapter", bus="usb.0")

    # ------------------------------------------------------------ first start and the code

    def _makes_a_code(self, step: Step) -> None:
        _, section, button = step.said
        self._code = self._office.code(section, button)
        self._look_at_page()

    def _turns_the_picture(self, step: Step) -> None:
        touches = turned_upright(self._box, self._look)
        self.times["stick pulled to a picture that stands upright"] = time.monotonic() - self._starts
        self.times["touches until it stood upright (no seconds)"] = touches
        self._sees_text(CODE_PAGE, INDONESIAN)
        self.times["stick pulled to the code's screen"] = time.monotonic() - self._starts
        self._touches(LANGUAGES[self._language], INDONESIAN)

    def _misses_nothing(self, step: Step) -> None:
        self._sees_text(CODE_PAGE)
        self._sees(step.said[-1])

    def _touches_the_rings(self, step: Step) -> None:
        self._box.tap(0.5, 0.07, HOLD_SECONDS)
        self._sees_text(RINGS_PAGE)
        for place in TARGETS:
            time.sleep(RING_SECONDS)
            self._box.tap(*place)
        self._sees_text(CODE_PAGE)

    def _types_the_code(self, step: Step) -> None:
        type_code(self._box, self._code)
        self._typed = time.monotonic()
        self._look("typed")

    def _has_the_slip(self, step: Step) -> None:
        until = time.monotonic() + PAGE_SECONDS
        while not any(TRIAL in each for each in self._printer.tray):
            if time.monotonic() > until:
                raise TimeoutError("no trial slip comes out")
            time.sleep(LOOK_SECONDS)

    def _lets_in_only_these(self, step: Step) -> None:
        self._touches(step.said[0])

    def _tries_the_scanner(self, step: Step) -> None:
        devices, scan, goes_on = step.said
        self._touches(devices)
        self._touches(scan)
        self._scanner.sendall(TRIAL + b"\r")
        self._sees_text(READ)
        self._touches(goes_on)

    def _has_it_approved(self, step: Step) -> None:
        title, _, button = step.said
        self._sees(title)
        letters = self._office.letters()
        self._look_at_page()
        if not self._words[self._language].shows_letters(letters, self._box.screen()):
            raise RuntimeError(f"the screen does not show the letters {letters} of the page")
        self._office.approve(button)
        self.times["code typed to approved"] = time.monotonic() - self._typed

    def _waits_for_the_lobby(self, step: Step) -> None:
        self._sees(step.said[0])

    def _sees_the_start_page(self, step: Step) -> None:
        welcome, until = sample_of(WELCOME), time.monotonic() + PAGE_SECONDS
        while not shows(self._box.screen(), welcome):
            if time.monotonic() > until:
                raise TimeoutError("the start page does not come")
            time.sleep(LOOK_SECONDS)
        now = time.monotonic()
        self._look("welcome")
        self.times["code typed to the start page"] = now - self._typed
        self.times["stick pulled to the start page"] = now - self._starts

    def _sees_it_online(self, step: Step) -> None:
        self._office.row_has(step.said[1:])
        self.times["code typed to online on the officers' page"] = time.monotonic() - self._typed
        self._look_at_page()

    def plugs_in_a_stranger(self) -> None:
        """What the step of the USB devices says of all later: nothing else works. Raises RuntimeError."""
        self._box.plug("usb-mouse", "stranger", bus="usb.0")
        time.sleep(REFUSED_SECONDS)
        configured = dict(CONFIGURED.findall((self._work / "usb.log").read_text()))
        plugged = ON_BUS.findall(self._box.command("info usb").replace("\r", ""))
        used = [what for address, _, what, _ in plugged if configured.get(address, "") not in ("", "0")]
        print(f"    used at USB: {', '.join(used)}", flush=True)
        if any("Mouse" in each for each in used) or not any("SERIAL" in each.upper() for each in used):
            raise RuntimeError("the list of the USB devices is not in force")

    hands: ClassVar[dict[tuple[int, str], Callable[["Technician", Step], None]]] = {
        (INSTALL, "1"): _types,
        (INSTALL, "2"): _types,
        (INSTALL, "3"): _starts_from_the_stick,
        (INSTALL, "4"): _pulls_the_stick,
        (SET_UP, "page-enrol"): _makes_a_code,
        (SET_UP, "screen-upright"): _turns_the_picture,
        (SET_UP, "screen-found"): _misses_nothing,
        (SET_UP, "screen-targets"): _touches_the_rings,
        (SET_UP, "screen-code"): _types_the_code,
        (SET_UP, "screen-slip"): _has_the_slip,
        (SET_UP, "screen-usb"): _lets_in_only_these,
        (SET_UP, "screen-scan"): _tries_the_scanner,
        (SET_UP, "screen-approval"): _has_it_approved,
        (SET_UP, "screen-not-ready"): _waits_for_the_lobby,
        (SET_UP, "screen-welcome"): _sees_the_start_page,
        (SET_UP, "page-fleet"): _sees_it_online,
    }
    """What is done at each step, by its section and its name."""

    # ------------------------------------------------------------ eyes and hands

    def _sees(self, words: str, language: str = "") -> tuple[float, float]:
        """Waits until the screen says it; returns where. Raises TimeoutError."""
        drawn, until = self._words[language or self._language], time.monotonic() + PAGE_SECONDS
        while (place := drawn.place(words, self._box.screen())) is None:
            if time.monotonic() > until:
                raise TimeoutError(f"the screen does not say {words!r}")
            time.sleep(LOOK_SECONDS)
        self._look(words)
        return place

    def _sees_text(self, key: str, language: str = "") -> None:
        self._sees(self._words[language or self._language].of_text(key), language)

    def _touches(self, words: str, language: str = "") -> None:
        self._box.tap(*self._sees(words, language))

    def _look(self, name: str) -> None:
        self._box.screen().save(self._file(name))

    def _look_raw(self, name: str) -> None:
        self._box.raw().save(self._file(name))

    def _look_at_page(self) -> None:
        self._office.page.screenshot(path=self._file("page"), full_page=True)

    def _file(self, name: str) -> Path:
        kept = "".join(each if each.isalnum() else "-" for each in name)
        return self._pictures / f"{self._step}-{kept}.png"


def followed(work: Path, language: str) -> dict[str, float]:
    """All of it; returns the times. Raises RuntimeError, TimeoutError."""
    with ExitStack() as held:
        office = Office(work / "office")
        held.callback(office.stop)
        page = OfficersPage(held.enter_context(real_browser()), (work / "office" / PASSWORD).read_text(), language)
        technician = Technician(work, held.enter_context(stick_behind(work / "stick")), language, page, held)
        try:
            technician.follows()
            technician.plugs_in_a_stranger()
        finally:
            print("\n".join(f"    {name}: {each:.1f}" for name, each in technician.times.items()), flush=True)
        return technician.times


def main() -> int:
    """The command line; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, required=True, metavar="DIR", help="made; 10 GB")
    parser.add_argument("--language", choices=PAGES, default="en", help="of the guide that is followed")
    arguments = parser.parse_args()
    work: Path = arguments.work
    if missing := what_is_missing():
        print(missing, file=sys.stderr)
        return 2
    os.environ["SDL_VIDEODRIVER"] = "offscreen"
    # Kivy has every library tell all it does.
    logging.disable(logging.INFO)
    prepare(work / "office")
    checkout(work / "checkout", work / "office")
    (work / "pictures").mkdir()
    try:
        times = followed(work, arguments.language)
    except (RuntimeError, TimeoutError, AssertionError, Error) as problem:
        print(f"NOT {problem}")
        return 1
    took = times["code typed to the start page"]
    print(f"{'ok ' if took <= ASKED_SECONDS else 'NOT'} {took:.1f} s from the typed code to serving")
    return 0 if took <= ASKED_SECONDS else 1


if __name__ == "__main__":
    sys.exit(main())
