"""`kiosk-provision first-boot`: the set-up on the screen of a box without a keyboard (docs/provisioning.md).

The screen belongs to anjungan-ui, which has no network; what changes the box is done here. Where the set-up stands is
on the disk after each step; so is the key before it is sent, so the same code will do after a power cut.
"""

import argparse
import os
import shutil
import sys
from pathlib import Path

from kiosk.config import Settings, read_settings
from kiosk.identity import IDENTITY_FILE
from provisioning.box_files import CONFIG
from provisioning.disk import Disk
from provisioning.machine import BoxError, Machine
from provisioning.plan import store_key
from provisioning.progress import kept_progress
from provisioning.screen_process import Screen, ScreenGone
from provisioning.set_up import SetUp

SCREEN_USER = "anjungan-ui"
SCREEN = "/usr/libexec/anjungan/screen"
"""Shows one program on the whole screen."""
RUNTIME = Path("/run/anjungan-first-boot")


def add_command(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds `first-boot` to the commands of kiosk-provision."""
    one = commands.add_parser("first-boot", help="set this box up on its screen and enrol it, unless that is done")
    one.set_defaults(run=run)
    one.add_argument("--config", type=Path, default=Path("/", CONFIG), metavar="FILE")


def run(arguments: argparse.Namespace) -> int:
    machine = Machine.at_root(Path("/"))
    if is_done(machine, read_settings(arguments.config)):
        return 0
    for change in store_key(machine):
        change.make(Disk())
    RUNTIME.mkdir(mode=0o700, exist_ok=True)
    shutil.chown(RUNTIME, SCREEN_USER, SCREEN_USER)
    kiosk = str(Path(sys.executable).with_name("kiosk"))
    command = [SCREEN, kiosk, "ui", "--config", str(arguments.config), "--ask-code"]
    environment = os.environ | {"XDG_RUNTIME_DIR": str(RUNTIME), "HOME": str(RUNTIME)}
    with SetUp(machine, arguments.config) as set_up:
        while not set_up.is_over:
            try:
                with Screen(command, environment, SCREEN_USER) as screen:
                    set_up.go_on(screen)
            except ScreenGone:
                raise BoxError("the screen has gone before the set-up was over; it is started anew") from None
    return 0


def is_done(machine: Machine, settings: Settings) -> bool:
    """Whether there is nothing to set up: the kiosk is enrolled, and no set-up was cut off."""
    return (settings.data.dir / IDENTITY_FILE).exists() and kept_progress(machine) is None
