from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.ticket_layout import COLUMNS, Code, Cut, Picture, Printable, Text, ticket_lines

WIDTHS = st.sampled_from(sorted(COLUMNS))
LETTERS = st.characters(codec="latin-1", exclude_categories=["Cc"])
WORDS = st.one_of(  # sizes are asked for: left alone, hypothesis hardly ever makes a text longer than the paper is wide
    st.just(""),
    st.text(LETTERS, min_size=1, max_size=12),
    st.lists(st.text(LETTERS, min_size=3, max_size=14), min_size=4, max_size=9).map(" ".join),
    st.text(LETTERS, min_size=49, max_size=80),
)
LISTS = st.lists(WORDS, max_size=4).map(tuple)
PRINTABLES = st.builds(
    Printable,
    letterhead=st.lists(WORDS, min_size=1, max_size=4).map(tuple),
    heading=WORDS, number=st.from_regex(r"[A-Z][0-9]{0,2}-[0-9]{3,6}", fullmatch=True), service=WORDS, person=WORDS,
    times=LISTS, notes=LISTS, documents_heading=WORDS, documents=LISTS,
    code=st.just("https://kiosk.example/t/1"), code_hint=WORDS, closing=WORDS, reprint=WORDS,
)  # fmt: skip


@pytest.fixture
def plain() -> Printable:
    return Printable(
        letterhead=("Kantor Imigrasi", "Jalan 1"), heading="NOMOR ANTREAN ANDA", number="A-001", service="Paspor",
        person="S*** R***", times=("Janji 09.30",), notes=(), documents_heading="Dokumen", documents=(),
        code="https://kiosk.example/t/1", code_hint="Pindai", closing="Terima kasih",
    )  # fmt: skip


def rows(printable: Printable, width_mm: int = 80) -> list[str]:
    return [line.text for line in ticket_lines(printable, width_mm) if isinstance(line, Text)]


@given(PRINTABLES, WIDTHS)
def test_no_row_is_wider_than_the_paper_whatever_the_words(printable: Printable, width_mm: int) -> None:
    for line in ticket_lines(printable, width_mm):
        if isinstance(line, Text):
            assert len(line.text) * line.width <= COLUMNS[width_mm]


@given(PRINTABLES, WIDTHS)
def test_no_word_is_lost(printable: Printable, width_mm: int) -> None:
    said = "".join("".join(rows(printable, width_mm)).split()).replace("-", "")
    for each in (printable.heading, printable.number, printable.service, *printable.notes, printable.reprint):
        assert "".join(each.split()).replace("-", "") in said


@given(PRINTABLES, WIDTHS)
def test_a_ticket_has_one_number_one_code_and_is_cut_at_its_end(printable: Printable, width_mm: int) -> None:
    lines = ticket_lines(printable, width_mm)
    assert sum(isinstance(line, Code) for line in lines) == 1
    assert [line for line in lines if isinstance(line, Cut)] == [lines[-1]]


def test_the_number_is_the_largest_text(plain: Printable) -> None:
    texts = [line for line in ticket_lines(plain, 80) if isinstance(line, Text)]
    assert max(texts, key=lambda line: line.width * line.height).text == "A-001"


def test_empty_words_leave_no_row(plain: Printable) -> None:
    bare = replace(plain, heading="", service="", person="", times=(), code_hint="", closing="")
    assert rows(bare) == ["Kantor Imigrasi", "Jalan 1", "A-001"]


def test_a_first_print_does_not_say_reprint_and_a_second_says_it_above_the_number(plain: Printable) -> None:
    assert not any("CETAK ULANG" in row for row in rows(plain))
    again = rows(replace(plain, reprint="CETAK ULANG"))
    assert again.index(" CETAK ULANG ") < again.index("A-001")


def test_documents_are_listed_under_their_heading(plain: Printable) -> None:
    listed = rows(replace(plain, documents=("e-KTP", "Kartu keluarga " * 4)), 58)
    start = listed.index("Dokumen")
    assert listed[start + 1 : start + 4] == [
        "- e-KTP",
        "- Kartu keluarga Kartu keluarga",
        "  Kartu keluarga Kartu keluarga",
    ]


def test_a_logo_comes_first(plain: Printable) -> None:
    assert ticket_lines(replace(plain, logo=b"png"), 80)[0] == Picture(b"png")


def test_a_reprint_says_so_on_both_sides_of_its_number_wherever_the_roll_may_end(plain: Printable) -> None:
    said = [row.strip() for row in rows(replace(plain, reprint="CETAK ULANG"))]
    number = said.index(plain.number)
    assert "CETAK ULANG" in said[:number]
    assert "CETAK ULANG" in said[number:]
