from collections.abc import Callable
from datetime import time, timedelta
from itertools import count
from pathlib import Path
from uuid import UUID

import pytest
from flows.flow import Flow
from samples import OTHER_KEY, TODAY, a_pass, booking, family, snapshot, with_digits

from kiosk.events import (
    ApplicantsChosen,
    ApplicantToggled,
    CommentWritten,
    DigitsTyped,
    DocumentsMissing,
    DocumentsReady,
    HelpChosen,
    InformationChosen,
    PaperCameOut,
    PaperMissing,
    PriorityDeclared,
    QueueNumberTyped,
    QueueStatusChosen,
    RateChosen,
    Rated,
    ServiceChosen,
    StayChosen,
    SuggestionChosen,
    TypeChosen,
    WalkInChosen,
)
from kiosk.model import Booking, BookingStatus, QueueEntry, QueueState, Reason, TicketState, Topic
from kiosk.protocol import CheckedIn, Commented, PaperMoved
from kiosk.protocol import Rated as RatedFact
from kiosk.records import TYPED_TRIES, TYPED_WINDOW_SECONDS
from kiosk.visit import State

MakeFlow = Callable[..., Flow]
WALKS_IN = (WalkInChosen(), ServiceChosen("a"), DocumentsReady(), PriorityDeclared(None))


@pytest.fixture
def flow_with(tmp_path: Path) -> MakeFlow:
    kiosks = count(1)

    def make(*bookings: Booking) -> Flow:
        return Flow(tmp_path / str(next(kiosks)), snapshot(*bookings))

    return make


def test_a_single_applicant_needs_no_touch_from_welcome_to_the_ticket(flow_with: MakeFlow) -> None:
    flow = flow_with(booking()).scans(a_pass(booking())).sees(State.TICKET_PRINTED).has("A-001")
    assert flow.visit.tickets[0].masked_name == "S*** N***"
    assert [type(fact.body) for fact in flow.store.owed(9)] == [CheckedIn, PaperMoved]


def test_a_pass_unknown_to_the_snapshot_is_believed_by_its_signature(flow_with: MakeFlow) -> None:
    flow_with().scans(a_pass(booking(4))).sees(State.TICKET_PRINTED).has("A-004")


def test_a_typed_code_and_an_opaque_reference_find_the_booking(flow_with: MakeFlow) -> None:
    flow = (
        flow_with(booking(1), booking(2))
        .does(TypeChosen())
        .types("abcde-fgho2")
        .sees(State.TICKET_PRINTED)
        .has("A-002")
    )
    flow.scans("MPASPOR-000000001").sees(State.TICKET_PRINTED).has("A-001")


def test_the_same_code_again_prints_the_same_number(flow_with: MakeFlow) -> None:
    flow = (
        flow_with(booking()).scans(a_pass(booking())).has("A-001").scans(a_pass(booking())).sees(State.TICKET_PRINTED)
    )
    assert flow.has("A-001").store.tickets()[0].prints == 2
    assert sum(isinstance(fact.body, CheckedIn) for fact in flow.store.owed(9)) == 1


def test_of_a_family_those_who_came_are_checked_in_and_the_others_later(flow_with: MakeFlow) -> None:
    five = family(1, 5)
    flow = flow_with(five).scans(a_pass(five)).sees(State.CHOOSING_APPLICANTS)
    flow.does(ApplicantToggled(1), ApplicantToggled(4), ApplicantsChosen()).has("A-001", "A-003", "A-004")
    flow.scans(a_pass(five)).sees(State.CHOOSING_APPLICANTS).does(ApplicantsChosen())
    assert {each.number for each in flow.store.tickets()} == {f"A-00{n}" for n in range(1, 6)}
    flow.scans(a_pass(five)).sees(State.TICKET_PRINTED)


def test_nobody_of_a_family_cannot_be_checked_in(flow_with: MakeFlow) -> None:
    two = family(1, 2)
    flow = flow_with(two).scans(a_pass(two)).does(ApplicantToggled(0), ApplicantToggled(1), ApplicantsChosen())
    assert flow.sees(State.CHOOSING_APPLICANTS).store.tickets() == ()


def test_a_second_factor_is_asked_and_three_wrong_tries_end_it(flow_with: MakeFlow) -> None:
    made = with_digits(1, "4321")
    flow = flow_with(made).scans(a_pass(made)).sees(State.VERIFYING).does(DigitsTyped("1111")).sees(State.VERIFYING)
    flow.does(DigitsTyped("4321")).sees(State.TICKET_PRINTED)


def test_three_wrong_tries_are_refused(flow_with: MakeFlow) -> None:
    made = with_digits(1, "4321")
    flow = flow_with(made).scans(a_pass(made)).does(*[DigitsTyped("0000")] * 3).is_refused(Reason.NOT_VERIFIED)
    assert flow.store.tickets() == ()


def test_a_priority_is_asked_where_the_booking_says_so(flow_with: MakeFlow) -> None:
    made = booking(1, asks_priority=True)
    flow = flow_with(made).scans(a_pass(made)).sees(State.DECLARING_PRIORITY).does(PriorityDeclared("elderly"))
    assert flow.sees(State.TICKET_PRINTED).visit.tickets[0].priority == "elderly"


def test_a_walk_in_takes_the_next_number_when_the_pause_after_the_last_one_is_over(flow_with: MakeFlow) -> None:
    flow = flow_with().does(WalkInChosen(), ServiceChosen("a")).sees(State.CHECKING_DOCUMENTS)
    flow.does(DocumentsReady(), PriorityDeclared(None)).sees(State.TICKET_PRINTED).has("W1-001")
    flow.waits().does(*WALKS_IN).is_refused(Reason.PAUSE)
    flow.clock.passes(20)
    flow.does(*WALKS_IN).sees(State.TICKET_PRINTED).has("W1-002")


def test_missing_documents_lead_to_information_and_consume_nothing(flow_with: MakeFlow) -> None:
    flow = flow_with().does(WalkInChosen(), ServiceChosen("b"), DocumentsMissing()).sees(State.INFORMATION)
    assert flow.visit.service == "b"
    assert flow.store.walk_ins(TODAY, "b") == 0


def test_a_full_quota_is_refused(flow_with: MakeFlow) -> None:
    flow = flow_with()
    for _ in range(2):
        flow.does(WalkInChosen(), ServiceChosen("b"), DocumentsReady(), PriorityDeclared(None)).sees(
            State.TICKET_PRINTED
        )
        flow.waits().clock.passes(20)
    flow.does(WalkInChosen(), ServiceChosen("b")).is_refused(Reason.QUOTA_FULL)
    flow.waits().does(WalkInChosen(), ServiceChosen("g")).is_refused(Reason.QUOTA_FULL)


REFUSED = {
    Reason.CANCELLED: booking(1, status=BookingStatus.CANCELLED),
    Reason.UNPAID: booking(1, status=BookingStatus.UNPAID),
    Reason.ALREADY_SERVED: booking(1, status=BookingStatus.SERVED),
    Reason.TOO_EARLY: booking(1, slot=time(14)),
    Reason.TOO_LATE: booking(1, slot=time(7)),
    Reason.WRONG_DAY: booking(1, day=TODAY + timedelta(days=1)),
    Reason.EXPIRED: booking(1, day=TODAY - timedelta(days=1)),
    Reason.WRONG_OFFICE: booking(1, office="AGM"),
}


@pytest.mark.parametrize(("reason", "made"), REFUSED.items(), ids=[str(each) for each in REFUSED])
def test_a_refusal_is_typed_and_issues_nothing(flow_with: MakeFlow, reason: Reason, made: Booking) -> None:
    flow = flow_with(made).scans(a_pass(made)).is_refused(reason)
    assert flow.visit.refusal
    assert flow.visit.refusal.when is not None
    assert flow.store.tickets() == ()
    assert flow.store.owed(9) == ()


def test_too_early_says_from_when_and_wrong_office_says_which(flow_with: MakeFlow) -> None:
    early, other = REFUSED[Reason.TOO_EARLY], booking(2, office="AGM")
    refusal = flow_with(early).scans(a_pass(early)).visit.refusal
    assert refusal
    assert refusal.when
    assert refusal.when.time() == time(13)
    refusal = flow_with(early).scans(a_pass(other)).visit.refusal
    assert refusal
    assert refusal.office == "Kantor Agam"


def test_unknown_unreadable_and_forged_are_told_apart(flow_with: MakeFlow) -> None:
    flow = flow_with(booking())
    flow.does(TypeChosen()).types("ZZZZZZZZZZ").is_refused(Reason.UNKNOWN)
    flow.scans("https://evil.example").is_refused(Reason.UNREADABLE)
    flow.scans(a_pass(booking(), key=OTHER_KEY)).is_refused(Reason.FORGED)


def test_outside_hours_a_booking_is_told_when_the_office_opens(flow_with: MakeFlow) -> None:
    flow = flow_with(booking(1, slot=time(11)))
    flow.clock.passes(3 * 3600)  # 12:30, the break
    flow.scans(a_pass(booking(1, slot=time(11)))).is_refused(Reason.CLOSED)
    assert flow.visit.refusal
    assert flow.visit.refusal.when
    assert flow.visit.refusal.when.time() == time(13)


def test_too_many_typed_codes_have_to_wait(flow_with: MakeFlow) -> None:
    flow = flow_with(booking())
    for _ in range(TYPED_TRIES):
        flow.does(TypeChosen()).types("ZZZZZZZZZZ").is_refused(Reason.UNKNOWN)
    flow.does(TypeChosen()).types("ABCDEFGH01").is_refused(Reason.TOO_MANY_TRIES)
    flow.clock.passes(TYPED_WINDOW_SECONDS + 1)
    flow.does(TypeChosen()).types("ABCDEFGH01").sees(State.TICKET_PRINTED)


def test_who_comes_after_the_slot_is_late_and_the_ticket_knows(flow_with: MakeFlow) -> None:
    flow = flow_with(booking(1, slot=time(9))).scans(a_pass(booking(1, slot=time(9))))
    assert flow.sees(State.TICKET_PRINTED).visit.tickets[0].late


def test_uncertain_paper_is_asked_about_and_printed_again_with_the_same_number(flow_with: MakeFlow) -> None:
    flow = flow_with(booking())
    flow.paper = TicketState.UNCONFIRMED
    flow.scans(a_pass(booking())).sees(State.TICKET_UNCERTAIN)
    flow.paper = TicketState.PRINTED
    flow.does(PaperMissing()).sees(State.TICKET_PRINTED).has("A-001")
    assert flow.store.tickets()[0].prints == 2


def test_paper_that_came_out_is_recorded_as_said_by_the_person(flow_with: MakeFlow) -> None:
    flow = flow_with(booking())
    flow.paper = TicketState.UNCONFIRMED
    flow.scans(a_pass(booking())).does(PaperCameOut()).sees(State.TICKET_PRINTED)
    last = flow.store.owed(9)[-1].body
    assert isinstance(last, PaperMoved)
    assert last.by_person
    assert flow.store.tickets()[0].state is TicketState.PRINTED


def test_without_a_printer_the_number_stands_on_the_screen(flow_with: MakeFlow) -> None:
    flow = flow_with(booking())
    flow.paper = TicketState.FAILED
    flow.scans(a_pass(booking())).sees(State.TICKET_ON_SCREEN).has("A-001")
    assert flow.store.tickets()[0].prints == 0


def test_a_rating_and_its_comment_are_facts_that_belong_together(flow_with: MakeFlow) -> None:
    flow = (
        flow_with().does(RateChosen(), Rated(5)).sees(State.COMMENT).does(CommentWritten(" baik ")).sees(State.THANKS)
    )
    rating, comment = (fact.body for fact in flow.store.owed(9))
    assert isinstance(rating, RatedFact)
    assert isinstance(comment, Commented)
    assert (rating.score, comment.text, rating.rating) == (5, "baik", comment.rating)


def test_queue_status_is_found_by_number_and_by_the_tickets_own_code(flow_with: MakeFlow) -> None:
    flow = flow_with(booking()).scans(a_pass(booking()))
    address = f"https://kiosk.example/t/{flow.visit.tickets[0].id}"
    flow.waits().does(QueueStatusChosen(), QueueNumberTyped("a001"))
    assert flow.visit.queue
    assert flow.visit.queue.counter == "3"
    flow.waits().waits().does(QueueStatusChosen()).scans(address)
    assert flow.visit.queue
    flow.does(QueueNumberTyped("Z-999"))
    assert flow.visit.queue_unknown


def test_a_ticket_of_another_kiosk_is_found_in_the_queue_by_the_code_on_its_paper(tmp_path: Path) -> None:
    walk_in = UUID("3f1b8a52-3c0e-4a86-9c53-2f0f5f0c7b11")
    queue = (
        QueueEntry("A-001", QueueState.CALLED, 0, "3"),
        QueueEntry("W2-007", QueueState.WAITING, 2, ticket=walk_in),
    )
    flow = Flow(tmp_path, snapshot().model_copy(update={"queue": queue}))
    flow.does(QueueStatusChosen()).scans(f"https://kiosk.example/t/{walk_in}")
    assert flow.visit.queue == queue[1]
    flow.scans("https://kiosk.example/t/00000000-0000-4000-8000-000000000000")
    assert flow.visit.queue_unknown


def test_a_suggestion_without_a_rating_is_a_fact_of_its_own_and_is_plain(flow_with: MakeFlow) -> None:
    suggests = (
        InformationChosen(topic=Topic.COMPLAINTS),
        SuggestionChosen(),
        CommentWritten("kursi\u202e kurang\x00\n"),
    )
    flow = flow_with().does(RateChosen(), Rated(5), CommentWritten("baik")).waits().does(*suggests).sees(State.THANKS)
    _, _, suggestion = (fact.body for fact in flow.store.owed(9))
    assert suggestion == Commented(rating=None, text="kursi kurang")


def test_help_is_a_fact_and_leads_back(flow_with: MakeFlow) -> None:
    flow = flow_with().does(InformationChosen(), HelpChosen()).sees(State.HELP)
    assert len(flow.store.owed(9)) == 1


def test_silence_asks_and_a_touch_stays(flow_with: MakeFlow) -> None:
    flow = (
        flow_with().does(WalkInChosen()).waits().sees(State.STILL_THERE).does(StayChosen()).sees(State.CHOOSING_SERVICE)
    )
    flow.waits().waits().sees(State.WELCOME)


def test_the_next_person_may_scan_while_the_last_ticket_is_still_shown(flow_with: MakeFlow) -> None:
    flow = flow_with(booking(1), booking(2)).scans(a_pass(booking(1))).scans(a_pass(booking(2)))
    flow.sees(State.TICKET_PRINTED).has("A-002")
