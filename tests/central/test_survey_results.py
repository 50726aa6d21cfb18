"""The survey at the central server: one for each ticket, responses of nobody, and what officers see of them."""

import re
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from wire import DAY, a_ticket

from central.database import FactRow, OfficeRow, ResponseRow, open_database
from central.questionnaires import FOLDER, questionnaire
from central.responses import SurveyResult, survey_result
from kiosk.model import QueueEntry
from kiosk.protocol import SNAPSHOT, CheckedIn, Snapshot, SurveyGiven, SurveyTaken
from kiosk.questionnaire import Questionnaire, TimeBand

SKM, SPKP_SPAK = questionnaire("skm"), questionnaire("spkp_spak")


def response(of: Questionnaire = SKM, score: int = 4, **changes: object) -> SurveyGiven:
    made = SurveyGiven(
        questionnaire=of.id, version=of.version, day=DAY, time_band=TimeBand.MORNING, service="passport_new",
        header={"sex": "female"}, scores=dict.fromkeys((each.key for each in of.elements), score),
    )  # fmt: skip
    return made.model_copy(update=changes)


def entry(kiosk) -> QueueEntry:
    return Snapshot.model_validate_json(kiosk.get(SNAPSHOT).content).queue[0]


def problems(data) -> list[str | None]:
    engine = open_database(data)
    with Session(engine) as session:
        found = list(session.scalars(select(FactRow.problem).order_by(FactRow.received_at, FactRow.seq)))
    engine.dispose()
    return found


def result(data, of: Questionnaire = SKM) -> SurveyResult:
    engine = open_database(data)
    with Session(engine) as session:
        found = survey_result(session, "PYK", of)
    engine.dispose()
    return found


def test_every_kiosk_hears_of_a_ticket_what_a_survey_needs_and_that_it_was_taken(kiosk) -> None:
    ticket = a_ticket("A-001")
    kiosk.tells(CheckedIn(ticket=ticket))
    held = entry(kiosk)
    assert (held.ticket, held.day, held.service, held.surveyed) == (ticket.id, DAY, "passport_new", False)
    kiosk.tells(SurveyTaken(ticket=ticket.id))
    assert entry(kiosk).surveyed


def test_a_second_survey_for_a_ticket_and_one_for_none_are_dead_letters(kiosk, data) -> None:
    ticket = a_ticket("A-001")
    kiosk.tells(CheckedIn(ticket=ticket), SurveyTaken(ticket=ticket.id), SurveyTaken(ticket=ticket.id))
    kiosk.tells(SurveyTaken(ticket=uuid4()))
    assert problems(data) == [None, None, "surveyed_twice", "no_ticket"]


def test_a_response_is_kept_without_kiosk_and_time(kiosk, data) -> None:
    kiosk.tells(response(day=None, service=None, time_band=None))
    assert not {"kiosk", "at", "received_at", "ticket"} & set(ResponseRow.__table__.columns.keys())
    assert result(data).respondents == 1


@pytest.mark.parametrize("bad", [{"scores": {"U1": 0}}, {"scores": {"U1": 11}}, {"scores": {}}, {"version": 0}])
def test_a_response_that_cannot_be_one_is_a_dead_letter(kiosk, data, bad: dict[str, object]) -> None:
    kiosk.send(kiosk.fact(response().model_dump(mode="json") | bad))
    assert problems(data) == ["unreadable"]
    assert result(data).respondents == 0


def test_only_responses_to_the_same_version_are_added_up(kiosk, data) -> None:
    kiosk.tells(response(), response(version=2, score=1), response(SPKP_SPAK, 1))
    assert result(data).respondents == 1


def section(page: str) -> str:
    found = re.search(r'<section class="survey">.*?</section>', page, re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", found.group()).split()) if found else ""


def test_officers_see_the_ikm_its_letter_the_respondents_and_each_element(kiosk, officer) -> None:
    assert "Belum ada responden" in section(officer.get("/officers").text)
    low = response(score=3).model_copy(update={"scores": {each.key: 3 for each in SKM.elements if each.key != "U9"}})
    kiosk.tells(response(), low)
    # Eight elements at 3.5, U9 at 4: 32 / 9 * 25 = 88.888…
    seen = section(officer.get("/officers").text)
    assert "88,89 IKM, mutu A (sangat baik)" in seen
    assert "2 responden" in seen
    assert "U8 3,50 U9 4,00" in seen


def test_officers_see_spkp_and_spak_as_means_of_six(kiosk, officer, data) -> None:
    engine = open_database(data)
    with Session(engine) as session, session.begin():
        row = session.scalars(select(OfficeRow)).one()
        office = Snapshot.model_validate_json(row.body)
        row.body = office.model_copy(update={"questionnaire": SPKP_SPAK}).model_dump_json()
    engine.dispose()
    kiosk.tells(response(SPKP_SPAK, 6), response(SPKP_SPAK, 5, scores={"SPKP1": 5, "SPAK1": 1}))
    seen = section(officer.get("/officers").text)
    # SPKP: (5.5 + 7 * 6) / 8; SPAK: (3.5 + 4 * 6) / 5
    assert "5,94 SPKP, dari 6" in seen
    assert "5,50 SPAK, dari 6" in seen
    assert "IKM" not in seen


# ------------------------------------------------------------ the questionnaires' files


@pytest.mark.parametrize("name", sorted(each.stem for each in FOLDER.glob("*.toml")))
def test_a_questionnaire_can_be_asked_in_both_languages(name: str) -> None:
    found = questionnaire(name)
    assert found.id == name
    assert found.problem() is None
    assert [each.key for each in found.header] == ["sex", "age", "education", "job"]
    words = [found.title, *(each.words for each in found.questions)]
    words += [option.words for each in found.questions for option in each.options]
    assert all(each.id and each.en for each in words)


def test_the_skm_has_nine_elements_each_with_its_own_four_labels() -> None:
    assert [each.key for each in SKM.elements] == [f"U{place}" for place in range(1, 10)]
    labels = {each.key: [option.words.id for option in each.options] for each in SKM.elements}
    assert all(len(each) == 4 for each in labels.values())
    assert labels["U1"] == labels["U5"]
    assert len({tuple(each) for each in labels.values()}) == 8
    assert labels["U4"] == ["Sangat mahal", "Cukup mahal", "Murah", "Gratis"]
    assert labels["U8"] == ["Buruk", "Cukup", "Baik", "Sangat baik"]
    assert labels["U9"][0] == "Tidak ada"


def test_spkp_and_spak_have_eight_and_five_statements_with_six_options() -> None:
    assert [each.key.rstrip("0123456789") for each in SPKP_SPAK.elements] == ["SPKP"] * 8 + ["SPAK"] * 5
    assert all(len(each.options) == 6 for each in SPKP_SPAK.elements)


def test_the_demo_office_asks_the_skm(kiosk) -> None:
    assert Snapshot.model_validate_json(kiosk.get(SNAPSHOT).content).questionnaire == SKM
