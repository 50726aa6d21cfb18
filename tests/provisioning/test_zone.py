"""The box's time zone is its office's, whoever enrols it, and stays so on an image."""

from collections.abc import Callable
from pathlib import Path

import pytest
from power import MeteredDisk, Power, PowerCut, cut

from kiosk.config import read_settings
from provisioning.__main__ import main
from provisioning.disk import Disk
from provisioning.finding import Verdict
from provisioning.machine import Machine
from provisioning.system_checks import time_zone_is_the_offices
from provisioning.zone import LOCALTIME, ZONES, noted_zone, set_zone, zone_kept, zone_of

Central = tuple[str, Callable[[], str]]


@pytest.fixture
def box(tmp_path: Path) -> Machine:
    (tmp_path / "etc").mkdir()
    return Machine(tmp_path)


def test_it_is_set_once_and_noted(box: Machine) -> None:
    assert zone_of(box) == noted_zone(box) == ""
    assert set_zone(box, "Asia/Makassar", Disk())
    assert not set_zone(box, "Asia/Makassar", Disk())
    assert zone_of(box) == noted_zone(box) == "Asia/Makassar"
    assert set_zone(box, "Asia/Jayapura", Disk())
    assert zone_of(box) == "Asia/Jayapura"


def test_an_image_keeps_it_though_its_root_keeps_nothing(box: Machine) -> None:
    set_zone(box, "Asia/Jayapura", Disk())
    box.at(LOCALTIME).unlink()
    box.at(LOCALTIME).symlink_to("anjungan/localtime")
    assert zone_of(box) == "Asia/Jayapura"
    assert time_zone_is_the_offices(box).verdict is Verdict.KEPT


def test_it_is_whole_wherever_the_power_goes(box: Machine) -> None:
    set_zone(box, "Asia/Jakarta", Disk())
    for steps in range(6):
        power = Power(steps, cut)
        disk = MeteredDisk(power, loses=True)
        with pytest.raises(PowerCut):
            set_zone(box, f"Etc/GMT-{steps}", disk)
        disk.lose()
        set_zone(box, f"Etc/GMT-{steps}", Disk())
        assert zone_of(box) == noted_zone(box) == f"Etc/GMT-{steps}"


def test_a_box_that_was_not_told_yet_is_not_judged(box: Machine) -> None:
    assert time_zone_is_the_offices(box).verdict is Verdict.UNKNOWN


def test_the_server_says_it_and_one_that_does_not_answer_changes_nothing(
    box: Machine, config: Path, ca: Path, central: Central
) -> None:
    settings = read_settings(config)
    assert zone_kept(box, settings).startswith("the time zone stays as it is: ")
    assert zone_of(box) == ""
    assert main(["enrol", "--config", str(config), "--code", central[1]()]) == 0
    assert zone_kept(box, settings) == "time zone: Asia/Jakarta"
    assert zone_of(box) == "Asia/Jakarta"


def test_a_workshops_computer_keeps_its_own(config: Path, ca: Path, central: Central, capsys) -> None:
    main(["enrol", "--config", str(config), "--code", central[1]()])
    assert "time zone" not in capsys.readouterr().out


def test_the_report_of_a_kiosk_that_was_enrolled_before_sets_it(
    box: Machine, config: Path, ca: Path, central: Central, capsys
) -> None:
    main(["enrol", "--config", str(config), "--code", central[1]()])
    root = box.root
    (root / "etc/anjungan").mkdir()
    text = config.read_text() + '[printer]\nurl = "serial:///dev/unplugged"\n'
    for name in ("data", "ca.pem"):
        (root / name).rename(root / "etc/anjungan" / name)
    (root / "etc/anjungan/kiosk.toml").write_text(text)
    main(["report", "--root", str(root)])
    assert "time zone: Asia/Jakarta" in capsys.readouterr().out
    assert zone_of(box) == "Asia/Jakarta"


def test_one_asks_for_it_and_another_who_has_no_network_sets_it(
    box: Machine, config: Path, ca: Path, central: Central
) -> None:
    main(["enrol", "--config", str(config), "--code", central[1]()])
    (box.root / "etc/anjungan").mkdir()
    for file in (config, config.parent / "data", ca):
        file.rename(box.root / "etc/anjungan" / file.name)
    left = box.root / "zone"
    assert main(["zone", "--root", str(box.root), "--ask", str(left)]) == 0
    assert zone_of(box) == "", "whoever asks sets nothing"
    (box.root / ZONES.lstrip("/") / "Asia").mkdir(parents=True)
    (box.root / ZONES.lstrip("/") / "Asia/Jakarta").touch()
    assert main(["zone", "--root", str(box.root), "--set", str(left)]) == 0
    assert zone_of(box) == noted_zone(box) == "Asia/Jakarta"


@pytest.mark.parametrize(
    "name",
    ["", "Asia/Nowhere", "../../../etc/shadow", "/etc/shadow", "Asia/../../passwd", "Asia/Jakarta\nx", "\xff", "Asia"],
)
def test_what_is_no_zones_name_is_not_set(box: Machine, tmp_path: Path, name: str, capsys) -> None:
    (box.root / ZONES.lstrip("/") / "Asia").mkdir(parents=True)
    (box.root / ZONES.lstrip("/") / "Asia/Jakarta").touch()
    (box.root / "etc/shadow").touch()
    (tmp_path / "zone").write_text(name, encoding="latin-1")
    assert main(["zone", "--root", str(box.root), "--set", str(tmp_path / "zone")]) == 1
    assert zone_of(box) == ""
    assert "is the name of no time zone" in capsys.readouterr().err
