"""Settings from the central server: checked, on trial until it has heard the kiosk, else taken back."""

from pathlib import Path

import pytest

from kiosk.protocol import RemoteSettings
from kiosk.remote_settings import NOT_HEARD, RemoteSettingsFile

OWN = """
central = { url = "https://central.example", ca = "ca.pem" }
data = { dir = "data" }
printer = { url = "simulated:" }
"""
NARROW = '[printer]\nurl = "simulated:"\nwidth_mm = 58\n'
STILL = "[screen]\nmotion = false\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "kiosk.toml").write_text(OWN)
    return tmp_path / "kiosk.toml"


def width(kiosk: RemoteSettingsFile) -> int | None:
    return kiosk.settings.printer.width_mm if kiosk.settings.printer else None


def test_settings_from_afar_are_used_from_the_next_start_on(file: Path) -> None:
    kiosk = RemoteSettingsFile(file)
    assert kiosk.takes(RemoteSettings(version=1, toml=NARROW))
    assert width(kiosk) == 80
    assert width(RemoteSettingsFile(file)) == 58


def test_the_same_version_is_taken_once(file: Path) -> None:
    kiosk = RemoteSettingsFile(file)
    assert kiosk.takes(RemoteSettings(version=1, toml=NARROW))
    assert not kiosk.takes(RemoteSettings(version=1, toml=NARROW))


def test_a_second_start_that_the_server_has_not_heard_takes_them_back(file: Path) -> None:
    RemoteSettingsFile(file).takes(RemoteSettings(version=1, toml=NARROW))
    assert width(RemoteSettingsFile(file)) == 58
    back = RemoteSettingsFile(file)
    assert (width(back), back.held.version, back.held.refused, back.held.problem) == (80, 0, 1, NOT_HEARD)
    assert not back.takes(RemoteSettings(version=1, toml=NARROW))


def test_once_heard_they_stay(file: Path) -> None:
    RemoteSettingsFile(file).takes(RemoteSettings(version=1, toml=NARROW))
    RemoteSettingsFile(file).heard()
    assert [width(RemoteSettingsFile(file)) for _ in range(3)] == [58, 58, 58]


def test_what_is_taken_back_gives_way_to_the_former_ones_from_afar(file: Path) -> None:
    RemoteSettingsFile(file).takes(RemoteSettings(version=1, toml=NARROW))
    proven = RemoteSettingsFile(file)
    proven.heard()
    proven.takes(RemoteSettings(version=2, toml=STILL))
    assert not RemoteSettingsFile(file).settings.screen.motion
    back = RemoteSettingsFile(file)
    assert (width(back), back.settings.screen.motion, back.held.version, back.held.refused) == (58, True, 1, 2)


def test_what_this_version_does_not_take_any_more_gives_way_to_the_former_ones_at_once(file: Path) -> None:
    RemoteSettingsFile(file).takes(RemoteSettings(version=1, toml=NARROW))
    proven = RemoteSettingsFile(file)
    proven.heard()
    proven.takes(RemoteSettings(version=2, toml=STILL))
    kept = file.parent / "data" / "remote-settings.json"
    kept.write_text(kept.read_text().replace("motion", "gone"))
    back = RemoteSettingsFile(file)
    assert (width(back), back.held.version, back.held.refused) == (58, 1, 2)


@pytest.mark.parametrize(
    ("toml", "problem"),
    [
        ("[printer", "not TOML"),
        ('[central]\nurl = "https://elsewhere.example"\n', "[central] cannot be set from afar"),
        ('[data]\ndir = "/"\n', "[data] cannot be set from afar"),
        ('[printer]\nurl = "lpt1:"\n', "[printer] url"),
        ("[screen]\nmotoin = true\n", "did you mean 'motion'?"),
    ],
)
def test_what_cannot_be_used_is_refused_with_its_problem_and_changes_nothing(
    file: Path, toml: str, problem: str
) -> None:
    kiosk = RemoteSettingsFile(file)
    assert not kiosk.takes(RemoteSettings(version=3, toml=toml))
    assert problem in kiosk.held.problem
    again = RemoteSettingsFile(file)
    assert (width(again), again.held.version, again.held.refused) == (80, 0, 3)


def test_a_spoilt_file_leaves_the_kiosks_own_settings(file: Path) -> None:
    RemoteSettingsFile(file).takes(RemoteSettings(version=1, toml=NARROW))
    (file.parent / "data" / "remote-settings.json").write_text("{")
    assert width(RemoteSettingsFile(file)) == 80
