"""The words that the public reads, by key and language (pure)."""

import tomllib
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from kiosk.model import Language

TimeOfDay = time | datetime

_DAYS = {
    Language.INDONESIAN: ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu"),
    Language.ENGLISH: ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
_MONTHS = {
    Language.INDONESIAN: (
        *("Januari", "Februari", "Maret", "April", "Mei", "Juni"),
        *("Juli", "Agustus", "September", "Oktober", "November", "Desember"),
    ),
    Language.ENGLISH: (
        *("January", "February", "March", "April", "May", "June"),
        *("July", "August", "September", "October", "November", "December"),
    ),
}


class Texts:
    """Call it with a dotted key, a language and the values of the text's placeholders."""

    def __init__(self, words: dict[Language, dict[str, str]]) -> None:
        self.words = words

    @classmethod
    def load(cls) -> "Texts":
        """The words in `languages/`, one TOML file a language."""
        folder = Path(__file__).parent / "languages"
        return cls({each: _flat(tomllib.loads((folder / f"{each}.toml").read_text("utf-8"))) for each in Language})

    def __call__(self, key: str, language: Language, **values: object) -> str:
        """The words; KeyError names a key or a placeholder's value that is missing."""
        return self.words[language][key].format(**values)

    def day(self, day: date, language: Language) -> str:
        """A day in full.

        >>> Texts({}).day(date(2026, 11, 24), Language.ENGLISH)
        'Tuesday, 24 November 2026'
        """
        return f"{self.weekday(day.weekday(), language)}, {self.short_day(day, language)}"

    def short_day(self, day: date, language: Language) -> str:
        """A day without its weekday."""
        return f"{day.day} {_MONTHS[language][day.month - 1]} {day.year}"

    def weekday(self, place: int, language: Language) -> str:
        """The name of a day of the week, 0 for Monday."""
        return _DAYS[language][place]

    def time(self, moment: TimeOfDay, language: Language) -> str:
        """A time of day, 24 hours: `08.30` in Indonesian, `08:30` in English."""
        return moment.strftime("%H.%M" if language is Language.INDONESIAN else "%H:%M")

    def moment(self, moment: datetime, language: Language) -> str:
        """A day and a time of it."""
        return self("moment", language, day=self.day(moment, language), time=self.time(moment, language))

    def rupiah(self, amount: int) -> str:
        """An amount, grouped as in Indonesia.

        >>> Texts({}).rupiah(650000)
        'Rp650.000'
        """
        return "Rp" + f"{amount:,}".replace(",", ".")


def _flat(table: dict[str, Any], prefix: str = "") -> dict[str, str]:
    found: dict[str, str] = {}
    for key, value in table.items():
        found |= _flat(value, f"{prefix}{key}.") if isinstance(value, dict) else {prefix + key: value}
    return found
