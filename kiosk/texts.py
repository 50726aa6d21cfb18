"""The words that the public reads, by key and language (pure).

A language is one file of `languages/`, named by its tag (BCP 47): its table `[language]` says how it is named, read
aloud and writes days and times, all else are words.
"""

import tomllib
from datetime import date, datetime, time
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, Field

from kiosk.model import Language

LANGUAGES = Path(__file__).parent / "languages"

NO_BREAK_SPACE = "\u00a0"

TimeOfDay = time | datetime


class Locale(BaseModel, frozen=True, extra="forbid"):
    """A file's `[language]`: `name` in its own words, `place` among the languages from 1 on, `voice` of espeak-ng that
    reads it, `days` from Monday on, `time` of day as for strftime.
    """

    name: str
    place: int
    voice: str
    days: Annotated[tuple[str, ...], Field(min_length=7, max_length=7)]
    months: Annotated[tuple[str, ...], Field(min_length=12, max_length=12)]
    time: str


class Texts:
    """Call it with a dotted key, a language and the values of the text's placeholders."""

    def __init__(self, locales: dict[Language, Locale], words: dict[Language, dict[str, str]]) -> None:
        self._locales, self.words = locales, words
        self.languages = tuple(sorted(locales, key=lambda each: locales[each].place))
        """Those that a person can choose, in the order in which they are offered."""

    @classmethod
    def load(cls, folder: Path = LANGUAGES) -> "Texts":
        """The languages of a folder. Raises ValueError for a file that does not say all about its language."""
        tables = {Language(file.stem): tomllib.loads(file.read_text("utf-8")) for file in folder.glob("*.toml")}
        locales = {each: Locale.model_validate(table.pop("language", {})) for each, table in tables.items()}
        return cls(locales, {each: _flat(table) for each, table in tables.items()})

    def __call__(self, key: str, language: Language, **values: object) -> str:
        """The words; KeyError names a key or a placeholder's value that is missing."""
        return self.words[language][key].format(**values)

    def name(self, language: Language) -> str:
        """What the language calls itself."""
        return self._locales[language].name

    def voice(self, language: Language) -> str:
        """The voice of espeak-ng that reads it aloud."""
        return self._locales[language].voice

    def day(self, day: date, language: Language) -> str:
        """A day in full: `Tuesday, 24 November 2026`."""
        return f"{self.weekday(day.weekday(), language)}, {self.short_day(day, language)}"

    def short_day(self, day: date, language: Language) -> str:
        """A day without its weekday: `24 November 2026`."""
        return f"{day.day} {self._locales[language].months[day.month - 1]} {day.year}"

    def weekday(self, place: int, language: Language) -> str:
        """The name of a day of the week, 0 for Monday."""
        return self._locales[language].days[place]

    def time(self, moment: TimeOfDay, language: Language) -> str:
        """A time of day, 24 hours: `08.30` in Indonesian, `08:30` in English."""
        return moment.strftime(self._locales[language].time)

    def moment(self, moment: datetime, language: Language) -> str:
        """A day and a time of it; no line ends within the date or the time."""
        day = f"{self.weekday(moment.weekday(), language)}, {self._unbroken_day(moment, language)}"
        return self("moment", language, day=day, time=self.time(moment, language))

    def _unbroken_day(self, day: date, language: Language) -> str:
        return self.short_day(day, language).replace(" ", NO_BREAK_SPACE)

    def rupiah(self, amount: int) -> str:
        """An amount, grouped as in Indonesia: `Rp650.000`."""
        return "Rp" + f"{amount:,}".replace(",", ".")


def _flat(table: dict[str, Any], prefix: str = "") -> dict[str, str]:
    found: dict[str, str] = {}
    for key, value in table.items():
        found |= _flat(value, f"{prefix}{key}.") if isinstance(value, dict) else {prefix + key: value}
    return found
