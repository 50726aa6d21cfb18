"""The IKM is exact: against an example worked by hand, against the printed weights, and for whatever is answered."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from central.ikm import SCORES, ikm, means, quality, rounded

KEYS = [f"U{place}" for place in range(1, 10)]


def index(responses: list[dict[str, int]]) -> Decimal | None:
    found = ikm(means(responses, KEYS, SCORES))
    return found.value if found else None


def test_three_responses_worked_by_hand() -> None:
    """U1 to U9 by person, 0 for skipped. Means: 10/3, 6/2, 11/3, 12/3, 9/3, 11/3, 8/3, 8/2, 6/2.

    Their sum is 91/3, a ninth of it 91/27, times 25: 2275/27 = 84.259…, so 84.26, B.
    """
    people = ["434433343", "333434240", "304434303"]
    responses = [{key: int(each) for key, each in zip(KEYS, row, strict=True) if each != "0"} for row in people]
    found = means(responses, KEYS, SCORES)
    assert list(found.values()) == [
        Fraction(10, 3), 3, Fraction(11, 3), 4, 3, Fraction(11, 3), Fraction(8, 3), 4, 3,
    ]  # fmt: skip
    made = ikm(found)
    assert made
    assert (made.value, made.quality) == (Decimal("84.26"), "B")


def test_the_printed_weight_loses_a_point() -> None:
    """A published index of 91.48 came out as 90.56 with a weight of 0.11 for each of the nine elements."""
    by_element = dict.fromkeys(KEYS, Fraction("91.48") / 25)
    made = ikm(by_element)
    assert made
    assert made.value == Decimal("91.48")
    by_print = sum(mean * Fraction("0.11") for mean in by_element.values()) * 25
    assert by_print == Fraction("90.5652")


@pytest.mark.parametrize(
    ("value", "letter"),
    [
        ("25.00", "D"), ("64.99", "D"), ("65.00", "C"), ("76.60", "C"), ("76.61", "B"), ("88.30", "B"),
        ("88.31", "A"), ("100.00", "A"),
    ],
)  # fmt: skip
def test_the_quality_is_by_the_rounded_index(value: str, letter: str) -> None:
    assert quality(Decimal(value)) == letter


def test_rounding_comes_last_and_a_half_goes_up() -> None:
    assert rounded(Fraction(64995, 1000)) == Decimal("65.00")
    assert rounded(Fraction(6499499, 100000)) == Decimal("64.99")
    assert str(rounded(Fraction(100))) == "100.00"


def test_an_element_that_nobody_answered_leaves_no_index() -> None:
    assert index([]) is None
    assert index([dict.fromkeys(KEYS[:8], 4)]) is None


def test_an_index_of_other_than_nine_elements_is_none() -> None:
    with pytest.raises(ValueError, match="9 elements"):
        ikm({"U1": Fraction(4)})


def test_what_is_no_score_and_no_element_does_not_count() -> None:
    whole = dict.fromkeys(KEYS, 2)
    assert index([whole, whole | {"U1": 9, "U99": 4}]) == Decimal("50.00")


response = st.fixed_dictionaries({}, optional={key: st.integers(1, 4) for key in KEYS})
answers = st.lists(response, min_size=1, max_size=12).map(lambda found: [*found, dict.fromkeys(KEYS, 3)])


@given(answers)
def test_the_index_is_from_25_to_100(found: list[dict[str, int]]) -> None:
    value = index(found)
    assert value is not None
    assert 25 <= value <= 100


@given(answers, st.integers(1, 5))
def test_a_skipped_answer_changes_nothing(found: list[dict[str, int]], blanks: int) -> None:
    assert index(found) == index(found + [{}] * blanks)


@given(answers, st.randoms())
def test_the_order_changes_nothing(found: list[dict[str, int]], random: object) -> None:
    mixed = list(found)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    assert index(found) == index(mixed)


@given(st.integers(1, 4), st.integers(1, 9))
def test_who_all_say_the_same_make_it_the_index(score: int, people: int) -> None:
    assert index([dict.fromkeys(KEYS, score)] * people) == score * 25
