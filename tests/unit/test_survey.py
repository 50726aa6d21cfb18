"""The survey's answers, who may give them, and what of a response may leave the kiosk."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from samples import OPEN, TODAY, questionnaire, served, snapshot

from kiosk.commands import LookUpSurvey, RecordSurvey
from kiosk.events import Back, CodeScanned, Home, QueueNumberTyped, SurveyAnswered, SurveyChosen, SurveyTicketFound
from kiosk.model import QueueState, Words
from kiosk.protocol import Snapshot, SurveyGiven
from kiosk.questionnaire import Survey, SurveyOption, SurveyReason, TimeBand
from kiosk.survey_rules import LEAST_TOGETHER, no_survey, response_of, ticket_meant, without_the_telling
from kiosk.visit import State, Visit, advance

NINE = questionnaire()
AT_START = Visit(5, State.SURVEY, survey=Survey(served(), questionnaire(2)))


def answered(visit: Visit, *answers: tuple[str, str | int | None]) -> Visit:
    for key, value in answers:
        visit, _ = advance(visit, SurveyAnswered(key, value))
    return visit


# ------------------------------------------------------------ the answers


def test_each_question_is_asked_in_its_turn_and_the_last_answer_leads_to_thanks() -> None:
    visit = AT_START
    for key, value in (("sex", "female"), ("U1", 3)):
        assert visit.survey
        assert visit.survey.question
        assert visit.survey.question.key == key
        visit = answered(visit, (key, value))
        assert visit.state is State.SURVEY
    after, commands = advance(visit, SurveyAnswered("U2", 4))
    assert after.state is State.THANKS
    assert commands == (RecordSurvey(5, Survey(served(), questionnaire(2), ("female", 3, 4))),)


def test_a_second_tap_on_an_answered_question_answers_no_other() -> None:
    once = answered(AT_START, ("sex", "female"), ("U1", 3))
    assert answered(once, ("U1", 3)) == once


def test_an_answer_that_is_not_among_the_options_is_none() -> None:
    assert answered(AT_START, ("sex", "unheard of")) == AT_START
    assert answered(AT_START, ("sex", None), ("U1", 5)) == answered(AT_START, ("sex", None))


def test_every_question_can_be_skipped_and_who_skips_all_elements_gives_no_response() -> None:
    skipped = answered(AT_START, ("sex", "male"), ("U1", None))
    after, commands = advance(skipped, SurveyAnswered("U2", None))
    assert (after.state, commands) == (State.THANKS, ())


def test_back_takes_the_last_answer_back_and_then_leads_to_the_ticket() -> None:
    once = answered(AT_START, ("sex", "female"))
    back, _ = advance(once, Back())
    assert back == AT_START
    first, _ = advance(back, Back())
    assert (first.state, first.survey) == (State.SURVEY_TICKET, None)


def test_who_leaves_in_the_middle_gives_no_response() -> None:
    after, commands = advance(answered(AT_START, ("sex", "female"), ("U1", 1)), Home())
    assert (after, commands) == (Visit(6), ())


def test_a_ticket_is_scanned_or_its_number_typed_and_then_asked_about() -> None:
    begun, _ = advance(Visit(4, State.THANKS), SurveyChosen())
    assert begun == Visit(5, State.SURVEY_TICKET)
    assert advance(begun, CodeScanned("x")) == (begun, (LookUpSurvey(5, "x"),))
    assert advance(begun, QueueNumberTyped("A-001")) == (begun, (LookUpSurvey(5, "A-001"),))
    found, _ = advance(begun, SurveyTicketFound(5, served(), NINE))
    assert (found.state, found.survey) == (State.SURVEY, Survey(served(), NINE))


# ------------------------------------------------------------ who may


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({}, None),
        ({"state": QueueState.WAITING}, SurveyReason.NOT_SERVED),
        ({"state": QueueState.CALLED}, SurveyReason.NOT_SERVED),
        ({"state": QueueState.NO_SHOW}, SurveyReason.NOT_SERVED),
        ({"surveyed": True}, SurveyReason.TAKEN),
        ({"day": TODAY - timedelta(days=1)}, SurveyReason.NOT_TODAY),
        ({"ticket": None}, SurveyReason.UNKNOWN),
    ],
)
def test_only_a_served_ticket_of_today_that_was_not_used_may_be_surveyed(
    changes: dict[str, object], reason: SurveyReason | None
) -> None:
    assert no_survey(served(**changes), TODAY) is reason


def test_a_ticket_that_is_in_no_queue_is_unknown_and_no_day_is_refused_without_a_clock() -> None:
    assert no_survey(None, TODAY) is SurveyReason.UNKNOWN
    assert no_survey(served(day=TODAY - timedelta(days=1)), None) is None


def test_a_ticket_is_found_by_its_id_or_by_a_number_however_it_is_typed() -> None:
    queue = (served(1, number="A-001"), served(2, number="A-002"))
    assert ticket_meant(queue, UUID(int=2), "A-001") == queue[1]
    assert ticket_meant(queue, UUID(int=9), "A-001") is None
    assert ticket_meant(queue, None, "a001") == queue[0]


def test_of_two_tickets_with_one_number_the_served_one_is_meant() -> None:
    waiting, done = served(1, state=QueueState.WAITING), served(2, number="A-001")
    assert ticket_meant((waiting, done), None, "A-001") == done


# ------------------------------------------------------------ the response


def test_a_response_has_what_was_answered_its_occasion_and_no_ticket() -> None:
    survey = Survey(served(), questionnaire(3), ("female", 4, None, 2))
    response = response_of(survey, OPEN.replace(hour=12, minute=59))
    assert response == SurveyGiven(
        questionnaire="skm", version=1, day=TODAY, time_band=TimeBand.MORNING, service="a",
        header={"sex": "female"}, scores={"U1": 4, "U3": 2},
    )  # fmt: skip
    assert str(served().ticket) not in response.model_dump_json()
    assert response_of(survey, OPEN.replace(hour=13, minute=0)).time_band is TimeBand.AFTERNOON
    assert response_of(survey, None).time_band is None


def given_for(service: str, band: TimeBand = TimeBand.MORNING, score: int = 1) -> SurveyGiven:
    return SurveyGiven(
        questionnaire="skm", version=1, day=TODAY, time_band=band, service=service, header={}, scores={"U1": score}
    )


def test_the_only_response_of_a_service_does_not_say_of_which() -> None:
    mixed = [given_for("a")] * LEAST_TOGETHER + [given_for("b")]
    assert {(each.service, each.day, each.time_band) for each in without_the_telling(mixed)} == {(None, None, None)}


def test_what_enough_responses_share_is_kept() -> None:
    assert without_the_telling([given_for("a")] * LEAST_TOGETHER) == [given_for("a")] * LEAST_TOGETHER
    bands = [given_for("a")] * 4 + [given_for("a", TimeBand.AFTERNOON)]
    assert {(each.service, each.day, each.time_band) for each in without_the_telling(bands)} == {("a", TODAY, None)}


responses = st.lists(
    st.builds(given_for, st.sampled_from("ab"), st.sampled_from(TimeBand), st.integers(1, 4)), min_size=1, max_size=20
)


@given(responses)
def test_no_occasion_is_told_by_fewer_than_five_and_no_answer_is_changed(found: list[SurveyGiven]) -> None:
    coarse = without_the_telling(found)
    told = [(each.service, each.day, each.time_band) for each in coarse]
    assert all(told.count(each) >= LEAST_TOGETHER for each in told if each != (None, None, None))
    assert [each.scores for each in coarse] == [each.scores for each in found]


# ------------------------------------------------------------ the questionnaire on the wire


@pytest.mark.parametrize(
    "bad",
    [
        replace(NINE, id="x" * 21),
        replace(NINE, version=0),
        questionnaire(elements=50),
        questionnaire(options=11),
        replace(NINE, elements=()),
        replace(NINE, elements=NINE.elements[:1] * 2),
        replace(NINE, header=(replace(NINE.header[0], options=()),)),
        replace(NINE, header=(replace(NINE.header[0], options=NINE.elements[0].options),)),
        replace(NINE, elements=(replace(NINE.elements[0], options=NINE.elements[0].options[1:]),)),
        replace(NINE, elements=(replace(NINE.elements[0], options=(SurveyOption("1", Words("", "")),)),)),
        replace(NINE, elements=(replace(NINE.elements[0], options=()),)),
    ],
)
def test_a_questionnaire_that_cannot_be_asked_makes_no_snapshot(bad: object) -> None:
    text = snapshot(questionnaire=bad).model_dump_json()
    with pytest.raises(ValueError, match="questionnaire"):
        Snapshot.model_validate_json(text)


def test_a_questionnaire_comes_over_the_wire_as_it_was_sent() -> None:
    sent = snapshot(questionnaire=NINE)
    assert Snapshot.model_validate_json(sent.model_dump_json()) == sent
