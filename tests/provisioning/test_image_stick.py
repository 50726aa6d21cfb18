"""Which disk the stick takes for the box's own, a wrong one would be written over; and what it says."""

import re
import subprocess
from pathlib import Path

import pytest

import provisioning.image.stick

SCRIPT = Path(provisioning.image.stick.__file__).parent / "stick" / "scripts" / "anjungan"
IMAGE = 2_000_000_000
LARGE = IMAGE // 512
COLUMNS = 64
"""Of a panel that is 1080 dots wide, in letters of 16 dots, without the margin."""


def told(script: str, sys: Path) -> list[str]:
    command = ["sh", "-c", f'. "{SCRIPT}"; {script}', "sh", str(sys)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()


def own_disks(sys: Path) -> list[str]:
    return told(f'own_disks "$1" {IMAGE}', sys)


def disk(sys: Path, name: str, way: str, sectors: int = LARGE, removable: int = 0, ro: int = 0, kind: str = "") -> Path:
    """A block device as sysfs shows it: /sys/block/NAME is a link to its place on the bus."""
    place = sys / "devices" / way / "block" / name
    (place / "device").mkdir(parents=True)
    for file, content in {"size": sectors, "removable": removable, "ro": ro}.items():
        (place / file).write_text(f"{content}\n")
    if kind:
        (place / "device" / "type").write_text(f"{kind}\n")
    (sys / "block").mkdir(exist_ok=True)
    (sys / "block" / name).symlink_to(place)
    return place


@pytest.mark.parametrize(
    ("name", "way", "kind"),
    [
        ("sda", "pci0000:00/0000:00:1f.2/ata1/host0/target0:0:0/0:0:0:0", ""),
        ("nvme0n1", "pci0000:00/0000:00:1d.0/nvme/nvme0", ""),
        ("mmcblk0", "pci0000:00/0000:00:1c.0/mmc_host/mmc0/mmc0:0001", "MMC"),
    ],
)
def test_a_disk_that_is_built_in_is_the_boxs_own(tmp_path: Path, name: str, way: str, kind: str) -> None:
    disk(tmp_path, name, way, kind=kind)
    assert own_disks(tmp_path) == [name]


def test_nothing_that_can_be_taken_out_and_nothing_that_is_no_disk_is_its_own(tmp_path: Path) -> None:
    usb = "pci0000:00/0000:00:14.0/usb1/1-2/1-2:1.0/host4/target4:0:0/4:0:0:0"
    disk(tmp_path, "sdb", usb)
    disk(tmp_path, "sdc", "pci0000:00/card/host5", removable=1)
    disk(tmp_path, "mmcblk1", "pci0000:00/mmc_host/mmc1/mmc1:0001", kind="SD")
    for name in ("loop0", "ram0", "zram0", "sr0", "dm-0", "md0", "mmcblk0boot0", "mmcblk0rpmb"):
        disk(tmp_path, name, f"virtual/{name}")
    assert own_disks(tmp_path) == []


def test_a_disk_that_is_too_small_or_cannot_be_written_is_not_taken(tmp_path: Path) -> None:
    disk(tmp_path, "sda", "ata1", sectors=LARGE - 1)
    disk(tmp_path, "sdb", "ata2", ro=1)
    assert own_disks(tmp_path) == []


def test_of_two_disks_both_are_named(tmp_path: Path) -> None:
    disk(tmp_path, "sda", "ata1")
    disk(tmp_path, "nvme0n1", "nvme0")
    assert sorted(own_disks(tmp_path)) == ["nvme0n1", "sda"]


def test_a_former_kiosks_data_are_found_by_their_partitions_name(tmp_path: Path) -> None:
    place = disk(tmp_path, "nvme0n1", "nvme0")
    for number, name in enumerate(("anjungan-boot", "anjungan-data", "anjungan-data-of-somebody"), 1):
        (place / f"nvme0n1p{number}").mkdir()
        (place / f"nvme0n1p{number}" / "uevent").write_text(f"DEVTYPE=partition\nPARTNAME={name}\n")
    assert told('data_part "$1" nvme0n1', tmp_path) == ["nvme0n1p2"]


def test_what_it_says_stands_on_one_line_of_a_narrow_panel() -> None:
    script = SCRIPT.read_text().replace("$((bytes / 1000000))", "3000").replace("$(echo $disk)", "sda nvme0n1")
    said = re.findall(r'"([A-Z][^"\n]* [^"\n]*)"', script)
    assert len(said) >= 20
    assert [text for text in said if len(text.replace("$disk", "nvme0n1")) > COLUMNS] == []
