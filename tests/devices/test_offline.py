from kiosk.devices import PrintResult
from kiosk.model import PrinterStatus, PrintOutcome


def test_a_printer_that_is_offline_says_so(printer, simulator):
    simulator.go_offline()
    assert printer.status() is PrinterStatus.OFFLINE


def test_no_byte_of_a_ticket_is_sent_to_a_printer_that_is_offline(printer, simulator, ticket):
    simulator.go_offline()
    assert printer.print(ticket) == PrintResult(PrintOutcome.FAILED, PrinterStatus.OFFLINE)
    simulator.go_online()
    assert simulator.tickets == simulator.scraps == []
    assert printer.print(ticket).outcome is PrintOutcome.PRINTED


def test_a_cutter_that_is_jammed_is_offline(scripted_printer, ticket):
    jammed = {b"\x10\x04\x01": b"\x1a", b"\x10\x04\x02": b"\x52", b"\x10\x04\x03": b"\x1a", b"\x10\x04\x04": b"\x12"}
    printer = scripted_printer(lambda command: jammed.get(command.raw, b""))
    assert printer.print(ticket) == PrintResult(PrintOutcome.FAILED, PrinterStatus.OFFLINE)
