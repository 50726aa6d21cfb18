"""The units of the installed kiosk, held against systemd's own judgement."""

import re
import shutil
import subprocess
from configparser import RawConfigParser
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
UNITS = ROOT / "provisioning/system/etc/systemd/system"
OF_AN_IMAGE = ROOT / "provisioning/image/system/etc/systemd/system"
WITHOUT_WALLS = {"anjungan-data.service", "anjungan-first-boot.service", "anjungan-version.service"}
"""What the first mounts all others have to see, so it has no files of its own; the second sets the box up, as root; the
third would have the whole start wait for its walls.
"""
SERVICES = sorted(
    each for folder in (UNITS, OF_AN_IMAGE) for each in folder.glob("*.service") if each.name not in WITHOUT_WALLS
)
HARDENED = ("core", "sync", "ui", "fallback")
NIGHTLY = "rehearsal"
MOST_EXPOSURE = 2.0
ELSEWHERE = {"anjungan-first-boot.service"}
"""Units that only an image has."""
HAS_NO_SYSTEMD = "systemd-analyze is not installed"

needs_systemd = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason=HAS_NO_SYSTEMD)


def lines_of(unit: str) -> list[str]:
    return (UNITS / f"anjungan-{unit}.service").read_text().splitlines()


def exposure(file: Path) -> float:
    """What `systemd-analyze security` says: 0 is safe, 10 is not."""
    ran = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--no-pager", str(file)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    found = re.search(r"Overall exposure level for \S+: ([0-9.]+)", ran.stdout)
    assert found
    return float(found[1])


@needs_systemd
@pytest.mark.parametrize("file", SERVICES, ids=lambda file: file.name)
def test_a_unit_is_exposed_to_little(file: Path) -> None:
    assert exposure(file) <= MOST_EXPOSURE


@needs_systemd
def test_of_three_units_of_an_image_it_is_told_why_they_have_no_walls() -> None:
    """Whoever walls them in takes them off this list."""
    page = (ROOT / "docs/processes.md").read_text(encoding="utf-8")
    for name in WITHOUT_WALLS:
        assert exposure(OF_AN_IMAGE / name) > MOST_EXPOSURE
        assert f"`{name.removesuffix('.service')}`" in page


def test_whatever_a_unit_has_systemd_start_or_stop_is_there() -> None:
    text = "".join(
        file.read_text()
        for folder in (UNITS, OF_AN_IMAGE)
        for file in folder.glob("anjungan*.[a-z]*[a-z]")
        if file.is_file()
    )
    named = set(re.findall(r"anjungan-[a-z-]+@?\.service", re.sub(r"@[a-z]+\.", "@.", text)))
    assert named - {file.name for folder in (UNITS, OF_AN_IMAGE) for file in folder.glob("*.service")} == set()
    assert len(named) > 10


@needs_systemd
def test_control_a_unit_without_its_hardening_is_exposed_to_much(tmp_path: Path) -> None:
    bare = tmp_path / "bare.service"
    bare.write_text("[Service]\nExecStart=/bin/true\n")
    assert exposure(bare) > 9


@pytest.mark.parametrize("unit", HARDENED)
def test_only_sync_has_a_network(unit: str) -> None:
    lines = lines_of(unit)
    assert ("PrivateNetwork=yes" in lines) is (unit != "sync")
    assert any("AF_INET" in each for each in lines) is (unit == "sync")


@pytest.mark.parametrize("unit", HARDENED)
def test_each_has_its_user_is_watched_and_ends_in_five_seconds(unit: str) -> None:
    lines = lines_of(unit)
    assert f"User=anjungan-{'ui' if unit == 'fallback' else unit}" in lines
    assert {"Type=notify", "NotifyAccess=main", "TimeoutStopSec=5", "WatchdogSignal=SIGKILL"} <= set(lines)
    assert any(each.startswith("WatchdogSec=") for each in lines)
    assert {"LimitCORE=0", "MemorySwapMax=0", "UMask=0077"} <= set(lines), "nothing of a person reaches the disk"


@pytest.mark.parametrize(("unit", "peer"), [("core", "anjungan-ui"), ("sync", "anjungan-core")])
def test_each_door_is_for_one_user_alone(unit: str, peer: str) -> None:
    (command,) = [each for each in lines_of(unit) if each.startswith("ExecStart=")]
    assert command.endswith(f"--peer {peer}")
    assert {f"RuntimeDirectory=anjungan/{unit}", "RuntimeDirectoryMode=0750"} <= set(lines_of(unit))


def test_a_window_or_core_that_is_given_up_leaves_the_screen_to_the_fallback_which_is_ended_by_another_try() -> None:
    for unit in ("core", "ui"):
        assert "OnFailure=anjungan-fallback.service" in lines_of(unit)
        assert any(each.startswith("StartLimitBurst=") for each in lines_of(unit))
    assert {"RuntimeMaxSec=600", "OnFailure=anjungan-again.service"} <= set(lines_of("fallback"))
    assert "StartLimitIntervalSec=0" in lines_of("sync"), "the lobby goes on without it, so it is tried for ever"


def test_a_usbguard_that_fails_is_tried_for_ever_the_office_is_told_and_no_port_is_opened() -> None:
    """It gives up after ten tries in a quarter of an hour, also if each takes as long as it may."""
    guard = (UNITS / "usbguard.service.d/anjungan.conf").read_text().splitlines()
    assert {"Restart=always", "RestartSec=5", "OnFailure=anjungan-usb-shut.service"} <= set(guard)
    settings = dict(each.split("=", 1) for each in guard if "=" in each and not each.startswith("#"))
    taken = int(settings["StartLimitBurst"]) * (int(settings["RestartSec"]) + int(settings["TimeoutStartSec"]))
    assert taken < int(settings["StartLimitIntervalSec"])
    done = [each.partition("=")[2].lstrip("-") for each in lines_of("usb-shut") if each.startswith("ExecStart=")]
    check = "/usr/bin/systemctl start anjungan-technician-look@check.service"
    tries = ("/usr/bin/systemctl reset-failed usbguard.service", "/usr/bin/systemctl start usbguard.service")
    assert done == [check, "/bin/sleep 60", *tries, check]


@pytest.mark.parametrize("unit", ["core", "ui"])
def test_what_keeps_the_machine_busy_does_not_keep_the_kiosk_from_its_watchdog(unit: str) -> None:
    """Others have 100; a stranger's hub with devices keeps udev, USBGuard, the journal and systemd busy."""
    assert "CPUWeight=1000" in lines_of(unit)


def test_the_practice_visit_at_night_has_no_network_no_device_and_the_cores_store() -> None:
    lines = lines_of(NIGHTLY)
    assert {"User=anjungan-core", "PrivateNetwork=yes", "PrivateDevices=yes", "MemorySwapMax=0", "LimitCORE=0"} <= set(
        lines
    )
    assert "LoadCredentialEncrypted=anjungan.store-key" in lines


def test_the_core_is_stopped_for_the_practice_visit_and_started_again_whatever_happens() -> None:
    lines = lines_of(NIGHTLY)
    assert "ExecStartPre=+/usr/bin/systemctl stop anjungan-core.service" in lines
    assert "ExecStopPost=+/usr/bin/systemctl start --no-block anjungan-core.service" in lines
    assert any(each.startswith("TimeoutStartSec=") for each in lines)
    ordered = next(each for each in lines if each.startswith("After="))
    assert {"anjungan-update.service", "anjungan-report.service"} <= set(ordered.removeprefix("After=").split())


def test_the_practice_visit_is_at_night_in_all_of_indonesia_also_where_the_boxs_zone_was_never_set() -> None:
    """Between the updates and the morning's report; a box that was off does not make up for it by day."""
    lines = (UNITS / "anjungan-rehearsal.timer").read_text().splitlines()
    assert "OnCalendar=*-*-* 04:00:00 Asia/Jakarta" in lines
    assert not any(each.startswith("Persistent") for each in lines)


def test_every_unit_has_a_description_and_what_it_wants_is_there() -> None:
    names = {each.name for each in UNITS.glob("anjungan*")}
    for file in UNITS.glob("anjungan-*.service"):
        parsed = RawConfigParser(strict=False, interpolation=None)
        parsed.read(file)
        assert parsed["Unit"]["Description"], file
        named = re.findall(r"anjungan-[a-z-]+(?:@[a-z]+)?\.service", file.read_text())
        wanted = {re.sub("@[a-z]+", "@", each) for each in named} - ELSEWHERE
        assert wanted <= names, file
