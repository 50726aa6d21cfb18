"""A printer on USB, spoken to directly."""

from typing import Any

from kiosk.devices import escpos_library
from kiosk.devices.connection import ConnectionLost
from kiosk.errors import PrinterError

PRINTER_CLASS = 7
WRITE_TIMEOUT_MS = 5000
CHUNK = 4096


class UsbConnection:
    """The USB printer of a vendor and product. python-escpos finds it and takes it from the kernel's driver; pyusb
    moves the bytes, because python-escpos does not tell how many were taken.
    """

    answers = True
    bytes_per_second = 100_000.0

    def __init__(self, vendor: int, product: int) -> None:
        self._vendor = vendor
        self._product = product
        self._usb: Any = None
        self._out: Any = None
        self._in: Any = None

    def open(self) -> None:
        self.close()
        _look_anew()
        printer = escpos_library.load().Usb(self._vendor, self._product)
        from escpos.exceptions import Error as EscposError

        try:
            printer.open()
            self._out, self._in = _endpoints(printer.device)
        except (OSError, ValueError, RuntimeError, EscposError) as error:
            # usb.core.USBError is an OSError, a missing libusb a ValueError.
            reason = " ".join(str(error).split())
            raise PrinterError(
                f"the USB printer {self._vendor:04x}:{self._product:04x} cannot be opened ({reason});"
                " check its cable, that libusb is installed, and that this user may use it"
            ) from error
        self._usb = printer

    def write(self, data: bytes) -> None:
        if self._usb is None:
            raise ConnectionLost("the printer is not open")
        sent = 0
        while sent < len(data):
            try:
                sent += self._out.write(data[sent : sent + CHUNK], WRITE_TIMEOUT_MS)
            except OSError as error:
                # pyusb does not say how much of the chunk went out, so some of it may have.
                raise ConnectionLost(f"the USB printer takes no more bytes: {error}", sent + 1) from error

    def read(self, timeout: float) -> bytes:
        if self._usb is None:
            raise ConnectionLost("the printer is not open")
        import usb.core

        try:
            return bytes(self._in.read(64, max(1, round(timeout * 1000))))
        except usb.core.USBTimeoutError:
            return b""
        except OSError as error:
            raise ConnectionLost(f"the USB printer is gone: {error}") from error

    def close(self) -> None:
        if self._usb is not None:
            self._usb.close()
            self._usb = self._out = self._in = None


def _look_anew() -> None:
    """Lets pyusb list what is plugged in now: libusb does so once, and hears of later plugs by netlink, which a process
    without a network does not get.
    """
    import usb.backend.libusb1

    usb.backend.libusb1._lib_object = None


def _endpoints(device: Any) -> tuple[Any, Any]:
    """The bulk endpoints out and in of the printer's interface (USB Printing Class 1.1, section 4)."""
    import usb.util

    interface = usb.util.find_descriptor(device.get_active_configuration(), bInterfaceClass=PRINTER_CLASS)
    if interface is None:
        raise ValueError("it has no printer interface")
    found = [
        usb.util.find_descriptor(
            interface, custom_match=lambda end, way=way: usb.util.endpoint_direction(end.bEndpointAddress) == way
        )
        for way in (usb.util.ENDPOINT_OUT, usb.util.ENDPOINT_IN)
    ]
    if None in found:
        raise ValueError("it cannot be read from")
    return found[0], found[1]
