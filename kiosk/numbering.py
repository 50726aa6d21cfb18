"""Ticket numbers (pure).

A booked number is a letter and three digits or more (`A-001`). A walk-in number starts with W and the kiosk's digit
(`W1-001`), so that two kiosks without a network never issue the same one.
"""

import re

NUMBER = re.compile(r"([A-Z][0-9]{0,2})-([0-9]{3,6})")


def walk_in_number(digit: int, count: int) -> str:
    """The `count`-th walk-in number of a day (from 1) of the kiosk with that digit.

    >>> walk_in_number(1, 7)
    'W1-007'
    """
    return f"W{digit}-{count:03}"


def following(number: str, steps: int) -> str:
    """The number `steps` after another one in its series.

    >>> following("A-009", 2)
    'A-011'
    """
    series, count = series_of(number), int(number.rpartition("-")[2])
    return f"{series}-{count + steps:03}"


def series_of(number: str) -> str:
    """What stands before the digits: a service's letter, or W and a kiosk's digit."""
    return number.rpartition("-")[0]
