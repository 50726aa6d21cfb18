"""The simulators as programs of their own, spoken to over their pipes."""

import subprocess
import sys
from contextlib import contextmanager

from PIL import Image

from kiosk.devices import PrintResult, printer_for, scanner_for
from kiosk.model import PrinterStatus, PrintOutcome


@contextmanager
def program(call: str):
    source = f"import sys; from pathlib import Path; from kiosk.devices.simulator_programs import *; sys.exit({call})"
    started = subprocess.Popen(
        [sys.executable, "-c", source], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
    )
    try:
        yield started
    finally:
        started.kill()
        started.communicate()


def tell(started, verb):
    started.stdin.write(verb + "\n")
    return started.stdout.readline().strip()


def test_a_printer_program_obeys_its_verbs_and_keeps_its_tickets(ticket, tmp_path):
    with program(f"run_printer(0, None, Path({str(tmp_path)!r}), 80, sys.stdin)") as started:
        url = started.stdout.readline().removeprefix("listening on ").strip()
        for verb, status in [
            ("paper out", PrinterStatus.PAPER_OUT),
            ("paper in", PrinterStatus.READY),
            ("cover open", PrinterStatus.COVER_OPEN),
            ("cover close", PrinterStatus.READY),
            ("offline", PrinterStatus.OFFLINE),
            ("ONLINE", PrinterStatus.READY),
            ("power off", PrinterStatus.SILENT),
            ("power on", PrinterStatus.READY),
            ("silent", PrinterStatus.SILENT),
            ("speak", PrinterStatus.READY),
            ("paper low", PrinterStatus.PAPER_LOW),
        ]:
            assert tell(started, verb) == "ok"
            printer = printer_for(url)
            printer.open()
            assert printer.status() is status
            printer.close()
        printer.open()
        assert printer.print(ticket) == PrintResult(PrintOutcome.PRINTED, PrinterStatus.PAPER_LOW)
        assert tell(started, "paper out after 3") == "ok"
        assert printer.print(ticket).outcome is PrintOutcome.UNCONFIRMED
        for verb in (
            "noise 9",
            "stall 0",
            "answer late 0",
            "prove late 0",
            "cover open after 99",
            "power off after 99",
        ):
            assert tell(started, verb) == "ok"
        for verb in ("paper outt", "noise", "stall soon"):
            assert "paper out after N" in tell(started, verb)
        assert tell(started, "quit") == "ok"
        assert started.wait(10) == 0
    assert sorted(file.name for file in tmp_path.iterdir()) == ["001.bin", "001.png"]
    with Image.open(tmp_path / "001.png") as picture:
        assert picture.width == 640


def test_a_printer_program_on_a_pseudo_terminal_takes_its_link_away(ticket, tmp_path):
    link = tmp_path / "printer"
    with program(f"run_printer(None, {str(link)!r}, None, 58, sys.stdin)") as started:
        url = started.stdout.readline().removeprefix("listening on ").strip()
        printer = printer_for(url, 58)
        printer.open()
        assert printer.print(ticket).outcome is PrintOutcome.PRINTED
        printer.close()
        tell(started, "quit")
        assert started.wait(10) == 0
    assert not link.is_symlink()


def test_a_program_that_is_terminated_takes_its_link_away(tmp_path):
    link = tmp_path / "printer"
    for call in (f"run_printer(None, {str(link)!r}, None, 80, sys.stdin)", f"run_scanner({str(link)!r}, sys.stdin)"):
        with program(call) as started:
            started.stdout.readline()
            assert link.is_symlink()
            started.terminate()
            assert started.wait(10) == 0
        assert not link.is_symlink()


def test_a_port_that_is_taken_is_told(tmp_path):
    with program("run_printer(0, None, None, 80, sys.stdin)") as first:
        port = int(first.stdout.readline().rpartition(":")[2])
        with program(f"run_printer({port}, None, None, 80, sys.stdin)") as second:
            assert second.wait(10) == 1


def test_a_scanner_program_reads_its_lines_and_ends_with_them(tmp_path):
    link = tmp_path / "scanner"
    with program(f"run_scanner({str(link)!r}, sys.stdin)") as started:
        assert started.stdout.readline().strip() == f"listening on serial://{link}"
        scanner = scanner_for(f"serial://{link}")
        scanner.open()
        for code in ("ANJ1:FIRST", "SECOND CODE"):
            started.stdin.write(code + "\n")
            assert scanner.read(5) == code
        scanner.close()
        started.stdin.close()
        started.stdin = None
        assert started.wait(10) == 0
    assert not link.is_symlink()
