"""Facts on their way to the central server, through the fault proxy; both ends restart, and the server is restored.

Law: the server ends with exactly the kiosk's facts, in their order, each once; the kiosk owes nothing; each retry of a
batch is the same bytes; nothing is said over a bad certificate or after a redirect. Each fault has a run of its own,
then all come together. The controls are a server without a unique key and a kiosk that forgets before it is told that
it may; both must break the law.
"""

import argparse
import hashlib
import json
import logging
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from random import Random
from uuid import UUID

from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.requests import Request as HttpRequest
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route
from starlette.types import ASGIApp
from sync_site import CentralServer, Clock, SyncKiosk, number_of

from central.fault_proxy import Exchange, FaultProxy
from central.faults import BAD_CERTIFICATES, Fault, random_plan
from kiosk.protocol import FACTS
from kiosk.store import KEEP_FACTS
from kiosk.sync import LONGEST_RETRY_AFTER, SyncState

SHARE = 0.5
EXCHANGE_SECONDS = 0.8
"""What an exchange may take where a fault may make it wait; elsewhere only the machine's load could."""
PATIENT_SECONDS = 10.0
DRIP_SECONDS = 0.01
ROUNDS_TO_THE_END = 60


class Trouble(StrEnum):
    """What befalls between two rounds, and needs no proxy."""

    REFUSED = "connection refused"
    NO_NAME = "name does not resolve"
    KIOSK = "kiosk restarts"
    SERVER = "server restarts"
    RESTORE = "server is restored"


class Control(StrEnum):
    """A protection that is switched off."""

    NO_UNIQUE_KEY = "no-unique-key"
    FORGET_BEFORE_ACK = "forget-before-ack"


Kind = Fault | Trouble
EVERY_KIND: tuple[Kind, ...] = (*tuple(Fault)[1:], *Trouble)


@dataclass
class Outcome:
    """What a run applied, how many facts were on their way under each kind, and what broke the law."""

    applied: Counter[Kind] = field(default_factory=Counter)
    facts: Counter[Kind] = field(default_factory=Counter)
    violations: list[str] = field(default_factory=list)


class CarelessServer:
    """Takes facts in without a unique key and without looking; all else is the true application's."""

    def __init__(self) -> None:
        self.taken: list[int] = []

    def wrapped(self, app: FastAPI) -> ASGIApp:
        @asynccontextmanager
        async def lifespan(_: Starlette) -> AsyncIterator[None]:
            async with app.router.lifespan_context(app):
                yield

        return Starlette(routes=[Route(FACTS, self._take, methods=["POST"]), Mount("/", app)], lifespan=lifespan)

    async def _take(self, request: HttpRequest) -> JSONResponse:
        facts = (await request.json())["facts"]
        self.taken += [number_of(json.dumps(each["body"])) for each in facts]
        return JSONResponse({"epoch": facts[-1]["epoch"], "up_to": facts[-1]["seq"]})


class Site:
    """The server that all runs share, and its proxy."""

    def __init__(self, folder: Path, seed: int, control: Control | None) -> None:
        self.folder, self.control, self.clock = folder, control, Clock()
        self._careless = CarelessServer() if control is Control.NO_UNIQUE_KEY else None
        wrapped = self._careless.wrapped if self._careless else lambda app: app
        self.server = CentralServer(folder, self.clock, wrapped)
        self.server.start()
        self.proxy_ca = folder / "proxy-ca.pem"
        self.proxy = FaultProxy(self.server.url, self.server.ca, self.proxy_ca, seed=seed, drip_seconds=DRIP_SECONDS)
        self.proxy.open_door()

    def close(self) -> None:
        self.proxy.close()
        self.server.stop()

    def kiosk(self, folder: Path, random: Random, seconds: float = PATIENT_SECONDS) -> SyncKiosk:
        """A new kiosk that speaks to the proxy."""
        return SyncKiosk(folder, self.server, self.proxy.url, self.proxy_ca, self.clock, random, seconds)

    def facts_of(self, kiosk: UUID) -> list[int]:
        return self._careless.taken if self._careless else self.server.facts_of(kiosk)


@contextmanager
def site(seed: int, control: Control | None = None) -> Iterator[Site]:
    """A site in a folder of its own, until the end of the block."""
    with tempfile.TemporaryDirectory() as folder:
        made = Site(Path(folder), seed, control)
        try:
            yield made
        finally:
            made.close()


class Run:
    """One kiosk's life under some kinds of faults."""

    def __init__(self, site: Site, name: str, kinds: Sequence[Kind], seed: int) -> None:
        self._site, self._random, self.outcome = site, Random(f"{seed} {name}"), Outcome()
        self._troubles = [each for each in kinds if isinstance(each, Trouble)]
        faults = [each for each in kinds if isinstance(each, Fault)]
        self._plan = random_plan(self._random, SHARE if faults else 0, faults)
        self._trouble_share = SHARE / 5 if faults else SHARE
        self._bodies: dict[tuple[int, int], str] = {}
        folder = site.folder / name.replace(" ", "-")
        folder.mkdir()
        patient = not {Fault.SILENT, Fault.SLOW} & set(kinds)
        self._kiosk = site.kiosk(folder, self._random, PATIENT_SECONDS if patient else EXCHANGE_SECONDS)
        self._copy = folder / "copy.sqlite"
        site.server.copy(self._copy)

    def over(self, facts: int, rounds: int) -> Outcome:
        """Records `facts` over so many `rounds` under faults, then lets the faults end."""
        proxy = self._site.proxy
        before = Counter(proxy.applied)
        proxy.plan, proxy.on_exchange = self._plan, self._heard
        for number in range(1, rounds + 1):
            due = facts * number // rounds - self._kiosk.recorded
            # In fits and starts, so that batches are of all sizes.
            self._kiosk.record(due if number == rounds else self._random.choice((0, due, min(due, 3))))
            self._troubled_round()
        proxy.plan = lambda: Fault.NONE
        self._settle()
        self.outcome.applied.update(proxy.applied - before)
        del self.outcome.applied[Fault.NONE]
        proxy.on_exchange = lambda exchange: None
        return self.outcome

    def _troubled_round(self) -> None:
        befalls = self._troubles and self._random.random() < self._trouble_share
        trouble = self._random.choice(self._troubles) if befalls else None
        if self._kiosk.state is SyncState.FORKED:
            # The technician came.
            trouble = Trouble.KIOSK
        if trouble:
            self.outcome.applied[trouble] += 1
            self.outcome.facts[trouble] += self._kiosk.store.owed_count()
        if trouble is Trouble.SERVER:
            self._site.server.stop()
            self._round()
            self._site.server.start()
        elif trouble is Trouble.RESTORE:
            self._restore()
        elif trouble is Trouble.REFUSED:
            self._site.proxy.close_door()
            self._round()
            self._site.proxy.open_door()
        elif trouble is Trouble.NO_NAME:
            # RFC 6761, 6.4: such a name never resolves.
            self._kiosk.restart("https://central.invalid")
            self._round()
            self._kiosk.restart(self._site.proxy.url)
        elif trouble is Trouble.KIOSK:
            self._kiosk.restart(self._site.proxy.url)
        self._round()

    def _restore(self) -> None:
        """Puts the last copy in the server's place, and makes another one every other time."""
        self._site.server.stop()
        self._site.server.restore(self._copy)
        # What is sent again from there on is no retry, and may be made up of other batches.
        self._bodies.clear()
        self._site.server.start()
        if self._random.random() < 0.5:
            self._site.server.copy(self._copy)

    def _round(self) -> None:
        wait = self._kiosk.round()
        if not 0 <= wait <= LONGEST_RETRY_AFTER:
            self.outcome.violations.append(f"the kiosk waits for {wait} s")

    def _settle(self) -> None:
        self._kiosk.restart(self._site.proxy.url, PATIENT_SECONDS)
        for _ in range(ROUNDS_TO_THE_END):
            self._round()
            if not self._kiosk.store.owed_count() and self._kiosk.state is SyncState.ONLINE:
                break
        owed = self._kiosk.store.owed_count()
        if owed:
            self.outcome.violations.append(f"the kiosk still owes {owed} facts")
        self._compare(self._site.facts_of(self._kiosk.identity.kiosk_id))
        self._kiosk.close()

    def _compare(self, held: list[int]) -> None:
        recorded = range(1, self._kiosk.recorded + 1)
        lost, doubled = len(set(recorded) - set(held)), len(held) - len(set(held))
        if lost:
            self.outcome.violations.append(f"{lost} facts are lost")
        if doubled:
            self.outcome.violations.append(f"{doubled} facts are there more than once")
        if not lost and not doubled and held != list(recorded):
            self.outcome.violations.append("the facts are out of order")

    def _heard(self, exchange: Exchange) -> None:
        """Holds a request against the law; the answer is not sent yet."""
        if exchange.fault in BAD_CERTIFICATES or exchange.request.target == "/elsewhere":
            self.outcome.violations.append(f"{exchange.fault}: {exchange.request.target} was asked for")
        facts = exchange.request.facts()
        if not facts:
            return
        self.outcome.facts[exchange.fault] += len(facts)
        epoch, first, last = facts[0]["epoch"], facts[0]["seq"], facts[-1]["seq"]
        body = hashlib.sha256(exchange.request.body).hexdigest()
        if self._bodies.setdefault((epoch, first), body) != body:
            self.outcome.violations.append(f"{exchange.fault}: a retry from seq {first} on has other bytes")
        if exchange.answer and exchange.answer.status in (409, 413):
            # Told what to send or that it was too much, a kiosk may make up other batches.
            self._bodies.clear()
        if self._site.control is Control.FORGET_BEFORE_ACK:
            self._kiosk.store.acknowledge(epoch, last)
            today = self._site.clock.utc().date()
            for day in (today, today + KEEP_FACTS + timedelta(days=1)):
                self._kiosk.store.prune(day)


def control(kind: Control, seed: int, facts: int = 40, rounds: int = 12) -> Outcome:
    """A small run with one protection switched off, under faults that need it; its violations are wanted."""
    faults = (Fault.LOST_ANSWER, Fault.TWICE) if kind is Control.NO_UNIQUE_KEY else (Fault.BROKEN,)
    with site(seed, kind) as made:
        return Run(made, "control", faults, seed).over(facts, rounds)


def alone(site: Site, kind: Kind, facts: int, rounds: int, seed: int) -> Outcome:
    """A run under one kind of fault."""
    return Run(site, kind, (kind,), seed).over(facts, rounds)


def together(site: Site, kinds: Sequence[Kind], facts: int, rounds: int, seed: int) -> Outcome:
    """A run under all of the kinds."""
    return Run(site, "all together", kinds, seed).over(facts, rounds)


def campaign(facts: int, rounds: int, seed: int) -> Iterator[tuple[str, Outcome]]:
    """Half of the facts and rounds go to the kinds one by one, half to all of them together."""
    share = 2 * len(EVERY_KIND)
    with site(seed) as made:
        for kind in EVERY_KIND:
            yield kind, alone(made, kind, max(1, facts // share), max(1, rounds // share), seed)
        yield "all together", together(made, EVERY_KIND, facts // 2, rounds // 2, seed)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--facts", type=int, default=20000, metavar="N", help="%(default)s")
    parser.add_argument("--rounds", type=int, default=3000, metavar="N", help="rounds of sync (%(default)s)")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="%(default)s")
    parser.add_argument("--control", type=Control, choices=[*Control], help="run this control alone")
    arguments = parser.parse_args()
    logging.disable(logging.ERROR)
    began, violations = time.monotonic(), 0
    if not arguments.control:
        violations = _told(campaign(arguments.facts, arguments.rounds, arguments.seed))
    blind = 0
    for kind in [arguments.control] if arguments.control else Control:
        broken = control(kind, arguments.seed).violations
        blind += not broken
        print(f"control {kind}: {'; '.join(sorted(set(broken))) or 'NOTHING WAS SEEN'}")
    print(f"{time.monotonic() - began:.0f} s, seed {arguments.seed}, {violations} violations, {blind} blind controls")
    return 1 if violations or blind else 0


def _told(outcomes: Iterator[tuple[str, Outcome]]) -> int:
    """Prints each run, then each kind over all runs; returns how many violations there were."""
    total, by_run = Outcome(), Counter[str]()
    for name, outcome in outcomes:
        total.applied.update(outcome.applied)
        total.facts.update(outcome.facts)
        by_run[name] = len(outcome.violations)
        for violation in sorted(set(outcome.violations)):
            print(f"VIOLATION in the run of {name!r}: {violation}", flush=True)
    print(f"{'fault':24}{'applied':>9}{'facts under it':>16}{'violations of its own run':>27}")
    for kind in (*EVERY_KIND, "all together"):
        row = sum(total.applied.values()) if kind == "all together" else total.applied[kind]  # type: ignore[index]
        facts = total.facts.total() if kind == "all together" else total.facts[kind]  # type: ignore[index]
        print(f"{kind:24}{row:9}{facts:16}{by_run[kind]:27}")
    return by_run.total()


if __name__ == "__main__":
    sys.exit(main())
