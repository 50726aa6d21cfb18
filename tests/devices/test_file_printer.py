import pytest

from kiosk.devices import PrintResult, printer_for
from kiosk.devices.escpos_encoding import encode
from kiosk.errors import PrinterError
from kiosk.model import PrinterStatus, PrintOutcome


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "lp0"
    path.touch()
    return path


def test_what_cannot_answer_is_never_taken_as_printed(file, ticket):
    printer = printer_for(f"file://{file}")
    printer.open()
    assert printer.status() is PrinterStatus.UNKNOWN
    assert printer.print(ticket) == PrintResult(PrintOutcome.UNCONFIRMED, PrinterStatus.UNKNOWN)
    printer.close()
    assert file.read_bytes() == encode(ticket, 80)


def test_a_file_that_goes_away_is_a_printer_that_went_away(file, ticket):
    printer = printer_for(f"file://{file}")
    printer.open()
    file.unlink()
    with pytest.raises(PrinterError):
        printer.status()
    assert printer.print(ticket) == PrintResult(PrintOutcome.FAILED, PrinterStatus.DISCONNECTED)
    printer.close()


def test_a_file_that_was_never_there_is_a_typed_error_with_the_next_step(tmp_path):
    with pytest.raises(PrinterError, match="check its cable"):
        printer_for(f"file://{tmp_path}/none").open()
