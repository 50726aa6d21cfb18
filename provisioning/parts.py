"""What the set-up looks for: printer, scanner, touch panel, network, clock, each there or not, as it is now."""

from collections.abc import Iterator

from kiosk.config import Settings
from kiosk.set_up_lines import Looked, Part
from provisioning.finding import Verdict
from provisioning.hardware import Hardware
from provisioning.inputs import inputs_of
from provisioning.kiosk_checks import printer_answers
from provisioning.machine import Machine
from provisioning.network import address_of
from provisioning.system_checks import clock_is_right
from provisioning.usb import plain


def looked(machine: Machine, settings: Settings, found: Hardware, scans: bool, prints: bool) -> tuple[Looked, ...]:
    """All parts. `scans` is whether a scanner is open; with `prints` the printer has answered, and is not asked."""
    return tuple(
        Looked(part=part, is_found=is_found, name=plain(name))
        for part, is_found, name in _looked(machine, settings, found, scans, prints)
    )


def _looked(
    machine: Machine, settings: Settings, found: Hardware, scans: bool, prints: bool
) -> Iterator[tuple[Part, bool, str]]:
    named = {each.url: each.name for each in (*found.printers, *found.scanners, *found.cameras)}
    printer = settings.printer.url if settings.printer else ""
    yield Part.PRINTER, prints or answers(machine, settings), named.get(printer, _last(printer))
    yield Part.SCANNER, scans, ", ".join(named.get(each.url, _last(each.url)) for each in settings.scanner)
    panels = [each.name for each in found.touch_panels] or [
        each.name for each in inputs_of(machine) if each.is_absolute_pointer
    ]
    yield Part.TOUCH, bool(panels), panels[0] if panels else ""
    address = address_of(machine)
    yield Part.NETWORK, bool(address), address
    yield Part.CLOCK, clock_is_right(machine).verdict is Verdict.KEPT, f"{machine.now():%Y-%m-%d}"


def answers(machine: Machine, settings: Settings) -> bool:
    """Whether the printer says that it can print, or takes what is sent and says nothing of itself."""
    return settings.printer is not None and printer_answers(machine).verdict is not Verdict.BROKEN


def _last(url: str) -> str:
    """What tells a device that says nothing of itself: the name of its line, or its address."""
    return url.rpartition("/")[2].partition("?")[0]
