"""A kiosk's image takes a system bundle, in QEMU by UEFI firmware: how it gets into the other slot, and what follows.

python bench/emulated_office.py OFFICE
kiosk-provision image --config OFFICE/kiosk.toml --certificate C --key K --bundle B --out A
python bench/bundle_boot.py --image A --bundle B --key K --certificate C --office OFFICE --work DIR [CASE…]

`back`: RAUC of the running slot A installs a bundle that does not come up; slot B is started three times, then A again.
`cut`: the power goes in the midst of such an installation, with the disk's cache; A is started.
`marked`: slot B has the system of the bundle B, on trial; it is started, and RAUC marks it good there.
`kept`: slot B has the system of the bundle B, on trial; it is started, judged at once (not after ten minutes)
by the kiosk's own probes, kept, and shows the start page.
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
from emulated_office import Office, Printer
from emulator import BOOT_START, LOUD, PRINTER, Emulator, kernel_of, what_is_missing
from lossy_disk import DiskServer, LossyDisk
from power_cuts import give_key, mounted

from provisioning.image.bundle import Signer, write_bundle
from provisioning.image.disk import DATA, MIB, OTHER_ROOT, squash
from provisioning.slots import TRIES, Slots
from provisioning.updates.memory import Memory, SystemTrial

CASES = ("back", "cut", "marked", "kept")
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
MARK = """\
cd /var/lib/anjungan-update && exec >/dev/ttyS0 2>&1
systemctl start rauc.service
rauc status mark-good && echo "MARKED" && readlink /opt/anjungan/current /opt/anjungan/proven
"""
"""What slot B does, instead of serving."""
RUNS = f'{LOUD} systemd.run="/bin/sh /var/lib/anjungan-update/{SCRIPT}" systemd.run_success_action=none'
AT_ONCE = "systemd.wants=anjungan-update.service"
LONGEST = 2 * 3600
LOOK_SECONDS = 0.5


class Bench:
    """An image, the bundle of another system, and a folder to work in."""

    def __init__(self, arguments: argparse.Namespace) -> None:
        self.image: Path = arguments.image
        self.bundle: Path = arguments.bundle
        self.work: Path = arguments.work
        self.signer = Signer(arguments.key, arguments.certificate)
        self.office = Office(arguments.office)
        self.work.mkdir(parents=True, exist_ok=True)

    def back(self) -> None:
        disk = self._disk_with_task("back")
        with self._running(disk) as emulator:
            until(emulator, "INSTALLED")
            tell("the bundle is in slot B", emulator)
            until(emulator, "BACK IN A")
            tell("slot A is started again", emulator)
            said = emulator.console.read_text(errors="replace")
        starts = [line.partition("rauc.slot=")[2][:1] for line in said.splitlines() if "Command line:" in line]
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

    def marked(self) -> None:
        disk, version = self._disk_with_system_b("marked", RUNS)
        with mounted(disk, self.work / "data", DATA.start) as data:
            (data / "update" / SCRIPT).write_text(MARK)
        with self._running(disk) as emulator:
            wait(lambda: f"anjungan-b+{TRIES - 1}-1.conf" in entries(disk), "slot B is started")
            until(emulator, "MARKED")
            tell(f"the system of {version} runs in slot B and is marked good", emulator)
            wait(lambda: "anjungan-b.conf" in entries(disk), "its tries are gone")

    def kept(self) -> None:
        disk, version = self._disk_with_system_b("kept", f"{LOUD} {AT_ONCE}")
        with self._running(disk) as emulator:
            wait(lambda: f"anjungan-b+{TRIES - 1}-1.conf" in entries(disk), "slot B is started")
            wait(lambda: "anjungan-b.conf" in entries(disk), "slot B is kept")
            tell(f"the system of {version} has proved itself", emulator)
            tell(f"the start page of slot B: {wait_for(emulator, WELCOME, LONGEST):.0f} s", emulator)
            emulator.screen().save(self.work / "slot-b.png")
        assert entries(disk) == {"anjungan-a.conf", "anjungan-b.conf"}, entries(disk)

    @contextmanager
    def _running(self, disk: Path, drive: str = "") -> Iterator[Emulator]:
        """The kiosk of a disk, from power on until the block ends."""
        drive = drive or f"file={disk},format=raw,if=virtio"
        emulator = Emulator(disk, self.work / "machine", disk=drive, firmware=True)
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
        place, entry = f"{disk}@@{BOOT_START}", self.work / "anjungan-a.conf"
        run("mcopy", "-o", "-i", place, f"::/loader/entries/{entry.name}", entry)
        entry.write_text(f"{entry.read_text().rstrip()} {RUNS}\n")
        run("mcopy", "-o", "-i", place, entry, f"::/loader/entries/{entry.name}")
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

    def _disk_with_system_b(self, name: str, words: str) -> tuple[Path, str]:
        """An enrolled kiosk's disk as RAUC leaves it: the bundle's root is in slot B, which is started next; with more
        words for its kernel.
        """
        disk, content, boot = self._disk(name), self.work / "content", self.work / f"boot-{name}"
        run("unsquashfs", "-q", "-n", "-f", "-d", content, self.bundle)
        run(
            "dd",
            f"if={content}/root.img",
            f"of={disk}",
            "bs=1M",
            f"seek={OTHER_ROOT.start}",
            "conv=notrunc",
            "status=none",
        )
        place = f"{disk}@@{BOOT_START}"
        boot.mkdir()
        run("mcopy", "-s", "-i", place, "::/", boot)
        with mounted(disk, self.work / "b", OTHER_ROOT.start, "ro") as root:
            Slots(boot).make_primary("B", root)
            entry = boot / f"loader/entries/anjungan-b+{TRIES}.conf"
            entry.write_text(f"{entry.read_text().rstrip()} {words}\n")
            version = (root / "usr/lib/anjungan/version").read_text().strip()
        run("mcopy", "-s", "-o", "-i", place, boot / "b", boot / "loader", "::")
        give_key(disk, self.work)
        with mounted(disk, self.work / "data", DATA.start) as data:
            Memory(data / "update").begin_system(SystemTrial(version, is_installed=True))
            folder = data / "anjungan"
            self.office.enrol(folder)
            owner = (folder / "store.key").stat()
            for each in (folder, *folder.rglob("*")):
                os.chown(each, owner.st_uid, owner.st_gid)
        return disk, version


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
        ("--bundle", "of a newer version"),
        ("--key", "what bundles for the image are signed with"),
        ("--certificate", "of the key"),
        ("--office", "its folder, by bench/emulated_office.py"),
        ("--work", "an empty folder, 6 GB"),
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
