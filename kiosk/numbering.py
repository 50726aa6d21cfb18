"""Ticket numbers (pure).

A booked number is a letter and three digits or more (`A-001`). A walk-in number starts with W and its series
(`W1-001`). A series belongs to one kiosk's store for good, so that no two of them ever issue the same number, with or
without a network.
"""

import re

NUMBER = re.compile(r"([A-Z][0-9]{0,3})-([0-9]{3,6})")


def walk_in_number(series: int, count: int) -> str:
    """The `count`-th walk-in number of a day (from 1) in a series.

    >>> walk_in_number(1, 7)
    'W1-007'
    """
    return f"W{series}-{count:03}"


def slot_numbers(letter: str, place: int, size: int) -> tuple[str, ...]:
    """The numbers that the day's slot at `place` (from 0) owns in a service's series, booked or not: so numbers run in
    the order of the slots, and a booking has its number from the moment it is made.

    >>> slot_numbers("A", 1, 3)
    ('A-004', 'A-005', 'A-006')
    """
    return tuple(f"{letter}-{place * size + count:03}" for count in range(1, size + 1))


def following(number: str, steps: int) -> str:
    """The number `steps` after another one in its series.

    >>> following("A-009", 2)
    'A-011'
    """
    series, count = series_of(number), int(number.rpartition("-")[2])
    return f"{series}-{count + steps:03}"


def series_of(number: str) -> str:
    """What stands before the digits: a service's letter, or W and a walk-in series."""
    return number.rpartition("-")[0]


def plain(number: str) -> str:
    """A number as it compares with one that a person typed.

    >>> plain(" a-001")
    'A001'
    """
    return re.sub(r"[^A-Z0-9]", "", number.upper())
