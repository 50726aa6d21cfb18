"""The words of the languages are plain: what docs/wording.md says that can be held."""

import re
import tomllib
from collections.abc import Mapping
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from kiosk.model import Language
from kiosk.texts import Texts

ROOT = Path(__file__).parent.parent.parent
GUIDE = (ROOT / "docs/wording.md").read_text("utf-8")
LIMITS = re.findall(r"\| `([^`]+)` \| (\d+) (characters|words) \|", GUIDE)
TEXTS = Texts.load()


def page_words(language: Language) -> dict[str, str]:
    """The words of the phone's page, which have no titles and no buttons."""
    held = tomllib.loads((ROOT / "central/languages" / f"{language}.toml").read_text("utf-8"))
    return {f"page.{key}": text for key, text in held["ticket"].items()}


def unwanted(language: Language) -> list[str]:
    """The left column of the language's table in the guide."""
    _, _, section = GUIDE.partition(f"(`{language}`)")
    rows = re.findall(r"^\| ([^|]+) \| [^|]+ \|$", section.partition("\n##")[0], re.MULTILINE)
    return [word.strip() for row in rows[1:] for word in row.split(",") if not row.startswith("-")]


def faults(words: Mapping[str, str], unwanted: list[str]) -> list[str]:
    """What is against the guide, by key."""
    found = [f"{key} has more than {most} {unit}: {text}" for key, text in words.items()
             for keys, most, unit in LIMITS if fnmatchcase(key, keys) and length(text, unit) > int(most)]  # fmt: skip
    for key, text in words.items():
        found += [f"{key} says {word!r}" for word in unwanted if re.search(rf"\b{word}\b", text, re.IGNORECASE)]
        if fnmatchcase(key, "*.title") and text.endswith("."):
            found.append(f"{key} ends with a full stop")
        if "!" in text.replace("SP4N-LAPOR!", ""):
            found.append(f"{key} shouts")
    return found


def length(text: str, unit: str) -> int:
    """Characters of a text, or words of its longest sentence."""
    sentences = re.split(r"(?<=[.?!:…])\s|\n", text)
    return len(text) if unit == "characters" else max(len(each.split()) for each in sentences)


@pytest.mark.parametrize("language", TEXTS.languages)
def test_the_words_are_plain_and_short(language: Language) -> None:
    found = faults(TEXTS.words[language] | page_words(language), unwanted(language))
    assert not found, "\n".join(found)


@pytest.mark.parametrize("language", TEXTS.languages)
def test_the_guide_has_words_against_which_each_language_is_held(language: Language) -> None:
    assert len(unwanted(language)) >= 10
    assert len(LIMITS) == 3


@pytest.mark.parametrize(
    ("key", "text", "fault"),
    [
        ("queue.title", "Nomor antrean berapa yang sedang Anda cari?", "more than 40 characters"),
        ("button.help", "Panggil petugas yang ada di sini", "more than 24 characters"),
        ("help.hint", "Baik. " + "kata " * 16, "more than 15 words"),
        ("help.hint", "Silahkan menunggu", "says 'silahkan'"),
        ("help.hint", "Mohon tunggu sehubungan dengan antrean", "says 'sehubungan dengan'"),
        ("help.title", "Petugas datang.", "ends with a full stop"),
        ("help.hint", "Tunggu!", "shouts"),
    ],
)
def test_what_is_against_the_guide_is_found(key: str, text: str, fault: str) -> None:
    (found,) = faults({key: text}, unwanted(Language("id")))
    assert found.startswith(key)
    assert fault in found


def test_a_word_within_another_is_not_that_word() -> None:
    assert faults({"a.b": "Printer siap, antrean berguna"}, unwanted(Language("id"))) == []
