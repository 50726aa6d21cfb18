"""The readiness report on the kiosk's own paper, by the true driver on a printer that speaks the true bytes."""

import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from printers import printer_at
from sqlalchemy import select
from sqlalchemy.orm import Session

from central.database import KioskRow
from kiosk.bootstrap import Kiosk
from kiosk.config import read_settings
from kiosk.protocol import Heartbeat, PracticeVisit, Readiness
from kiosk.readiness import keep_practice_visit, keep_readiness, kept_readiness
from kiosk.ticket_layout import COLUMNS, Cut, Text
from provisioning.__main__ import main
from provisioning.finding import LANGUAGES, Finding, Requirement, Verdict, table, words
from provisioning.left_findings import PARTS
from provisioning.machine import Machine, Ran
from provisioning.manifest import Manifest
from provisioning.report import report_lines, reported

UNITS = Path(__file__).parents[2] / "provisioning/system/etc/systemd/system"
AT = datetime(2026, 11, 30, 6, 30, tzinfo=UTC)
KEPT = Finding("sysrq", "kernel.sysrq is 0", Verdict.KEPT)
BROKEN = Requirement("printer").judged(False, "serial:///dev/ttyUSB0: paper_out")
UNKNOWN = Requirement("firewall").unknown("the box is not running")


def paper(findings: list[Finding], language: str, width_mm: int) -> list[str]:
    lines = report_lines(findings, "Anjungan Lobi", AT, language, width_mm)
    assert isinstance(lines[-1], Cut)
    return [line.text for line in lines if isinstance(line, Text)]


def test_a_ready_kiosk_says_so_in_large_letters() -> None:
    assert "SIAP" in paper([KEPT], "id", 80)
    large = [line for line in report_lines([KEPT], "x", AT, "en", 80) if isinstance(line, Text) and line.height == 2]
    assert [line.text for line in large] == ["READY"]


def test_what_is_broken_stands_with_what_was_measured_and_what_to_do() -> None:
    said = paper([KEPT, BROKEN, UNKNOWN], "id", 80)
    assert "BELUM SIAP" in said
    assert "- pencetak menjawab dan dapat mencetak" in said
    assert "  [printer] serial:///dev/ttyUSB0: paper_out" in said
    assert "  periksa daya, kabel, kertas, dan tutupnya" in said
    assert "? tembok api tertutup" in said
    assert "syarat terpenuhi: 1" in said


def test_the_last_nights_practice_visit_is_told_also_where_it_went_well() -> None:
    night = Requirement("practice-visit")
    passed = night.judged(True, "2026-11-30 05:30: passed in 14 s")
    assert "Kunjungan latihan: 2026-11-30 05:30: passed in 14 s" in " ".join(paper([KEPT, passed], "id", 80))
    none = night.unknown("none last night, when the box was off; there never was one")
    assert "Practice visit: none last night, when the box was off" in " ".join(paper([none], "en", 80))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width_mm", COLUMNS)
def test_nothing_is_wider_than_the_paper(language, width_mm) -> None:
    long = replace(BROKEN, measured="https://central.example.go.id/a/long/address: the central server does not answer")
    for line in report_lines([KEPT, long, UNKNOWN] * 3, "Anjungan Lobi Timur Lantai Dua", AT, language, width_mm):
        if isinstance(line, Text):
            assert len(line.text) * line.width <= COLUMNS[width_mm], line.text


def _config(root: Path, more: str) -> None:
    (root / "etc/anjungan").mkdir(parents=True)
    text = '[central]\nurl = "https://central.example"\nca = "ca.pem"\n\n[data]\ndir = "data"\n'
    (root / "etc/anjungan/kiosk.toml").write_text(text + more)


def test_the_report_comes_out_of_the_printer(tmp_path, capsys) -> None:
    root, line, tray = tmp_path / "box", tmp_path / "printer", tmp_path / "tray"
    _config(root, f'[printer]\nurl = "serial://{line}"\nwidth_mm = 58\n')
    with printer_at(line, tray) as printer:
        assert main(["report", "--root", str(root)]) == 1
        printer.stdin.write("quit\n")
        printer.stdin.flush()
        printer.wait(10)
    assert "NOT READY; the report was printed" in capsys.readouterr().out
    assert b"BELUM SIAP" in b"".join(each.read_bytes() for each in sorted(tray.glob("*.bin")))


def test_the_central_server_hears_of_it_with_the_next_sign_of_life(tmp_path) -> None:
    _config(tmp_path, '[printer]\nurl = "serial:///dev/unplugged"\n')
    data = tmp_path / "etc/anjungan/data"
    assert kept_readiness(data) is None
    data.mkdir()
    main(["report", "--root", str(tmp_path)])
    kept = kept_readiness(data)
    assert kept
    assert {"identity", "printer", "sysrq"} & {*kept.broken} == {"identity", "printer"}
    (data / "readiness.json").write_text("{")
    assert kept_readiness(data) is None


def test_a_running_kiosk_tells_the_server_of_it(config, ca, central, central_database) -> None:
    _, code = central
    assert main(["enrol", "--config", str(config), "--code", code(), "--name", "Anjungan Barat"]) == 0
    keep_readiness(config.parent / "data", Readiness(at=AT, broken=("disk-health",)))
    keep_practice_visit(config.parent / "data", PracticeVisit(at=AT, seconds=14))
    kiosk = Kiosk(read_settings(config), lambda status: None)
    kiosk.start()
    try:
        deadline, told = time.monotonic() + 30, None
        while told is None and time.monotonic() < deadline:
            kiosk.inbox.take(0.05)
            with Session(central_database[1]) as session:
                said = session.scalar(select(KioskRow.heartbeat).where(KioskRow.name == "Anjungan Barat"))
            told = said and Heartbeat.model_validate_json(said)
    finally:
        kiosk.stop()
    assert told
    assert told.readiness == Readiness(at=AT, broken=("disk-health",))
    assert told.practice_visit == PracticeVisit(at=AT, seconds=14)


def test_a_printer_that_is_not_there_is_told(tmp_path, capsys) -> None:
    _config(tmp_path, '[printer]\nurl = "serial:///dev/unplugged"\n')
    assert main(["report", "--root", str(tmp_path)]) == 1
    assert "the report was not printed; look at the printer" in capsys.readouterr().out


def test_a_kiosk_without_a_printer_is_told_where_to_look(tmp_path, capsys) -> None:
    _config(tmp_path, "")
    assert main(["report", "--root", str(tmp_path)]) == 1
    assert "this kiosk has no printer" in capsys.readouterr().err


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_requirement_and_remedy_has_its_words(language) -> None:
    for name, row in table()["requirement"].items():
        assert words("requirement", name, language)
        assert words("remedy", row["remedy"], language)


def test_the_box_is_judged_while_the_core_still_runs_which_is_stopped_for_the_paper_alone(tmp_path) -> None:
    """By hand as in the units: the core's own stop is no unit that does not run."""
    running = True

    def says(command: Sequence[str]) -> Ran:
        nonlocal running
        match command:
            case ["systemctl", "is-active", *_]:
                return Ran(0 if running else 3, "")
            case ["systemctl", "stop" | "start" as verb, "anjungan-core.service"]:
                running = verb == "start"
            case ["systemctl", "show", *_]:
                state = "active" if running else "inactive"
                return Ran(0, "".join(f"Id={each}\nActiveState={state}\n\n" for each in Manifest.load().running()))
        return Ran(0, "")

    _config(tmp_path, '[printer]\nurl = "serial:///dev/unplugged"\n')
    (tmp_path / "etc/anjungan/data").mkdir()
    reported(Machine(tmp_path, says, is_up=True), "id")
    kept = kept_readiness(tmp_path / "etc/anjungan/data")
    assert kept
    assert "units" not in kept.broken
    assert running


@pytest.mark.parametrize("unit", ["report", "technician-look@"])
def test_who_judges_the_kiosk_is_the_cores_user_and_others_judge_before_it_what_it_cannot_see(unit) -> None:
    lines = (UNITS / f"anjungan-{unit}.service").read_text().splitlines()
    assert {"User=anjungan-core", "CapabilityBoundingSet=", "PrivateNetwork=yes", "ProtectSystem=strict"} <= {*lines}
    (command,) = [each for each in lines if each.startswith("ExecStart=")]
    assert "--walled" in command
    before = lines[: lines.index(command)]
    for part in PARTS:
        assert any(f"anjungan-{part}-check.service" in each for each in before)
        text = (UNITS / f"anjungan-{part}-check.service").read_text()
        assert f"ExecStartPre=/bin/rm -f /run/anjungan-{part}-check/findings.json\n" in text, "of another time"
        assert f"check --leave {part}\n" in text
        assert f"RuntimeDirectory=anjungan-{part}-check\n" in text
    assert "User=anjungan-sync\n" in (UNITS / "anjungan-server-check.service").read_text()
    box = (UNITS / "anjungan-box-check.service").read_text()
    assert "IPAddressDeny=any\n" in box
    assert "AF_INET" not in box
