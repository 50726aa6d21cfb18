"""Announcements: to kiosks and feeds, from a time to another, or until withdrawn; the emergency."""

import json
from datetime import date, time
from xml.etree import ElementTree

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session
from wire import DAY, MORNING, database_of

from central.database import open_database
from central.monitoring.announcements import in_force, standing
from kiosk.protocol import SNAPSHOT

GOOD = {
    "words_id": "Loket pindah ke lantai dua.",
    "words_en": "The counters moved to the second floor.",
    "first_day": "2026-11-24",
    "last_day": "2026-11-24",
    "starts": "08:30",
    "ends": "09:30",
    "priority": "5",
}


def told(kiosk) -> dict[str, dict]:
    """What the kiosk hears, by its Indonesian words."""
    return {each["words"]["id"]: each for each in kiosk.get(SNAPSHOT).json()["announcements"]}


def test_a_kiosk_hears_at_once_what_will_be_announced_and_when(kiosk, officer) -> None:
    before = kiosk.get(SNAPSHOT).headers["ETag"]
    assert officer.post("/officers/announcements", data=GOOD).status_code == 303
    heard = told(kiosk)[GOOD["words_id"]]
    assert (heard["first_day"], heard["starts"], heard["ends"]) == ("2026-11-24", "08:30:00", "09:30:00")
    assert (heard["priority"], heard["emergency"]) == (5, False)
    assert kiosk.get(SNAPSHOT).headers["ETag"] != before


def test_the_feeds_say_what_is_in_force_and_no_more(http: TestClient, officer, clock) -> None:
    officer.post("/officers/announcements", data=GOOD)

    def feeds() -> tuple[bool, bool, bool]:
        rss = ElementTree.fromstring(http.get("/o/PYK/announcements.rss?lang=id").text)
        items = [each.findtext("description") for each in rss.iter("item")]
        feed = http.get("/o/PYK/announcements.json?lang=en").json()
        page = http.get("/o/PYK/announcements?lang=id").text
        in_json = GOOD["words_en"] in [each["content_text"] for each in feed["items"]]
        return GOOD["words_id"] in items, in_json, GOOD["words_id"] in page

    assert feeds() == (False, False, False)
    clock.forward(minutes=30)
    assert feeds() == (True, True, True)
    clock.forward(minutes=60)
    assert feeds() == (False, False, False)


@pytest.mark.parametrize("field", ["starts", "ends"])
def test_a_time_that_is_another_places_is_refused_in_words(officer, field: str) -> None:
    answer = officer.post("/officers/announcements", data=GOOD | {field: "09:00+07:00"})
    assert (answer.status_code, "Tulis waktu" in answer.text) == (422, True)


def test_a_feed_names_the_offices_own_address_whatever_host_was_asked_for(http: TestClient) -> None:
    asked = {"Host": "touts.example"}
    feed = http.get("/o/PYK/announcements.json", headers=asked).json()
    rss = ElementTree.fromstring(http.get("/o/PYK/announcements.rss", headers=asked).text)
    page = "https://antrean.example/o/PYK/announcements"
    assert (feed["home_page_url"], feed["feed_url"], rss.findtext("channel/link")) == (page, f"{page}.json", page)


def test_a_withdrawn_one_is_gone_everywhere(kiosk, officer) -> None:
    officer.post("/officers/announcements", data=GOOD)
    found = told(kiosk)[GOOD["words_id"]]["id"]
    assert officer.post(f"/officers/announcements/{found}/withdraw").status_code == 303
    assert GOOD["words_id"] not in told(kiosk)
    assert officer.post("/officers/announcements/unknown/withdraw").status_code == 404


def test_an_emergency_needs_a_second_thought_and_comes_first(kiosk, officer) -> None:
    words = {"words_id": "Keluar lewat pintu utara", "words_en": "Leave by the north door"}
    doubtful = officer.post("/officers/announcements/emergency", data=words)
    assert doubtful.status_code == 422
    assert words["words_id"] in doubtful.text
    assert words["words_id"] not in told(kiosk)
    assert officer.post("/officers/announcements/emergency", data=words | {"sure": "true"}).status_code == 303
    assert next(iter(told(kiosk))) == words["words_id"]
    assert told(kiosk)[words["words_id"]]["emergency"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"words_en": " "}, "Isi kedua bahasa"),
        ({"words_id": "x" * 201}, "Terlalu panjang"),
        ({"last_day": "2026-11-23"}, "berakhir sebelum mulai"),
        ({"ends": "08:30"}, "berakhir sebelum mulai"),
        ({"starts": "8.30"}, "Tulis waktu"),
    ],
)
def test_what_cannot_be_announced_is_said_and_what_was_entered_stays(officer, change, said: str) -> None:
    answer = officer.post("/officers/announcements", data=GOOD | change)
    assert answer.status_code == 422
    assert said in answer.text
    assert GOOD["last_day"] in answer.text


def test_an_unknown_office_has_no_feed(http: TestClient) -> None:
    for kind in ("", ".rss", ".json"):
        assert http.get(f"/o/XXX/announcements{kind}").status_code == 404


def test_what_an_office_announced_in_its_document_is_announced_still(tmp_path) -> None:
    held = {"id": "a", "words": {"id": "Bawa", "en": "Bring"}, "first_day": "2026-01-01", "last_day": "2026-12-31"}
    body = json.dumps({"announcements": [held | {"priority": 2}], "pass_keys": []})
    with database_of(tmp_path, "0007") as connection:
        connection.exec_driver_sql("INSERT INTO office VALUES ('PYK', ?)", (body,))
    engine = open_database(tmp_path)
    with Session(engine) as session:
        (found,) = standing(session, "PYK", DAY)
        assert (found.words.en, found.priority, found.starts, found.last_day) == (
            "Bring",
            2,
            time(),
            date(2026, 12, 31),
        )
        assert in_force(session, "AGM", MORNING) == ()
    engine.dispose()
