"""What the same person may hold to the scanner besides today's pass: old tickets, numeric references, shared codes."""

from datetime import timedelta
from pathlib import Path

from flows.flow import Flow
from samples import OPEN, TODAY, a_pass, booking, family, snapshot

from kiosk.events import ApplicantsChosen, ApplicantToggled
from kiosk.model import Booking, BookingStatus, Reason
from kiosk.protocol import CheckedIn
from kiosk.visit import State


def ticket_address(flow: Flow) -> str:
    return f"https://kiosk.example/t/{flow.visit.tickets[0].id}"


def test_a_tickets_own_code_prints_it_again_on_its_day(tmp_path: Path) -> None:
    flow = Flow(tmp_path, snapshot(booking())).scans(a_pass(booking()))
    flow.scans(ticket_address(flow)).sees(State.TICKET_PRINTED).has("A-001")
    assert flow.store.tickets()[0].prints == 2


def test_yesterdays_ticket_is_expired_and_not_printed_again(tmp_path: Path) -> None:
    flow = Flow(tmp_path, snapshot(booking())).scans(a_pass(booking()))
    address = ticket_address(flow)
    flow.waits().clock.passes(86_400)
    flow.scans(address).is_refused(Reason.EXPIRED)
    assert flow.store.tickets()[0].prints == 1


def test_a_reference_that_looks_like_a_ten_character_code_is_found(tmp_path: Path) -> None:
    flow = Flow(tmp_path, snapshot(booking(1, reference="1234567890"), booking(2, reference="IO34567890")))
    flow.scans("1234567890").sees(State.TICKET_PRINTED).has("A-001")
    flow.scans("IO34567890").sees(State.TICKET_PRINTED).has("A-002")


def test_part_of_a_family_gets_its_tickets_again_when_the_slot_is_long_over(tmp_path: Path) -> None:
    three = family(1, 3)
    flow = Flow(tmp_path, snapshot(three)).scans(a_pass(three)).does(ApplicantToggled(1), ApplicantsChosen())
    flow.waits().clock.passes(3 * 3600 + 1800)  # 13:00, an hour and a half beyond the tolerance
    flow.scans(a_pass(three)).sees(State.TICKET_PRINTED).has("A-001", "A-003")
    assert sum(isinstance(fact.body, CheckedIn) for fact in flow.store.owed(99)) == 2


def test_part_of_a_family_gets_its_tickets_again_while_the_office_rests(tmp_path: Path) -> None:
    three = family(1, 3)
    flow = Flow(tmp_path, snapshot(three)).scans(a_pass(three)).does(ApplicantToggled(1), ApplicantsChosen())
    flow.waits().clock.passes(3 * 3600)  # 12:30
    flow.scans(a_pass(three)).sees(State.TICKET_PRINTED).has("A-001", "A-003")


def test_part_of_a_family_whose_booking_was_cancelled_since_gets_none(tmp_path: Path) -> None:
    three = family(1, 3)
    flow = Flow(tmp_path, snapshot(three)).scans(a_pass(three)).does(ApplicantToggled(1), ApplicantsChosen()).waits()
    cancelled = Booking(**{**vars(three), "status": BookingStatus.CANCELLED})
    flow.records.take_snapshot(snapshot(cancelled))
    flow.scans(a_pass(three)).is_refused(Reason.CANCELLED)


def test_a_number_that_another_booking_holds_is_refused_and_the_kiosk_goes_on(tmp_path: Path) -> None:
    clashing = booking(7, applicants=(*family(6, 1).applicants, *booking(1).applicants))
    flow = Flow(tmp_path, snapshot(booking(1), clashing, booking(2))).scans(a_pass(booking(1))).has("A-001")
    flow.scans(clashing.code).does(ApplicantsChosen()).is_refused(Reason.UNKNOWN)
    assert [each.number for each in flow.store.tickets()] == ["A-001"], "the whole family is taken back"
    flow.scans(a_pass(booking(2))).sees(State.TICKET_PRINTED).has("A-002")
    assert [fact.seq for fact in flow.store.owed(99)] == [1, 2, 3, 4]


def test_the_slot_of_another_day_is_not_reached_by_waiting_over_midnight(tmp_path: Path) -> None:
    tomorrow = booking(1, day=TODAY + timedelta(days=1))
    flow = Flow(tmp_path, snapshot(tomorrow)).scans(a_pass(tomorrow)).is_refused(Reason.WRONG_DAY).waits()
    flow.clock.passes(86_400)
    assert flow.clock.utc() == OPEN + timedelta(days=1)
    flow.scans(a_pass(tomorrow)).sees(State.TICKET_PRINTED).has("A-001")
