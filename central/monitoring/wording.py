"""How figures are written on pages and in reports."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from kiosk.model import INDONESIAN, Language


def duration(value: timedelta | None, words: Mapping[str, str]) -> str:
    """In whole minutes, half a minute counting as one, with hours where there are any; – where it is not known."""
    if value is None:
        return "–"
    hours, minutes = divmod(int(value.total_seconds() / 60 + 0.5), 60)
    return f"{hours} {words['hours']} {minutes} {words['minutes']}" if hours else f"{minutes} {words['minutes']}"


def decimal(value: float | Decimal | Fraction | None, language: Language, places: int = 2) -> str:
    """With so many places, half up, and the language's decimal sign; – where it is not known."""
    if value is None:
        return "–"
    exact = Decimal(value.numerator) / value.denominator if isinstance(value, Fraction) else Decimal(str(value))
    text = str(exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP))
    return text.replace(".", ",") if language == INDONESIAN else text
