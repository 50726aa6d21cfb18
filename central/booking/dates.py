"""Days as the pages write them (pure)."""

from datetime import date
from typing import NamedTuple


class DayWords(NamedTuple):
    """The names of days (Monday first) and months in a language."""

    weekdays: list[str]
    months: list[str]

    def long(self, day: date) -> str:
        """A day in full.

        >>> DayWords(["Senin"] * 7, ["Januari"] * 12).long(date(2026, 1, 5))
        'Senin, 5 Januari 2026'
        """
        return f"{self.weekdays[day.weekday()]}, {day.day} {self.month(day)}"

    def month(self, day: date) -> str:
        return f"{self.months[day.month - 1]} {day.year}"


def day_words(words: dict[str, str]) -> DayWords:
    """From a part's words: `weekdays` and `months`, joined by spaces."""
    return DayWords(words["weekdays"].split(), words["months"].split())


def weeks(first: date, last: date) -> list[list[date]]:
    """The weeks from the one of the first day to that of the last, each of seven days from Monday on."""
    monday = first.toordinal() - first.weekday()
    return [[date.fromordinal(each + ahead) for ahead in range(7)] for each in range(monday, last.toordinal() + 1, 7)]
