"""kiosk-provision bundle: what support needs, in one file, and nothing personal that was planted in its sources."""

import json
import tarfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from boxes import whole_box

from provisioning.__main__ import main
from provisioning.bundle import JOURNAL_LINES, LINE_LENGTH, packed, parts_of
from provisioning.machine import Machine, Ran

NIK, PHONE, NAME = "1376014508870002", "+62 812-6789-0123", "Siti Rahmawati"
EVENT = '{"at":"2026-11-24T02:30:00Z","event":"printer_changed","level":"info","status":"paper_out"}'
PLANTED = f'{NAME} {NIK}\n{{"event": "visitor", "name": "{NAME}"}}\n{{"event": "printer'


@pytest.fixture
def box(tmp_path: Path) -> Path:
    root = whole_box(tmp_path / "box").root
    log = root / "etc/anjungan/data/log"
    log.mkdir(parents=True)
    text = '[central]\nurl = "https://central.example"\nca = "ca.pem"\n\n[data]\ndir = "data"\n'
    (root / "etc/anjungan/kiosk.toml").write_text(text)
    (log / "kiosk.jsonl").write_text(f"{EVENT}\n{PLANTED}")
    (log / "kiosk.jsonl.1").write_text(f"{EVENT}\n")
    (root / "etc/anjungan/data/kiosk.key").write_text("-----BEGIN PRIVATE KEY-----")
    return root


def says(command: Sequence[str]) -> Ran:
    return Ran(0, f"anjungan-core.service: {command[0]} saw {NIK}, {PHONE}\x1b[31m\n")


def test_everything_that_support_asks_for_is_in_one_file(box, tmp_path) -> None:
    out = tmp_path / "bundle.tar.gz"
    assert main(["bundle", "--root", str(box), "--out", str(out)]) == 0
    assert out.stat().st_mode & 0o777 == 0o600
    with tarfile.open(out) as tar:
        names = {Path(each.name).name for each in tar}
        check = json.load(tar.extractfile("anjungan/check.json"))
    assert {"check.json", "versions.txt", "hardware.txt", "units.txt", "journal.txt", "kiosk.toml"} < names
    assert {"kiosk.jsonl", "kiosk.jsonl.1"} < names
    assert {"name", "measured", "verdict"} < set(check[0])


def test_nothing_personal_that_is_planted_in_its_sources_gets_into_it(box) -> None:
    parts = parts_of(Machine(box, says, is_up=True))
    everything = "\n".join(parts.values())
    for planted in (NIK, PHONE, NAME, "\x1b", "PRIVATE KEY"):
        assert planted not in everything
    assert "anjungan-core.service: journalctl saw …" in parts["journal.txt"]
    assert parts["kiosk.jsonl"] == f"{EVENT}\n"
    assert parts["kiosk.jsonl.left-out"] == "3 lines are not of the kiosk's log\n"


def test_whatever_programs_say_the_bundle_has_a_bound(box) -> None:
    said = Ran(0, ("word " * 20_000 + "\n") * 60 + "x\n" * 2 * JOURNAL_LINES)
    parts = parts_of(Machine(box, lambda command: said, is_up=True))
    for name in ("journal.txt", "units.txt"):
        assert len(parts[name].splitlines()) == JOURNAL_LINES
        assert max(map(len, parts[name].splitlines())) <= LINE_LENGTH
    cut = parts_of(Machine(box, lambda command: Ran(0, "word " * 20_000), is_up=True))["journal.txt"]
    assert len(cut) == LINE_LENGTH + 1


def test_the_same_box_gives_the_same_bundle() -> None:
    at = int(datetime(2026, 11, 30, tzinfo=UTC).timestamp())
    assert packed({"b": "2", "a": "1"}, at) == packed({"a": "1", "b": "2"}, at)


def test_a_place_that_cannot_be_written_is_told(box, tmp_path, capsys) -> None:
    (tmp_path / "file").write_text("")
    assert main(["bundle", "--root", str(box), "--out", str(tmp_path / "file/bundle.tar.gz")]) == 1
    assert "cannot be written" in capsys.readouterr().err
