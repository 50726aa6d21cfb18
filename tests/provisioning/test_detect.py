"""kiosk-provision detect: what a box has, in words, and a configuration that can be used."""

import tomllib
from pathlib import Path

import pytest
from boxes import KEYBOARD, OLD_TOUCH, PCI, Box, whole_box

from kiosk.config import read_settings
from provisioning.__main__ import main
from provisioning.box_files import USB_DEVICES, USB_RULES, following
from provisioning.hardware import hardware_of
from provisioning.machine import Machine

SERVER = "https://central.example"


@pytest.fixture
def box(tmp_path: Path) -> Box:
    return whole_box(tmp_path / "box")


def said_of(box: Box, capsys: pytest.CaptureFixture[str], *options: str) -> str:
    assert main(["detect", "--root", str(box.root), *options]) == 0
    return capsys.readouterr().out


def test_everything_is_said_in_words(box, capsys) -> None:
    said = said_of(box, capsys).splitlines()
    scanner = "serial:///dev/serial/by-id/usb-Honeywell_3310_Area-Imaging_Scanner_17082B1234-if00"
    assert said == [
        "printer: EPSON TM-T20II (04b8:0e15), usb://04b8:0e15",
        f"scanner: Honeywell 3310 Area-Imaging Scanner (0c2e:0b6a), {scanner}",
        "keypad or headphones: Keypad with five keys, evdev:///dev/input/by-id/usb-Storm_Keypad-event-kbd",
        "keypad or headphones: HDA Intel PCH Headphone, evdev:///dev/input/event12",
        "camera: UVC Camera (046d:0825), camera:///dev/video0",
        "screen: 1080 × 1920 at HDMI-A-1, 269 × 478 mm",
        "touch panel: ILITEK ILITEK-TP (222a:0001), /dev/input/event7; it covers the screen one to one",
        "keyboard: SIGMACHIP USB Keyboard; the kiosk will not heed it",
        "sound: PCH",
        "clock: rtc_cmos rtc_cmos",
        "disk: KINGSTON SNV2S250G, 250.1 GB",
        "TPM: version 2",
    ]


def test_the_proposed_configuration_is_whole_and_can_be_used(box, tmp_path, capsys) -> None:
    out = tmp_path / "kiosk.toml"
    said_of(box, capsys, "--server", SERVER, "--out", str(out))
    settings = read_settings(out)
    assert settings.central.url == SERVER
    assert settings.printer.url == "usb://04b8:0e15"
    assert [each.url.partition(":")[0] for each in settings.scanner] == ["serial"]
    assert len(settings.keypad) == 2
    assert (settings.screen.size, settings.screen.fullscreen) == ((1080, 1920), True)
    assert settings.screen.pixels_per_mm == pytest.approx(4.02)
    assert str(settings.data.dir) == "/var/lib/anjungan"


def test_what_stands_already_is_not_written_over(box, tmp_path, capsys) -> None:
    out = tmp_path / "kiosk.toml"
    out.write_text("mine")
    assert main(["detect", "--root", str(box.root), "--server", SERVER, "--out", str(out)]) == 1
    assert "is there already" in capsys.readouterr().err
    assert out.read_text() == "mine"


def test_without_a_server_nothing_is_proposed_unless_the_box_knows_one(box, tmp_path, capsys) -> None:
    out = tmp_path / "kiosk.toml"
    assert main(["detect", "--root", str(box.root), "--out", str(out)]) == 2
    assert "--server" in capsys.readouterr().err
    assert main(["detect", "--root", str(box.root), "--out", str(out), "--server", "http://central.example"]) == 2
    assert "must start with https://" in capsys.readouterr().err
    box.file("etc/anjungan/kiosk.toml", f'[central]\nurl = "{SERVER}"')
    said_of(box, capsys, "--out", str(out))
    assert read_settings(out).central.url == SERVER


def test_its_own_usb_devices_become_a_policy_without_the_technicians_keyboard(box, tmp_path, capsys) -> None:
    out = tmp_path / "usb-devices.toml"
    said_of(box, capsys, "--usb-devices", str(out))
    listed = [each["id"] for each in tomllib.loads(out.read_text())["device"]]
    assert listed == ["04b8:0e15", "2047:0964", "0c2e:0b6a", "046d:0825", "222a:0001"]
    assert "# left out, for it is a keyboard: SIGMACHIP USB Keyboard (1c4f:0002)" in out.read_text()
    rules = following({USB_DEVICES: out.read_bytes()})[USB_RULES].decode()
    assert 'allow id 04b8:0e15 serial "5441354B3031" with-interface equals { 07:01:02 }' in rules
    assert "1c4f" not in rules


def test_a_bare_box_says_what_is_missing(tmp_path, capsys) -> None:
    said = said_of(Box(tmp_path / "bare"), capsys)
    assert all(line.startswith("none found: ") for line in said.splitlines())
    for what in ("printer", "scanner", "screen", "touch panel", "sound", "clock", "TPM"):
        assert f"none found: {what}" in said


def test_a_scanner_that_types_is_told_to_be_switched(tmp_path, capsys) -> None:
    box = Box(tmp_path / "box")
    box.usb("1-4", "0c2e:0b61", "Metrologic Scanner", "03:01:01")
    said = said_of(box, capsys)
    assert "scanner: Metrologic Scanner (0c2e:0b61) types as a keyboard: switch it to its serial mode" in said
    assert "none found: scanner" in said


@pytest.mark.parametrize(("rotate", "turn"), [("0", 0), ("1", 90), ("2", 180), ("3", 270), ("", 0), ("x", 0)])
def test_how_the_panel_is_mounted_is_proposed_where_the_kernel_knows_it(
    rotate: str, turn: int, tmp_path, capsys
) -> None:
    box = Box(tmp_path / "box")
    box.screen("DSI-1", "1200x1920", (107, 172))
    box.file("sys/class/graphics/fbcon/rotate", rotate)
    said = said_of(box, capsys, "--server", SERVER, "--out", str(tmp_path / "a"))
    assert read_settings(tmp_path / "a").screen.turn == turn
    assert (f"turned by {turn} degrees" in said) is bool(turn)


def test_a_camera_is_proposed_only_where_there_is_no_scanner(tmp_path, capsys) -> None:
    box = Box(tmp_path / "box")
    box.file("sys/class/video4linux/video0/name", "UVC Camera")
    box.file("sys/class/video4linux/video0/index", "0")
    said_of(box, capsys, "--server", SERVER, "--out", str(tmp_path / "kiosk.toml"))
    assert [each.url for each in read_settings(tmp_path / "kiosk.toml").scanner] == ["camera:///dev/video0"]


def test_an_adapter_with_something_unknown_behind_it_is_said_and_not_proposed(tmp_path, capsys) -> None:
    box = Box(tmp_path / "box")
    box.usb("1-6", "067b:2303", "Prolific USB-Serial Controller", "ff:00:00")
    box.line("ttyUSB0", "1-6")
    assert "serial line, of whatever is on it: Prolific" in said_of(
        box, capsys, "--server", SERVER, "--out", str(tmp_path / "a")
    )
    assert read_settings(tmp_path / "a").scanner == ()


def test_a_printer_on_a_serial_line_is_known_by_its_maker(tmp_path, capsys) -> None:
    box = Box(tmp_path / "box")
    box.usb("1-6", "04b8:0202", "EPSON TM-T88VI", "02:02:01", "0a:00:00")
    box.line("ttyACM0", "1-6")
    said_of(box, capsys, "--server", SERVER, "--out", str(tmp_path / "a"))
    settings = read_settings(tmp_path / "a")
    assert (settings.printer.url, settings.scanner) == ("serial:///dev/ttyACM0", ())


def test_a_panel_that_does_not_say_so_is_known_as_one_and_a_button_is_no_keypad(tmp_path) -> None:
    box = Box(tmp_path / "box")
    box.inputs(OLD_TOUCH, KEYBOARD)
    found = hardware_of(Machine(box.root))
    assert [each.event for each in found.touch_panels] == ["event19"]
    assert found.keypads == ()
    assert found.keyboards == ("SIGMACHIP USB Keyboard",)


@pytest.mark.parametrize("content", [b"", b"\0" * 128, b"\xff" * 128])
def test_a_panel_that_tells_nonsense_of_its_size_is_not_believed(tmp_path, content) -> None:
    box = Box(tmp_path / "box")
    box.screen("HDMI-A-1", "1920x1080i", (0, 0))
    box.file("sys/class/drm/card0-HDMI-A-1/edid", content)
    screen = hardware_of(Machine(box.root)).screens[0]
    assert (screen.size, screen.pixels_per_mm) == ((1920, 1080), None)


def test_a_device_that_goes_while_it_is_looked_at_is_left_out(tmp_path) -> None:
    box = Box(tmp_path / "box")
    box.link("sys/bus/usb/devices/1-9", f"{PCI}/1-9")
    assert hardware_of(Machine(box.root)).usb == ()
