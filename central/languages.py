"""The languages of the pages: a file each, with a table of words for every part of the server."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from fastapi import Depends, Request

from kiosk.model import ENGLISH, INDONESIAN, Language

COOKIE = "language"


@dataclass(frozen=True)
class PageLanguage:
    """A file of `languages/`, named by its tag: `name` in its own words, `place` among the languages, `time` of day as
    for strftime, and its words by part and key.
    """

    name: str
    place: int
    time: str
    parts: dict[str, dict[str, str]]


def load_languages(folder: Path = Path(__file__).parent / "languages") -> dict[Language, PageLanguage]:
    """The languages of a folder, in the order in which they are offered."""
    found = {Language(file.stem): _read(file) for file in folder.glob("*.toml")}
    return dict(sorted(found.items(), key=lambda each: each[1].place))


def _read(file: Path) -> PageLanguage:
    held = tomllib.loads(file.read_text("utf-8"))
    return PageLanguage(held.pop("name"), held.pop("place"), held.pop("time"), held)


LANGUAGES = load_languages()


def spoken_in(part: str) -> tuple[Language, ...]:
    """The languages that a part of the server has words in, in the order in which they are offered."""
    return tuple(tag for tag, each in LANGUAGES.items() if part in each.parts)


def words(language: Language, part: str) -> dict[str, str]:
    """A part's words; where a language has none for it, the Indonesian ones."""
    return LANGUAGES[language].parts.get(part) or LANGUAGES[INDONESIAN].parts[part]


def first_known(accepted: str, *chosen: str) -> Language:
    """The first of those chosen that there are words in, else what the browser accepts. It names the liked one first;
    of those that the pages do not speak, Malay and the old tag of Indonesian are nearest to Indonesian, all others get
    English.
    """
    liked = accepted.split(",")[0].split(";")[0].split("-")[0].strip().lower()
    for each in (*chosen, liked):
        if each in LANGUAGES:
            return Language(each)
    return INDONESIAN if liked in ("", "in", "ms") else ENGLISH


def language_of(request: Request) -> Language:
    """The language of somebody's pages: as just chosen (`?lang=`), as chosen before (a cookie), or as the browser
    likes it.
    """
    chosen = (request.query_params.get("lang", ""), request.cookies.get(COOKIE, ""))
    return first_known(request.headers.get("accept-language", ""), *chosen)


PageLanguageOf = Annotated[Language, Depends(language_of)]
