import pytest

from kiosk.devices import scanner_for
from kiosk.errors import ScannerError


def test_a_scanner_that_is_pulled_out_raises(scanner):
    scanner.unplug()
    with pytest.raises(ScannerError, match="check its cable"):
        scanner.driver.read(2)


def test_a_scanner_that_is_pulled_out_in_mid_code_gives_no_half_code(scanner):
    scanner.send(b"HAL")
    scanner.driver.read(0.001)
    scanner.unplug()
    with pytest.raises(ScannerError):
        scanner.driver.read(2)


def test_a_scanner_that_was_never_there_is_a_typed_error_with_the_next_step(tmp_path):
    with pytest.raises(ScannerError, match="check its cable"):
        scanner_for(f"serial://{tmp_path}/none").open()


def test_a_closed_scanner_raises_and_closing_twice_is_harmless(scanner):
    scanner.driver.close()
    scanner.driver.close()
    with pytest.raises(ScannerError):
        scanner.driver.read(0)
