"""Many people book at the same moment."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import date, time
from uuid import uuid4

import pytest
from booking_site import set_rules
from fastapi.testclient import TestClient
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from central.booking.bookings import Bookings
from central.booking.draft import Draft, Person
from central.booking.office import booking_office
from central.booking.places import held_places, take_places
from central.booking.rows import PlaceRow
from central.booking.rules import next_places
from central.booking.unbookable import NotBooked, Unbookable

DAY = date(2026, 11, 25)
BOOKERS = 16


def bookings(http: TestClient) -> Bookings:
    with http.app.state.reading() as session:
        office = booking_office(session, "PYK")
    assert office
    return Bookings(http.app.state.writing, http.app.state.data, office)


def draft(nobody: int, party: int = 1) -> Draft:
    people = tuple(Person(f"Orang {chr(65 + nobody % 26)}", False) for _ in range(party))
    return Draft(uuid4(), "passport_renewal", DAY, time(9), people, f"62812000{nobody:05}")


def all_book(http: TestClient, party: int = 1) -> Counter[str]:
    """So many book one slot at once; how that ended for them."""
    site, now = bookings(http), http.app.state.now()

    def books(nobody: int) -> str:
        try:
            site.make(draft(nobody, party), f"10.0.0.{nobody}", now)
        except NotBooked as error:
            return error.reason
        return "booked"

    with ThreadPoolExecutor(BOOKERS) as at_once:
        return Counter(at_once.map(books, range(BOOKERS)))


def rows(http: TestClient) -> list[PlaceRow]:
    with http.app.state.reading() as session:
        of_slot = (PlaceRow.service == "passport_renewal", PlaceRow.day == DAY.isoformat(), PlaceRow.slot == "09:00")
        return list(session.scalars(select(PlaceRow).where(*of_slot)))


@pytest.mark.parametrize(("party", "booked"), [(1, 6), (4, 1)])
def test_a_slot_takes_as_many_as_its_quota_and_no_more(http, party: int, booked: int) -> None:
    set_rules(http, most_of_address=100)
    assert all_book(http, party) == {"booked": booked, Unbookable.SLOT_FULL: BOOKERS - booked}
    held = rows(http)
    assert sorted(row.place for row in held) == list(range(1, booked * party + 1))
    assert sorted(row.number for row in held) == [f"B-{20 + each:03}" for each in range(1, booked * party + 1)]


def test_places_that_two_see_free_are_given_to_one(http) -> None:
    """Both look before either takes: only the keys of the table stand between them."""
    with http.app.state.reading() as session:
        office = booking_office(session, "PYK")
    service, slot = office.service("passport_renewal"), office.slot_ahead(DAY, time(9), http.app.state.now())
    with http.app.state.reading() as looks:
        seen = next_places(
            10, 6, held_places(looks, "PYK", service.id, DAY, DAY).get((DAY.isoformat(), "09:00"), ()), 1
        )
    with http.app.state.writing.begin() as first:
        (taken,) = take_places(first, "PYK", office.rules, service, slot, "a", 1)
    assert seen == ((taken.count, taken.place),)
    mine = {"count": taken.count, "place": taken.place, "number": taken.number}
    others = {"count": 9, "place": 5, "number": "B-099"}
    for same in mine:
        again = others | {same: mine[same]}
        with pytest.raises(IntegrityError), http.app.state.writing.begin() as second:
            second.add(
                PlaceRow(office="PYK", service=service.id, day=DAY.isoformat(), slot="09:00", booking="b", **again)
            )


def test_without_the_keys_of_the_table_a_place_is_given_twice(http) -> None:
    """The control: what the test before holds is the keys' work."""
    with http.app.state.writing.begin() as session:
        session.execute(text("ALTER TABLE booked_places RENAME TO kept"))
        session.execute(text("CREATE TABLE booked_places AS SELECT * FROM kept"))
    row = {"office": "PYK", "service": "s", "day": DAY.isoformat(), "slot": "09:00", "number": "B-021"}
    for booking in ("a", "b"):
        with http.app.state.writing.begin() as session:
            session.execute(PlaceRow.__table__.insert().values(row | {"count": 1, "place": 1, "booking": booking}))
    with http.app.state.reading() as session:
        assert len(session.execute(select(PlaceRow.booking).where(PlaceRow.service == "s")).all()) == 2


def test_the_addresses_of_one_ipv6_subscriber_are_one_address(http) -> None:
    set_rules(http, most_of_address=1)
    site, now = bookings(http), http.app.state.now()
    site.make(draft(0), "2001:db8:1:2::1", now)
    with pytest.raises(NotBooked, match=Unbookable.MANY_OF_ADDRESS):
        site.make(draft(1), "2001:db8:1:2:ffff::2", now)
    site.make(draft(2), "2001:db8:1:3::1", now)
