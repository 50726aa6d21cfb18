"""A box on a desk that is set up on its screen, as its kernel shows it; with true devices and a true server."""

from collections.abc import Callable
from itertools import count
from pathlib import Path

import trustme
from boxes import TOUCH, Box
from hand_at_the_box import Does, Technician
from power import QuickDisk

from kiosk.set_up_lines import CodeGiven, Page, Shown, WentOn
from provisioning.box_files import USB_DEVICES, USB_RULES
from provisioning.disk import Disk
from provisioning.hardware import hardware_of
from provisioning.machine import Machine
from provisioning.set_up import SetUp
from provisioning.usb_list import list_of

Central = tuple[str, Callable[[], str]]
NETWORK = "  +-- 10.0.0.0/8 2 0 2\n     |-- 10.0.0.15\n        /32 host LOCAL"
PATIENCE = 600
"""So often the time is asked for at most; a turn of the set-up asks once or twice."""


class Site:
    """A box with everything on a desk, as its kernel shows it, and a server that makes codes."""

    def __init__(self, folder: Path, url: str, code: Callable[[], str], authority: trustme.CA) -> None:
        self.box, self.code = Box(folder / "box"), lambda: code().replace("-", "")
        self.machine = Machine(self.box.root)
        self.config = self.box.root / "etc/anjungan/kiosk.toml"
        self.printer, self.scanner, self.tray = folder / "printer", folder / "scanner", folder / "tray"
        self.disk: Disk = QuickDisk()
        self.windows = 0
        self.has_list = True
        """Whether all that is plugged in is on the list already, as an image has it."""
        self.data.mkdir(parents=True)
        self.box.inputs(TOUCH)
        for place, said in {
            "sys/class/net/eth0/carrier": "1", "sys/class/net/lo/carrier": "1", "proc/net/fib_trie": NETWORK,
            "run/systemd/timesync/synchronized": "", str(self.printer): "", str(self.scanner): "",
            "etc/anjungan/central-ca.pem": authority.cert_pem.bytes().decode(),
            "etc/anjungan/kiosk.toml": f'[central]\nurl = "{url}"\nca = "central-ca.pem"\n\n[data]\ndir = "data"\n'
            f'\n[printer]\nurl = "serial://{self.printer}"\n\n[[scanner]]\nurl = "serial://{self.scanner}"\n',
        }.items():  # fmt: skip
            self.box.file(place.lstrip("/"), said)

    @property
    def data(self) -> Path:
        return self.config.parent / "data"

    def set_up(self) -> SetUp:
        if self.has_list:
            found = hardware_of(self.machine)
            self.box.file(USB_DEVICES, list_of(found.usb))
            self.box.file(USB_RULES, "")
        ticks = count()

        def monotonic() -> float:
            tick = next(ticks)
            assert tick < PATIENCE, "this set-up never ends"
            return tick * 0.5

        return SetUp(self.machine, self.config, self.disk, monotonic)

    def goes_through(self, **does: Does) -> Technician:
        """A technician sets it up, to the end."""
        self.technician = Technician({Page(page): what for page, what in does.items()})
        try:
            with self.set_up() as set_up:
                while not set_up.is_over:
                    self.windows += 1
                    set_up.go_on(self.technician.window)
        finally:
            self.technician.leaves()
        return self.technician

    def types(self, shown: Shown) -> CodeGiven:
        return CodeGiven(number=shown.number, code=self.code())


def goes_on(shown: Shown) -> WentOn:
    return WentOn(number=shown.number)
