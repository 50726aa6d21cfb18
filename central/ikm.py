"""The index of public satisfaction (Indeks Kepuasan Masyarakat, PermenPANRB 14/2017), computed exactly (pure).

The mean of each element is weighed by exactly one ninth, not by the 0.111 or 0.11 of the printed forms, which lose up
to a point; a skipped answer counts neither in the sum nor in the number; rounding comes last.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import floor

ELEMENTS = 9
SCORES = range(1, 5)
TO_HUNDRED = 25
_QUALITY = ((Decimal("88.31"), "A"), (Decimal("76.61"), "B"), (Decimal("65.00"), "C"))

Responses = Sequence[Mapping[str, int]]
"""The scores of each response by element; a skipped element is absent."""


@dataclass(frozen=True)
class Ikm:
    """`value` is from 25.00 to 100.00, `quality` from A (sangat baik) to D (tidak baik)."""

    value: Decimal
    quality: str


def means(responses: Responses, elements: Iterable[str], scores: Sequence[int]) -> dict[str, Fraction | None]:
    """The mean of each element over those who answered it with one of the `scores`, None where nobody did."""
    given = {key: [each[key] for each in responses if each.get(key) in scores] for key in elements}
    return {key: Fraction(sum(each), len(each)) if each else None for key, each in given.items()}


def ikm(by_element: Mapping[str, Fraction | None]) -> Ikm | None:
    """The index of the nine elements' means, None while one of them has no answer. Raises ValueError for another number
    of elements.
    """
    if len(by_element) != ELEMENTS:
        raise ValueError(f"the IKM is of {ELEMENTS} elements, not of {len(by_element)}")
    known = [each for each in by_element.values() if each is not None]
    if len(known) < ELEMENTS:
        return None
    value = rounded(sum(known, Fraction()) / ELEMENTS * TO_HUNDRED)
    return Ikm(value, quality(value))


def quality(value: Decimal) -> str:
    """The letter of an IKM that was rounded to two places: the printed bands of unrounded ones have gaps."""
    return next((letter for least, letter in _QUALITY if value >= least), "D")


def rounded(number: Fraction) -> Decimal:
    """To two places, half up."""
    return Decimal(floor(number * 100 + Fraction(1, 2))).scaleb(-2)
