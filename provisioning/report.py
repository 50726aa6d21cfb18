"""`kiosk-provision report`: whether the kiosk is ready for the day, on its own paper.

In Indonesian, for whoever opens the lobby, with the English name of what is to be mended for whoever is called. The
central server hears of it with the kiosk's next sign of life.
"""

import argparse
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from textwrap import wrap

from kiosk.config import Settings, read_settings
from kiosk.devices.printer import Printer, printer_for
from kiosk.errors import ConfigError, PrinterError
from kiosk.identity import Identity
from kiosk.model import PrintOutcome
from kiosk.ticket_layout import COLUMNS, Align, Cut, Feed, Line, Rule, Text
from provisioning.box_files import CONFIG
from provisioning.check import (
    add_walled_argument,
    findings_apart,
    findings_of_the_kiosk,
    is_ready,
    keep_for_the_server,
)
from provisioning.finding import LANGUAGES, Finding, Verdict, words
from provisioning.kiosk_checks import CORE, core_runs
from provisioning.machine import BoxError, Machine
from provisioning.zone import zone_kept

PRACTICE = "practice-visit"
"""The requirement that the report tells of also where it is kept."""
OUTCOMES = {
    PrintOutcome.PRINTED: "printed",
    PrintOutcome.UNCONFIRMED: "sent; the printer cannot confirm it, so look at the paper",
    PrintOutcome.FAILED: "not printed; look at the printer",
}


def add_command(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    one = commands.add_parser("report", help="print on the kiosk's own paper whether it is ready for the day")
    one.set_defaults(run=_report)
    one.add_argument("--root", type=Path, default=Path("/"), metavar="DIR", help="where the box's files start")
    one.add_argument("--language", choices=LANGUAGES, default="id", help="of the words")
    add_walled_argument(one)


def report_lines(
    findings: Sequence[Finding], name: str, at: datetime, language: str, width_mm: int
) -> tuple[Line, ...]:
    """The report, cut at its end. `name` is the kiosk's; `at` is printed as it is."""
    columns = COLUMNS[width_mm]

    def said(key: str) -> str:
        return words("report", key, language)

    lines: list[Line] = [Text(row, bold=True) for row in wrap(said("title"), columns)]
    lines += [Text(row) for row in wrap(f"{name}  {at:%Y-%m-%d %H:%M}", columns)]
    lines += [Feed(), Text(said("ready" if is_ready(findings) else "not_ready"), width=2, height=2, bold=True), Feed()]
    broken = [each for each in findings if each.verdict is Verdict.BROKEN]
    if broken:
        lines += [Rule(), Text(f"{said('broken')}: {len(broken)}", Align.LEFT, bold=True)]
        for each in broken:
            lines += _item(each, language, columns)
    unknown = [each.requirement_in(language) for each in findings if each.verdict is Verdict.UNKNOWN]
    if unknown:
        lines += [Rule(), Text(f"{said('unknown')}: {len(unknown)}", Align.LEFT)]
        lines += [Text(row, Align.LEFT) for each in unknown for row in wrap(each, columns, initial_indent="? ")]
    kept = len(findings) - len(broken) - len(unknown)
    lines += [Rule(), Text(f"{said('kept')}: {kept}", Align.LEFT)]
    nightly = [each.measured for each in findings if each.name == PRACTICE]
    lines += [Text(row, Align.LEFT) for each in nightly for row in wrap(f"{said('practice')}: {each}", columns)]
    return (*lines, *(Text(row) for row in wrap(said("closing"), columns)), Cut())


def _item(finding: Finding, language: str, columns: int) -> Iterator[Line]:
    rows = wrap(finding.requirement_in(language), columns, initial_indent="- ", subsequent_indent="  ")
    yield from (Text(row, Align.LEFT, bold=True) for row in rows)
    for words_of_it in (f"[{finding.name}] {finding.measured}", finding.remedy_in(language)):
        rows = wrap(words_of_it, columns, initial_indent="  ", subsequent_indent="  ")
        yield from (Text(row, Align.LEFT) for row in rows)


def _report(arguments: argparse.Namespace) -> int:
    return reported(Machine.at_root(arguments.root, arguments.walled), arguments.language)


def reported(machine: Machine, language: str) -> int:
    """Prints the report and keeps what is broken for the server; returns the exit status. Raises ConfigError, or
    BoxError without a printer.
    """
    settings = read_settings(machine.at(CONFIG))
    if settings.printer is None:
        raise BoxError("this kiosk has no printer: kiosk-provision check shows the same on the screen")
    print(zone_kept(machine, settings))
    # Before the core is stopped, which is one of the units that are to run.
    apart = findings_apart(machine)
    with _with_the_core_stopped(machine):
        findings = [*findings_of_the_kiosk(machine), *apart]
        name = _name(machine, settings)
        width = settings.printer.width_mm
        lines = report_lines(findings, name, machine.now().astimezone(), language, width)
        keep_for_the_server(machine, settings.data.dir, findings)
        outcome = _printed(printer_for(settings.printer.url, width), lines)
    is_good = is_ready(findings)
    print(f"{words('report', 'ready' if is_good else 'not_ready', 'en')}; the report was {OUTCOMES[outcome]}")
    return 0 if is_good and outcome is not PrintOutcome.FAILED else 1


def _name(machine: Machine, settings: Settings) -> str:
    """What officers call the kiosk; before it is enrolled, what the network does."""
    try:
        return Identity.load(machine.here(settings.data.dir)).name
    except ConfigError:
        return machine.text("etc/hostname") or "anjungan"


def _printed(printer: Printer, lines: Sequence[Line]) -> PrintOutcome:
    try:
        printer.open()
        return printer.print(lines).outcome
    except PrinterError:
        return PrintOutcome.FAILED
    finally:
        printer.close()


@contextmanager
def _with_the_core_stopped(machine: Machine) -> Iterator[None]:
    """The printer has one owner, so the kiosk lets go of it for the while; it is started again whatever happens."""
    if not core_runs(machine):
        yield
        return
    machine.run(("systemctl", "stop", CORE))
    try:
        yield
    finally:
        machine.run(("systemctl", "start", CORE))
