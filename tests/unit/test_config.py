from pathlib import Path

import pytest

from kiosk.config import read_settings
from kiosk.errors import ConfigError

GOOD = """
[central]
url = "https://central.example/"
ca = "ca.pem"
[data]
dir = "data"
[printer]
url = "tcp://10.0.0.9:9100"
width_mm = 58
[[scanner]]
url = "serial:///dev/ttyACM0?baudrate=9600"
[[scanner]]
url = "frames:///tmp/frames"
[office]
logo = "logo.png"
"""


def written(folder: Path, text: str) -> Path:
    file = folder / "kiosk.toml"
    file.write_text(text)
    return file


def problems(folder: Path, text: str) -> list[str]:
    with pytest.raises(ConfigError) as raised:
        read_settings(written(folder, text))
    return raised.value.problems


def test_a_good_file_is_read_with_paths_from_its_folder(tmp_path: Path) -> None:
    settings = read_settings(written(tmp_path, GOOD))
    assert settings.central.ca == tmp_path / "ca.pem"
    assert settings.data.dir == tmp_path / "data"
    assert settings.office.logo == tmp_path / "logo.png"
    assert settings.central.url == "https://central.example"
    assert len(settings.scanner) == 2


def test_every_problem_is_reported_at_once_with_what_was_meant(tmp_path: Path) -> None:
    bad = GOOD.replace("https://central.example/", "http://central.example").replace("width_mm = 58", "widht_mm = 58")
    bad = bad.replace("tcp://", "tpc://").replace("[data]", "[dta]").replace("baudrate", "baudrat")
    found = "\n".join(problems(tmp_path, bad))
    for part in (
        "https://",
        "did you mean 'width_mm'",
        "did you mean tcp",
        "[data]",
        "'data'",
        "did you mean baudrate",
    ):
        assert part in found, part


def test_a_paper_width_that_does_not_exist_is_a_problem(tmp_path: Path) -> None:
    assert "58 or 80" in problems(tmp_path, GOOD.replace("58", "70"))[0]


@pytest.mark.parametrize("text", ["[central", "\x00"])
def test_what_is_not_toml_is_said_to_be_not_toml(tmp_path: Path, text: str) -> None:
    assert "not TOML" in problems(tmp_path, text)[0]


def test_a_file_that_is_not_there_is_a_problem_not_a_crash(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        read_settings(tmp_path / "none.toml")


def test_a_wrong_paper_width_is_reported_together_with_other_problems(tmp_path: Path) -> None:
    found = problems(tmp_path, GOOD.replace("58", "70").replace("https://central.example/", "http://x"))
    assert len(found) == 2
    assert any("[printer] width_mm: 70 is not a paper width" in each for each in found)
