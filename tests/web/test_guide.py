"""The technician's guide: the same in both languages, its pictures as the programs show it now, and whole on paper."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from draw_guide import FOLDER, draw
from follow_image import INSTALL, SET_UP, Technician
from guide_fleet import WAITING_KEY
from guide_text import DOCS, PAGES, Section, in_english, sections_of
from PIL import Image, ImageChops, ImageStat
from playwright.sync_api import Browser
from print_guide import print_guide
from pypdf import PdfReader
from pypdf.generic import Destination

from kiosk.identity import public_key_text
from kiosk.protocol import check_text
from kiosk.screens.sample_set_up import sample_pages

ROOT = DOCS.parent
MOST_BYTES = 60_000
SMALL = (108, 192)
ALIKE, MOVED = 50, 8.0
"""How far a spot of a picture may be from what is drawn now, of 255; and how far all of it in the mean, where it moves.
"""
MOVING = ("page-code", "screen-upright")
"""Pictures of a code, which is another one each time, and of seconds that are counted down."""


@pytest.fixture(scope="module")
def papers(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> dict[str, PdfReader]:
    """Both guides, printed."""
    out = tmp_path_factory.mktemp("guide")
    return {language: PdfReader(print_guide(browser, language, out)) for language in PAGES}


def pictures_of(language: str) -> list[str]:
    return [each for section in sections_of(PAGES[language]) for each in section.pictures]


def shape(section: Section) -> tuple[object, ...]:
    """What has to be the same in both languages."""
    pictures = [re.sub(r"\.(en|id)\.png$", "", each) for each in section.pictures]
    return section.number, [in_english(each) for each in section.commands], pictures, len(section.rows)


def test_both_languages_have_the_same_sections_commands_pictures_and_tables() -> None:
    english, indonesian = ([shape(each) for each in sections_of(PAGES[language])] for language in ("en", "id"))
    assert english == indonesian
    assert [number for number, *_ in english] == list(range(len(english)))


@pytest.mark.parametrize("language", PAGES)
def test_the_words_that_the_first_start_sets_apart_stand_on_the_kiosk_s_screen_or_the_officers_pages(
    language: str,
) -> None:
    tables = [
        tomllib.loads((ROOT / each / "languages" / f"{language}.toml").read_text()) for each in ("kiosk", "central")
    ]
    known = {each for table in tables for each in words_of(table)}
    section = next(each for each in sections_of(PAGES[language]) if each.number == SET_UP)
    said = {each for step in section.steps for each in step.said if not each.endswith("?")}
    assert said - known == set()
    assert len(said) > 10


@pytest.mark.parametrize("language", PAGES)
def test_each_step_with_the_image_has_somebody_who_does_it_in_the_emulator(language: str) -> None:
    steps = [(each.number, step.name) for each in sections_of(PAGES[language]) for step in each.steps]
    assert [each for each in steps if each[0] in (INSTALL, SET_UP)] == [*Technician.hands]


def words_of(table: dict[str, object]) -> Iterator[str]:
    for each in table.values():
        if isinstance(each, dict):
            yield from words_of(each)
        elif isinstance(each, str):
            yield each


def test_the_guide_s_screen_and_page_of_the_approval_show_the_same_letters() -> None:
    assert sample_pages()["set_up-approval"].check_text == check_text(public_key_text(WAITING_KEY))


@pytest.mark.parametrize("language", PAGES)
def test_a_guide_shows_no_picture_of_the_other_language(language: str) -> None:
    other = {"en": ".id.", "id": ".en."}[language]
    assert [each for each in pictures_of(language) if other in each] == []


def test_every_kept_picture_is_shown_is_small_and_shows_what_the_programs_show_now(
    browser: Browser, tmp_path: Path
) -> None:
    drawn = {file.name: file for file in draw(tmp_path, browser)}
    kept = {file.name: file for file in FOLDER.iterdir()}
    shown = {Path(each).name for language in PAGES for each in pictures_of(language)}
    assert kept.keys() == drawn.keys() == shown
    assert [name for name, file in kept.items() if file.stat().st_size > MOST_BYTES] == []
    other = [name for name in kept if not are_alike(kept[name], drawn[name])]
    assert other == [], "run scripts/guide, and look at them"


def are_alike(one: Path, other: Path) -> bool:
    with Image.open(one) as first, Image.open(other) as second:
        is_same_size = abs(first.height - second.height) <= 2 and first.width == second.width
        small = [each.convert("L").resize(SMALL, Image.Resampling.BOX) for each in (first, second)]
    difference = ImageChops.difference(*small)
    if one.name.startswith(MOVING):
        return is_same_size and ImageStat.Stat(difference).mean[0] <= MOVED
    return is_same_size and difference.getextrema()[1] <= ALIKE


@pytest.mark.parametrize("language", PAGES)
def test_on_paper_it_has_every_heading_as_a_mark_to_go_to(papers: dict[str, PdfReader], language: str) -> None:
    assert list(titles(papers[language].outline)) == [each.title for each in sections_of(PAGES[language])]


def titles(outline: list[object]) -> Iterator[str]:
    for each in outline:
        if isinstance(each, Destination):
            yield str(each.title)
        elif isinstance(each, list):
            yield from titles(each)


@pytest.mark.parametrize("language", PAGES)
def test_on_paper_it_has_every_picture(papers: dict[str, PdfReader], language: str) -> None:
    kept = []
    for each in pictures_of(language):
        with Image.open(DOCS / each) as picture:
            kept.append(picture.size)
    assert [each.image.size for page in papers[language].pages for each in page.images if each.image] == kept


@pytest.mark.parametrize("language", PAGES)
def test_on_paper_every_page_is_a4_and_numbered(papers: dict[str, PdfReader], language: str) -> None:
    pages = papers[language].pages
    for number, page in enumerate(pages, 1):
        assert page.extract_text().endswith(f"{number} / {len(pages)}")
        assert (round(page.mediabox.width), round(page.mediabox.height)) == (595, 842)


@pytest.mark.parametrize("language", PAGES)
def test_on_paper_every_command_is_whole_and_no_row_of_a_table_goes_over_two_pages(
    papers: dict[str, PdfReader], language: str
) -> None:
    pages = [squeezed(page.extract_text()) for page in papers[language].pages]
    for section in sections_of(PAGES[language]):
        for row in (*section.rows, *((each,) for each in section.commands)):
            assert any(all(squeezed(cell) in page for cell in row) for page in pages), row


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)
