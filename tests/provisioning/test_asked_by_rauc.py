"""What RAUC asks about the slots is answered at once: its own answer is due within 25 s."""

import subprocess
import sys
from pathlib import Path

import provisioning.image
from provisioning import boot_slots

BACKEND = Path(provisioning.image.__file__).parent / "system/usr/libexec/anjungan/boot-slots"
HEAVY = ("pydantic", "kivy", "tuf", "provisioning.image", "provisioning.detect")


def test_what_rauc_asks_loads_no_other_command() -> None:
    assert BACKEND.read_text().splitlines()[-1].endswith(f'bin/python -I -m {boot_slots.__name__} "$@"')
    loaded = f"import sys, {boot_slots.__name__}; print([each for each in {HEAVY} if each in sys.modules])"
    assert subprocess.run([sys.executable, "-c", loaded], check=True, capture_output=True, text=True).stdout == "[]\n"
