from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.ticket_layout import COLUMNS, Align, Code, Cut, Feed, Picture, Printable, Rule, Text, ticket_lines

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
    code=st.just("https://kiosk.example/t/1"), code_hint=WORDS, closing=WORDS, marks=st.tuples(WORDS),
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
    for each in (printable.heading, printable.number, printable.service, *printable.notes, *printable.marks):
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
    again = rows(replace(plain, marks=("CETAK ULANG",)))
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
    said = [row.strip() for row in rows(replace(plain, marks=("CETAK ULANG",)))]
    number = said.index(plain.number)
    assert "CETAK ULANG" in said[:number]
    assert "CETAK ULANG" in said[number:]


def test_a_whole_ticket_has_its_lines_in_this_order_and_shape(plain: Printable) -> None:
    ticket = replace(
        plain, notes=("Terlambat",), documents=("e-KTP",), marks=("CETAK ULANG",), logo=b"png",
        letterhead=("Kantor Imigrasi", "Jalan 1", "021 1"),
    )  # fmt: skip
    mark = Text(" CETAK ULANG ", Align.CENTRE, width=2, height=2, inverse=True)
    assert ticket_lines(ticket, 80) == (
        Picture(b"png"),
        Text("Kantor Imigrasi", bold=True),
        Text("Jalan 1"),
        Text("021 1"),
        Rule(),
        mark,
        Feed(1),
        Text("NOMOR ANTREAN ANDA"),
        Text("A-001", width=6, height=6, bold=True),
        mark,
        Text("Paspor", height=2, bold=True),
        Text("S*** R***"),
        Text("Janji 09.30"),
        Text("Terlambat", bold=True),
        Rule(),
        Text("Dokumen", Align.LEFT, bold=True),
        Text("- e-KTP", Align.LEFT),
        Rule(),
        Code("https://kiosk.example/t/1", module=6),
        Text("Pindai"),
        Feed(1),
        Text("Terima kasih"),
        Cut(),
    )


@pytest.mark.parametrize(
    ("number", "width_mm", "size"),
    [
        ("A-001", 58, 5),
        ("W999-001", 80, 5),
        ("W999-001", 58, 3),
        ("A-001001", 58, 3),
        ("A" * 40, 58, 1),
    ],
)
def test_a_number_is_as_large_as_the_paper_lets_it_be_with_room_at_its_sides(
    plain: Printable, number: str, width_mm: int, size: int
) -> None:
    lines = ticket_lines(replace(plain, number=number), width_mm)
    assert lines.count(Text(number, width=size, height=size, bold=True)) == 1


@pytest.mark.parametrize("width_mm", COLUMNS)
def test_long_words_are_broken_at_the_edge_of_the_paper(plain: Printable, width_mm: int) -> None:
    columns = COLUMNS[width_mm]
    words = "x" * columns + " y"
    ticket = replace(
        plain, letterhead=(words, words), heading=words, service=words, person=words, times=(words,), notes=(words,),
        documents_heading=words, documents=("z" * (columns - 2) + " y",), code_hint=words, closing=words,
        marks=("r" * (columns // 2 - 2) + " s",),
    )  # fmt: skip
    said = rows(ticket, width_mm)
    assert said.count("x" * columns) == said.count("y") == 10
    assert said.count(f" {'r' * (columns // 2 - 2)} ") == said.count(" s ") == 2
    assert [f"- {'z' * (columns - 2)}", "  y"] == [row for row in said if row.startswith(("- z", "  y"))]


def test_a_first_print_without_logo_notes_or_documents_has_nothing_in_their_places(plain: Printable) -> None:
    assert ticket_lines(plain, 80) == (
        Text("Kantor Imigrasi", bold=True),
        Text("Jalan 1"),
        Rule(),
        Text("NOMOR ANTREAN ANDA"),
        Text("A-001", width=6, height=6, bold=True),
        Text("Paspor", height=2, bold=True),
        Text("S*** R***"),
        Text("Janji 09.30"),
        Rule(),
        Code("https://kiosk.example/t/1", module=6),
        Text("Pindai"),
        Feed(1),
        Text("Terima kasih"),
        Cut(),
    )
