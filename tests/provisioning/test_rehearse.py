"""kiosk-provision rehearse: the practice visit at night by the installed version's own program."""

import sys
from pathlib import Path

import pytest
from bench_site import make_data

from kiosk.readiness import kept_practice_visit
from provisioning.__main__ import main
from provisioning.machine import Machine
from provisioning.rehearse import STEPS, UNFINISHED, VERSION, rehearsed
from provisioning.updates.health import Probe

CONFIG = '[central]\nurl = "https://localhost:1"\nca = "ca.pem"\n[data]\ndir = "data"\n'
ROOT = Path(__file__).parents[2]


def program(root: Path, script: str) -> None:
    file = root / VERSION / "bin/kiosk"
    file.parent.mkdir(parents=True)
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """An enrolled kiosk's on a box whose version is this checkout, without drawing: that is what `kiosk screens` is
    tried for, and takes seconds.
    """
    folder = tmp_path / "etc/anjungan"
    folder.mkdir(parents=True)
    (folder / "kiosk.toml").write_text(CONFIG)
    make_data(folder, 1)
    program(tmp_path, f'export PYTHONPATH="{ROOT}"\n[ "$1" = screens ] || exec "{sys.executable}" -m kiosk "$@"')
    return folder / "data"


def test_a_visit_that_came_to_its_ticket_is_kept_with_its_time(tmp_path: Path, data: Path, capsys) -> None:
    assert kept_practice_visit(data) is None
    assert main(["rehearse", "--root", str(tmp_path)]) == 0
    assert "passed in" in capsys.readouterr().out
    kept = kept_practice_visit(data)
    assert kept
    assert (kept.failed, kept.problem) == ("", "")
    assert 0 < kept.seconds < 60


def test_a_store_that_cannot_be_opened_is_a_visit_that_failed(tmp_path: Path, data: Path, capsys) -> None:
    (data / "store.key").write_text("0" * 64)
    assert main(["rehearse", "--root", str(tmp_path)]) == 1
    kept = kept_practice_visit(data)
    assert kept
    assert kept.failed == "a practice visit ends with a ticket"
    assert "made with another key" in kept.problem
    assert kept.failed in capsys.readouterr().out


def test_a_visit_that_is_cut_off_stays_as_that_on_the_disk(tmp_path: Path) -> None:
    """A power cut, or systemd's limit of time, leaves what stands there while it runs."""
    seen = tmp_path / "seen"
    program(tmp_path, f"cp {tmp_path}/practice-visit.json {seen}")
    rehearsed(Machine(tmp_path), tmp_path, [Probe("it works", ("bin/kiosk",), 20)])
    assert UNFINISHED in seen.read_text()
    kept = kept_practice_visit(tmp_path)
    assert kept
    assert kept.failed == ""


def test_what_is_kept_of_a_long_problem_can_be_told(tmp_path: Path) -> None:
    program(tmp_path, "yes problem | head -c 5000; exit 3")
    visit = rehearsed(Machine(tmp_path), tmp_path, [Probe("a step with a long name " * 9, ("bin/kiosk",), 20)])
    assert (len(visit.failed), kept_practice_visit(tmp_path)) == (60, visit)
    assert len(visit.problem) <= 300


def test_the_visit_looks_at_no_device_and_no_network() -> None:
    assert [each.command[1] for each in STEPS] == ["screens", "rehearse"]


def test_a_data_folder_that_cannot_be_written_says_what_to_do(tmp_path: Path, data: Path, capsys) -> None:
    (data / "practice-visit.json.new").mkdir()
    (data / "practice-visit.json").mkdir()
    assert main(["rehearse", "--root", str(tmp_path)]) == 1
    assert "run it as root or as its owner" in capsys.readouterr().err
