"""A booking made in the browser, at the real kiosk: its pass is scanned, its code is typed."""

from pathlib import Path

import pytest
from booking_site import Visitor
from flows.flow import Flow
from sqlalchemy import select

from central.booking.rows import BookerRow
from kiosk.events import ApplicantsChosen, DigitsTyped, TypeChosen
from kiosk.model import Reason
from kiosk.protocol import SNAPSHOT, Snapshot
from kiosk.visit import State

TODAY = {"day": "2026-11-24", "slot": "09:30", "service": "stay_permit"}


@pytest.fixture
def visitor(http) -> Visitor:
    return Visitor(http)


@pytest.fixture
def at_the_kiosk(kiosk, tmp_path: Path):
    """The kiosk's visit at 09.30, with the snapshot as of now."""

    def arrives() -> Flow:
        folder = tmp_path / str(len(list(tmp_path.iterdir())))
        folder.mkdir()
        return Flow(folder, Snapshot.model_validate_json(kiosk.get(SNAPSHOT).content))

    return arrives


def pass_text(visitor: Visitor) -> str:
    with visitor.http.app.state.reading() as session:
        return session.scalars(select(BookerRow.pass_text)).one()


def test_the_pass_checks_in_with_the_number_that_the_page_showed(visitor, at_the_kiosk) -> None:
    shown = visitor.books(**TODAY)
    kiosk = at_the_kiosk().scans(pass_text(visitor)).sees(State.VERIFYING).does(DigitsTyped("7890"))
    kiosk.sees(State.TICKET_PRINTED).has(*shown.numbers)


def test_the_code_checks_a_family_in(visitor, at_the_kiosk) -> None:
    shown = visitor.books(name1="Budi", name2="Siti", **TODAY)
    kiosk = at_the_kiosk().does(TypeChosen()).types(shown.code.lower()).does(ApplicantsChosen(), DigitsTyped("7890"))
    kiosk.sees(State.TICKET_PRINTED).has(*shown.numbers)


def test_a_cancelled_bookings_pass_and_code_are_refused(visitor, at_the_kiosk) -> None:
    shown, text = visitor.books(**TODAY), pass_text(visitor)
    visitor.posts("mine/cancel")
    at_the_kiosk().scans(text).is_refused(Reason.REVOKED)
    at_the_kiosk().does(TypeChosen()).types(shown.code).is_refused(Reason.CANCELLED)


def test_a_changed_bookings_old_pass_is_refused_and_its_code_is_still_good(visitor, http, at_the_kiosk) -> None:
    shown, text = visitor.books(**TODAY | {"day": "2026-11-26"}), pass_text(visitor)
    visitor.posts("mine/change", day="2026-11-24", slot="09:30", digits="7890")
    at_the_kiosk().scans(text).is_refused(Reason.REVOKED)
    kiosk = at_the_kiosk().does(TypeChosen()).types(shown.code).does(DigitsTyped("7890"))
    kiosk.sees(State.TICKET_PRINTED).has(*visitor.looks().numbers)
