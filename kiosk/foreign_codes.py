"""Codes of other systems: how a text that they hand out becomes the reference that a booking holds (pure).

A plain reference (`MPASPOR-000000001`) needs nothing here. What needs reading has a format below, and the office's data
name the formats that its visitors bring (`Office.foreign_formats`). docs/booking-pass.md tells how to add one.
"""

import re
from collections.abc import Callable, Iterable

from kiosk.booking_code import plain

_NUSANTARA = re.compile(r"https://daftar\.example/r\?no=([0-9]{15})(?:&[A-Za-z0-9=&_-]{0,200})?")


def reference_in(text: str, formats: Iterable[str]) -> str | None:
    """The reference that `text` holds in one of these formats, None if it is in none. A format that this kiosk does not
    know is passed over. Never raises.
    """
    meant = plain(text)
    if meant is None:
        return None
    found = (FORMATS[each](meant.strip()) for each in formats if each in FORMATS)
    return next((each for each in found if each is not None), None)


def nusantara(text: str) -> str | None:
    """The registration number of the invented system Nusantara: 15 digits in an address, the last one the Luhn check
    digit (ISO/IEC 7812-1, annex B) of the others.

    >>> nusantara("https://daftar.example/r?no=202611240000018&lang=id")
    '202611240000018'
    """
    found = _NUSANTARA.fullmatch(text)
    return found[1] if found and _luhn(found[1]) else None


def _luhn(digits: str) -> bool:
    doubled = (sum(divmod(2 * int(each), 10)) for each in digits[-2::-2])
    return (sum(doubled) + sum(int(each) for each in digits[-1::-2])) % 10 == 0


FORMATS: dict[str, Callable[[str], str | None]] = {"nusantara": nusantara}
"""By name: takes printable ASCII of at most `LONGEST` characters that anybody may have made, and never raises."""
