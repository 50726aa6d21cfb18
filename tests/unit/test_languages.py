"""A language is one file, and each file is whole."""

import shutil
from enum import StrEnum
from pathlib import Path

import pytest
from language_checks import differences, unknown, unused
from pydantic import ValidationError

from kiosk.model import ENGLISH, INDONESIAN, ClosedReason, EnrolmentProblem, Language, QueueState, Reason, StoreFault
from kiosk.texts import LANGUAGES, Texts

TEXTS = Texts.load()
MINANGKABAU, BALINESE = Language("min"), Language("ban")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the folder of languages."""
    return Path(shutil.copytree(LANGUAGES, tmp_path / "languages"))


def test_every_language_has_every_text_with_the_same_placeholders() -> None:
    found = differences(TEXTS.words)
    assert not found, "\n".join(found)


def test_every_text_is_named_by_code() -> None:
    found = unused(TEXTS.words[INDONESIAN])
    assert not found, "\n".join(found)


def test_every_text_that_code_names_is_there() -> None:
    found = unknown(TEXTS.words[INDONESIAN])
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("form", "values"),
    [
        ("refused.{}.title", Reason),
        ("refused.{}.text", Reason),
        ("refused.{}.next", Reason),
        ("closed.{}", ClosedReason),
        ("queue.{}", QueueState),
        ("out_of_service.{}", StoreFault),
        ("enrolling.{}", EnrolmentProblem),
    ],
)
def test_each_value_of_an_enumeration_that_is_told_has_words(form: str, values: type[StrEnum]) -> None:
    assert {form.format(each) for each in values} <= set(TEXTS.words[INDONESIAN])


def test_languages_are_offered_in_their_order_by_their_own_names() -> None:
    assert TEXTS.languages == (INDONESIAN, ENGLISH, MINANGKABAU)
    assert [TEXTS.name(each) for each in TEXTS.languages] == ["Indonesia", "English", "Minang"]


def test_minangkabau_is_read_by_the_indonesian_voice() -> None:
    assert [TEXTS.voice(each) for each in TEXTS.languages] == ["id", "en", "id"]


def test_a_new_file_is_a_new_language_with_all_that_belongs_to_it(folder: Path) -> None:
    text = (folder / "min.toml").read_text("utf-8")
    (folder / "ban.toml").write_text(text.replace('"Minang"', '"Bali"').replace("place = 3", "place = 4"), "utf-8")
    texts = Texts.load(folder)
    assert texts.languages == (INDONESIAN, ENGLISH, MINANGKABAU, BALINESE)
    assert (texts.name(BALINESE), texts.voice(BALINESE)) == ("Bali", "id")
    assert texts("printed.title", BALINESE) == "Silakan ambiak tiket"
    assert texts.words[BALINESE] == texts.words[MINANGKABAU]


@pytest.mark.parametrize("line", ["name = ", "place = ", "voice = ", "days = ", "time = "])
def test_a_file_that_does_not_say_all_about_its_language_is_refused(folder: Path, line: str) -> None:
    lines = (folder / "min.toml").read_text("utf-8").splitlines(keepends=True)
    (folder / "min.toml").write_text("".join(each for each in lines if not each.startswith(line)), "utf-8")
    with pytest.raises(ValidationError, match=line.split()[0]):
        Texts.load(folder)


def test_a_week_of_six_days_is_refused(folder: Path) -> None:
    changed = (folder / "min.toml").read_text("utf-8").replace('"Salasa", ', "")
    (folder / "min.toml").write_text(changed, "utf-8")
    with pytest.raises(ValidationError, match="days"):
        Texts.load(folder)


# ------------------------------------------------------------ the checks can fail


def words_with(language: Language, **changes: str | None) -> dict[Language, dict[str, str]]:
    """Three languages alike, but for some words of one changed or taken out; a key's point is written `__`."""
    alike = TEXTS.words[INDONESIAN]
    changed = alike | {key.replace("__", "."): text for key, text in changes.items()}
    held = {key: text for key, text in changed.items() if text is not None}
    return {INDONESIAN: alike, ENGLISH: alike, MINANGKABAU: alike} | {language: held}


def test_a_missing_text_is_found_by_its_key() -> None:
    assert differences(words_with(MINANGKABAU, button__help=None)) == ["min.toml lacks button.help"]


def test_a_text_that_indonesian_lacks_is_found_by_its_key() -> None:
    found = differences(words_with(ENGLISH, button__fly="Fly"))
    assert found == ["id.toml lacks button.fly, which en.toml has"]


@pytest.mark.parametrize("text", ["Jadwal pukua", "Jadwal pukua {tme}", "{time} {time}"])
def test_another_placeholder_than_indonesians_is_found(text: str) -> None:
    found = differences(words_with(MINANGKABAU, ticket__booked=text))
    assert found == ["min.toml: ticket.booked has other placeholders than id.toml"]


@pytest.mark.parametrize("key", ["button.fly", "refused.somebody.title", "refused.unknown.titles", "rating.score"])
def test_a_text_that_no_code_names_is_found(key: str) -> None:
    assert unused([key, "button.help", "refused.unknown.title"]) == [f"no code names {key}"]


def test_a_text_that_is_asked_for_but_is_nowhere_is_found(tmp_path: Path) -> None:
    source = tmp_path / "flying.py"
    source.write_text('def word(key): ...\nword("button.fly")\nword(f"button.{1}.fly")\n')
    whole, form = unknown(["button.help"], [source])
    assert whole == "no file has button.fly"
    assert form.startswith("no file has button")
