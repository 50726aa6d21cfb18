"""docs/hardware.md: each driver stands in it, and nothing that is not there."""

import re
from pathlib import Path

import pytest

from kiosk.devices import keypad, printer, scanner
from kiosk.devices.device_url import DeviceKind
from kiosk.devices.evidence import Evidence

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs/hardware.md").read_text(encoding="utf-8")
DRIVERS = re.compile(r"(connection|scanner|keypad)\.py")
NO_DRIVERS = {"connection.py", "scanner.py", "keypad.py"}
"""What a connection, a scanner and a keypad are."""


def chapter(title: str) -> str:
    return re.split(r"^## ", PAGE.partition(f"## {title}\n")[2], flags=re.MULTILINE)[0]


@pytest.mark.parametrize(
    ("title", "kinds"),
    [("Printers", printer.KINDS), ("Scanners", scanner.KINDS), ("Keypads and headphones", keypad.KINDS)],
)
def test_each_way_to_a_device_has_its_row_and_each_row_its_way(title: str, kinds: dict[str, DeviceKind]) -> None:
    listed = re.findall(r"^\| [^|]+\| `([a-z]+):` \|", chapter(title), re.MULTILINE)
    assert sorted(listed) == sorted(kinds)


def test_each_driver_is_named_and_there() -> None:
    named = set(re.findall(r"`kiosk/devices/(\w+\.py)`", PAGE))
    there = {each.name for each in (ROOT / "kiosk/devices").glob("*.py") if DRIVERS.search(each.name)}
    assert named == there - NO_DRIVERS


def test_each_rung_of_proof_is_named_and_there() -> None:
    rungs = re.findall(r"^\| ([a-z ]+) \|", chapter("Printers").partition("| rung |")[2], re.MULTILINE)
    assert [each.replace(" ", "_").upper() for each in rungs] == [each.name for each in sorted(Evidence, reverse=True)]


def test_each_test_that_it_names_is_there() -> None:
    named = re.findall(r"`((?:tests|bench|provisioning)/[\w/]+(?:\.py)?)`", PAGE)
    assert named
    assert [each for each in named if not (ROOT / each).exists()] == []
