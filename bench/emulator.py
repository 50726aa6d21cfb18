"""A kiosk's image in QEMU: power, the screen as a picture, a finger on it, and the devices at its serial lines.

By KVM where the machine has it, else emulated whole (TCG). The disk is a file of which nothing is written back, or any
disk that QEMU can name (bench/lossy_disk.py).
"""

import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PIL import Image

SIZE = (1080, 1920)
RANGE = 0x7FFF
"""Of QEMU's absolute pointers."""
MEMORY_MIB = "2048"
LOUD = "console=tty1 console=ttyS0 systemd.journald.forward_to_console=1 systemd.show_status=1"
"""Added to the command line: everything is said on the first serial line too."""
QEMU = "qemu-system-x86_64"
FIRMWARE = Path("/usr/share/ovmf/OVMF.fd")
TAP_SECONDS = 0.2
KEY_SECONDS = 0.04
BOOT_START = 1 << 20
"""Where the image's first partition begins, in bytes."""
ENTRY = "loader/entries/anjungan-a.conf"
PRINTER, SCANNER, CONSOLE = "printer", "scanner", "console"
SERIAL_LINES = {SCANNER: 1, PRINTER: 2}
"""/dev/ttyS1 and /dev/ttyS2 of the guest."""
CABLE = ("-netdev", "user,id=net")
SCREEN = "screen"


def what_is_missing() -> str:
    """Why nothing can be emulated here; "" where it can."""
    missing = [name for name in (QEMU, "mcopy") if shutil.which(name) is None]
    return f"not installed: {', '.join(missing)} (apt-get install qemu-system-x86 mtools)" if missing else ""


def can_kvm() -> bool:
    """Whether this machine lends its own processor to the guest. The device alone says little: within a virtual machine
    it may be there and start nothing.
    """
    flags = Path("/proc/cpuinfo").read_text().split()
    return os.access("/dev/kvm", os.R_OK | os.W_OK) and ("vmx" in flags or "svm" in flags)


def kernel_of(image: Path, folder: Path) -> tuple[Path, Path]:
    """The kernel and its first file system of an image's slot A, for a start without firmware."""
    found = folder / "vmlinuz", folder / "initrd.img"
    for file in found:
        if not file.exists():
            subprocess.run(["mcopy", "-i", f"{image}@@{BOOT_START}", f"::/a/{file.name}", str(file)], check=True)
    return found


def entry_of(image: Path) -> str:
    """What the boot loader reads of an image's slot A."""
    command = ["mtype", "-i", f"{image}@@{BOOT_START}", f"::/{ENTRY}"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def command_line(image: Path) -> str:
    """The kernel's command line that the image itself would be started with."""
    return next(line.removeprefix("options ") for line in entry_of(image).splitlines() if line.startswith("options "))


class Emulator:
    """One run from power on to power off. `disk` is as for QEMU's -drive; without `firmware` the kernel is started
    directly, and says all it does on the console unless `quiet`, which takes the machine time; a `stick` is what the
    firmware starts from. `cable` are QEMU's options for its network, `more` those for what else the box has, `size` is
    its screen's. Sockets and the console's text are in `folder`.
    """

    def __init__(
        self,
        image: Path,
        folder: Path,
        disk: str = "",
        firmware: bool = False,
        quiet: bool = False,
        resumed: Path | None = None,
        stick: Path | None = None,
        cable: Sequence[str] = CABLE,
        more: Sequence[str] = (),
        size: tuple[int, int] = SIZE,
    ) -> None:
        self.console = folder / "console.txt"
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("qmp", PRINTER, SCANNER, CONSOLE):
            (folder / name).unlink(missing_ok=True)
        command = [
            QEMU, "-nodefaults", "-display", "none", "-m", MEMORY_MIB, "-smp", "2", "-machine", "q35",
            *(["-accel", "kvm", "-cpu", "host"] if can_kvm() else ["-accel", "tcg,thread=multi", "-cpu", "max"]),
            "-drive", disk or f"file={image},format=raw,snapshot=on,if=virtio",
            "-device", f"virtio-vga,id={SCREEN},xres={size[0]},yres={size[1]}", "-device", "virtio-rng-pci",
            "-device", "virtio-tablet-pci", "-device", "qemu-xhci,id=usb,p2=15,p3=15",
            *cable, "-device", "virtio-net-pci,netdev=net", *more,
            "-qmp", f"unix:{folder}/qmp,server=on,wait=off", "-serial", f"chardev:{CONSOLE}",
            "-chardev", f"socket,id={CONSOLE},path={folder}/{CONSOLE},server=on,wait=off,logfile={self.console}",
        ]  # fmt: skip
        for name in (PRINTER, SCANNER):
            command += ["-chardev", f"socket,id={name},path={folder}/{name},server=on,wait=off"]
            command += ["-device", f"isa-serial,chardev={name},index={SERIAL_LINES[name]}"]
        command += ["-bios", str(FIRMWARE)] if firmware else self._direct(image, "" if quiet else LOUD)
        if stick:
            command += ["-device", "qemu-xhci", "-drive", f"file={stick},format=raw,snapshot=on,if=none,id=stick"]
            command += ["-device", "usb-storage,drive=stick,id=in-port,removable=on,bootindex=0"]
        if resumed:
            command += ["-incoming", f"exec:cat {resumed}"]
        self.powered_on = time.monotonic()
        self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL)
        self._qmp = _Qmp(folder / "qmp")

    def _direct(self, image: Path, said: str) -> list[str]:
        kernel, first = kernel_of(image, self._folder)
        told = f"{command_line(image)} {said}"
        return ["-kernel", str(kernel), "-initrd", str(first), "-append", told]

    @property
    def seconds(self) -> float:
        """Since the power came."""
        return time.monotonic() - self.powered_on

    @property
    def processor_seconds(self) -> float:
        """What the emulator itself has taken of this machine's processors: other work beside it does not count."""
        fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        return sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK")

    def screen(self) -> Image.Image:
        """What the screen shows."""
        file = self._folder / "screen.ppm"
        self._qmp.do("screendump", filename=str(file))
        with Image.open(file) as picture:
            return picture.convert("RGB")

    def tap(self, x: float, y: float, seconds: float = TAP_SECONDS) -> None:
        """A finger at a place of the screen, in shares of its size from the upper left corner, for so long."""
        place = [_moved("x", x), _moved("y", y)]
        self._qmp.do("input-send-event", events=place)
        for down in (True, False):
            self._qmp.do("input-send-event", events=[_button(down)])
            time.sleep(seconds if down else TAP_SECONDS)

    def bytes_read(self) -> int:
        """What the machine has read of its own disk since the power came."""
        found = self._qmp.do("query-blockstats")
        return next(int(each["stats"]["rd_bytes"]) for each in found if each["device"] == "virtio0")

    def pull_stick(self) -> None:
        """Out of its port."""
        self._qmp.do("device_del", id="in-port")

    def press(self, *keys: str, board: bool = False) -> None:
        """Keys held down together, by QEMU's names (QKeyCode): of the plugged keyboard that has display=screen, or of
        the `board`'s own.
        """
        to = {} if board else {"device": SCREEN}
        for down, each in [*((True, key) for key in keys), *((False, key) for key in reversed(keys))]:
            self._qmp.do("input-send-event", events=[_key(each, down)], **to)
            time.sleep(KEY_SECONDS)

    def plug(self, driver: str, name: str, **options: object) -> None:
        """Plugs a device in (QEMU's device_add)."""
        self._qmp.do("device_add", driver=driver, id=name, **options)

    def command(self, line: str) -> str:
        """A command of QEMU's monitor for people; returns what it says."""
        return str(self._qmp.do("human-monitor-command", **{"command-line": line}))

    def happened(self) -> list[str]:
        """The names of QEMU's events until now, such as RESET and SHUTDOWN."""
        self._qmp.do("query-status")
        return self._qmp.events

    def line(self, name: str) -> socket.socket:
        """The far end of a serial line."""
        return _connected(self._folder / name)

    def save(self, file: Path) -> None:
        """Holds the machine still and writes all but its disk into a file; then its power goes."""
        self._qmp.do("stop")
        self._qmp.do("migrate-set-parameters", **{"max-bandwidth": 1 << 40})
        self._qmp.do("migrate", uri=f"exec:cat > {file}")
        while (status := self._qmp.do("query-migrate")["status"]) not in ("completed", "failed"):
            time.sleep(0.2)
        if status == "failed":
            raise RuntimeError("the machine cannot be saved")
        self.cut_power()

    def go_on(self) -> None:
        """Lets a machine that was saved go on, once it is whole."""
        while self._qmp.do("query-status")["status"] == "inmigrate":
            time.sleep(0.05)
        self._qmp.do("cont")
        self.powered_on = time.monotonic()

    def cut_power(self) -> None:
        """Off, this instant, without a word."""
        self._process.kill()
        self._process.wait()
        self._qmp.close()

    def is_on(self) -> bool:
        return self._process.poll() is None


def _moved(axis: str, share: float) -> dict[str, Any]:
    return {"type": "abs", "data": {"axis": axis, "value": round(share * RANGE)}}


def _button(down: bool) -> dict[str, Any]:
    return {"type": "btn", "data": {"button": "left", "down": down}}


def _key(name: str, down: bool) -> dict[str, Any]:
    return {"type": "key", "data": {"down": down, "key": {"type": "qcode", "data": name}}}


class _Qmp:
    """QEMU's own line of commands (QMP); `events` are the names of what it told unasked."""

    def __init__(self, path: Path) -> None:
        self.events: list[str] = []
        self._socket = _connected(path)
        self._file = self._socket.makefile("rw")
        self._file.readline()
        self.do("qmp_capabilities")

    def do(self, command: str, **arguments: object) -> Any:
        self._file.write(json.dumps({"execute": command, "arguments": arguments}) + "\n")
        self._file.flush()
        while True:
            line = self._file.readline()
            if not line:
                raise ConnectionError(f"QEMU has gone before it did {command}")
            answer = json.loads(line)
            if "event" in answer:
                self.events.append(answer["event"])
            if "error" in answer:
                raise RuntimeError(f"{command}: {answer['error']['desc']}")
            if "return" in answer:
                return answer["return"]

    def close(self) -> None:
        self._file.close()
        self._socket.close()


def _connected(path: Path, seconds: float = 20) -> socket.socket:
    """A socket that QEMU opens in its own time."""
    until = time.monotonic() + seconds
    while True:
        made = socket.socket(socket.AF_UNIX)
        try:
            made.connect(str(path))
        except (FileNotFoundError, ConnectionRefusedError):
            made.close()
            if time.monotonic() > until:
                raise
            time.sleep(0.02)
        else:
            return made
