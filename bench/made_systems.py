"""Systems of an image's kind: the image's own root with another number, with a fault or none, and with timers that do
not wait for the night.
"""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from built_versions import NUMBERS, PACKAGES, VERSIONS, Fault, Workshop, layered
from emulator import LOUD

from provisioning.image.bundle import Signer, write_bundle
from provisioning.image.disk import MIB, ROOT, squash
from provisioning.slots import COMMAND_LINE

TIMERS = "etc/systemd/system/anjungan-{}.timer.d/soon.conf"
SOON = {
    "update": "[Timer]\nOnCalendar=\nPersistent=no\nRandomizedDelaySec=0\nOnActiveSec=45s\nOnUnitInactiveSec=15s\n",
    "update-trial": "[Timer]\nOnActiveSec=\nOnActiveSec=15s\n",
}
"""It is night soon after the start, and every quarter of a minute after; a trial is judged as soon, not after ten."""
BROUGHT = "usr/lib/anjungan/version"
TOLD = f"{LOUD} loglevel=7"
"""To its kernel, which then says by which slot it was started."""


class Systems:
    """Made in the folder `work` of the root in slot A of an image; bundles of them are signed by `signer`."""

    def __init__(self, image: Path, signer: Signer, work: Path) -> None:
        self._signer, self._work, self._root = signer, work, work / "root"
        if not self._root.exists():
            packed = work / "root.part"
            place = [f"skip={ROOT.start}", f"count={ROOT.size}", "bs=1M", "status=none"]
            subprocess.run(["dd", f"if={image}", f"of={packed}", *place], check=True)
            subprocess.run(["unsquashfs", "-q", "-n", "-d", str(self._root), str(packed)], check=True)
            packed.unlink()
        self.own = (self._root / BROUGHT).read_text().strip()

    def squashed(self, version: str, fault: Fault | None = None) -> Path:
        """The root of a system, as it lies in a slot."""
        work = self._work / version
        made = work / "root.squashfs"
        if not made.exists():
            work.mkdir()
            with self._system(version, fault) as root:
                squash(root, work)
        assert made.stat().st_size <= ROOT.size * MIB
        return made

    def bundle(self, version: str, fault: Fault | None = None) -> Path:
        made = self._work / version / "next.raucb"
        if not made.exists():
            write_bundle(self.squashed(version, fault), version, self._signer, made.parent, made)
        return made

    @contextmanager
    def _system(self, version: str, fault: Fault | None) -> Iterator[Path]:
        upper, place = (self._work / version / each for each in ("upper", "place"))
        with layered(self._root, upper, place) as root:
            for timer, text in SOON.items():
                file = root / TIMERS.format(timer)
                file.parent.mkdir()
                file.write_text(text)
            words = root / COMMAND_LINE
            words.write_text(f"{words.read_text().rstrip()} {TOLD}\n")
            if version != self.own:
                self._turn_into(root, version, fault)
            yield root

    def _turn_into(self, root: Path, version: str, fault: Fault | None) -> None:
        """The same appliance by another number."""
        workshop = Workshop(root, self._work)
        workshop.spoil(version, self.own, fault)
        shutil.rmtree(workshop.place(self.own))
        packages = workshop.place(version) / PACKAGES
        changed = [packages / each for each in NUMBERS if (packages / each).exists()]
        for file in (*changed, *([packages / fault.file] if fault else [])):
            # An image's compiled files are believed unseen.
            for compiled in (file.parent / "__pycache__").glob(f"{file.stem}.*.pyc"):
                compiled.unlink()
        (root / BROUGHT).write_text(f"{version}\n")
        for link in ("current", "proven"):
            (root / VERSIONS.parent / link).unlink()
            (root / VERSIONS.parent / link).symlink_to(f"versions/{version}")
