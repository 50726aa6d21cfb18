"""The display in the lobby, as a television shows and plays it."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect
from web.conftest import Site, violations
from wire import DAY, MORNING, a_ticket

from central.counters import calls, desk
from central.database import KioskRow, TicketRow
from central.people.roles import Role, SignedIn
from kiosk.model import ENGLISH, QueueState
from kiosk.protocol import WalkInIssued

CLERK = SignedIn("clerk", "PYK", frozenset({Role.CLERK}))
LISTEN = """() => {
    const voice = document.getElementById("voice");
    voice.defaultPlaybackRate = 16;
    window.heard = [];
    voice.addEventListener("play", () => window.heard.push("starts " + new URL(voice.src).pathname.split("/").pop()));
    voice.addEventListener("ended", () => window.heard.push("ends"));
}"""


@pytest.fixture
def lobby(site: Site) -> Callable[..., Any]:
    """Does something at counter "2" of the office, where twelve people wait, W1-001 among them in English."""
    with site.app.state.writing.begin() as session:
        session.add(KioskRow(id="k", office="PYK", name="Lobi", digit=1, public_key=""))
        session.flush()
        for each in range(1, 13):
            service = ("passport_new", "passport_renewal", "collection", "stay_permit")[each % 4]
            language = ENGLISH if each == 1 else "id"
            ticket = a_ticket(f"W1-{each:03}", each - 60, service=service, language=language, masked_name="N*** R***")
            session.add(row_of(ticket))
        two = desk.open_counter(session, CLERK, desk.counter_named(session, "PYK", "2").id, MORNING).id

    def does(what: Callable[..., Any], *given: Any) -> Any:
        with site.app.state.writing.begin() as session:
            done = what(session, CLERK, *((two,) if what is calls.call_next else given), site.clock.now())
            return getattr(done, "id", done)

    return does


def row_of(ticket: Any) -> TicketRow:
    return TicketRow(
        id=str(ticket.id or uuid4()),
        office="PYK",
        day=DAY.isoformat(),
        number=ticket.number,
        arrived_at=ticket.issued_at,
        dated_by_server=False,
        body=WalkInIssued(ticket=ticket).model_dump_json(),
        paper="printed",
        paper_at=ticket.issued_at,
        paper_kiosk="k",
        state=QueueState.WAITING,
    )


def test_calls_are_played_one_after_another_and_again_when_they_are_repeated(page: Page, lobby) -> None:
    page.goto("/o/PYK/display")
    page.evaluate(LISTEN)
    page.get_by_role("button", name="Nyalakan suara").click()
    expect(page.get_by_role("button", name="Nyalakan suara")).to_be_hidden()
    first = lobby(calls.call_next)
    expect(page.locator(".latest .number")).to_have_text("W1-001")
    lobby(calls.hold, first)
    second = lobby(calls.call_next)
    lobby(calls.recall, second)
    page.wait_for_function("window.heard.filter(each => each == 'ends').length >= 3")
    heard = page.evaluate("window.heard")
    assert heard == ["starts chime.wav", "ends", f"starts {first}.wav", "ends"] + [f"starts {second}.wav", "ends"] * (
        (len(heard) - 4) // 2
    )
