"""Boots a kiosk's image in QEMU: firmware, kernel, the code typed on its screen, the start page; pictures and times.

python bench/emulated_office.py OFFICE
kiosk-provision image --config OFFICE/kiosk.toml --out FILE
python bench/emulated_boot.py --image FILE --office OFFICE --out DIR
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from emulated_office import Office, Printer
from emulator import PRINTER, SIZE, Emulator, what_is_missing
from PIL import Image, ImageChops, ImageStat

from kiosk.booking_code import CODE_ALPHABET

SAMPLES = Path(__file__).parent.parent / "docs" / "pictures"
WELCOME, CODE = "emulated-welcome.png", "emulated-code.png"
SMALL = (54, 96)
ALIKE = 9.0
"""Mean difference of two pictures, of 255, up to which they show the same screen: the moving phone and the time of day
differ, and stay far below.
"""
LOOK_SECONDS, BACK_LOOK_SECONDS, BACK_FIRST_SECONDS = 0.3, 0.5, 20.0
"""A look takes the emulator a tenth of a second or two, which a kiosk that is measured shall have: it is not looked at
before it can be back.
"""
BAR = (4, 4)
BOOT_SECONDS = 600
TYPED_SECONDS = 0.6
TYPINGS, LOST_SECONDS = 5, 11.0
"""How often a code is typed; until a finger that was not seen to go is no finger any more (kiosk/lockdown.py)."""
MAIN, MAIN_NEAR = (0x07, 0x52, 0x4A), 12
"""The colour of a main button (kiosk/theme.py), and how near to it a pixel of one is."""
PASSES_SECONDS = 20
"""A page that passes by itself has passed by then, however slow the machine."""
KEYS_IN_ROW = 8
KEYS_LEFT, KEYS_WIDE, KEYS_TOP, KEY_STEP, DELETE_Y, NEXT_Y = 0.0333, 0.9333, 0.4805, 0.05, 0.681, 0.7347
"""Where the code screen's keys lie on an upright panel, in shares of it: the first row's middle, from row to row, and
the button below them.
"""


def shows(picture: Image.Image, sample: Image.Image) -> bool:
    """Whether a picture is of the sample's screen."""
    if picture.size != SIZE:
        return False
    small = [each.convert("L").resize(SMALL, Image.Resampling.BOX) for each in (picture, sample)]
    return bool(ImageStat.Stat(ImageChops.difference(*small)).mean[0] <= ALIKE)


def main_action(picture: Image.Image) -> tuple[float, float] | None:
    """Where the main button of a page of the set-up is, in shares of the screen; None where there is none."""
    wide, high = SMALL
    small = picture.resize(SMALL, Image.Resampling.BOX)
    rows = [row for row in range(high) if sum(_is_main(small.getpixel((x, row))) for x in range(wide)) > wide / 2]
    return (0.5, (rows[len(rows) // 2] + 0.5) / high) if rows else None


def _is_main(pixel: Any) -> bool:
    return all(abs(part - own) < MAIN_NEAR for part, own in zip(pixel, MAIN, strict=True))


class Patience:
    """Whoever stands before a page that waits for its main action, gives it time to pass by itself, then touches it."""

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator
        self._since: float | None = None
        self.touches = 0

    def look(self) -> None:
        place = main_action(self._emulator.screen())
        if place is None:
            self._since = None
        elif self._since is None:
            self._since = self._emulator.seconds
        elif self._emulator.seconds - self._since > PASSES_SECONDS:
            self._emulator.tap(*place)
            self.touches += 1
            self._since = None


def sample_of(name: str) -> Image.Image:
    """A picture of docs/pictures."""
    with Image.open(SAMPLES / name) as held:
        return held.convert("RGB")


def wait_for(
    emulator: Emulator, name: str, seconds: float = BOOT_SECONDS, meanwhile: Callable[[], None] = lambda: None
) -> float:
    """Seconds since the power came when the screen of that sample is seen. Raises TimeoutError."""
    sample = sample_of(name)
    until = time.monotonic() + seconds
    while not shows(emulator.screen(), sample):
        if time.monotonic() > until:
            raise TimeoutError(f"{name} is not seen within {seconds:.0f} s")
        meanwhile()
        time.sleep(LOOK_SECONDS)
    return emulator.seconds


def boot_to_page(emulator: Emulator) -> float:
    """Seconds from power on to the first page that serves: each has the office's bar, the pages before them have not.
    Raises TimeoutError.
    """
    bar = sample_of(WELCOME).getpixel(BAR)
    time.sleep(max(BACK_FIRST_SECONDS - emulator.seconds, 0))
    while emulator.seconds < BOOT_SECONDS:
        picture = emulator.screen()
        if picture.size == SIZE and picture.getpixel(BAR) == bar:
            return emulator.seconds
        time.sleep(BACK_LOOK_SECONDS)
    raise TimeoutError(f"no page is seen within {BOOT_SECONDS} s")


def boot_to_welcome(emulator: Emulator) -> float:
    """Seconds from power on to the start page."""
    return wait_for(emulator, WELCOME)


def key_place(character: str) -> tuple[float, float]:
    """Where the key of a character lies on the code's screen."""
    row, column = divmod(CODE_ALPHABET.index(character), KEYS_IN_ROW)
    return KEYS_LEFT + KEYS_WIDE * (column + 0.5) / KEYS_IN_ROW, KEYS_TOP + row * KEY_STEP


def typed(emulator: Emulator, keys: Sequence[tuple[float, float]], delete: tuple[float, float]) -> None:
    """A finger types until the page can go on. In a slow emulator touches get lost: then what was taken is deleted, and
    it types again. Raises TimeoutError.
    """
    for _ in range(TYPINGS):
        for place in keys:
            emulator.tap(*place)
            time.sleep(TYPED_SECONDS)
        time.sleep(1)
        if main_action(emulator.screen()):
            return
        time.sleep(LOST_SECONDS)
        for _ in keys:
            emulator.tap(*delete)
            time.sleep(TYPED_SECONDS)
    raise TimeoutError("not all touches were taken")


def type_code(emulator: Emulator, code: str) -> None:
    """A finger types the code, and confirms it. What it touches first is empty: it wakes a pointer that never moved."""
    emulator.tap(0.5, 0.07)
    time.sleep(1)
    typed(emulator, [key_place(character) for character in code], (0.5, DELETE_Y))
    emulator.tap(0.5, NEXT_Y)


def enrolled_at_welcome(
    emulator: Emulator, code: str, look: Callable[[str], None] = lambda name: None
) -> dict[str, float]:
    """From power on over the code to the start page; the times of it in s."""
    times = {"power on to the code's screen": wait_for(emulator, CODE)}
    times["of which the emulator computed"] = emulator.processor_seconds
    look("code")
    type_code(emulator, code)
    typed, computed = emulator.seconds, emulator.processor_seconds
    look("typed")
    patience = Patience(emulator)
    times["code typed to the start page"] = wait_for(emulator, WELCOME, meanwhile=patience.look) - typed
    times["of which the emulator computed, too"] = emulator.processor_seconds - computed
    times["touches beside the code (no seconds)"] = patience.touches
    look("welcome")
    return times


def main() -> int:
    """The command line; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--image", type=Path, required=True)
    parser.add_argument("--office", type=Path, required=True, help="its folder, by bench/emulated_office.py")
    parser.add_argument("--out", type=Path, required=True, help="where pictures and times.json go")
    parser.add_argument("--direct", action="store_true", help="start the kernel without firmware and boot loader")
    arguments = parser.parse_args()
    missing = what_is_missing()
    if missing:
        print(missing, file=sys.stderr)
        return 1
    arguments.out.mkdir(parents=True, exist_ok=True)
    times = run(arguments.image, arguments.office, arguments.out, not arguments.direct)
    (arguments.out / "times.json").write_text(json.dumps(times, indent=1))
    print("\n".join(f"{name}: {seconds:.1f} s" for name, seconds in times.items()))
    return 0


def run(image: Path, office_folder: Path, out: Path, firmware: bool) -> dict[str, float]:
    """One first boot, and its times."""
    office = Office(office_folder)
    with tempfile.TemporaryDirectory() as folder:
        emulator = Emulator(image, Path(folder), firmware=firmware)
        printer = Printer(emulator.line(PRINTER), lambda number: None)
        try:
            code = office.code()
            return enrolled_at_welcome(emulator, code, lambda name: emulator.screen().save(out / f"{name}.png"))
        finally:
            emulator.cut_power()
            printer.close()
            office.stop()


if __name__ == "__main__":
    sys.exit(main())
