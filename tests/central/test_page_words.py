"""The words of the pages: every language whole, and none that nothing shows."""

import re
import shutil
from pathlib import Path

import pytest

from central import languages
from central.languages import LANGUAGES, first_known, load_languages, spoken_in, words
from kiosk.model import ENGLISH, INDONESIAN, Language
from kiosk.texts import Texts

HERE = Path(languages.__file__).parent
PARTS = LANGUAGES[INDONESIAN].parts


@pytest.mark.parametrize("part", PARTS)
def test_every_language_that_speaks_a_part_has_all_of_its_words(part: str) -> None:
    for tag in spoken_in(part):
        lacking = set(words(tag, part)) ^ set(PARTS[part])
        assert not lacking, f"{tag}.toml, [{part}]: {sorted(lacking)} in one language only"


@pytest.mark.parametrize("part", PARTS)
def test_every_part_is_written_in_english_too(part: str) -> None:
    assert {INDONESIAN, ENGLISH} <= set(spoken_in(part))


def test_no_word_is_left_that_nothing_shows() -> None:
    files = [*HERE.rglob("*.py"), *(HERE / "templates").rglob("*.html")]
    named = set(re.findall(r"\w+", "\n".join(file.read_text("utf-8") for file in files)))
    for file in ("model.py", "visit.py"):
        named |= set(re.findall(r"\w+", (HERE.parent / "kiosk" / file).read_text("utf-8")))

    def is_shown(key: str) -> bool:
        """By its whole name, or by one made of a beginning ("printer_") and a state."""
        return key in named or any(
            key[: place + 1] in named and key[place + 1 :] in named for place, letter in enumerate(key) if letter == "_"
        )

    assert not {f"{part}.{key}" for part, held in PARTS.items() for key in held if not is_shown(key)}


@pytest.mark.parametrize("part", ["booking", "ticket", "transparency", "announcements"])
def test_the_publics_words_are_those_that_everybody_knows(part: str) -> None:
    said = " ".join(words(INDONESIAN, part).values())
    assert not re.findall(r"\b(?:peramban|tersamar|peladen|cakram)\w*", said, re.IGNORECASE)
    assert "anjungan" not in said or "mesin anjungan di lobi" in said


def test_a_kiosks_code_is_not_called_what_a_bookings_code_is() -> None:
    assert words(INDONESIAN, "booking")["typing_code"].lower() not in words(INDONESIAN, "fleet")["code_is"].lower()


def test_the_phone_page_speaks_what_kiosks_speak() -> None:
    assert spoken_in("ticket") == Texts.load().languages


def test_a_new_file_is_a_new_language(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(HERE / "languages", tmp_path / "languages"))
    text = (folder / "min.toml").read_text("utf-8")
    (folder / "ban.toml").write_text(text.replace('"Baso Minang"', '"Basa Bali"').replace("= 3", "= 4"), "utf-8")
    assert [each.name for each in load_languages(folder).values()][2:] == ["Baso Minang", "Basa Bali"]


@pytest.mark.parametrize(
    ("accepted", "chosen", "language"),
    [
        ("", (), "id"),
        ("ms-MY,ms", (), "id"),
        ("in", (), "id"),
        ("nl-NL,nl;q=0.9", (), "en"),
        ("en-GB", ("min",), "min"),
        ("min", (), "min"),
        ("id", ("xx", "en"), "en"),
        ("en;q=0.5", ("",), "en"),
    ],
)
def test_the_language_is_the_chosen_one_or_else_the_browsers(
    accepted: str, chosen: tuple[str, ...], language: Language
) -> None:
    assert first_known(accepted, *chosen) == language
