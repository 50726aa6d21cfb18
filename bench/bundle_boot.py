"""A kiosk's image takes whole systems, in QEMU by UEFI firmware: how they get into the other slot, and what follows.

python bench/emulated_office.py OFFICE
kiosk-provision image --config OFFICE/kiosk.toml --update-root OFFICE/update-root.json --certificate C --out A
python bench/bundle_boot.py --image A --key K --certificate C --office OFFICE --work DIR [CASE…]

`back`: RAUC of the running slot A installs a bundle that does not come up; slot B is started three times, then A again.
`cut`: the power goes in the midst of such an installation, with the disk's cache; A is started.
`published`: the office's publishers offer a bundle, an officer rolls it out; the kiosk's own update unit fetches and
installs it, slot B is started, judged by its probes and kept. The fleet's page tells.
`refused`: the same of a bundle whose screens cannot be drawn. Slot B is started three times, each time judged, then A
again, which takes it no more. The fleet's page tells why.
`returned`: a kiosk that has kept such a system is told to roll back, by the unit of the technician at its screen; slot
A is started, judged and kept, and the former system, which the office still wants, not taken again.
"""

import argparse
import html
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

from built_versions import Fault
from emulated_boot import WELCOME, wait_for
from emulated_office import Office, Printer, offer
from emulator import BOOT_START, LOUD, PRINTER, Emulator, kernel_of, what_is_missing
from lossy_disk import DiskServer, LossyDisk
from made_systems import TOLD, Systems
from power_cuts import give_key, mounted

from provisioning.image.bundle import Signer, write_bundle
from provisioning.image.disk import DATA, MIB, OTHER_ROOT, ROOT, Part, squash
from provisioning.slots import TRIES, Slots
from provisioning.updates.memory import Memory, TakenSystem
from provisioning.updates.release import SYSTEM, Release

CASES = ("back", "cut", "published", "refused", "returned")
DISK_MIB = 4096
BROKEN_MIB = 48
EMPTY_CPIO = b"070701" + b"0" * 88 + b"0000000B" + b"0" * 8 + b"TRAILER!!!" + bytes(4)
"""A first file system with nothing in it (newc)."""
SCRIPT, BUNDLE, DONE = "task.sh", "next.raucb", "done"
TASK = f"""\
# What slot A does at its starts, instead of serving.
cd /var/lib/anjungan-update && exec >/dev/ttyS0 2>&1
echo "STARTED $(cat /proc/cmdline)"
[ ! -e {DONE} ] || {{ echo "BACK IN A"; exit 0; }}
systemctl start rauc.service
echo "WRITES"
rauc install {BUNDLE} && touch {DONE} && sync && echo "INSTALLED" && rauc status
systemctl reboot
"""
RUNS = f'{LOUD} systemd.run="/bin/sh /var/lib/anjungan-update/{SCRIPT}" systemd.run_success_action=none'
ROLLS_BACK = "systemd.wants=anjungan-technician-roll-back.service"
SOUND, BAD = "0.2.0", "0.3.0"
UNDRAWN = Fault("kiosk/screens/ticket.py", "raise RuntimeError('no picture')")
PLAIN = ("-cpu", "max,avx=off,avx2=off,f16c=off,fma=off,vaes=off,vpclmulqdq=off")
"""Without AVX: emulated (QEMU 7.2), it has what Mesa's painter compiled for it read from wrong places, and the screens
that a probe draws die of it.
"""
LONGEST = 2 * 3600
LOOK_SECONDS = 0.5


class Bench:
    """An image, an office, and a folder to work in."""

    def __init__(self, arguments: argparse.Namespace) -> None:
        self.image: Path = arguments.image
        self.work: Path = arguments.work
        self.signer = Signer(arguments.key, arguments.certificate)
        self.office = Office(arguments.office)
        (self.work / "systems").mkdir(parents=True, exist_ok=True)
        self.systems = Systems(self.image, self.signer, self.work / "systems")

    def back(self) -> None:
        disk = self._disk_with_task("back")
        with self._running(disk) as emulator:
            until(emulator, "INSTALLED")
            tell("the bundle is in slot B", emulator)
            until(emulator, "BACK IN A")
            tell("slot A is started again", emulator)
        starts = slots_started(emulator)[1:-1]
        assert starts == ["B"] * TRIES, starts
        assert entries(disk) == {"anjungan-a.conf", f"anjungan-b+0-{TRIES}.conf"}, entries(disk)
        print(f"slot B was started {len(starts)} times; the boot loader has {sorted(entries(disk))}", flush=True)

    def cut(self) -> None:
        durable, seen = self._disk_with_task("cut"), self.work / "cut-seen.img"
        copy(durable, seen)
        disk = LossyDisk(durable, seen, Random(1))
        server = DiskServer(disk, self.work / "disk.sock")
        try:
            with self._running(durable, server.drive) as emulator:
                until(emulator, "WRITES")
                wait(lambda: not is_empty(seen), "the installation writes into slot B")
                tell(f"the power goes, {disk.unflushed} writes were not flushed", emulator)
            server.settle()
            disk.cut()
        finally:
            server.close()
            disk.close()
        assert entries(durable) == {"anjungan-a.conf"}, entries(durable)
        with self._running(durable) as emulator:
            until(emulator, "INSTALLED")
            tell("slot A is started, and installs it again, whole", emulator)

    def published(self) -> None:
        disk, kiosk = self._enrolled_disk("published", self.systems.own)
        bundle = self.systems.bundle(SOUND)
        with self._running(disk) as emulator:
            tell(f"the start page of slot A: {wait_for(emulator, WELCOME, LONGEST):.0f} s", emulator)
            self._roll_out(SOUND, bundle, emulator)
            until(emulator, f"the system of {SOUND} is sound and stays")
            wait(lambda: "anjungan-b.conf" in entries(disk), "slot B is kept")
            tell(f"slot B has proved itself: {sorted(entries(disk))}", emulator)
            self._page_says(kiosk, f"Versi {SOUND} Pencetak", emulator)
        assert slots_started(emulator) == ["A", "B"], slots_started(emulator)

    def refused(self) -> None:
        disk, kiosk = self._enrolled_disk("refused", self.systems.own)
        own, bundle = self.systems.own, self.systems.bundle(BAD, UNDRAWN)
        with self._running(disk) as emulator:
            tell(f"the start page of slot A: {wait_for(emulator, WELCOME, LONGEST):.0f} s", emulator)
            self._roll_out(BAD, bundle, emulator)
            until(emulator, f"the system of {BAD} is started once more, or goes back: its screens are drawn: no")
            tell("the probes of slot B: its screens are not drawn", emulator)
            until(emulator, f"the system of {BAD} has gone back to {own}")
            tell(f"slot A is started again: {sorted(entries(disk))}", emulator)
            self._page_says(kiosk, "its screens are drawn: no", emulator)
            tell(f"the start page of slot A: {wait_for(emulator, WELCOME, LONGEST):.0f} s", emulator)
            emulator.screen().save(self.work / "slot-a.png")
            until(emulator, f"{BAD} is wanted, and was taken back (")
            tell("the kiosk takes it no more", emulator)
        assert entries(disk) == {"anjungan-a.conf", f"anjungan-b+0-{TRIES}.conf"}, entries(disk)
        assert slots_started(emulator) == ["A", *["B"] * TRIES, "A"], slots_started(emulator)

    def returned(self) -> None:
        disk, kiosk = self._enrolled_disk("returned", SOUND)
        self._put_into_b(disk, self.systems.squashed(SOUND))
        with mounted(disk, self.work / "data", DATA.start) as data:
            Memory(data / "update").keep_taken_system(TakenSystem(SOUND, self.systems.own))
        with self._running(disk) as emulator:
            until(emulator, f"the system of {SOUND} was taken last")
            tell("the technician's unit says so", emulator)
            until(emulator, f"the system of {self.systems.own} is sound and stays")
            tell(f"slot A is kept: {sorted(entries(disk))}", emulator)
            self._page_says(kiosk, f"Versi {self.systems.own} Pencetak", emulator)
            until(emulator, f"{SOUND} is wanted, and was taken back (")
            tell(f"{SOUND} is wanted by the office, and not taken again", emulator)
        assert slots_started(emulator) == ["B", "A"], slots_started(emulator)

    def _roll_out(self, version: str, bundle: Path, emulator: Emulator) -> None:
        """Publishes a bundle and has the kiosk take it; until the machine starts anew with it."""
        offer(self.office.data.parent, bundle, Release(version, kind=SYSTEM))
        self.office.officer().rolls_out(version)
        tell(f"{version} is offered and rolled out", emulator)
        for said in (f"downloading {version}", f"the system of {version} is started now, on trial"):
            until(emulator, said)
            tell(f"the kiosk says: {said}", emulator)

    def _page_says(self, kiosk: str, words: str, emulator: Emulator) -> None:
        officer = self.office.officer()
        wait(lambda: words in html.unescape(officer.reads_of(kiosk)), f"the fleet's page says {words!r}")
        tell(f"the fleet's page says {words!r}", emulator)

    @contextmanager
    def _running(self, disk: Path, drive: str = "") -> Iterator[Emulator]:
        """The kiosk of a disk, from power on until the block ends."""
        drive = drive or f"file={disk},format=raw,if=virtio"
        emulator = Emulator(disk, self.work / "machine", disk=drive, firmware=True, more=PLAIN)
        printer = Printer(emulator.line(PRINTER), lambda number: None)
        try:
            yield emulator
        finally:
            emulator.cut_power()
            printer.close()

    def _disk(self, name: str) -> Path:
        disk = self.work / f"{name}.img"
        copy(self.image, disk)
        with disk.open("r+b") as file:
            file.truncate(DISK_MIB * MIB)
        return disk

    def _disk_with_task(self, name: str) -> Path:
        """A disk whose slot A installs, at its start, a bundle of a system that does not come up."""
        disk, broken = self._disk(name), self.work / BUNDLE
        if not broken.exists():
            self._make_broken(broken)
        with mounted(disk, self.work / "data", DATA.start) as data:
            (data / "update").mkdir()
            copy(broken, data / "update" / BUNDLE)
            (data / "update" / SCRIPT).write_text(TASK)
        self._add_words(disk, "anjungan-a.conf", RUNS)
        return disk

    def _make_broken(self, out: Path) -> None:
        """The image's kernel, with nothing to start: it panics."""
        root = self.work / "broken"
        (root / "boot").mkdir(parents=True)
        kernel, _ = kernel_of(self.image, self.work)
        copy(kernel, root / "boot/vmlinuz-6.1")
        (root / "boot/initrd.img-6.1").write_bytes(EMPTY_CPIO)
        (root / "boot/command-line").write_text("console=ttyS0 panic=1 ro\n")
        (root / "load").write_bytes(Random(1).randbytes(BROKEN_MIB * MIB))
        write_bundle(squash(root, self.work), "9.0.0", self.signer, self.work, out)

    def _enrolled_disk(self, name: str, wanted: str) -> tuple[Path, str]:
        """The disk of a kiosk that is enrolled, and its id; slot A has the image's system with quicker timers. The
        office wants a version.
        """
        self.office.want(wanted)
        disk = self._disk(name)
        write_into(disk, ROOT, self.systems.squashed(self.systems.own))
        self._add_words(disk, "anjungan-a.conf", TOLD)
        give_key(disk, self.work)
        with mounted(disk, self.work / "data", DATA.start) as data:
            folder = data / "anjungan"
            kiosk = self.office.enrol(folder)
            owner = (folder / "store.key").stat()
            for each in (folder, *folder.rglob("*")):
                os.chown(each, owner.st_uid, owner.st_gid)
        return disk, kiosk

    def _put_into_b(self, disk: Path, squashed: Path) -> None:
        """A system that slot B has kept. It is told to roll back at its start."""
        write_into(disk, OTHER_ROOT, squashed)
        boot = self.work / f"boot-{disk.stem}"
        shutil.rmtree(boot, ignore_errors=True)
        boot.mkdir()
        run("mcopy", "-s", "-i", f"{disk}@@{BOOT_START}", "::/", boot)
        with mounted(disk, self.work / "b", OTHER_ROOT.start, "ro") as root:
            Slots(boot).make_primary("B", root)
        Slots(boot).prove("B")
        run("mcopy", "-s", "-o", "-i", f"{disk}@@{BOOT_START}", boot / "b", boot / "loader", "::")
        self._add_words(disk, "anjungan-b.conf", ROLLS_BACK)

    def _add_words(self, disk: Path, name: str, words: str) -> None:
        """Adds to what the kernel of an entry of the boot loader is told."""
        place, entry = f"{disk}@@{BOOT_START}", self.work / name
        run("mcopy", "-n", "-o", "-i", place, f"::/loader/entries/{name}", entry)
        entry.write_text(f"{entry.read_text().rstrip()} {words}\n")
        run("mcopy", "-o", "-i", place, entry, f"::/loader/entries/{name}")


def run(*command: str | Path) -> str:
    return subprocess.run([str(each) for each in command], check=True, capture_output=True, text=True).stdout


def copy(source: Path, to: Path) -> None:
    run("cp", "--sparse=always", source, to)


def tell(what: str, emulator: Emulator) -> None:
    print(f"{emulator.seconds:.0f} s (the emulator computed {emulator.processor_seconds:.0f} s): {what}", flush=True)


def wait(condition: Callable[[], bool], what: str) -> None:
    """Raises TimeoutError."""
    end = time.monotonic() + LONGEST
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError(f"not seen: {what}")
        time.sleep(LOOK_SECONDS)


def until(emulator: Emulator, word: str) -> None:
    """Until the machine says it on its serial line. Raises TimeoutError."""
    wait(lambda: word in emulator.console.read_text(errors="replace"), word)


def slots_started(emulator: Emulator) -> list[str]:
    """Which slot each start was of."""
    said = emulator.console.read_text(errors="replace")
    return [line.partition("rauc.slot=")[2][:1] for line in said.splitlines() if "Command line:" in line]


def write_into(disk: Path, part: Part, content: Path) -> None:
    run("dd", f"if={content}", f"of={disk}", "bs=1M", f"seek={part.start}", "conv=notrunc", "status=none")


def entries(disk: Path) -> set[str]:
    """What the boot loader may start."""
    said = run("mdir", "-b", "-i", f"{disk}@@{BOOT_START}", "::/loader/entries")
    return {each.rpartition("/")[2] for each in said.split()}


def is_empty(disk: Path) -> bool:
    """Whether nothing was written into slot B."""
    with disk.open("rb") as file:
        file.seek(OTHER_ROOT.start * MIB)
        return not file.read(MIB).strip(b"\0")


def main() -> int:
    """The command line; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for option, what in (
        ("--image", "the image whose slot A runs"),
        ("--key", "of the certificate that the image was built with"),
        ("--certificate", "of the key"),
        ("--office", "its folder, by bench/emulated_office.py"),
        ("--work", "a folder, 12 GB; the systems that are made in it stay"),
    ):
        parser.add_argument(option, type=Path, required=True, help=what)
    parser.add_argument("cases", nargs="*", help=f"{', '.join(CASES)}; all, if none is named")
    arguments = parser.parse_args()
    missing = what_is_missing()
    if missing:
        print(missing, file=sys.stderr)
        return 1
    bench = Bench(arguments)
    try:
        for case in arguments.cases or CASES:
            print(case, flush=True)
            getattr(bench, case)()
    finally:
        bench.office.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
