"""A kiosk's process that is killed: it checks in, prints and syncs with the true store, driver and client.

One process imports everything, then forks a child for each line of its input, so that a child starts at once; only a
first visit is its own, so that whatever is imported late is there. A child connects to the campaign, tells its pid,
waits for a word, and tells what it did. It has one thread.
"""

import json
import os
import signal
import socket
import sys
import traceback
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from opened_store import open_store
from small_office import MORNING, small_booking, small_snapshot
from store_laws import broken_laws

from kiosk.client import Client
from kiosk.commands import Print
from kiosk.devices.printer import printer_for
from kiosk.identity import Identity
from kiosk.model import INDONESIAN, Booking, PrinterStatus, Ticket, TicketState
from kiosk.printing import Printing, printable_ticket
from kiosk.protocol import Heartbeat
from kiosk.store import Store
from kiosk.sync import Sync
from kiosk.texts import Texts
from kiosk.ticket_layout import ticket_lines
from kiosk.view import OfficeData, office_data

ENOUGH_ROUNDS = 20


@dataclass(frozen=True)
class Run:
    """What a child is to do: `act` is visit, restart, warm up, or early (the control: paper before the commit)."""

    act: str
    folder: str
    printer: str
    central: str
    number: str
    booking: int

    def line(self) -> str:
        return json.dumps(asdict(self)) + "\n"


class Campaign:
    """The child's line to the campaign."""

    def __init__(self, path: str) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.connect(path)
        self.say("pid", os.getpid())
        self._socket.recv(1)

    def say(self, word: str, value: object) -> None:
        self._socket.sendall(json.dumps([word, value]).encode() + b"\n")

    def close(self) -> None:
        self._socket.close()

    def ask(self, word: str, value: object) -> bool:
        self.say(word, value)
        return self._socket.recv(1) == b"y"


class KioskProcess:
    """The parts of a kiosk, in one thread."""

    def __init__(self, run: Run, campaign: Campaign, texts: Texts, identity: Identity) -> None:
        self._run, self._campaign, self._texts = run, campaign, texts
        self._printer = printer_for(run.printer)
        self.store = open_store(Path(run.folder) / "store" / "kiosk.sqlite", _now)
        self._printing = Printing(self._printer, self.store, texts, _data, lambda status: None)
        self._client = Client(run.central, Path(run.folder).parent / "ca.pem", identity, _now)
        self._sync = Sync(
            self._client, self.store, lambda: _heartbeat(self.store), lambda snapshot: None, lambda state: None,
            lambda: 0.0,
        )  # fmt: skip

    @property
    def _booking(self) -> Booking:
        return small_booking(self._run.booking, (self._run.number,), MORNING.date())

    def visit(self) -> None:
        """A person with a booking comes, and goes with a ticket."""
        tickets = self._check_in()
        self._printing.answer(Print(1, tickets, INDONESIAN))
        self._sync.round()

    def early(self) -> None:
        """The control: the paper comes first."""
        (applicant,) = self._booking.applicants
        draft = Ticket(self._booking.ticket_id(applicant.number), applicant.number, MORNING.date(), "a", "", _now())
        self._printer.open()
        self._printer.print(ticket_lines(printable_ticket(draft, _data(), self._texts, INDONESIAN), 80))
        (ticket,) = self._check_in()
        self.store.begin_print(ticket.id)
        self.store.end_print(ticket.id, TicketState.PRINTED)
        self._sync.round()

    def restart(self) -> None:
        """The kiosk comes up again; the person is asked what is on paper, scans again, and gets what is missing."""
        self._campaign.say("found", [each.number for each in self.store.tickets()])
        self._printing.recover(_now() - timedelta(minutes=2))
        for ticket in self.store.tickets():
            if ticket.state is not TicketState.PRINTED and self._campaign.ask("came out?", ticket.number):
                self.store.end_print(ticket.id, TicketState.PRINTED, by_person=True)
        self._printing.answer(Print(1, self._check_in(), INDONESIAN, only_missing=True))
        for _ in range(ENOUGH_ROUNDS):
            self._sync.round()
            if not self.store.owed_count():
                break
        self._campaign.say("laws", broken_laws(self.store))
        self._campaign.say("owed", self.store.owed_count())
        self._campaign.say("printed", all(each.state is TicketState.PRINTED for each in self.store.tickets()))
        self._campaign.say("epoch", self.store.epoch)

    def _check_in(self) -> tuple[Ticket, ...]:
        tickets = self.store.check_in(self._booking, (0,), None, late=False)
        self._campaign.say("issued", [each.number for each in tickets])
        return tickets

    def close(self) -> None:
        self._printing.close()
        self._client.close()
        self.store.close()


def _now() -> datetime:
    return datetime.now(UTC)


def _data() -> OfficeData:
    return office_data(small_snapshot(), MORNING.date())


def _heartbeat(store: Store) -> Heartbeat:
    owed = store.owed_count()
    return Heartbeat(
        at=_now(), version="", screen="", printer=PrinterStatus.READY, scanner_ready=True, owed=owed, epoch=store.epoch
    )


def _be_child(run: Run, control: str, texts: Texts, identity: Identity) -> None:
    campaign = Campaign(control)
    try:
        kiosk = KioskProcess(run, campaign, texts, identity)
        acts = {"visit": kiosk.visit, "warm up": kiosk.visit, "early": kiosk.early, "restart": kiosk.restart}
        acts[run.act]()
        kiosk.close()
        campaign.say("end", 0)
    except Exception:  # noqa: BLE001 - the campaign counts it
        campaign.say("failed", traceback.format_exc())
    finally:
        campaign.close()


def main() -> None:
    control, identity, texts = sys.argv[1], Identity.load(Path(sys.argv[2])), Texts.load()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        run = Run(**json.loads(line))
        if run.act == "warm up":
            _be_child(run, control, texts, identity)
        elif os.fork() == 0:
            _be_child(run, control, texts, identity)
            os._exit(0)


if __name__ == "__main__":
    main()
