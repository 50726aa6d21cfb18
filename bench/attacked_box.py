"""An emulated kiosk that is attacked: its devices, a stranger at its cable, hands at its USB ports and keyboards, and
what is to be looked at afterwards.
"""

import json
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Collection, Iterable
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event

from emulated_boot import WELCOME, enrolled_at_welcome, sample_of, shows
from emulated_office import Office, Printer
from emulator import BOOT_START, CABLE, CONSOLE, ENTRY, PRINTER, SCANNER, Emulator, entry_of, kernel_of
from PIL import Image
from stranger import Stranger, cable

ROOT = Path(__file__).parent.parent
DATA, SYSTEM, SECTOR = "anjungan-data", "anjungan-root-a", 512
OVERLAY = "scripts/init-bottom/anjungan-overlay"
PANEL = "usb-tablet,id=panel,serial=anjungan-panel"
"""The box's own device: the only one that usb-devices.toml of the image lists."""
USB = ("-device", PANEL)
CONFIGURED = re.compile(r"usb_set_(?:addr|config) dev (\d+)(?:, config (\d+))?")
"""A device that is given an address, with no configuration yet, or a configuration: QEMU's words of it."""
ON_BUS = re.compile(r"Device \d+\.(\d+), Port (\S+), Speed \S+ Mb/s, Product (.*?)(?:, ID: (\S+))?$", re.M)
"""QEMU's list of what is plugged in (info usb): address, port, product, name."""
BACK_SECONDS, VISIT_SECONDS = 60.0, 90.0
LOOK_SECONDS = 0.2
USB_SECONDS, SETTLE_SECONDS = 60.0, 4.0
IN_KERNEL = "RIP=ffffffff"
"""Where the processor is when the kernel runs."""
OWNED = b"owned"
"""What a shell says that was told to."""
OFFERS = (b"login:", b"assword", b"maintenance", b"(initramfs)", OWNED)
GONE = {"RESET": "started anew", "SHUTDOWN": "switched off", "GUEST_PANICKED": "stopped by the kernel"}

WEAKER = """
cd "$rootmnt/etc"
# There is no rm in it.
gone() { mv "$1" "$1.gone"; }
for each in getty@.service autovt@.service serial-getty@.service ctrl-alt-del.target \\
    emergency.service.d/anjungan.conf rescue.service.d/anjungan.conf \\
    sysinit.target.wants/nftables.service; do
    gone "systemd/system/$each"
done
for each in systemd/logind.conf.d/anjungan.conf systemd/system.conf.d/anjungan.conf modprobe.d/anjungan.conf \\
    udev/rules.d/70-anjungan.rules udev/rules.d/73-anjungan-power.rules sysctl.d/90-anjungan.conf \\
    anjungan/usb-rules.conf; do
    gone "$each"
done
echo kernel.sysrq=1 >sysctl.d/91-weaker.conf
mkdir -p systemd/system/getty.target.wants
echo "[Service]
Environment=SYSTEMD_SULOGIN_FORCE=1" >systemd/system/emergency.service.d/weaker.conf
ln -s /usr/lib/systemd/system/serial-getty@.service systemd/system/getty.target.wants/serial-getty@ttyS0.service
screen=$(cat ../usr/libexec/anjungan/screen)
echo "${screen%%/cage -d*}/cage -s -d${screen#*/cage -d}" >../usr/libexec/anjungan/screen
cd /
"""
"""The control: what the lock-down put there is taken away while the machine starts, by a script in its initrd."""
WEAKENED = re.compile(r" (panic=|sysctl\.|usbcore\.|i8042\.)\S+")
"""Of the kernel's command line: that a start that fails ends in no shell, and what it hears of before systemd."""
LOADER_FILE = "loader/loader.conf"
EDITABLE = "timeout 10\neditor yes\ndefault anjungan-*\n"
"""The control of the boot loader."""


@dataclass
class Seen:
    """What an attack was seen to do: `problems` are its successes, `notes` for who reads the table."""

    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Power:
    """How it is switched on: with `more` of QEMU's options, with nothing in its `broken` partition, by its firmware,
    or `loud`: then it says on the console's serial line what it does.
    """

    more: tuple[str, ...] = ()
    broken: str = ""
    firmware: bool = False
    loud: bool = False


class Box:
    """An image, its office's folder, a folder to work in. The machine that is saved was started without firmware."""

    def __init__(self, image: Path, office: Path, folder: Path) -> None:
        self._image, self._office, self._folder = image, office, folder
        folder.mkdir(parents=True, exist_ok=True)
        self._disk, self._saved, self.pictures = folder / "enrolled.qcow2", folder / "machine", folder / "pictures"
        self.pictures.mkdir(exist_ok=True)
        bookings = json.loads((office / "central" / "demo" / "bookings.json").read_text())
        self.passes = [each["pass"] for each in bookings if each["label"] == "single"]
        self.welcome = sample_of(WELCOME)

    def prepare(self) -> None:
        """Enrols it and saves the machine at its start page, unless that was done in this folder."""
        if self._saved.exists():
            return
        overlay(self._image, self._disk, "raw")
        office = Office(self._office)
        try:
            with closing(Running(self, self._disk, None, Power(loud=True))) as running:
                enrolled_at_welcome(running.emulator, office.code())
                if not running.uses_its_own():
                    raise RuntimeError("the kiosk does not use its own panel; is bench/emulated-usb.toml in the image?")
                if problems := running.visited().problems:
                    raise RuntimeError(f"without any attack: {problems}")
                running.emulator.save(self._saved)
        finally:
            office.stop()

    def at_start_page(self) -> "Running":
        """The machine as it was saved."""
        running = self._running(self._saved, Power(loud=True))
        running.emulator.go_on()
        return running

    def switched_on(self, power: Power) -> "Running":
        """The enrolled machine from power on."""
        return self._running(None, power)

    def _running(self, saved: Path | None, power: Power) -> "Running":
        disk = self._folder / "run.qcow2"
        overlay(self._disk, disk, "qcow2")
        if power.broken:
            start, size = place_of(power.broken, self._image)
            nothing = ["qemu-io", "-f", "qcow2", "-c", f"write -z {start} {size}", str(disk)]
            subprocess.run(nothing, check=True, stdout=subprocess.DEVNULL)
        return Running(self, disk, saved, power)

    def start(self, disk: Path, saved: Path | None, power: Power, told: Path) -> Emulator:
        """Power on, or the saved machine; what the kernel does with USB devices is written down in `told`."""
        self.folder.mkdir(exist_ok=True)
        network = cable(self.folder) if saved else CABLE
        watched = (
            "-trace",
            "usb_set_addr",
            "-trace",
            "usb_set_config",
            "-D",
            str(told),
            "-no-shutdown",
            "-audiodev",
            "none,id=silence",
        )
        disk_of = f"file={disk},format=qcow2,if=virtio"
        return Emulator(
            self._image, self.folder, disk_of, power.firmware, quiet=not power.loud, resumed=saved, cable=network,
            more=(*USB, *watched, *power.more),
        )  # fmt: skip

    @property
    def folder(self) -> Path:
        """Of the run: sockets, pictures."""
        return self._folder / "run"


class Running:
    """One run of a box, until `close`."""

    def __init__(self, box: Box, disk: Path, saved: Path | None, power: Power) -> None:
        self._box, self.folder = box, box.folder
        self._told = box.folder.with_name("qemu.log")
        self._told.unlink(missing_ok=True)
        self._forgotten = 0
        self.emulator = box.start(disk, saved, power, self._told)
        self._printed = Event()
        self._printer = Printer(self.emulator.line(PRINTER), lambda number: self._printed.set())
        self.scanner = self.emulator.line(SCANNER)
        self._heard = 0
        self.stranger = Stranger(box.folder)
        self.plugged: list[str] = []
        self._pass = iter(box.passes)

    def plug(self, driver: str, name: str, **options: object) -> None:
        """Into one of the box's USB ports."""
        self.emulator.plug(driver, name, **{"bus": "usb.0"} | options)
        self.plugged.append(name)

    def is_at_start(self) -> bool:
        return shows(self.emulator.screen(), self._box.welcome)

    def press(self, chords: Iterable[tuple[str, ...]], board: bool) -> list[str]:
        """Chords of keys, one after the other; the names of pictures that are kept of what was not the start page."""
        kept: list[str] = []
        for chord in chords:
            self.emulator.press(*chord, board=board)
            time.sleep(LOOK_SECONDS)
            if self.went():
                break
            kept += self.kept_if_another(f"after {'-'.join(chord)}")
        return kept

    def stays(self, seconds: float) -> list[str]:
        """As `press`, while nothing is done."""
        kept: list[str] = []
        until = time.monotonic() + seconds
        while time.monotonic() < until and not self.went() and not kept:
            kept += self.kept_if_another("while waiting")
            time.sleep(LOOK_SECONDS)
        return kept

    def kept_if_another(self, when: str) -> list[str]:
        """Keeps what the screen shows, if that is not the start page; the picture's name."""
        picture = self.emulator.screen()
        return [] if shows(picture, self._box.welcome) else [self.kept(when, picture)]

    def kept_when_there_are_words(self) -> str:
        """Keeps what the screen shows, once that is more than darkness; the picture's name, "" until then."""
        picture = self.emulator.screen()
        return self.kept("in the midst of the start", picture) if len(set(picture.convert("1").getdata())) > 1 else ""

    def kept(self, what: str, picture: Image.Image | None = None) -> str:
        """Keeps a picture for who reads the table, by default of what the screen shows; its name."""
        file = self._box.pictures / f"{len(list(self._box.pictures.iterdir())):03} {what}.png"
        (picture or self.emulator.screen()).save(file)
        return file.name

    def is_in_kernel(self) -> bool:
        """Whether the firmware has handed on."""
        return IN_KERNEL in self.emulator.command("info registers")

    def went(self) -> list[str]:
        """How the machine ended or began anew, if it did."""
        return [words for event, words in GONE.items() if event in self.emulator.happened()]

    def comes_back(self, seconds: float = BACK_SECONDS) -> float | None:
        """After how many seconds the start page is there; None where it does not come."""
        began = time.monotonic()
        while not self.is_at_start():
            if time.monotonic() - began > seconds:
                return None
            time.sleep(LOOK_SECONDS)
        return time.monotonic() - began

    def visited(self) -> Seen:
        """A booking is held to the scanner: paper, and the start page again."""
        self._printed.clear()
        self.scanner.sendall(next(self._pass).encode() + b"\r")
        if not self._printed.wait(VISIT_SECONDS):
            return Seen(["a visit ends without paper"])
        # The last words of the visit stand on the screen for a while.
        return Seen() if self.comes_back(VISIT_SECONDS) is not None else Seen(["after a visit the start page is gone"])

    def strangers(self) -> list[str]:
        """USB devices beside hubs and the box's own that the kernel uses: it chose a configuration of each."""
        return self._named(self._in_use())

    def uses_its_own(self) -> bool:
        return any(name == "panel" and address in self._in_use() for address, _, _, name in self._usb())

    def wait_until_looked_at(self) -> list[str]:
        """Until the kernel gave every USB device an address and had the time to use it; what it gave none."""
        until = time.monotonic() + USB_SECONDS
        while without := [what for address, _, what, _ in self._usb() if address == "0"]:
            if time.monotonic() > until:
                break
            time.sleep(LOOK_SECONDS)
        time.sleep(SETTLE_SECONDS)
        return [f"given no address: {each}" for each in without]

    def _usb(self) -> list[tuple[str, str, str, str]]:
        return ON_BUS.findall(self.emulator.command("info usb").replace("\r", ""))

    def forget_what_was_used(self) -> None:
        """`once_used` begins here: what firmware uses before is no matter of the kernel's."""
        self._forgotten = len(self._told_of_usb())

    def once_used(self) -> list[str]:
        """As `strangers`, with those that the kernel used for a while only."""
        chosen = CONFIGURED.findall(self._told_of_usb()[self._forgotten :])
        once = {address for address, configuration in chosen if configuration not in ("", "0")}
        return self._named(once)

    def _named(self, addresses: Collection[str]) -> list[str]:
        return [
            f"{what} in port {port}"
            for address, port, what, name in self._usb()
            if address in addresses and name != "panel" and "Hub" not in what
        ]

    def _told_of_usb(self) -> str:
        return self._told.read_text() if self._told.exists() else ""

    def _in_use(self) -> set[str]:
        """The addresses of what is used now."""
        chosen = dict(CONFIGURED.findall(self._told_of_usb()))
        return {address for address, configuration in chosen.items() if configuration not in ("", "0")}

    def offered(self) -> str:
        """What the console's serial line offered since last asked: to sign in, or a shell; "" where nothing."""
        said = self.said()
        return ", ".join(each.decode() for each in OFFERS if each in said)

    def said(self) -> bytes:
        """What came over the console's serial line since last asked."""
        heard = self.emulator.console.read_bytes()
        new, self._heard = heard[self._heard :], len(heard)
        return new

    def type_at_line(self, words: bytes, quiet: float = 1.0) -> None:
        """Over the console's serial line, which nobody is at otherwise: what is not read would hold the machine, so it
        is, until nothing came for `quiet` s.
        """
        with self.emulator.line(CONSOLE) as line:
            line.sendall(words)
            line.settimeout(quiet + 0.1)
            with suppress(TimeoutError):
                while line.recv(65536):
                    pass

    def close(self) -> None:
        self.emulator.cut_power()
        self.stranger.close()
        self._printer.close()
        self.scanner.close()


def place_of(name: str, image: Path) -> tuple[int, int]:
    """Where a partition of that name begins, and how long it is, in bytes."""
    said = subprocess.run(["sfdisk", "-J", str(image)], check=True, capture_output=True, text=True).stdout
    found = next(each for each in json.loads(said)["partitiontable"]["partitions"] if each["name"] == name)
    return found["start"] * SECTOR, found["size"] * SECTOR


def overlay(base: Path, made: Path, kind: str) -> None:
    """A disk that begins as another and leaves that as it is."""
    made.unlink(missing_ok=True)
    subprocess.run(
        ["qemu-img", "create", "-q", "-f", "qcow2", "-b", str(base.resolve()), "-F", kind, str(made)], check=True
    )


def weaker(image: Path, made: Path) -> None:
    """The control: an image without the lock-down, and with a boot loader whose command line can be edited."""
    copied(image, made)
    folder, place = made.with_name("weaker"), f"{made}@@{BOOT_START}"
    folder.mkdir()
    _, first = kernel_of(image, folder)
    told = WEAKENED.sub("", entry_of(image))
    (folder / "entry.conf").write_text(told)
    (folder / "loader.conf").write_text(EDITABLE)
    runs_first(WEAKER, first)
    for source, name in (
        (first, "a/initrd.img"),
        (folder / "loader.conf", LOADER_FILE),
        (folder / "entry.conf", ENTRY),
    ):
        subprocess.run(["mcopy", "-o", "-i", place, str(source), f"::/{name}"], check=True)
    shutil.rmtree(folder)


def runs_first(script: str, first: Path) -> None:
    """Adds a script to a first file system (initrd): it runs when the root is whole, before the service manager."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / OVERLAY
        file.parent.mkdir(parents=True)
        file.write_text((ROOT / "provisioning/image/system/etc/initramfs-tools" / OVERLAY).read_text() + script)
        file.chmod(0o755)
        packed = ["cpio", "--quiet", "-o", "-H", "newc"]
        more = subprocess.run(packed, input=f"{OVERLAY}\n".encode(), cwd=folder, check=True, capture_output=True).stdout
    # The kernel reads one archive after the other; a later file takes the place of a former one.
    with first.open("ab") as stream:
        stream.write(bytes(-first.stat().st_size % 4) + more)


def copied(image: Path, made: Path) -> None:
    subprocess.run(["cp", "--sparse=always", str(image), str(made)], check=True)
