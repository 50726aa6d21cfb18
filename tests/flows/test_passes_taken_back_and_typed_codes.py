"""Revoked passes, other systems' codes, and how many wrong codes may be typed."""

from dataclasses import replace
from pathlib import Path

import pytest
from flows.flow import Flow
from samples import OPEN, a_pass, booking, snapshot

from kiosk.events import TypeChosen
from kiosk.model import Reason
from kiosk.records import TYPED_TRIES, TYPED_WINDOW_SECONDS
from kiosk.visit import State

NOBODYS = "ZZZZZZZZZZ"
TRY_WINDOW = TYPED_WINDOW_SECONDS + 1


def types(flow: Flow, text: str) -> Flow:
    return flow.does(TypeChosen()).types(text)


@pytest.fixture
def tried(tmp_path: Path) -> Flow:
    """A kiosk at which one wrong code less has been typed than may be."""
    flow = Flow(tmp_path, snapshot(*(booking(place) for place in range(1, 20))))
    for _ in range(TYPED_TRIES - 1):
        types(flow, NOBODYS).is_refused(Reason.UNKNOWN)
    return flow


def test_a_revoked_pass_is_refused_whether_or_not_the_booking_is_known(tmp_path: Path) -> None:
    known, unknown = booking(1), booking(2)
    flow = Flow(tmp_path, snapshot(known, revoked=(known.id, unknown.id)))
    flow.scans(a_pass(known)).is_refused(Reason.REVOKED).scans(a_pass(unknown)).is_refused(Reason.REVOKED)
    assert flow.store.tickets() == ()


def test_the_booking_of_a_revoked_pass_is_found_by_its_code(tmp_path: Path) -> None:
    flow = Flow(tmp_path, snapshot(booking(), revoked=(booking().id,)))
    types(flow.scans(a_pass(booking())).is_refused(Reason.REVOKED), booking().code).sees(State.TICKET_PRINTED)


def test_a_revocation_that_left_the_snapshot_is_forgotten(tmp_path: Path) -> None:
    flow = Flow(tmp_path, snapshot(booking(), revoked=(booking().id,)))
    flow.records.take_snapshot(snapshot(booking()))
    flow.scans(a_pass(booking())).sees(State.TICKET_PRINTED)


def test_an_expired_pass_says_so_even_if_it_was_revoked(tmp_path: Path) -> None:
    flow = Flow(tmp_path, snapshot(booking(), revoked=(booking().id,)))
    flow.scans(a_pass(booking(), expires=OPEN)).is_refused(Reason.EXPIRED)


def test_another_systems_address_finds_the_booking_by_the_reference_in_it(tmp_path: Path) -> None:
    made = snapshot(booking(1, reference="202611240000018"))
    address = "https://daftar.example/r?no=202611240000018"
    flow = Flow(tmp_path, made).scans(address).is_refused(Reason.UNREADABLE)
    office = replace(made.office, foreign_formats=("nusantara",))
    flow.records.take_snapshot(made.model_copy(update={"office": office}))
    flow.scans(address).sees(State.TICKET_PRINTED).has("A-001")
    flow.scans("https://daftar.example/r?no=202611240000026").is_refused(Reason.UNKNOWN)


def test_right_codes_do_not_count_as_tries(tried: Flow) -> None:
    for place in range(1, 10):
        types(tried, booking(place).code).sees(State.TICKET_PRINTED).waits()
    types(tried, NOBODYS).is_refused(Reason.UNKNOWN)


def test_scanning_neither_counts_nor_is_held_up(tried: Flow) -> None:
    for _ in range(TYPED_TRIES):
        tried.scans(NOBODYS).is_refused(Reason.UNKNOWN)
    types(tried, NOBODYS).is_refused(Reason.UNKNOWN)
    types(tried, booking(1).code).is_refused(Reason.TOO_MANY_TRIES)
    tried.scans(a_pass(booking(2))).sees(State.TICKET_PRINTED)
    tried.scans(booking(3).code).sees(State.TICKET_PRINTED)


def test_the_limit_ends_by_time_alone(tried: Flow) -> None:
    types(tried, NOBODYS)
    types(tried, booking(1).code).is_refused(Reason.TOO_MANY_TRIES)
    tried.waits().clock.passes(TRY_WINDOW)
    types(tried, booking(1).code).sees(State.TICKET_PRINTED)


def test_tries_that_are_held_up_do_not_make_the_wait_longer(tried: Flow) -> None:
    types(tried, NOBODYS)
    tried.clock.passes(TRY_WINDOW - 2)
    types(tried, NOBODYS).is_refused(Reason.TOO_MANY_TRIES)
    tried.waits().clock.passes(2)
    types(tried, booking(1).code).sees(State.TICKET_PRINTED)


def test_everything_that_is_typed_in_vain_counts(tmp_path: Path) -> None:
    flow = Flow(tmp_path, snapshot(booking()))
    in_vain = ("ANJ1:AAAA", "MPASPOR-000000009", "https://x.example", NOBODYS)
    for place in range(TYPED_TRIES):
        types(flow, in_vain[place % 4]).sees(State.REFUSED)
    types(flow, booking().code).is_refused(Reason.TOO_MANY_TRIES)
