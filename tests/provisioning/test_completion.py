"""A configuration is completed with this box's devices, and nothing else of it changes."""

import tomllib
from pathlib import Path

import pytest
from boxes import Box, whole_box

from kiosk.errors import ConfigError
from provisioning.completion import completed
from provisioning.hardware import hardware_of
from provisioning.machine import Machine

HEAD = """# Of all kiosks of the province.
[central]
url = "https://central.example"
ca = "central-ca.pem"

[data]
dir = "/var/lib/anjungan"
"""
OWN_SCANNER = "serial:///dev/serial/by-id/usb-Honeywell_3310_Area-Imaging_Scanner_17082B1234-if00"


@pytest.fixture
def box(tmp_path: Path) -> Box:
    return whole_box(tmp_path / "box")


def completed_for(box: Box, text: str) -> str:
    machine = Machine(box.root)
    return completed(text, Path("/etc/anjungan"), machine, hardware_of(machine))


def test_a_configuration_without_devices_gets_this_boxs(box: Box) -> None:
    found = tomllib.loads(completed_for(box, HEAD))
    assert found["printer"] == {"url": "usb://04b8:0e15", "width_mm": 80}
    assert found["scanner"] == [{"url": OWN_SCANNER}]
    assert completed_for(box, HEAD).startswith(HEAD)
    assert "keypad" not in found


def test_devices_that_are_not_there_make_way_and_what_was_measured_stays(box: Box) -> None:
    text = f"""{HEAD}
[printer]
url = "usb://1504:0006"
width_mm = 58

[screen]
size = [1920, 1200]
bottom_mm = 655.5
motion = false

[[scanner]]
url = "serial:///dev/ttyACM9"

[[scanner]]
url = "camera:///dev/video7"

[office]
logo = "logo.png"
"""
    found = tomllib.loads(completed_for(box, text))
    assert found["printer"] == {"url": "usb://04b8:0e15", "width_mm": 58}
    assert found["scanner"] == [{"url": OWN_SCANNER}]
    assert found["screen"] == {
        "size": [1080, 1920], "fullscreen": True, "pixels_per_mm": 4.02, "bottom_mm": 655.5, "motion": False,
    }  # fmt: skip
    assert found["office"] == {"logo": "logo.png"}


@pytest.mark.parametrize(
    "devices",
    [
        '[printer]\nurl = "tcp://10.0.0.9:9100"\n\n[[scanner]]\nurl = "serial:///dev/ttyACM0"\n',
        f'[[scanner]]\nurl = "serial:///dev/ttyACM9"\n\n[[scanner]]\nurl = "{OWN_SCANNER}"\n\n'
        '[printer]\nurl = "usb://04b8:0e15"\n\n[screen]\nsize = [1920, 1080]\n',
    ],
    ids=["a printer on the network", "one scanner of two, and a screen that is turned"],
)
def test_what_is_there_or_cannot_be_known_stays_byte_for_byte(box: Box, devices: str) -> None:
    text = f"{HEAD}\n{devices}"
    assert completed_for(box, text) == text


def test_a_box_without_devices_leaves_the_configuration_alone(tmp_path: Path) -> None:
    text = f'{HEAD}\n[printer]\nurl = "usb://1504:0006"\n'
    assert completed_for(Box(tmp_path / "bare"), text) == text


def test_a_configuration_whose_tables_cannot_be_told_apart_is_not_touched(box: Box) -> None:
    with pytest.raises(ConfigError, match="cannot be completed"):
        completed_for(box, HEAD + "[office]\nlogo = '''\n[printer]\n'''\n")
