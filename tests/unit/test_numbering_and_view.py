from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter
from samples import TODAY, FakeClock, a_store, service, snapshot

from kiosk.model import ENGLISH, INDONESIAN, Announcement, Fee, Holiday, PrinterStatus, Stage, Words
from kiosk.monitor import Monitor
from kiosk.numbering import NUMBER, following, plain, series_of, slot_numbers, walk_in_number
from kiosk.protocol import Snapshot
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


def test_holidays_are_shown_from_today_on_the_next_one_first() -> None:
    days = (TODAY + 9 * DAY, TODAY, TODAY - DAY)
    held = snapshot(holidays=tuple(Holiday(day, Words("Libur", "Holiday")) for day in days))
    assert [each.day for each in office_data(held, TODAY).holidays] == [TODAY, TODAY + 9 * DAY]


def test_an_announcement_of_the_stored_snapshot_ends_on_its_last_day_without_a_network(tmp_path: Path) -> None:
    clock = FakeClock()
    announced = Announcement("a", Words("Libur", "Closed"), TODAY, TODAY + DAY)
    with_it = snapshot(announcements=(announced,))
    a_store(tmp_path / "kiosk.sqlite").keep_snapshot(with_it, "etag")
    monitor = Monitor(clock.trusted(), PrinterStatus.READY)
    held = a_store(tmp_path / "kiosk.sqlite").snapshot()
    assert held
    monitor.snapshot = held[0]
    shown = []
    for _ in range(3):
        data = monitor.data()
        shown.append([each.id for each in data.announcements] if data else None)
        clock.passes(DAY.total_seconds())
    assert shown == [["a"], ["a"], []]


def test_an_older_central_servers_fees_and_stages_are_read_and_an_older_kiosk_reads_these() -> None:
    made = replace(
        service("A"),
        fees=(Fee(Words("a", "a"), 1, TODAY, "PP 45/2024"),),
        stages=(Stage("Wawancara", "Interview", estimate=Words("1 jam", "1 hour")),),
    )
    told = snapshot(services=(made,)).model_dump(mode="json")
    assert TypeAdapter(Words).validate_python(told["services"][0]["stages"][0]).id == "Wawancara"
    del told["services"][0]["stages"][0]["estimate"], told["services"][0]["fees"][0]["regulation"]
    (read,) = Snapshot.model_validate(told).services
    assert (read.stages[0].estimate, read.fees[0].regulation) == (None, "")


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


def test_a_typed_number_compares_without_its_case_its_hyphen_and_its_spaces() -> None:
    assert plain(" a-001") == plain("A 001") == plain("A-001") == "A001"
    assert plain("W12-034") == "W12034" != plain("W12-035")
