"""What holds of a store at every moment, whatever happened to it."""

from collections import Counter
from collections.abc import Iterable
from itertools import dropwhile, pairwise

from store_life import EVERYTHING

from kiosk.model import Ticket
from kiosk.protocol import CheckedIn, Fact, WalkInIssued, canonical, digest
from kiosk.store import Store


def broken_laws(store: Store) -> list[str]:
    """The laws that do not hold, in words; empty if all do."""
    tickets, owed = store.tickets(), store.owed(EVERYTHING)
    return [*_of_numbers(tickets), *_of_the_chain(owed), *_of_both(tickets, owed)]


def _of_numbers(tickets: tuple[Ticket, ...]) -> Iterable[str]:
    counts = Counter((each.day, each.number) for each in tickets)
    yield from (f"{number} of {day} was given twice" for (day, number), count in counts.items() if count > 1)
    for day in {each.day for each in tickets}:
        walk_ins = [int(each.number.rpartition("-")[2]) for each in tickets if each.day == day and not each.booking]
        # The first of them may have been pruned.
        if walk_ins and walk_ins != list(range(walk_ins[0], walk_ins[0] + len(walk_ins))):
            yield f"the walk-in numbers of {day} are {walk_ins}"


def _of_the_chain(owed: tuple[Fact, ...]) -> Iterable[str]:
    for before, after in pairwise(owed):
        if after.seq != before.seq + 1 or after.epoch != before.epoch:
            yield f"fact {after.seq} comes after {before.seq}"
        if after.previous != digest(canonical(before.model_dump(mode="json"))):
            yield f"fact {after.seq} does not bear the digest of the one before it"


def _of_both(tickets: tuple[Ticket, ...], owed: tuple[Fact, ...]) -> Iterable[str]:
    """A ticket has its fact, and a fact its ticket. Facts that were acknowledged may be gone; so may tickets, from the
    oldest on, whose facts a restored server wants again.
    """
    held = {each.id for each in tickets}
    told = [each.body.ticket.id for each in owed if isinstance(each.body, CheckedIn | WalkInIssued)]
    if not held.issuperset(dropwhile(lambda ticket: ticket not in held, told)):
        yield "a fact without its ticket"
    if owed and owed[0].seq == 1 and not held.issubset(told):
        yield "a ticket without its fact"
