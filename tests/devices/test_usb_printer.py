import pytest

from kiosk.devices import printer_for
from kiosk.errors import ConfigError, PrinterError


def test_a_printer_that_is_not_plugged_in_is_a_typed_error_with_the_next_step():
    with pytest.raises(PrinterError, match=r"0519:2013.*check its cable"):
        printer_for("usb://0519:2013").open()


@pytest.mark.parametrize(
    "url", ["usb://04b8", "usb://04b8:0e1", "usb://epson:tm", "usb:04b8:0e15", "usb://04b8:0e15?ep=1"]
)
def test_ids_are_four_hexadecimal_digits_each(url):
    with pytest.raises(ConfigError, match="usb://04b8:0e15"):
        printer_for(url)
