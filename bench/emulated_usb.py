"""A technician and the USB ports of an emulated kiosk: at the set-up only what is there is let in; later one refused
device more, at the screen, by the PIN and a code.

python bench/emulated_office.py OFFICE
kiosk-provision image --config OFFICE/kiosk.toml --out IMAGE
python bench/emulated_usb.py --image IMAGE --office OFFICE --work DIR

A list of devices that the image brought is taken away before. After the set-up a keyboard and a serial adapter are
plugged in, and refused; the technician is offered the adapter alone and lets it in; it is used, also after the power
was cut, and the keyboard is not. `--control` has the set-up go on without a list: then both must be used.
"""

import argparse
import sys
import time
from collections.abc import Callable, Iterable
from contextlib import closing
from importlib.util import find_spec
from itertools import groupby
from pathlib import Path

from attacked_box import Box, Power, Running, overlay, runs_first
from emulated_boot import BOOT_SECONDS, CODE, WELCOME, main_action, type_code, typed, wait_for
from emulated_office import Office
from emulator import kernel_of, what_is_missing
from PIL import Image, ImageChops, ImageDraw, ImageFont, ImageStat

PIN = "481516"
WITHOUT_LIST = """
for each in usb-rules.conf usb-devices.toml; do
    [ ! -e "$rootmnt/etc/anjungan/$each" ] || mv "$rootmnt/etc/anjungan/$each" "$rootmnt/etc/anjungan/$each.gone"
done
"""
NAME = (0.27, 0.017)
"""The office's name, which a finger holds to ask for the PIN's page."""
HELD_SECONDS, PAGE_SECONDS = 7.0, 3.0
TOLD_SECONDS, TASK_SECONDS, USED_SECONDS = 180.0, 90.0, 60.0
"""Until the kiosk has heard of the PIN, has done a task, uses what was let in."""
KEY_COLUMNS, KEY_ROWS = (0.26, 0.5, 0.735), ("123", "456", "789", " 0")
BESIDE_KEY = 0.41
"""Where a column of the picture meets the middle keys, and not their digits."""
BESIDE_TASK, RIGHT_TASK, REFUSED_ROW, TASK_ROWS = 0.52, 0.735, 2, 5
"""As much of the right column of tasks, the place in it of the one that tells of refused devices, and its length."""
BESIDE_DEVICE = 0.05
LEAST_BUTTON = 0.03
"""Of the screen's height."""
CARD = 254
BELOW_MAIN = 0.06
"""From the page's main button to the one below."""
FONT = Path(str((find_spec("kivy") or sys).origin)).parent / "data" / "fonts" / "Roboto-Bold.ttf"
DIGIT = 48
"""Pixels to which digits are brought to be compared."""


class Hand:
    """A technician's at the screen of a running box; pictures of the pages are left in `out`."""

    def __init__(self, running: Running, out: Path) -> None:
        self._emulator, self._running, self._out = running.emulator, running, out

    def looks(self, name: str) -> Image.Image:
        picture = self._emulator.screen()
        picture.save(self._out / f"{name}.png")
        return picture

    def sets_up(self, code: str, only_these: bool) -> None:
        """From power on to the start page. Each page's main button is touched, but that of the list where it is not
        wanted: there the one below is.
        """
        wait_for(self._emulator, CODE)
        type_code(self._emulator, code)
        self._pages = 0
        wait_for(self._emulator, WELCOME, meanwhile=lambda: self._goes_on(only_these))

    def _goes_on(self, only_these: bool) -> None:
        place = main_action(self._emulator.screen())
        if place is None:
            return
        time.sleep(PAGE_SECONDS)
        picture = self.looks(f"set-up-{self._pages}")
        if main_action(picture) != place:
            return
        below = [each for each in rows(picture, BESIDE_DEVICE) if 0 < each - place[1] < BELOW_MAIN]
        # The list's page is the first.
        is_declined = bool(below) and not only_these and self._pages == 0
        self._pages += 1
        self._emulator.tap(0.5, below[0] if is_declined else place[1])
        time.sleep(PAGE_SECONDS)

    def gets_in(self, code_for: Callable[[str], str]) -> None:
        """By the PIN and the code for what the screen shows. Raises TimeoutError."""
        until_true(self._is_asked_for_pin, TOLD_SECONDS, "the kiosk takes no PIN")
        self._types(PIN)
        time.sleep(PAGE_SECONDS)
        challenge = number_in(self.looks("code asked"))
        self._types(code_for(challenge))
        until_true(lambda: len(self._offered()) == TASK_ROWS, TASK_SECONDS, "nobody is in")
        self.looks("inside")

    def _is_asked_for_pin(self) -> bool:
        self._emulator.tap(*NAME, HELD_SECONDS)
        time.sleep(PAGE_SECONDS)
        return len(rows(self.looks("PIN asked"), BESIDE_KEY)) >= len(KEY_ROWS)

    def _types(self, digits: str) -> None:
        lines = rows(self._emulator.screen(), BESIDE_KEY)[-len(KEY_ROWS) :]
        places = [
            (KEY_COLUMNS[each.index(digit)], line)
            for digit in digits
            for each, line in zip(KEY_ROWS, lines, strict=True)
            if digit in each
        ]
        typed(self._emulator, places, (KEY_COLUMNS[-1], lines[-1]))
        self._emulator.tap(*(main_action(self.looks("typed")) or (0, 0)))

    def asks_for_refused(self) -> list[float]:
        """Where those are touched that can be let in, from above. Raises TimeoutError."""
        before = self._emulator.screen()
        self._emulator.tap(RIGHT_TASK, rows(before, BESIDE_TASK)[REFUSED_ROW])
        time.sleep(PAGE_SECONDS)
        until_true(lambda: 0 < len(self._offered()) < TASK_ROWS, TASK_SECONDS, "nothing is offered")
        self.looks("refused")
        return self._offered()

    def _offered(self) -> list[float]:
        """The buttons that begin at the left, without the page's own at its foot."""
        return [each for each in rows(self._emulator.screen(), BESIDE_DEVICE) if each < 0.8]

    def allows(self, place: float) -> None:
        self._emulator.tap(0.5, place)


def rows(picture: Image.Image, across: float) -> list[float]:
    """The middles of the buttons that a column of the screen meets, from above: they are whiter than the page."""
    left = round(across * picture.width)
    column = picture.convert("L").crop((left, 0, left + 1, picture.height)).tobytes()
    found, high = [], 0
    for is_card, run in groupby(shade >= CARD for shade in column):
        long = len(list(run))
        if is_card and long > LEAST_BUTTON * picture.height:
            found.append((high + long / 2) / picture.height)
        high += long
    return found


def number_in(picture: Image.Image) -> str:
    """The digits of the largest words of a page, which are a number."""
    ink = picture.convert("L").point(lambda shade: 255 if shade < 128 else 0)
    page = ink.crop((0, round(0.06 * ink.height), ink.width, round(0.42 * ink.height)))
    lines = spans(page.resize((1, page.height), Image.Resampling.BOX).tobytes())
    above, below = max(lines, key=lambda each: each[1] - each[0])
    line = page.crop((0, above, page.width, below))
    digits = [
        line.crop((left, 0, right, line.height))
        for left, right in spans(line.resize((line.width, 1), Image.Resampling.BOX).tobytes())
    ]
    return "".join(min("0123456789", key=lambda known: _unlike(each, known)) for each in digits)


def spans(values: Iterable[int]) -> list[tuple[int, int]]:
    """Where there is something, from and to."""
    found, at = [], 0
    for is_some, run in groupby(bool(each) for each in values):
        long = len(list(run))
        found += [(at, at + long)] if is_some else []
        at += long
    return found


def _unlike(seen: Image.Image, known: str) -> float:
    font = ImageFont.truetype(str(FONT), DIGIT * 2)
    drawn = Image.new("L", (DIGIT * 3, DIGIT * 4))
    ImageDraw.Draw(drawn).text((DIGIT, DIGIT), known, font=font, fill=255)
    return float(ImageStat.Stat(ImageChops.difference(_in_box(seen), _in_box(drawn))).mean[0])


def _in_box(digit: Image.Image) -> Image.Image:
    found = digit.crop(digit.getbbox())
    box = Image.new("L", (DIGIT, DIGIT))
    box.paste(found.resize((max(1, found.width * DIGIT // found.height), DIGIT), Image.Resampling.BOX))
    return box


def until_true(is_so: Callable[[], bool], seconds: float, otherwise: str) -> None:
    """Raises TimeoutError."""
    until = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > until:
            raise TimeoutError(otherwise)
        time.sleep(0.5)


KEYBOARD, ADAPTER = "Keyboard", "SERIAL"
"""Of what QEMU's devices call themselves."""
ADAPTER_OPTIONS = {"serial": "A50285BI", "chardev": "line"}
PLUGGED = (
    "-device", "usb-kbd", "-chardev", "ringbuf,id=line",
    "-device", f"usb-serial,{','.join(f'{key}={value}' for key, value in ADAPTER_OPTIONS.items())}",
)  # fmt: skip


def used(running: Running) -> set[str]:
    """Which of the two the kernel uses."""
    return {each for each in (KEYBOARD, ADAPTER) if any(each.lower() in one.lower() for one in running.strangers())}


def set_up_and_plugged(running: Running, hand: Hand, office: Office, only_these: bool) -> set[str]:
    """Which is used of what is plugged in after the set-up."""
    hand.sets_up(office.code(), only_these)
    running.plug("usb-kbd", "keyboard")
    running.emulator.command("chardev-add ringbuf,id=line")
    running.plug("usb-serial", "adapter", **ADAPTER_OPTIONS)
    running.wait_until_looked_at()
    return used(running)


def let_in(running: Running, hand: Hand, code_for: Callable[[str], str]) -> list[str]:
    """What went wrong while a technician let the adapter in."""
    hand.gets_in(code_for)
    offered = hand.asks_for_refused()
    if len(offered) != 1:
        return [f"{len(offered)} devices are offered"]
    hand.allows(offered[0])
    until_true(lambda: ADAPTER in used(running), USED_SECONDS, "what was let in is not used")
    time.sleep(PAGE_SECONDS)
    hand.looks("let in")
    return [] if used(running) == {ADAPTER} else ["the keyboard is used, too"]


def after_a_power_cut(box: Box, disk: Path, out: Path) -> list[str]:
    """What is wrong when the power comes again with both plugged in."""
    with closing(Running(box, disk, None, Power(more=PLUGGED))) as running:
        until_true(running.is_in_kernel, BOOT_SECONDS, "it does not start")
        running.forget_what_was_used()
        wait_for(running.emulator, WELCOME)
        until_true(lambda: ADAPTER in used(running), USED_SECONDS, "what was let in is not used after a power cut")
        running.wait_until_looked_at()
        Hand(running, out).looks("after the power cut")
        wrong = [
            f"used after a power cut: {each}" for each in running.once_used() if ADAPTER.lower() not in each.lower()
        ]
        return wrong if running.uses_its_own() else [*wrong, "its own panel is not used"]


def run(image: Path, office: Office, work: Path, control: bool) -> list[str]:
    """What went wrong. Raises TimeoutError."""
    disk, out = work / "disk.qcow2", work / "pictures"
    box = Box(image, office.folder, work)
    box.folder.mkdir(exist_ok=True)
    runs_first(WITHOUT_LIST, kernel_of(image, box.folder)[1])
    overlay(image, disk, "raw")
    officer = office.officer()
    officer.sets_pin(PIN)
    before = {*officer.kiosks()}
    with closing(Running(box, disk, None, Power(loud=True))) as running:
        hand = Hand(running, out)
        found = set_up_and_plugged(running, hand, office, not control)
        if control:
            return [] if found == {KEYBOARD, ADAPTER} else [f"without a list only this is used: {found}"]
        if found:
            return [f"used though it is on no list: {found}"]
        (kiosk,) = {*officer.kiosks()} - before
        wrong = let_in(running, hand, lambda challenge: officer.code_for(kiosk, challenge))
    return wrong or after_a_power_cut(box, disk, out)


def main() -> int:
    """The command line; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--image", type=Path, required=True)
    parser.add_argument("--office", type=Path, required=True, help="its folder, by bench/emulated_office.py")
    parser.add_argument("--work", type=Path, required=True, metavar="DIR", help="made; pictures stay in it")
    parser.add_argument("--control", action="store_true", help="the set-up goes on without a list")
    arguments = parser.parse_args()
    if missing := what_is_missing():
        print(missing, file=sys.stderr)
        return 1
    arguments.work.mkdir(parents=True)
    office = Office(arguments.office)
    try:
        wrong = run(arguments.image, office, arguments.work, arguments.control)
    except TimeoutError as error:
        wrong = [str(error)]
    finally:
        office.stop()
    print("\n".join(f"NOT {each}" for each in wrong) or "ok")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
