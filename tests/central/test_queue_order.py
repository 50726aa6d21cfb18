"""The order of the queue: booked time, then arrival; the late lose it; priority groups go a little earlier."""

from datetime import timedelta
from random import Random
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st
from wire import DAY, a_ticket, slot

from central.queue.order import PRIORITY_LEAD, Place, ranked
from kiosk.model import QueueEntry, QueueState, Ticket

ZONE = ZoneInfo("Asia/Jakarta")
LEAD = int(PRIORITY_LEAD.total_seconds() // 60)


def order(*tickets: Ticket) -> list[str]:
    return [place.ticket.number for place in ranked((place_of(each) for each in tickets), ZONE)]


def place_of(ticket: Ticket, state: QueueState = QueueState.WAITING, counter: str = "") -> Place:
    assert ticket.issued_at
    return Place(ticket, ticket.issued_at, state, counter)


@st.composite
def tickets(draw) -> list[Ticket]:
    """People who arrive from 08.00 to 12.00, with and without bookings."""
    made = []
    for count in range(draw(st.integers(1, 12))):
        minute = draw(st.integers(0, 240))
        booked = draw(st.sampled_from([None, "08:00", "09:30", "11:00"]))
        more = {"priority": draw(st.sampled_from([None, None, "elderly"]))}
        if booked:
            more |= {"slot": slot(booked), "late": draw(st.booleans())}
        made.append(a_ticket(f"A-{count:03}", minute, **more))
    return made


def test_booked_time_goes_before_arrival() -> None:
    early_comer = a_ticket("A-007", 0, slot=slot("09:00"))
    on_time = a_ticket("A-001", 25, slot=slot("08:30"))
    assert order(early_comer, on_time) == ["A-001", "A-007"]


def test_of_one_slot_who_came_first_goes_first() -> None:
    assert order(a_ticket("A-001", 9, slot=slot("08:30")), a_ticket("A-002", 4, slot=slot("08:30"))) == [
        "A-002",
        "A-001",
    ]


def test_who_is_late_is_reckoned_from_the_arrival() -> None:
    late = a_ticket("A-001", 70, slot=slot("08:00"), late=True)
    assert order(late, a_ticket("A-010", 50, slot=slot("09:00"))) == ["A-010", "A-001"]


def test_a_walk_in_is_reckoned_from_the_arrival() -> None:
    booked = a_ticket("A-001", 10, slot=slot("08:30"))
    assert order(booked, a_ticket("W1-001", 20), a_ticket("W1-002", 40)) == ["W1-001", "A-001", "W1-002"]


def test_a_priority_group_passes_those_who_have_waited_less_than_the_lead_longer() -> None:
    aged = a_ticket("W1-009", LEAD, priority="elderly")
    assert order(a_ticket("W1-002", 1), aged) == ["W1-009", "W1-002"]


def test_who_has_waited_the_lead_longer_goes_before_a_priority_group() -> None:
    aged = a_ticket("W1-009", LEAD + 1, priority="elderly")
    assert order(aged, a_ticket("W1-001", 0)) == ["W1-001", "W1-009"]


@given(tickets(), st.integers())
def test_the_order_does_not_depend_on_how_the_tickets_came_in(some: list[Ticket], seed: int) -> None:
    mixed = list(some)
    Random(seed).shuffle(mixed)
    assert order(*mixed) == order(*some)


@given(tickets(), st.integers(0, 11))
def test_who_arrives_or_leaves_never_changes_the_order_of_the_others(some: list[Ticket], place: int) -> None:
    gone = some[place % len(some)]
    assert order(*(each for each in some if each is not gone)) == [n for n in order(*some) if n != gone.number]


@given(tickets())
def test_everybody_comes_before_whoever_arrives_a_lead_after_their_turn(some: list[Ticket]) -> None:
    newcomer = a_ticket("Z-999", 300 + LEAD, priority="elderly")
    assert order(*some, newcomer)[-1] == "Z-999"


@given(tickets(), st.lists(st.sampled_from(QueueState), min_size=12, max_size=12))
def test_ahead_counts_those_who_wait_before(some: list[Ticket], states: list[QueueState]) -> None:
    placed = ranked((place_of(*each) for each in zip(some, states, strict=False)), ZONE)
    waiting = [place for place in placed if place.state is QueueState.WAITING]
    assert [place.ahead for place in waiting] == list(range(len(waiting)))
    assert {place.ahead for place in placed if place.state is not QueueState.WAITING} <= {0}


def test_an_entry_says_where_the_number_was_called_to() -> None:
    place = ranked([place_of(a_ticket("A-001"), QueueState.CALLED, "3")], ZONE)[0]
    entry = QueueEntry("A-001", QueueState.CALLED, 0, "3", place.ticket.id, DAY, place.ticket.service)
    assert place.entry(DAY) == entry


def test_a_slot_is_in_the_offices_time_and_an_arrival_in_utc() -> None:
    booked = a_ticket("A-001", 0, slot=slot("08:30"))
    before, after = a_ticket("W1-001", 29), a_ticket("W1-002", 31)
    assert before.issued_at + timedelta(minutes=2) == after.issued_at
    assert order(after, booked, before) == ["W1-001", "A-001", "W1-002"]
