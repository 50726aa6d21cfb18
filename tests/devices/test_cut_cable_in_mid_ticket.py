import io
import socket

import pytest
from PIL import Image

from kiosk.devices import PrintResult
from kiosk.devices.connection import ConnectionLost
from kiosk.devices.descriptor import read_some, write_all
from kiosk.errors import PrinterError
from kiosk.model import PrinterStatus, PrintOutcome
from kiosk.ticket_layout import Cut, Picture

READY = {bytes((0x10, 0x04, question)): b"\x12" for question in (1, 2, 3, 4)} | {b"\x1dr\x01": b"\x00"}


@pytest.fixture
def long_ticket():
    """More bytes than the buffers of both ends of a connection hold."""
    png = io.BytesIO()
    Image.new("1", (576, 64_000)).save(png, "PNG")
    return [Picture(png.getvalue()), Cut()]


def test_a_cable_cut_while_bytes_go_out_leaves_the_print_unconfirmed(scripted_printer, long_ticket):
    printer = scripted_printer(lambda command: None if command.name == b"\x1dv0" else READY.get(command.raw, b""))
    assert printer.print(long_ticket) == PrintResult(PrintOutcome.UNCONFIRMED, PrinterStatus.DISCONNECTED)


def test_a_cable_cut_after_the_last_byte_leaves_the_print_unconfirmed(scripted_printer, ticket):
    texts = []

    def cut_at_the_cut(command):
        texts.extend([command] * (command.name == b""))
        return None if texts and command.name == b"\x1dV" else READY.get(command.raw, b"")

    printer = scripted_printer(cut_at_the_cut)
    assert printer.print(ticket) == PrintResult(PrintOutcome.UNCONFIRMED, PrinterStatus.DISCONNECTED)


def test_a_connection_that_the_printer_closed_between_tickets_is_opened_again(scripted_printer, ticket):
    closed = []

    def closes_once(command):
        if command.raw == b"\x10\x04\x01" and not closed:
            closed.append(True)
            return None
        return READY.get(command.raw, b"")

    printer = scripted_printer(closes_once)
    assert printer.print(ticket) == PrintResult(PrintOutcome.PRINTED, PrinterStatus.READY)


def test_a_printer_that_is_gone_fails_the_print_and_raises_for_its_status(scripted_printer, ticket):
    printer = scripted_printer(lambda command: None)
    assert printer.print(ticket) == PrintResult(PrintOutcome.FAILED, PrinterStatus.DISCONNECTED)
    with pytest.raises(PrinterError):
        printer.status()


def test_a_printer_that_was_never_there_is_a_typed_error_with_the_next_step():
    from kiosk.devices import printer_for

    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(PrinterError, match="check its cable"):
        printer_for(f"tcp://127.0.0.1:{port}").open()


def test_a_line_that_takes_no_more_bytes_tells_how_many_it_took():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.setblocking(False)
        theirs.setblocking(False)
        with pytest.raises(ConnectionLost) as lost:
            write_all(ours.fileno(), bytes(10_000_000), timeout=0.05)
        taken = 0
        while data := read_some(theirs.fileno(), 0, 1_000_000):
            taken += len(data)
        assert lost.value.sent == taken > 0
