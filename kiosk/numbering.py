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
