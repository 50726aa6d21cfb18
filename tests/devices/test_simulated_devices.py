"""The simulators in this process, as `simulated:` names them."""

import pytest

from kiosk.devices import PrintResult, printer_for, scanner_for
from kiosk.errors import PrinterError, ScannerError
from kiosk.model import PrinterStatus, PrintOutcome


def test_a_presented_code_is_scanned_in_order():
    scanner = scanner_for("simulated:")
    scanner.open()
    scanner.present("FIRST")
    scanner.present("SECOND")
    assert [scanner.read(0), scanner.read(0), scanner.read(0)] == ["FIRST", "SECOND", None]


def test_an_unplugged_scanner_is_gone_until_it_is_plugged_in():
    scanner = scanner_for("simulated:")
    scanner.open()
    scanner.unplug()
    with pytest.raises(ScannerError):
        scanner.read(0)
    with pytest.raises(ScannerError):
        scanner.open()
    scanner.plug_in()
    scanner.open()


def test_a_simulated_printer_prints_through_the_true_driver(ticket):
    printer = printer_for("simulated:")
    printer.open()
    assert printer.print(ticket) == PrintResult(PrintOutcome.PRINTED, PrinterStatus.READY)
    assert len(printer.connection.simulator.tickets) == 1


def test_an_unplugged_printer_is_gone_until_it_is_plugged_in(ticket):
    printer = printer_for("simulated:")
    printer.open()
    printer.connection.unplug()
    assert printer.print(ticket) == PrintResult(PrintOutcome.FAILED, PrinterStatus.DISCONNECTED)
    with pytest.raises(PrinterError):
        printer.open()
    printer.connection.plug_in()
    printer.open()
    assert printer.status() is PrinterStatus.READY
