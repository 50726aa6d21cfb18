"""The display in the lobby: numbers and counters, no names; what is spoken, and when."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from re import findall
from typing import Any

import pytest
from fastapi.testclient import TestClient
from wire import DAY, MORNING, Clock, Kiosk, a_ticket

from central.counters import calls, desk
from central.counters.display import ANNOUNCEMENT_SECONDS, Display, announced, display_of, is_dark, sentences_of
from central.database import OfficeRow
from central.monitoring.announcements import announce, withdraw
from central.people.roles import STAFF, SignedIn
from kiosk.model import ENGLISH, INDONESIAN, Announcement, Words
from kiosk.protocol import WalkInIssued

CLERK = SignedIn("petugas", "PYK", STAFF)
PAGE = "/o/PYK/display"


@pytest.fixture
def counter(http: TestClient, clock: Clock) -> Callable[..., Any]:
    """Does something at counter "2", as its clerk."""
    with http.app.state.writing.begin() as session:
        two = desk.open_counter(session, CLERK, desk.counter_named(session, "PYK", "2").id, clock.now()).id

    def does(what: Callable[..., Any], *given: Any) -> Any:
        with http.app.state.writing.begin() as session:
            wanted = (two,) if what is calls.call_next else given
            done = what(session, CLERK, *wanted, clock.now())
            return getattr(done, "id", done)

    return does


def shown(http: TestClient, clock: Clock) -> Display:
    with http.app.state.reading() as session:
        found = display_of(session, "PYK", clock.now())
        assert found
        return found


def arrive(kiosk: Kiosk, *numbers: str, **more: Any) -> None:
    kiosk.tells(*(WalkInIssued(ticket=a_ticket(number, at - 60, **more)) for at, number in enumerate(numbers)))


def test_a_call_is_shown_with_its_counter_and_no_name_ever(http, kiosk, counter, clock) -> None:
    arrive(kiosk, "W1-001", masked_name="N*** R***")
    counter(calls.call_next)
    page = http.get(PAGE).text
    assert findall(r'class="number size6">(.*?)<', page) == ["W1-001"]
    assert "Loket <b>2</b>" in page
    assert "N***" not in page


def test_the_display_needs_no_sign_in_and_another_office_has_none(http) -> None:
    assert http.get(PAGE).status_code == 200
    assert http.get("/o/XYZ/display").status_code == 404
    assert http.get("/o/XYZ/display/events").status_code == 404


def test_the_last_six_calls_are_shown_the_latest_first_and_mistakes_are_not(http, kiosk, counter, clock) -> None:
    arrive(kiosk, *(f"W1-00{each}" for each in range(1, 9)))
    for _ in range(7):
        clock.forward(minutes=1)
        last = counter(calls.call_next)
        counter(calls.finish, last, calls.Result.DONE)
    mistake = counter(calls.call_next)
    assert shown(http, clock).calls[0].number == "W1-008"
    counter(calls.take_back, mistake)
    numbers = [each.number for each in shown(http, clock).calls]
    assert numbers == ["W1-007", "W1-006", "W1-005", "W1-004", "W1-003", "W1-002"]


def test_a_recall_comes_to_the_front_and_sounds_again(http, kiosk, counter, clock) -> None:
    arrive(kiosk, "W1-001", "W1-002")
    first = counter(calls.call_next)
    counter(calls.hold, first)
    clock.forward(seconds=5)
    second = counter(calls.call_next)
    (latest, _) = shown(http, clock).calls
    clock.forward(seconds=20)
    counter(calls.recall, second)
    (again, _) = shown(http, clock).calls
    assert (latest.id, again.id) == (second, second)
    assert latest.sound != again.sound
    assert http.get(f"{PAGE}/calls/{again.sound}").status_code == 200


def test_only_a_call_that_is_new_and_open_is_spoken(http, kiosk, counter, clock) -> None:
    arrive(kiosk, "W1-001", "W1-002")
    first = counter(calls.call_next)
    assert [each.fresh for each in shown(http, clock).calls] == [True]
    clock.forward(minutes=3)
    assert [each.fresh for each in shown(http, clock).calls] == [False]
    counter(calls.recall, first)
    assert [each.fresh for each in shown(http, clock).calls] == [True]
    counter(calls.no_show, first)
    assert [each.fresh for each in shown(http, clock).calls] == [False]


def test_who_chose_english_is_called_in_both_languages(http, kiosk, counter, clock) -> None:
    arrive(kiosk, "W1-001", language=ENGLISH)
    call = counter(calls.call_next)
    with http.app.state.reading() as session:
        assert sentences_of(session, "PYK", call, clock.now()) == (
            (INDONESIAN, "Nomor antrean W satu, nol-nol-satu, silakan menuju loket dua."),
            (ENGLISH, "Queue number W, one, zero-zero-one, please go to counter two."),
        )
    assert "Please go to counter 2" in http.get(PAGE).text
    arrive(kiosk, "W1-002", language=INDONESIAN)
    counter(calls.finish, call, calls.Result.DONE)
    counter(calls.call_next)
    assert "Please go" not in http.get(PAGE).text


def test_an_office_that_says_kosong_says_it_in_indonesian_alone(http, kiosk, counter, clock) -> None:
    with http.app.state.writing.begin() as session:
        row = session.get_one(OfficeRow, "PYK")
        row.body = row.body.replace('"spoken_zero":""', '"spoken_zero":"kosong"')
    arrive(kiosk, "W1-001", language=ENGLISH)
    call = counter(calls.call_next)
    with http.app.state.reading() as session:
        said = dict(sentences_of(session, "PYK", call, clock.now()) or ())
    assert "W satu, kosong-kosong-satu" in said[INDONESIAN]
    assert "zero-zero-one" in said[ENGLISH]


def test_a_sound_is_served_for_todays_calls_of_this_office_only(http, kiosk, counter, clock) -> None:
    arrive(kiosk, "W1-001")
    call = counter(calls.call_next)
    answer = http.get(f"{PAGE}/calls/{call}.wav")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "audio/wav")
    assert answer.content[:4] == b"RIFF"
    assert http.get(f"{PAGE}/calls/{call + 1}.wav").status_code == 404
    assert http.get(f"/o/XYZ/display/calls/{call}.wav").status_code == 404
    assert http.get(f"{PAGE}/calls/chime.wav").content[:4] == b"RIFF"
    clock.forward(days=1)
    assert http.get(f"{PAGE}/calls/{call}.wav").status_code == 404


def test_who_waits_is_shown_by_service_in_the_queues_order(http, kiosk, counter, clock) -> None:
    arrive(kiosk, "W1-001", "W1-002", "W1-003", "W1-004", "W1-005")
    kiosk.tells(WalkInIssued(ticket=a_ticket("W1-006", 6, service="collection")))
    counter(calls.call_next)
    found = [(each.service.id, each.numbers) for each in shown(http, clock).waiting]
    assert found == [
        ("Paspor baru (dewasa)", ("W1-002", "W1-003", "W1-004")),
        ("Pengambilan paspor", ("W1-006",)),
    ]


def an_announcement(words: str, **more: Any) -> Announcement:
    return Announcement(words, Words(words, words), DAY, DAY, **more)


def test_announcements_take_turns_and_emergencies_take_them_all() -> None:
    start = MORNING - timedelta(seconds=MORNING.timestamp() % (2 * ANNOUNCEMENT_SECONDS))

    def seen(listed: list[Announcement]) -> list[str]:
        told = [announced(listed, start + timedelta(seconds=each)) for each in (0, 9, 10, 20)]
        return [each.id for each in told if each]

    listed = [an_announcement("a"), an_announcement("b")]
    assert seen(listed) == ["a", "a", "b", "a"]
    assert seen([an_announcement("fire", emergency=True), *listed]) == ["fire"] * 4
    assert seen([]) == []


def test_an_emergency_takes_the_place_of_everything_and_goes_when_it_is_withdrawn(http, kiosk, counter, clock) -> None:
    arrive(kiosk, "W1-001")
    counter(calls.call_next)
    with http.app.state.writing.begin() as session:
        announce(session, "PYK", an_announcement("Tinggalkan gedung", emergency=True), "petugas", clock.now())
    page = http.get(f"{PAGE}/part").text
    assert "Tinggalkan gedung" in page
    assert "W1-001" not in page
    with http.app.state.writing.begin() as session:
        withdraw(session, "PYK", "Tinggalkan gedung", clock.now())
    assert "W1-001" in http.get(f"{PAGE}/part").text


@pytest.mark.parametrize(("colour", "dark"), [("12284B", True), ("0B6B53", True), ("FFCC00", False), ("777777", False)])
def test_an_offices_colour_is_taken_where_white_is_read_on_it(colour: str, dark: bool) -> None:
    assert is_dark(colour) is dark


def test_no_size_of_a_called_number_is_too_small_to_be_read_from_8_metres() -> None:
    css = (Path(__file__).parents[2] / "central/static/display.css").read_text()
    sizes = [float(each) for each in findall(r"\.number[^{]*\{[^}]*font-size: ([\d.]+)rem", css)]
    assert len(sizes) >= 4
    pixels = min(sizes) * 0.73 * 10.8
    mm_on_43_inches = pixels * 952 / 1920
    minutes_of_arc = mm_on_43_inches / 8000 * 3437.75
    assert minutes_of_arc >= 16
