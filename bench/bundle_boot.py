"""A kiosk's image takes a bundle, in QEMU: from the offer of its central server into the other slot, and what follows.

python bench/emulated_office.py OFFICE
kiosk-provision image --config OFFICE/kiosk.toml --update-root OFFICE/update-root.json --certificate C --out A
kiosk-provision image … --certificate C --key K --bundle B --out …      # of a checkout with a newer version
python bench/bundle_boot.py --image A --bundle B --version X.Y.Z --office OFFICE --work DIR [CASE…]

`kept`: the kiosk downloads, verifies and installs it, starts it, judges it and keeps it. `back`: what was installed
does not come up, and the former system is started after three tries. `cut`: the power goes in the midst of the
installation, with the disk's cache; the former system is started. The kiosk is enrolled beforehand, on this machine.
Its clock goes by what the emulator computes, so that a busy machine looks no slower to it.
"""

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

from emulated_boot import WELCOME, wait_for
from emulated_office import Office, Printer, offer
from emulator import BOOT_START, PRINTER, Emulator, what_is_missing
from lossy_disk import DiskServer, LossyDisk
from power_cuts import give_key, mounted

from kiosk.wanted_version import keep_wanted
from provisioning.image.disk import DATA, MIB, OTHER_ROOT
from provisioning.slots import TRIES
from provisioning.updates.memory import Memory
from provisioning.updates.release import SYSTEM, Release
from provisioning.updates.versions import LINKS, Versions

CASES = ("kept", "back", "cut")
DISK_MIB = 5120
NIGHT = "systemd.wants=anjungan-update.service"
"""On the kernel's command line: the nightly update is made at the start."""
LONGEST = 3 * 3600
LOOK_SECONDS = 2.0


class Bench:
    """An image, a bundle that the office offers, and a folder to work in."""

    def __init__(self, arguments: argparse.Namespace) -> None:
        self.image, self.work, self.version = arguments.image, arguments.work, arguments.version
        self.work.mkdir(parents=True, exist_ok=True)
        offer(arguments.office, arguments.bundle, Release(self.version, kind=SYSTEM))
        self.office = Office(arguments.office)
        self.ready, self.installed = self.work / "ready.img", self.work / "installed.img"

    def prepare(self) -> None:
        """A disk of an enrolled kiosk that is told to have the bundle's version, and takes it at its first start."""
        if self.ready.exists():
            return
        disk = self.work / "ready.part"
        copy(self.image, disk)
        with disk.open("r+b") as file:
            file.truncate(DISK_MIB * MIB)
        give_key(disk, self.work)
        with mounted(disk, self.work / "data", DATA.start) as data:
            folder = data / "anjungan"
            self.office.enrol(folder)
            self.office.want(self.version)
            keep_wanted(folder, self.version)
            owner = (folder / "store.key").stat()
            for each in (folder, *folder.rglob("*")):
                os.chown(each, owner.st_uid, owner.st_gid)
        add_to_command_line(disk, self.work, NIGHT)
        disk.rename(self.ready)

    @contextmanager
    def running(self, disk: Path, drive: str = "") -> Iterator[Emulator]:
        """The kiosk of a disk, from power on until the block ends."""
        drive = drive or f"file={disk},format=raw,if=virtio"
        emulator = Emulator(disk, self.work / "machine", disk=drive, firmware=True, paced=True)
        printer = Printer(emulator.line(PRINTER), lambda number: None)
        try:
            yield emulator
        finally:
            emulator.cut_power()
            printer.close()

    def install(self) -> None:
        """Brings a disk to where the bundle is installed, and the machine starts anew."""
        if self.installed.exists():
            return
        disk = self.work / "installed.part"
        copy(self.ready, disk)
        with self.running(disk) as emulator:
            until(lambda: f"anjungan-b+{TRIES}.conf" in entries(disk), "the bundle is installed")
            tell("the bundle is in slot B", emulator)
            # Held where the boot loader has begun to count: all that went before is on the disk then.
            until(lambda: f"anjungan-b+{TRIES - 1}-1.conf" in entries(disk), "slot B is started")
            tell("slot B is started", emulator)
        disk.rename(self.installed)

    def kept(self) -> None:
        self.install()
        disk = self.work / "kept.img"
        copy(self.installed, disk)
        with self.running(disk) as emulator:
            tell(f"the start page of slot B: {wait_for(emulator, WELCOME, LONGEST):.0f} s", emulator)
            emulator.screen().save(self.work / "slot-b.png")
            until(lambda: "anjungan-b.conf" in entries(disk), "slot B has proved itself")
            tell("slot B has proved itself", emulator)
        print(f"current, previous, proven: {self.links(disk)}", flush=True)

    def back(self) -> None:
        self.install()
        disk = self.work / "back.img"
        copy(self.installed, disk)
        with disk.open("r+b") as file:
            file.seek(OTHER_ROOT.start * MIB)
            file.write(bytes(MIB))
        with self.running(disk) as emulator:
            until(lambda: any("+0" in each for each in entries(disk)), "slot B has used up its tries")
            tell("slot B has used up its tries", emulator)
            tell(f"the start page of slot A: {wait_for(emulator, WELCOME, LONGEST):.0f} s", emulator)
        with mounted(disk, self.work / "data", DATA.start) as data:
            refused = Memory(data / "update").refused()
        assert list(refused) == [self.version], refused
        print(f"refused: {refused}", flush=True)

    def cut(self) -> None:
        durable, seen = self.work / "durable.img", self.work / "seen.img"
        copy(self.ready, durable)
        copy(self.ready, seen)
        disk = LossyDisk(durable, seen, Random(1))
        server = DiskServer(disk, self.work / "disk.sock")
        try:
            with self.running(self.ready, server.drive) as emulator:
                until(lambda: not is_empty(seen), "the installation has begun")
                time.sleep(Random(2).uniform(0, 5))
                tell(f"the power goes: {disk.unflushed} writes were not flushed", emulator)
            server.settle()
            disk.cut()
        finally:
            server.close()
            disk.close()
        assert entries(durable) == {"anjungan-a.conf"}, entries(durable)
        with self.running(durable) as emulator:
            tell(f"the start page of slot A: {wait_for(emulator, WELCOME, LONGEST):.0f} s", emulator)

    def links(self, disk: Path) -> tuple[str | None, ...]:
        """What is current, previous and proven, as far as it was written."""
        with mounted(disk, self.work / "data", DATA.start) as data:
            versions = Versions(data / "opt/upper")
            return tuple(versions.of(each) for each in LINKS)


def copy(source: Path, to: Path) -> None:
    subprocess.run(["cp", "--sparse=always", str(source), str(to)], check=True)


def tell(what: str, emulator: Emulator) -> None:
    print(f"{emulator.seconds:.0f} s (the emulator computed {emulator.processor_seconds:.0f} s): {what}", flush=True)


def until(condition: Callable[[], bool], what: str) -> None:
    """Waits. Raises TimeoutError."""
    end = time.monotonic() + LONGEST
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError(f"not seen: {what}")
        time.sleep(LOOK_SECONDS)


def entries(disk: Path) -> set[str]:
    """What the boot loader may start."""
    command = ["mdir", "-b", "-i", f"{disk}@@{BOOT_START}", "::/loader/entries"]
    said = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    return {each.rpartition("/")[2] for each in said.split()}


def add_to_command_line(disk: Path, folder: Path, words: str) -> None:
    """Of slot A."""
    place, file = f"{disk}@@{BOOT_START}", folder / "anjungan-a.conf"
    subprocess.run(["mcopy", "-o", "-i", place, f"::/loader/entries/{file.name}", str(file)], check=True)
    file.write_text(f"{file.read_text().rstrip()} {words}\n")
    subprocess.run(["mcopy", "-o", "-i", place, str(file), f"::/loader/entries/{file.name}"], check=True)


def is_empty(disk: Path) -> bool:
    """Whether nothing was written into slot B."""
    with disk.open("rb") as file:
        file.seek(OTHER_ROOT.start * MIB)
        return not file.read(MIB).strip(b"\0")


def main() -> int:
    """The command line; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--image", type=Path, required=True)
    parser.add_argument("--bundle", type=Path, required=True, help="a newer one than the image")
    parser.add_argument("--version", required=True, help="the bundle's")
    parser.add_argument("--office", type=Path, required=True, help="its folder, by bench/emulated_office.py")
    parser.add_argument("--work", type=Path, required=True, help="a folder, 10 GB; what was prepared stays in it")
    parser.add_argument("cases", nargs="*", choices=[[], *CASES], help="all, if none is named")
    arguments = parser.parse_args()
    missing = what_is_missing()
    if missing:
        print(missing, file=sys.stderr)
        return 1
    bench = Bench(arguments)
    try:
        bench.prepare()
        for case in arguments.cases or CASES:
            print(case, flush=True)
            getattr(bench, case)()
    finally:
        bench.office.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
