"""What a scanner, a keypad and a printer are, the drivers by URL, and the simulators.

Importing this package loads no driver library; each is loaded by the one file that uses it, when a device of its kind
is made.
"""

from kiosk.devices.keypad import Keypad, keypad_for
from kiosk.devices.printer import Printer, PrintResult, printer_for
from kiosk.devices.scanner import Scanner, scanner_for

__all__ = ["Keypad", "PrintResult", "Printer", "Scanner", "keypad_for", "printer_for", "scanner_for"]
