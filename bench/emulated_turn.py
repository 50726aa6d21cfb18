"""A panel that lies in its own eyes and hangs upright: the image is set up on it in QEMU, by touches alone.

python bench/emulated_office.py OFFICE
kiosk-provision image --config OFFICE/kiosk.toml --out FILE
python bench/emulated_turn.py --image FILE --office OFFICE --out DIR [--turn 90|270]

The picture comes turned by nothing; a finger touches it until it stands upright, waits, types the code, and comes to
the start page. A touch of the code meets its key only where touch and picture were turned alike. `raw-*.png` is what
the panel itself gets.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from emulated_boot import enrolled_at_welcome
from emulated_office import Office, Printer
from emulator import PRINTER, SIZE, TAP_SECONDS, Emulator, what_is_missing
from PIL import Image

TOUCHES = 4
BOOT_SECONDS, BEGUN_SECONDS = 900.0, 180.0
LOOK_SECONDS = 2.0


class Mounted(Emulator):
    """Seen and touched as by somebody before the panel, which hangs turned by `turn` degrees, against the clock: by 90
    its right side is up.
    """

    turn = 90

    def raw(self) -> Image.Image:
        """What the panel gets."""
        return super().screen()

    def screen(self) -> Image.Image:
        return self.raw().rotate(self.turn, expand=True)

    def tap(self, x: float, y: float, seconds: float = TAP_SECONDS) -> None:
        super().tap(*((1 - y, x) if self.turn == 90 else (y, 1 - x)), seconds)

    def is_upright(self, up: int) -> bool:
        """Whether a picture that has that side up (up_of) stands as the panel hangs."""
        return 90 * up == self.turn


def up_of(picture: Image.Image) -> int | None:
    """By how many quarters against the clock a picture has to be turned so that the question's dark bar lies on top;
    None where there is none.
    """
    return next((quarters for quarters in range(4) if _has_bar(picture.rotate(90 * quarters, expand=True))), None)


def _has_bar(picture: Image.Image) -> bool:
    shades = picture.convert("L").resize((32, 32), Image.Resampling.BOX).tobytes()
    return all(each < 80 for each in shades[2:30]) and all(each > 150 for each in shades[-30:-2])


def turned_upright(emulator: Mounted, look: Callable[[str], None] = lambda name: None) -> int:
    """Touches until the picture of the question stands upright; returns how often. Raises TimeoutError."""
    up = _another(emulator, None, BOOT_SECONDS)
    # It wakes a pointer that never moved, and is not heard as a touch.
    emulator.tap(0.5, 0.1)
    for touches in range(TOUCHES):
        look(f"lies-{touches}")
        if emulator.is_upright(up):
            return touches
        emulator.tap(0.5, 0.5)
        up = _another(emulator, up, BEGUN_SECONDS)
        time.sleep(LOOK_SECONDS)
    raise TimeoutError("it never stood upright")


def _another(emulator: Mounted, former: int | None, seconds: float) -> int:
    """Which side is up once it is another one. Raises TimeoutError."""
    until = time.monotonic() + seconds
    while (up := up_of(emulator.raw())) in (None, former):
        if time.monotonic() > until:
            raise TimeoutError("no page is seen that is turned otherwise")
        time.sleep(LOOK_SECONDS)
    assert up is not None
    return up


def run(image: Path, office_folder: Path, out: Path, turn: int) -> dict[str, float]:
    """One first boot, and its times. Raises TimeoutError."""
    office = Office(office_folder)
    with tempfile.TemporaryDirectory() as folder:
        emulator = Mounted(image, Path(folder), firmware=True, size=(SIZE[1], SIZE[0]))
        emulator.turn = turn
        printer = Printer(emulator.line(PRINTER), lambda number: None)
        try:
            touches = turned_upright(emulator, lambda name: _both(emulator, out, name))
            looked = enrolled_at_welcome(emulator, office.code(), lambda name: _both(emulator, out, name))
            return {"touches until it stood upright": touches} | looked
        finally:
            emulator.screen().save(out / "last.png")
            emulator.cut_power()
            printer.close()
            office.stop()


def _both(emulator: Mounted, out: Path, name: str) -> None:
    emulator.raw().save(out / f"raw-{name}.png")
    emulator.screen().save(out / f"{name}.png")


def main() -> int:
    """The command line; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--image", type=Path, required=True)
    parser.add_argument("--office", type=Path, required=True, help="its folder, by bench/emulated_office.py")
    parser.add_argument("--out", type=Path, required=True, help="where pictures and times.json go")
    parser.add_argument("--turn", type=int, choices=(90, 270), default=90, help="how the panel hangs")
    arguments = parser.parse_args()
    missing = what_is_missing()
    if missing:
        print(missing, file=sys.stderr)
        return 1
    arguments.out.mkdir(parents=True, exist_ok=True)
    times = run(arguments.image, arguments.office, arguments.out, arguments.turn)
    (arguments.out / "times.json").write_text(json.dumps(times, indent=1))
    print("\n".join(f"{name}: {each:.1f}" for name, each in times.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
