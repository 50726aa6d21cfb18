import os
from contextlib import ExitStack
from threading import Event, Thread

import pytest

from kiosk.devices import PrintResult, printer_for
from kiosk.devices.pseudo_terminal import pseudo_terminal
from kiosk.devices.simulator_programs import converse
from kiosk.errors import PrinterError
from kiosk.model import PrinterStatus, PrintOutcome


def test_a_ticket_is_printed_on_a_tty(simulator, ticket, tmp_path):
    link = tmp_path / "printer"
    with ExitStack() as stack:
        device = stack.enter_context(pseudo_terminal(link))
        stop = Event()
        conversing = Thread(target=converse, args=(simulator, device, stop))
        conversing.start()
        stack.callback(conversing.join)
        stack.callback(stop.set)
        printer = printer_for(f"serial://{link}?baudrate=19200", 58)
        printer.open()
        stack.callback(printer.close)
        assert printer.print(ticket) == PrintResult(PrintOutcome.PRINTED, PrinterStatus.READY)
    assert len(simulator.tickets) == 1


def test_an_adapter_that_is_pulled_out_raises_for_the_status(ticket, tmp_path):
    device, other = os.openpty()
    printer = printer_for(f"serial://{os.ttyname(other)}")
    printer.open()
    os.close(other)
    os.close(device)
    with pytest.raises(PrinterError):
        printer.status()
    assert printer.print(ticket) == PrintResult(PrintOutcome.FAILED, PrinterStatus.DISCONNECTED)


def test_a_tty_that_is_not_there_is_a_typed_error_with_the_next_step(tmp_path):
    with pytest.raises(PrinterError, match="check its cable"):
        printer_for(f"serial://{tmp_path}/none").open()
