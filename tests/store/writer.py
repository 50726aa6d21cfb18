"""The child of test_kill_9: checks in and takes walk-ins, and says each number
once it is recorded (or, as the control, before)."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from random import Random

from samples import TODAY, a_store, booking

from kiosk.model import TicketState


def main(file: str, seed: str, says: str) -> None:
    store = a_store(Path(file), lambda: datetime.now(UTC))
    random = Random(seed)
    for _ in range(500):
        place = random.randrange(1, 900)
        early = says == "before"
        if random.random() < 0.5:
            if early:
                print(f"A-{place:03}", flush=True)
            ticket = store.check_in(booking(place), (0,), None, False)[0]
        else:
            if early:
                print(f"W1-{len(store.tickets()) + 1:03}?", flush=True)
            made = store.issue_walk_in(TODAY, "a", None, None)
            assert made
            ticket = made
        if not early:
            print(ticket.number, flush=True)
        store.begin_print(ticket.id)
        store.end_print(ticket.id, random.choice([TicketState.PRINTED, TicketState.UNCONFIRMED]))


if __name__ == "__main__":
    main(*sys.argv[1:])
