from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st
from samples import TODAY, service, snapshot

from kiosk.model import ENGLISH, INDONESIAN, Announcement, Fee, Words
from kiosk.numbering import NUMBER, following, series_of, slot_numbers, walk_in_number
from kiosk.view import office_data

DAY = timedelta(days=1)


@given(st.integers(1, 99), st.integers(1, 5000))
def test_walk_in_numbers_of_two_series_or_two_counts_never_meet(series: int, count: int) -> None:
    number = walk_in_number(series, count)
    assert NUMBER.fullmatch(number)
    assert len({number, walk_in_number(series + 1, count), walk_in_number(series, count + 1)}) == 3


@given(st.from_regex(r"[A-Z][0-9]{0,2}-[0-9]{3}", fullmatch=True), st.integers(0, 50), st.integers(0, 50))
def test_steps_add_up_and_stay_in_the_series(number: str, some: int, more: int) -> None:
    assert following(following(number, some), more) == following(number, some + more)
    assert series_of(following(number, some)) == series_of(number)
    assert following(number, 0) == number


@given(st.integers(1, 40), st.integers(1, 60))
def test_slots_own_adjacent_ranges_in_the_order_of_their_times(slots: int, size: int) -> None:
    numbers = [number for place in range(slots) for number in slot_numbers("A", place, size)]
    assert numbers == [following("A-001", step) for step in range(slots * size)]
    assert all(NUMBER.fullmatch(number) for number in numbers)


def test_the_thousandth_number_grows_a_digit() -> None:
    assert (following("A-999", 1), walk_in_number(1, 1000)) == ("A-1000", "W1-1000")


def fee(name: str, rupiah: int, valid_from: date) -> Fee:
    return Fee(Words(name, name), rupiah, valid_from)


def test_of_each_fee_the_latest_in_force_is_shown_whatever_their_order() -> None:
    fees = (fee("a", 3, TODAY + DAY), fee("a", 2, TODAY), fee("a", 1, TODAY - DAY), fee("b", 9, TODAY - DAY))
    given_fees = snapshot(services=(replace(service("A"), fees=fees),))
    assert {each.name.id: each.rupiah for each in office_data(given_fees, TODAY).services[0].fees} == {"a": 2, "b": 9}
    assert {each.rupiah for each in office_data(given_fees, TODAY + DAY).services[0].fees} == {3, 9}


def test_announcements_are_shown_on_their_days_the_most_important_first() -> None:
    def announced(name: str, first: date, last: date, priority: int) -> Announcement:
        return Announcement(name, Words(name, name), first, last, priority)

    given_all = snapshot(
        announcements=(
            announced("over", TODAY - DAY, TODAY - DAY, 9),
            announced("small", TODAY, TODAY, 0),
            announced("great", TODAY - DAY, TODAY + DAY, 5),
            announced("coming", TODAY + DAY, TODAY + DAY, 9),
        )
    )
    assert [each.id for each in office_data(given_all, TODAY).announcements] == ["great", "small"]


def test_a_service_is_found_by_its_id_or_not_at_all() -> None:
    data = office_data(snapshot(), TODAY)
    found = data.service("b")
    assert found
    assert found.letter == "B"
    assert data.service("z") is None


def test_the_rest_is_shown_as_the_snapshot_has_it() -> None:
    held = snapshot()
    data = office_data(held, TODAY)
    assert (data.office, data.rules, data.queue) == (held.office, held.rules[0], held.queue)


def test_words_are_taken_by_language() -> None:
    words = Words("Paspor", "Passport")
    assert (words[INDONESIAN], words[ENGLISH]) == ("Paspor", "Passport")
