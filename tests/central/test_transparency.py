"""The public page: the figures counted by hand, none of few people, none that nobody recorded."""

import re
from datetime import timedelta

import pytest
from busy_day import Lobby
from fastapi.testclient import TestClient
from wire import DAY

PATH = "/o/PYK/transparency"
ALL_FOURS = {f"U{place}": 4 for place in range(1, 10)}


def text(http: TestClient, language: str = "en") -> str:
    answer = http.get(PATH, headers={"Accept-Language": language})
    assert answer.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text).split())


def put(http: TestClient, people: int, days_ago: int = 1) -> None:
    """So many people of one service, who waited 2, 4, 6 … minutes, rated with 4 and answered the survey with fours, but
    the last with 3 for U1.
    """
    with http.app.state.writing.begin() as session:
        lobby = Lobby(session, day=DAY - timedelta(days=days_ago), numbers=1000 * days_ago)
        kiosk, counter = lobby.kiosk(days_ago), lobby.counter(str(days_ago))
        for place in range(1, people + 1):
            lobby.call(lobby.ticket(kiosk, 10 * place), counter, 12 * place, 12 * place + 5)
            lobby.rates(kiosk, 12 * place + 6, 4)
            lobby.responds(kiosk, 12 * place + 7, ALL_FOURS | ({"U1": 3} if place == people else {}))


def test_five_people_are_enough_for_every_figure(http: TestClient) -> None:
    """Waits of 2, 4, 6, 8, 10 minutes; U1 has the mean 3.8: (3.8 + 8 × 4) / 9 × 25 = 99.44."""
    put(http, 5)
    shown = text(http)
    assert "New passport (adult) 6 min 10 min 5 All services 6 min 10 min" in shown
    assert "99.44 IKM Quality A (Very good), 5 respondents" in shown
    assert "4.0 of 5 5 ratings" in shown
    assert "26/10/2026 – 24/11/2026" in shown
    assert "25/11/2025 – 24/11/2026" in shown


def test_of_four_people_nothing_is_told(http: TestClient) -> None:
    put(http, 4)
    shown = text(http)
    assert shown.count("too few to be shown (fewer than 5)") == 4
    assert not re.search(r"\b\d+ min\b|IKM|of 5 ", shown.replace("Index", ""))


def test_a_service_of_few_is_not_told_by_what_is_missing_from_all(http: TestClient) -> None:
    put(http, 6)
    with http.app.state.writing.begin() as session:
        lobby = Lobby(session, numbers=9000)
        lobby.call(lobby.ticket(lobby.kiosk(9), 0, "collection"), lobby.counter("9"), 90, 95)
    shown = text(http)
    assert "Passport collection too few" in shown
    assert "All services 8 min 1 h 30 min From the arrival" in shown


def test_what_is_older_than_thirty_days_does_not_count(http: TestClient) -> None:
    put(http, 5, days_ago=30)
    assert "Nobody was served in this time." in text(http)
    assert "5 respondents" in text(http)


def test_how_many_complaints_were_answered_is_said_to_be_unknown(http: TestClient) -> None:
    shown = text(http)
    assert "is not recorded here; see SP4N-LAPOR!" in shown
    assert 'href="https://www.lapor.go.id"' in http.get(PATH).text


def test_figures_are_kept_for_five_minutes(http: TestClient, clock) -> None:
    assert "Nobody was served" in text(http)
    put(http, 5)
    clock.forward(minutes=4, seconds=59)
    assert "Nobody was served" in text(http)
    clock.forward(seconds=1)
    assert "99.44" in text(http)


@pytest.mark.parametrize("office", ["XXX", "pyk", "%2e%2e"])
def test_an_office_that_is_not_there_is_not_found(http: TestClient, office: str) -> None:
    assert http.get(f"/o/{office}/transparency").status_code == 404
