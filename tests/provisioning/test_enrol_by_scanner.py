"""The enrolment code held to the kiosk's own scanner; and the machine that an identity is given to."""

import os
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Timer

import pytest
from boxes import Box

from kiosk.devices.pseudo_terminal import pseudo_terminal
from kiosk.devices.simulated_scanner import SimulatedScanner
from kiosk.identity import Identity
from provisioning.__main__ import main
from provisioning.binding import bind, bound_to, machine_digest
from provisioning.enrol import SCAN_SECONDS, code_in, scanned_code
from provisioning.machine import BoxError, Machine
from provisioning.owner import as_owner_of

SERVER = "https://central.example"


@pytest.mark.parametrize("shown", ["ANJUNGAN-ENROL:{url}|{code}", "{code}"])
def test_a_code_that_is_held_to_the_scanner_enrols(config, ca, central, tmp_path, capsys, shown) -> None:
    url, code = central
    line = tmp_path / "scanner"
    config.write_text(config.read_text() + f'\n[[scanner]]\nurl = "serial://{line}"\n')
    with pseudo_terminal(line) as scanner:
        held = Timer(0.3, os.write, (scanner, f"{shown.format(url=url, code=code())}\r\n".encode()))
        held.start()
        assert main(["enrol", "--config", str(config), "--scan"]) == 0
        held.join()
    assert "hold the enrolment code to the scanner\nenrolled as Anjungan Lobi" in capsys.readouterr().out
    assert Identity.load(config.parent / "data").office == "PYK"
    assert bound_to(config.parent / "data") == machine_digest(Machine())


def test_a_code_of_another_server_is_not_sent() -> None:
    with pytest.raises(
        BoxError, match=r"of https://elsewhere\.example, this kiosk's server is https://central\.example"
    ):
        code_in("ANJUNGAN-ENROL:https://elsewhere.example|7KQ2M-9X4TD", SERVER)
    assert code_in(f"ANJUNGAN-ENROL:{SERVER}/|7KQ2M-9X4TD", SERVER) == "7KQ2M9X4TD"
    assert code_in("ANJUNGAN-ENROL:http://central.example|7KQ2M-9X4TD", SERVER) is None


class Seconds:
    """A clock that goes on by ten seconds with every look."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        self.now += 10
        return self.now


def test_what_is_no_enrolment_code_is_passed_over(capsys) -> None:
    scanner = SimulatedScanner()
    scanner.open()
    scanner.present("8992761002015")
    scanner.present("7KQ2M-9X4TD")
    assert scanned_code([scanner], SERVER) == "7KQ2M9X4TD"
    assert "that is no enrolment code" in capsys.readouterr().out


def test_nobody_waits_for_ever_for_a_scan() -> None:
    scanner, seconds = SimulatedScanner(), Seconds()
    scanner.open()
    with pytest.raises(BoxError, match="nothing was scanned; type the code instead"):
        scanned_code([scanner], SERVER, seconds)
    assert seconds.now <= SCAN_SECONDS + 30
    with pytest.raises(BoxError, match="no scanner answers"):
        scanned_code([], SERVER)


# ------------------------------------------------------------ the machine


def test_two_boards_have_two_digests_and_a_copied_disk_keeps_the_first(tmp_path) -> None:
    one, other = Box(tmp_path / "one"), Box(tmp_path / "other")
    for box, said in ((one, "03000200-0400-0500-0006-000700080009"), (other, "4c4c4544-0042-3510-8052-b4c04f4b3132")):
        box.file("sys/class/dmi/id/product_uuid", said)
        box.file("sys/class/dmi/id/board_serial", "To be filled by O.E.M.")
        box.file("etc/machine-id", "8f3a52c1d0e94b7fa6c2e1b09d7f5a43")
    first, second = machine_digest(Machine(one.root)), machine_digest(Machine(other.root))
    assert len(first) == 64
    assert first != second
    bind(tmp_path, first)
    assert bound_to(tmp_path) == first


def test_a_board_that_says_nothing_is_known_by_its_own_network_card(tmp_path) -> None:
    box = Box(tmp_path / "box")
    assert machine_digest(Machine(box.root)) == ""
    box.link("sys/class/net/eth0/device", "sys/devices/pci0000:00/0000:02:00.0")
    box.file("sys/devices/pci0000:00/0000:02:00.0/vendor", "0x10ec")
    box.file("sys/class/net/eth0/address", "00:e0:4c:68:00:1b")
    alone = machine_digest(Machine(box.root))
    assert alone
    box.file("sys/devices/pci0000:00/usb1/1-1/1-1:1.0/bInterfaceClass", "ff")
    box.link("sys/class/net/eth1/device", "sys/devices/pci0000:00/usb1/1-1/1-1:1.0")
    box.file("sys/class/net/eth1/address", "00:e0:4c:36:00:02")
    assert machine_digest(Machine(box.root)) == alone


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_what_root_makes_in_the_kiosks_folder_is_the_kiosks() -> None:
    # Not below the tests' own folder, which nobody but its owner can enter.
    with TemporaryDirectory(dir="/var/tmp") as made:
        folder = Path(made)
        os.chown(folder, 12345, 12346)
        with as_owner_of(folder):
            bind(folder, "digest")
        found = (folder / "machine.sha256").stat()
    assert (found.st_uid, found.st_gid) == (12345, 12346)
    assert (os.geteuid(), os.getegid()) == (0, 0)
    with as_owner_of(Path("/nowhere")):
        assert os.geteuid() == 0
