"""The lines between root and the set-up's window: small, typed, and read strictly."""

import pytest

from kiosk.errors import MessageError
from kiosk.screens.sample_set_up import sample_pages
from kiosk.set_up_lines import (
    LONGEST_ANSWER,
    TARGETS,
    Again,
    Answer,
    Asked,
    CodeGiven,
    GaveUp,
    OnlyThese,
    Page,
    Shown,
    Touched,
    Turned,
    WentOn,
    answer_in,
    line_of,
    shown_in,
)

ANSWERS = (
    CodeGiven(number=1, code="AB3DE0FG7H"), WentOn(number=2), Again(number=3), GaveUp(number=4),
    Asked(number=5, page=Page.SCAN), Touched(number=6, places=TARGETS),
    OnlyThese(number=7),
    Turned(number=8),
)  # fmt: skip


@pytest.mark.parametrize("shown", sample_pages().values())
def test_a_page_is_read_as_it_was_said(shown: Shown) -> None:
    assert "\n" not in line_of(shown)
    assert shown_in(line_of(shown)) == shown


@pytest.mark.parametrize("answer", ANSWERS)
def test_an_answer_is_read_as_it_was_said_and_is_short(answer: Answer) -> None:
    line = line_of(answer).encode()
    assert answer_in(line) == answer
    assert len(line) < LONGEST_ANSWER / 2


@pytest.mark.parametrize(
    "line",
    [
        b"", b"DONE", b"[]", b'{"kind":"on"}', b'{"kind":"on","number":"1"}', b'{"kind":"on","number":1,"page":"code"}',
        b'{"kind":"off","number":1}', b'{"kind":"code","number":1,"code":"AB3DE0FG7"}',
        b'{"kind":"code","number":1,"code":"AB3DE0FG7\\n"}', b'{"kind":"code","number":1,"code":"ab3de0fg7h"}',
        b'{"kind":"asked","number":1,"page":"code"}', b'{"kind":"asked","number":1,"page":"ready"}',
        b'{"kind":"touched","number":1,"places":[[0,0],[1,0],[1,1]]}',
        b'{"kind":"touched","number":1,"places":[[0,0],[1,0],[1,1],[0,1.1]]}',
        b'{"kind":"touched","number":1,"places":[[0,0],[1,0],[1,1],[0,NaN]]}',
    ],
)  # fmt: skip
def test_an_answer_of_another_form_is_refused_without_its_words(line: bytes) -> None:
    with pytest.raises(MessageError) as error:
        answer_in(line)
    assert "AB3DE" not in str(error.value)


def test_a_code_is_in_no_words_about_the_answer() -> None:
    assert "AB3DE" not in repr(ANSWERS[0])
