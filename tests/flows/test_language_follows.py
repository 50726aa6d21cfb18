"""The language that a person chose goes with them: on the ticket, in its fact, with the rating."""

from pathlib import Path

from flows.flow import Flow
from samples import a_pass, booking, snapshot

from kiosk.events import (
    DocumentsReady,
    LanguageChosen,
    PriorityDeclared,
    RateChosen,
    Rated,
    ServiceChosen,
    WalkInChosen,
)
from kiosk.model import ENGLISH, INDONESIAN, Language
from kiosk.protocol import CheckedIn, WalkInIssued
from kiosk.protocol import Rated as RatedFact
from kiosk.visit import State

MINANGKABAU = Language("min")


def test_the_ticket_of_a_booking_and_its_fact_bear_the_persons_language(tmp_path: Path) -> None:
    flow = Flow(tmp_path, snapshot(booking())).does(LanguageChosen(MINANGKABAU)).scans(a_pass(booking()))
    fact = flow.store.owed(1)[0].body
    assert isinstance(fact, CheckedIn)
    assert fact.ticket.language == flow.visit.tickets[0].language == MINANGKABAU


def test_a_walk_ins_ticket_and_its_fact_bear_the_persons_language(tmp_path: Path) -> None:
    flow = Flow(tmp_path, snapshot()).does(
        WalkInChosen(), ServiceChosen("a"), LanguageChosen(ENGLISH), DocumentsReady(), PriorityDeclared(None)
    )
    fact = flow.sees(State.TICKET_PRINTED).store.owed(1)[0].body
    assert isinstance(fact, WalkInIssued)
    assert fact.ticket.language == flow.visit.tickets[0].language == ENGLISH


def test_a_rating_bears_the_persons_language(tmp_path: Path) -> None:
    flow = Flow(tmp_path, snapshot()).does(RateChosen(), LanguageChosen(MINANGKABAU), Rated(5))
    fact = flow.store.owed(1)[0].body
    assert isinstance(fact, RatedFact)
    assert fact.language == MINANGKABAU


def test_two_kiosks_give_one_ticket_in_whatever_language_the_person_chose(tmp_path: Path) -> None:
    one = Flow(tmp_path / "1", snapshot(booking())).scans(a_pass(booking()))
    other = Flow(tmp_path / "2", snapshot(booking())).does(LanguageChosen(ENGLISH)).scans(a_pass(booking()))
    mine, theirs = one.visit.tickets[0], other.visit.tickets[0]
    assert (mine.language, theirs.language) == (INDONESIAN, ENGLISH)
    assert (mine.id, mine.number) == (theirs.id, theirs.number)


def test_the_same_code_again_gives_the_ticket_in_the_language_that_it_was_issued_in(tmp_path: Path) -> None:
    flow = Flow(tmp_path, snapshot(booking())).does(LanguageChosen(ENGLISH)).scans(a_pass(booking())).waits()
    flow.does(LanguageChosen(MINANGKABAU)).scans(a_pass(booking())).sees(State.TICKET_PRINTED)
    assert flow.visit.tickets[0].language == ENGLISH
