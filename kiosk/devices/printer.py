"""What a printer is, and which driver a URL names."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from kiosk.devices.connection import Connection
from kiosk.devices.device_url import DeviceKind, DeviceURL, parse_device_url, positive
from kiosk.errors import ConfigError
from kiosk.model import PrinterStatus, PrintOutcome
from kiosk.ticket_layout import COLUMNS, Line

KINDS = {
    "tcp": DeviceKind("tcp://10.0.0.9:9100", {}),
    "serial": DeviceKind("serial:///dev/ttyUSB0?baudrate=19200", {"baudrate": positive}),
    "usb": DeviceKind("usb://04b8:0e15", {}),
    "file": DeviceKind("file:///dev/usb/lp0", {}),
    "simulated": DeviceKind("simulated:", {}),
}


@dataclass(frozen=True)
class PrintResult:
    """How a print ended, and the last status that the printer gave."""

    outcome: PrintOutcome
    status: PrinterStatus


class Printer(Protocol):
    """Prints tickets. It knows no threads: one owner opens, uses and closes it."""

    width_mm: int
    """The width of the paper: 80 or 58."""

    def open(self) -> None:
        """Make ready to print; PrinterError if that cannot be."""

    def status(self) -> PrinterStatus:
        """Ask the printer how it is; PrinterError if the line to it is gone."""

    def print(self, lines: Sequence[Line]) -> PrintResult:
        """Print a ticket. Never raises for a printer's fault.

        FAILED only if surely no byte of the ticket was sent, PRINTED only if the printer confirmed, otherwise
        UNCONFIRMED.
        """

    def close(self) -> None:
        """Let go of the device; harmless when it is closed already."""


def printer_for(url: str, width_mm: int = 80) -> Printer:
    """The printer that `url` names, not yet open, with paper of `width_mm`. ConfigError says what is wrong."""
    if width_mm not in COLUMNS:
        widths = " or ".join(str(width) for width in sorted(COLUMNS))
        raise ConfigError([f"printer: width_mm cannot be {width_mm}; paper is {widths} mm wide"])
    from kiosk.devices.escpos_printer import EscposPrinter

    return EscposPrinter(_connection(url), width_mm)


def check_url(url: str) -> None:
    """ConfigError says what is wrong with a printer's URL; no driver is loaded."""
    if url.startswith("usb:"):
        usb_ids(url)
    else:
        parse_device_url(url, "printer", KINDS)


def usb_ids(url: str) -> tuple[int, int]:
    """The vendor and the product of a URL like usb://04b8:0e15; ConfigError for another."""
    match = re.fullmatch(r"usb://([0-9a-fA-F]{4}):([0-9a-fA-F]{4})", url)
    if match is None:
        raise ConfigError(
            [f"printer URL {url!r} needs vendor and product as lsusb shows them; write it like usb://04b8:0e15"]
        )
    return int(match[1], 16), int(match[2], 16)


def _connection(url: str) -> Connection:
    if url.startswith("usb:"):
        from kiosk.devices.usb_connection import UsbConnection

        return UsbConnection(*usb_ids(url))
    parts = parse_device_url(url, "printer", KINDS)
    match parts.scheme:
        case "tcp":
            from kiosk.devices.tcp_connection import TcpConnection

            return TcpConnection(parts.host, _port(parts))
        case "serial":
            from kiosk.devices.serial_connection import SerialConnection

            return SerialConnection(parts.path, parts.number("baudrate", 19200))
        case "file":
            from kiosk.devices.file_connection import FileConnection

            return FileConnection(parts.path)
        case _:
            from kiosk.devices.simulated_connection import SimulatedConnection

            return SimulatedConnection()


def _port(parts: DeviceURL) -> int:
    return 9100 if parts.port is None else parts.port
