"""What the monitoring page says of an office, by the words on it."""

import re
from datetime import timedelta

import pytest
from busy_day import Lobby
from fastapi.testclient import TestClient
from wire import DAY, MORNING, PASSWORD, Clock, slot

from central.counters.rows import Outcome
from central.monitoring.alarms import Alarm, AlarmKind
from central.monitoring.rows import SeenAlarmRow
from kiosk.protocol import HEARTBEATS, StoreRenewed

PATH = "/officers/monitoring"


def words_of(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def alarms(http: TestClient) -> list[str]:
    """Each alarm as text, without its advice."""
    page = http.get(f"{PATH}/live", headers={"Accept-Language": "en"}).text
    items = re.findall(r'<li id="alarm-.*?</li>', page, re.DOTALL)
    return [words_of(re.sub(r'<p class="advice">.*?</p>|<form.*?</form>', "", each, flags=re.DOTALL)) for each in items]


def section(http: TestClient, name: str, language: str = "en") -> str:
    page = http.get(f"{PATH}/live", headers={"Accept-Language": language}).text
    return words_of(re.search(rf'id="{name}">.*?</section>', page, re.DOTALL).group())


def beat(kiosk, **said: object) -> None:
    body = {"version": "0.1", "screen": "welcome", "printer": "ready", "scanner_ready": True, "owed": 0}
    assert kiosk.post(HEARTBEATS, body | {"at": kiosk.clock.now().isoformat()} | said).status_code == 200


def later(officer: TestClient, clock: Clock, minutes: float) -> None:
    """So much later the officer has to sign in anew."""
    clock.forward(minutes=minutes)
    assert officer.post("/officers/login", data={"name": "petugas", "password": PASSWORD}).status_code == 303


def test_an_ordinary_morning_has_no_alarm(kiosk, officer) -> None:
    beat(kiosk)
    assert alarms(officer) == []
    assert "No alarms." in section(officer, "alarms")


def test_a_kiosk_that_is_not_ready_or_whose_practice_visit_failed_is_an_alarm_until_it_is_better(
    kiosk, officer, clock
) -> None:
    at = (clock.now() - timedelta(minutes=90)).isoformat()
    report = {"at": at, "broken": ["disk-health", "practice-visit"]}
    failed = {"at": at, "seconds": 4, "failed": "its screens are drawn", "problem": "status 1"}
    beat(kiosk, readiness=report, practice_visit=failed)
    ready, practice = sorted(alarms(officer))
    assert "A kiosk is not ready: disk-health" in ready
    assert "practice-visit" not in ready, "it has an alarm of its own"
    assert "practice visit failed" in practice
    assert "since 06:30" in practice
    beat(kiosk, readiness={"at": at, "broken": ["practice-visit"]}, practice_visit=failed)
    assert len(alarms(officer)) == 1
    beat(kiosk, readiness={"at": at, "broken": []}, practice_visit={"at": at, "seconds": 14})
    assert alarms(officer) == []


def test_a_condition_is_since_it_was_first_told_whatever_else_changed(kiosk, officer, clock) -> None:
    for said in (
        {},
        {"printer": "paper_low"},
        {"printer": "paper_low", "scanner_ready": False},
        {"printer": "paper_low"},
    ):
        beat(kiosk, **said)
        clock.forward(minutes=1)
    assert alarms(officer) == ["Paper is low Anjungan Lobi W1 · since 08:01"]
    beat(kiosk)
    assert alarms(officer) == []
    clock.forward(seconds=30)
    beat(kiosk, printer="paper_low")
    assert alarms(officer) == ["Paper is low Anjungan Lobi W1 · since 08:04"]


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ({"printer": "paper_out"}, "urgent Out of paper Anjungan Lobi W1 · since 08:00"),
        ({"printer": "cover_open"}, "urgent Printer fault: cover open Anjungan Lobi W1 · since 08:00"),
        ({"printer": "unknown"}, ""),
        ({"scanner_ready": False}, "Scanner not ready Anjungan Lobi W1 · since 08:00"),
        ({"clock": "untrusted"}, "A kiosk's clock is not trusted Anjungan Lobi W1 · since 08:00"),
        ({"facts_held_back": True}, "urgent A kiosk's data is held back Anjungan Lobi W1 · since 08:00"),
    ],
)
def test_what_a_kiosk_says_is_wrong_is_an_alarm(kiosk, officer, clock, said: dict[str, object], shown: str) -> None:
    beat(kiosk, **said)
    clock.forward(minutes=1)
    beat(kiosk, **said)
    assert [each.replace("&#39;", "'") for each in alarms(officer)] == ([shown] if shown else [])


def test_a_silent_kiosk_is_an_alarm_while_the_office_is_open(kiosk, officer, clock) -> None:
    beat(kiosk, printer="paper_low")
    clock.forward(seconds=90)
    assert alarms(officer) == ["Paper is low Anjungan Lobi W1 · since 08:00"]
    clock.forward(seconds=1)
    assert alarms(officer) == ["urgent A kiosk is silent Anjungan Lobi W1 · since 08:00"]
    clock.at = MORNING + timedelta(hours=4, minutes=30)
    assert alarms(officer) == []


def test_what_kiosks_recorded_is_in_the_same_list(kiosk, officer) -> None:
    kiosk.tells(StoreRenewed(fault="corrupt"))
    kiosk.send(kiosk.fact({"kind": "from_tomorrow"}))
    assert set(alarms(officer)) == {
        "A kiosk&#39;s store was replaced: file damaged Anjungan Lobi W1 · since 08:00",
        "Data that cannot be applied: 1 Anjungan Lobi W1 · since 08:00",
    }


def test_people_who_wait_before_closed_counters_are_an_alarm_until_one_opens(http, officer, clock) -> None:
    with http.app.state.writing.begin() as session:
        lobby = Lobby(session)
        lobby.ticket(lobby.kiosk(heard=6), 1)
        lobby.counter(is_open=False)
    clock.forward(minutes=6)
    assert alarms(officer) == ["urgent People wait and no counter is open: 1 since 08:01"]
    with http.app.state.writing.begin() as session:
        Lobby(session).counter("2")
    assert alarms(officer) == []


def test_a_wait_over_the_offices_cap_is_an_alarm_by_service(http, officer, clock) -> None:
    with http.app.state.writing.begin() as session:
        lobby = Lobby(session)
        kiosk, counter = lobby.kiosk(heard=70), lobby.counter()
        lobby.ticket(kiosk, 5)
        lobby.ticket(kiosk, 0, "collection", slot=slot("08:30"))
        lobby.call(lobby.ticket(kiosk, 1), counter, 10, 60, Outcome.HELD)
    later(officer, clock, 70)
    assert alarms(officer) == ["Waiting too long: 1 New passport (adult) · since 09:05"]


def test_an_alarm_that_was_noted_stays_with_the_name_until_it_is_over(kiosk, officer, clock) -> None:
    beat(kiosk, printer="paper_out")
    page = officer.get(f"{PATH}/live").text
    key = re.search(r'name="key" value="(\w{32})"', page)[1]
    clock.forward(minutes=1)
    assert officer.post(f"{PATH}/alarms", data={"key": key}).status_code == 303
    assert officer.post(f"{PATH}/alarms", data={"key": key}).status_code == 303
    beat(kiosk, printer="paper_out")
    assert alarms(officer) == ["urgent Out of paper Anjungan Lobi W1 · since 08:00 Noted by petugas, 08:01"]
    beat(kiosk)
    clock.forward(minutes=1)
    beat(kiosk, printer="paper_out")
    assert alarms(officer) == ["urgent Out of paper Anjungan Lobi W1 · since 08:02"]


def test_another_offices_alarms_and_notes_are_its_own(http, officer, clock) -> None:
    with http.app.state.writing.begin() as session:
        lobby = Lobby(session, office="AGM")
        lobby.kiosk(heard=0, printer="paper_out")
    assert alarms(officer) == []
    with http.app.state.writing.begin() as session:
        Lobby(session).kiosk(heard=0, printer="paper_out")
        same = Alarm(AlarmKind.PAPER_OUT, clock.now(), "Anjungan Lobi W1")
        session.add(SeenAlarmRow(office="AGM", key=same.key, officer="orang lain", seen_at=clock.now()))
    assert alarms(officer) == ["urgent Out of paper Anjungan Lobi W1 · since 08:00"]


def test_figures_are_shown_as_they_were_counted(http, officer, clock) -> None:
    with http.app.state.writing.begin() as session:
        lobby = Lobby(session)
        kiosk, counter = lobby.kiosk(heard=60), lobby.counter()
        lobby.call(lobby.ticket(kiosk, 0), counter, 4, 10, Outcome.NEXT_STAGE)
        row = lobby.ticket(kiosk, 1)
        lobby.call(row, counter, 11, 14, Outcome.NEXT_STAGE)
        lobby.call(row, counter, 20, 25, since=14)
        lobby.rates(kiosk, 26, 5, "Ramah & cepat")
        lobby.rates(kiosk, 27, 2)
    later(officer, clock, 60)
    shown = section(officer, "services")
    assert "New passport (adult) 1 0 1 0 7 min 10 min 8 min 8 min" in shown
    page = words_of(officer.get(f"{PATH}/live", headers={"Accept-Language": "en"}).text)
    assert "1 waiting 0 at a counter 1 served 0 no-show 7 min wait, median 10 min wait, p90 8 min" in page
    assert "3.5 rating (2)" in page
    assert "Ramah &amp; cepat" in section(officer, "opinions")


def test_a_forecast_is_made_of_bookings_weeks_and_the_last_hour_or_not_at_all(http, officer, clock) -> None:
    with http.app.state.writing.begin() as session:
        lobby = Lobby(session)
        kiosk = lobby.kiosk(heard=60)
        for week in (1, 2, 3):
            lobby.day = DAY - timedelta(weeks=week)
            lobby.ticket(kiosk, 30)
            lobby.ticket(kiosk, 90, slot=slot("09:30"))
            for _ in range(week):
                lobby.ticket(kiosk, 100)
    later(officer, clock, 60)
    shown = section(officer, "forecast")
    assert "Walk-ins still to come 1–3" in shown
    assert "Everybody is served cannot be said yet" in shown
    assert re.search(r"Booked applicants still to come \d+–\d+ ", shown)
