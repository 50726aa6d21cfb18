"""The child of test_disk_faults: issues walk-ins until the store cannot record, and says each number and then why."""

import sys
from datetime import UTC, datetime
from pathlib import Path

from samples import TODAY, a_store

from kiosk.errors import StoreError


def main(file: str) -> None:
    try:
        store = a_store(Path(file), lambda: datetime.now(UTC))
        print("open", flush=True)
        for _ in range(40):
            ticket = store.issue_walk_in(TODAY, "a", None, None)
            assert ticket
            print(ticket.number, flush=True)
    except StoreError as error:
        print(error.fault, flush=True)
        try:
            store.issue_walk_in(TODAY, "a", None, None)
        except (StoreError, UnboundLocalError) as again:
            print("still" if isinstance(again, StoreError) else "never open", flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
