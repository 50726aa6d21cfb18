"""A stick that installs the image: started from it, a box writes the image to its own disk and asks nothing.

| on its one partition | what |
| --- | --- |
| EFI/, loader/, vmlinuz | systemd-boot and the image's kernel |
| initrd.img | its own first file system (stick/scripts/anjungan), with drivers of USB storage, which a kiosk has not |
| image.zst, image.sum | the image, its size in bytes and its SHA-256 |
"""

import hashlib
import shutil
from pathlib import Path

from provisioning.image.disk import EFI_TYPE, MIB, Part, fat, partition
from provisioning.image.root import OWN_MOUNTS
from provisioning.image.tools import do

HERE = Path(__file__).parent
STICK_ID = "5D0B6A1C-63C4-4C5A-9B5E-4B5A3C0E7E00"
START_MIB = 2
"""Not where the image's first partition begins, so that no two that are seen at once have one id."""
SPARE_MIB = 32
COMMAND_LINE = "boot=anjungan quiet loglevel=3 console=tty1 fbcon=font:TER16x32 panic=0"
LOADER = "timeout 5\neditor no\ndefault install.conf\n"
INSTALL, OVER = "Install Anjungan", "Install over a kiosk: what it has not sent yet is lost"


def write_stick(root: Path, image: Path, work: Path, out: Path) -> None:
    """Makes the stick's disk of an image and the root folder that it was made of. Raises BuildFailed."""
    tree = work / "stick"
    (tree / "loader" / "entries").mkdir(parents=True)
    (tree / "EFI" / "BOOT").mkdir(parents=True)
    shutil.copy(root / "usr/lib/systemd/boot/efi/systemd-bootx64.efi", tree / "EFI" / "BOOT" / "BOOTX64.EFI")
    kernel = next((root / "boot").glob("vmlinuz-*"))
    shutil.copy(kernel, tree / "vmlinuz")
    _first_file_system(root, kernel.name.removeprefix("vmlinuz-"), tree / "initrd.img")
    (tree / "loader" / "loader.conf").write_text(LOADER)
    for name, title, options in (("install", INSTALL, ""), ("over", OVER, " anjungan.over")):
        entry = f"title {title}\nlinux /vmlinuz\ninitrd /initrd.img\noptions {COMMAND_LINE}{options}\n"
        (tree / "loader" / "entries" / f"{name}.conf").write_text(entry)
    do(["zstd", "-q", "-T1", "-5", image, "-o", tree / "image.zst"])
    with image.open("rb") as content:
        digest = hashlib.file_digest(content, "sha256").hexdigest()
    (tree / "image.sum").write_text(f"{image.stat().st_size} {digest}\n")
    _write(tree, work, out)


def _first_file_system(root: Path, kernel: str, out: Path) -> None:
    settings = root / "tmp" / "stick"
    shutil.copytree(HERE / "stick", settings)
    made = root / "tmp" / "initrd.img"
    steps = f'mount -t proc proc "{root}/proc" && chroot "{root}" mkinitramfs -d /tmp/stick -o /tmp/initrd.img {kernel}'
    do([*OWN_MOUNTS, "sh", "-c", steps])
    shutil.move(made, out)
    shutil.rmtree(settings)


def _write(tree: Path, work: Path, out: Path) -> None:
    held = sum(each.stat().st_size for each in tree.rglob("*") if each.is_file())
    part = Part("anjungan-stick", EFI_TYPE, START_MIB, held // MIB + SPARE_MIB)
    partial = out.with_name(f"{out.name}.part")
    with partial.open("wb") as disk:
        disk.truncate((part.start + part.size + 1) * MIB)
    partition(partial, STICK_ID, [part], work)
    content = fat(tree, work / "stick.fat", part.size)
    do(["dd", f"if={content}", f"of={partial}", "bs=1M", f"seek={part.start}", "conv=notrunc,sparse", "status=none"])
    partial.rename(out)
