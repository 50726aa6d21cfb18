"""A lobby for the browser tests: people who wait, and what counters do."""

from dataclasses import dataclass
from typing import Any

from lobby import arrives
from web.conftest import Site
from wire import a_ticket

from central.counters import calls, desk
from central.people.roles import STAFF, SignedIn
from kiosk.model import ENGLISH, INDONESIAN

OFFICE = "PYK"
SERVICES = ("passport_new", "passport_renewal", "collection", "stay_permit")
CLERK = SignedIn("clerk", OFFICE, STAFF)


@dataclass(frozen=True)
class Lobby:
    """Twelve people came in the hour before, W1-001 first and in English; `counter` is open for the officer `clerk`."""

    site: Site
    counter: int

    def calls_next(self) -> int:
        """Calls whoever's turn it is; returns the call's id."""
        with self.site.app.state.writing.begin() as session:
            return calls.call_next(session, CLERK, self.counter, self.site.clock.now()).id

    def does(self, what: Any, call: int, *more: Any) -> None:
        """Something of central.counters.calls with a call."""
        with self.site.app.state.writing.begin() as session:
            what(session, CLERK, call, *more, self.site.clock.now())


def fill(site: Site, counters: tuple[str, ...] = ("2",)) -> Lobby:
    """Lets the twelve come in and makes the counters, the first of them open."""
    with site.app.state.writing.begin() as session:
        for each in range(1, 13):
            service, language = SERVICES[each % 4], ENGLISH if each == 1 else INDONESIAN
            more = {"service": service, "language": language, "masked_name": f"N{'*' * each}"}
            arrives(session, a_ticket(f"W1-{each:03}", each - 60, **more))
        made = [desk.counter_named(session, OFFICE, name).id for name in counters]
        desk.open_counter(session, CLERK, made[0], site.clock.now())
    return Lobby(site, made[0])
