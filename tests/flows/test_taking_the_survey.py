"""The official survey, from the ticket to the box."""

from datetime import UTC, datetime
from pathlib import Path

from flows.flow import Flow
from samples import OPEN, TODAY, questionnaire, served, snapshot

from kiosk.clock import Clock, Uptime
from kiosk.events import Event, QueueNumberTyped, SurveyAnswered, SurveyChosen
from kiosk.model import QueueState
from kiosk.protocol import SurveyGiven, SurveyTaken
from kiosk.questionnaire import SurveyReason
from kiosk.visit import State, Visit

ADDRESS = "https://kiosk.example/t/00000000-0000-0000-0000-00000000000{}"
QUEUE = (*(served(place) for place in range(1, 7)), served(7, state=QueueState.WAITING), served(8, surveyed=True))
ANSWERS: tuple[Event, ...] = (
    SurveyAnswered("sex", "female"),
    SurveyAnswered("U1", 4),
    SurveyAnswered("U2", None),
)


def flow(folder: Path, clock: Clock | None = None, asked: bool = True) -> Flow:
    return Flow(folder, snapshot(queue=QUEUE, questionnaire=questionnaire(2) if asked else None), clock)


def at_the_survey(flow: Flow) -> Flow:
    flow.visit = Visit(flow.visit.id, State.THANKS)
    return flow.does(SurveyChosen()).sees(State.SURVEY_TICKET)


def is_told(flow: Flow, reason: SurveyReason) -> None:
    flow.sees(State.SURVEY_TICKET)
    assert flow.visit.survey_refused is reason


def test_a_served_person_scans_the_ticket_answers_and_is_thanked(tmp_path: Path) -> None:
    here = at_the_survey(flow(tmp_path)).scans(ADDRESS.format(1)).sees(State.SURVEY).does(*ANSWERS).sees(State.THANKS)
    assert [fact.body for fact in here.store.owed(9)] == [SurveyTaken(ticket=QUEUE[0].ticket)]
    assert here.store.waiting_responses() == 1


def test_the_number_does_as_well_and_a_second_survey_is_declined_here_and_elsewhere(tmp_path: Path) -> None:
    here = at_the_survey(flow(tmp_path)).does(QueueNumberTyped("A001")).does(*ANSWERS)
    is_told(at_the_survey(here).does(QueueNumberTyped("A-001")), SurveyReason.TAKEN)
    is_told(at_the_survey(here).does(QueueNumberTyped("A-008")), SurveyReason.TAKEN)


def test_who_was_not_served_yet_or_is_in_no_queue_is_told_what_to_do(tmp_path: Path) -> None:
    here = flow(tmp_path)
    is_told(at_the_survey(here).scans(ADDRESS.format(7)), SurveyReason.NOT_SERVED)
    is_told(at_the_survey(here).scans(ADDRESS.format(9)), SurveyReason.UNKNOWN)
    here.does(QueueNumberTyped("A-001")).sees(State.SURVEY)


def test_a_queue_of_yesterday_opens_no_survey(tmp_path: Path) -> None:
    here = flow(tmp_path)
    here.clock.passes(24 * 3600)
    is_told(at_the_survey(here).scans(ADDRESS.format(1)), SurveyReason.NOT_TODAY)


def test_an_office_without_a_questionnaire_asks_nobody(tmp_path: Path) -> None:
    is_told(at_the_survey(flow(tmp_path, asked=False)).scans(ADDRESS.format(1)), SurveyReason.UNKNOWN)


def test_five_people_make_five_facts_that_name_no_ticket(tmp_path: Path) -> None:
    here = flow(tmp_path)
    for place in range(1, 6):
        at_the_survey(here).scans(ADDRESS.format(place)).does(*ANSWERS).sees(State.THANKS)
    given = [fact.body for fact in here.store.owed(99) if isinstance(fact.body, SurveyGiven)]
    assert [each.scores for each in given] == [{"U1": 4}] * 5
    assert {(each.day, each.service) for each in given} == {(TODAY, "a")}
    assert not any(str(entry.ticket) in each.model_dump_json() for each in given for entry in QUEUE)


def test_without_a_trusted_clock_the_survey_goes_on_without_a_time_band(tmp_path: Path) -> None:
    clock = Clock(lambda: datetime(1970, 1, 1, tzinfo=UTC), Uptime("this boot", lambda: 1.0), lambda: False)
    clock.recall(None, OPEN)
    here = flow(tmp_path, clock)
    for place in range(1, 6):
        at_the_survey(here).scans(ADDRESS.format(place)).does(*ANSWERS).sees(State.THANKS)
    given = [fact for fact in here.store.owed(99) if isinstance(fact.body, SurveyGiven)]
    assert {(fact.at, fact.body.day, fact.body.time_band) for fact in given} == {(None, TODAY, None)}
