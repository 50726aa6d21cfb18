"""Simulated kiosks for country_load.py: each speaks the protocol over its own TLS connection, at its real rhythm."""

import asyncio
import ssl
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random
from typing import Any
from uuid import UUID, uuid4

import jwt
from country_site import SERVICE
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kiosk.model import Booking, Ticket, TicketState
from kiosk.protocol import (
    FACTS,
    HEARTBEATS,
    SNAPSHOT,
    TOKEN_SECONDS,
    CheckedIn,
    FactBody,
    Heartbeat,
    PaperMoved,
    Rated,
    canonical,
    digest,
)

HEARTBEAT_SECONDS = 30.0
SNAPSHOT_SECONDS = 15.0
PRINT_SECONDS = 3.0
ANSWER_SECONDS = 30.0
LONGEST_BACK_OFF = 10.0
"""A kiosk's own is 60 s; a short measurement has not the time."""


@dataclass
class Measured:
    """What calls took, in s, and what went wrong, since `clear`."""

    seconds: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    wrong: Counter[str] = field(default_factory=Counter)
    bytes_read: int = 0

    def clear(self) -> None:
        self.seconds.clear()
        self.wrong.clear()
        self.bytes_read = 0


class Line:
    """A connection that is kept, to one of several ports; after a failure to the next one."""

    def __init__(self, ports: list[int], first: int, trust: ssl.SSLContext) -> None:
        self._ports, self._place, self._trust = ports, first, trust
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def exchange(self, head: str, body: bytes) -> tuple[int, dict[str, str], bytes]:
        """Raises OSError, EOFError or TimeoutError where there is no answer."""
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                return await self._exchange(head, body)
        except (OSError, EOFError, TimeoutError, asyncio.IncompleteReadError):
            self.close()
            self._place += 1
            raise

    async def open(self) -> None:
        if self._streams is None:
            port = self._ports[self._place % len(self._ports)]
            self._streams = await asyncio.open_connection("127.0.0.1", port, ssl=self._trust)

    def close(self) -> None:
        if self._streams:
            self._streams[1].transport.abort()
        self._streams = None

    async def _exchange(self, head: str, body: bytes) -> tuple[int, dict[str, str], bytes]:
        await self.open()
        assert self._streams
        reader, writer = self._streams
        writer.write(f"{head}Host: localhost\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
        lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
        content = await reader.readexactly(int(headers.get("content-length", "0")))
        return int(lines[0].split()[1]), headers, content


@dataclass
class SimulatedKiosk:
    """A kiosk with its journal. `facts` are all that it recorded, as their canonical texts; the first `acknowledged` of
    them the server has said to hold.
    """

    id: str
    digit: int
    key: Ed25519PrivateKey
    line: Line
    measured: Measured
    bookings: list[Booking]
    random: Random
    check_in_seconds: float
    epoch: int = 1
    facts: list[bytes] = field(default_factory=list)
    acknowledged: int = 0
    etag: str = ""
    _previous: str = ""

    async def live(self, until: Callable[[], float]) -> None:
        """Does each thing when it is due, one at a time, until time.monotonic() is `until()`."""
        now = time.monotonic()
        due = {
            "heartbeat": now + self.random.uniform(0, HEARTBEAT_SECONDS),
            "snapshot": now + self.random.uniform(0, SNAPSHOT_SECONDS),
            "check in": now + self.random.expovariate(1 / self.check_in_seconds),
        }
        failures, printing = 0, list[tuple[float, UUID]]()
        while (now := time.monotonic()) < until():
            what = min(due, key=lambda each: due[each])
            wake = min(due[what], printing[0][0] if printing else until(), until())
            if wake > now:
                await asyncio.sleep(wake - now)
                continue
            sound = True
            if printing and printing[0][0] <= now:
                self._printed(printing.pop(0)[1])
                sound = await self.push()
            elif what == "check in":
                printing.append((now + PRINT_SECONDS, self._checks_in()))
                due[what] = now + self.random.expovariate(1 / self.check_in_seconds)
                sound = await self.push()
            elif what == "heartbeat":
                due[what] = now + HEARTBEAT_SECONDS
                sound = await self._beat()
            else:
                due[what] = now + SNAPSHOT_SECONDS
                sound = await self.pull() and await self.push()
            failures = 0 if sound else failures + 1
            if failures:
                await asyncio.sleep(self.random.uniform(0, min(LONGEST_BACK_OFF, 2.0**failures)))

    async def settle(self) -> None:
        """Sends all that is owed, however often it takes."""
        while self.acknowledged < len(self.facts):
            if not await self.push():
                await asyncio.sleep(self.random.uniform(0.1, 1))

    def record(self, body: FactBody) -> None:
        """Appends a fact to the journal."""
        fact = {
            "id": str(uuid4()),
            "epoch": self.epoch,
            "seq": len(self.facts) + 1,
            "previous": self._previous,
            "at": datetime.now(UTC).isoformat(),
            "body": body.model_dump(mode="json"),
        }
        text = canonical(fact)
        self._previous = digest(text)
        self.facts.append(text)

    def _checks_in(self) -> UUID:
        booking = self.bookings.pop() if self.bookings else None
        now = datetime.now(UTC)
        number = booking.applicants[0].number if booking else f"W{self.digit}-{len(self.facts) + 1:03}"
        ticket = Ticket(
            id=booking.ticket_id(number) if booking else uuid4(),
            number=number,
            day=booking.day if booking else now.astimezone().date(),
            service=SERVICE,
            masked_name="S*** N***",
            issued_at=now,
            booking=booking.id if booking else None,
            slot=booking.slot if booking else None,
        )
        self.record(CheckedIn(ticket=ticket))
        return ticket.id

    def _printed(self, ticket: UUID) -> None:
        self.record(PaperMoved(ticket=ticket, state=TicketState.PRINTED))
        if self.random.random() < 0.5:
            self.record(Rated(rating=uuid4(), score=self.random.randint(1, 5)))

    async def push(self) -> bool:
        owed = self.facts[self.acknowledged : self.acknowledged + 100]
        if not owed:
            return True
        found = await self._call("facts", "POST", FACTS, b'{"facts":[' + b",".join(owed) + b"]}")
        if found and found[0] == 200:
            self.acknowledged += len(owed)
            return True
        return False

    async def pull(self) -> bool:
        held = f"If-None-Match: {self.etag}\r\n" if self.etag else ""
        found = await self._call("snapshot", "GET", SNAPSHOT, b"", held + "Accept-Encoding: gzip\r\n")
        if found and found[0] == 200:
            self.etag = found[1].get("etag", "")
        return found is not None

    async def _beat(self) -> bool:
        beat = Heartbeat.model_validate(
            {"at": datetime.now(UTC), "version": "1", "screen": "WELCOME", "printer": "ready", "scanner_ready": True}
            | {"owed": len(self.facts) - self.acknowledged, "epoch": self.epoch}
        )
        return await self._call("heartbeat", "POST", HEARTBEATS, beat.model_dump_json().encode()) is not None

    async def _call(
        self, name: str, method: str, path: str, body: bytes, more: str = ""
    ) -> tuple[int, dict[str, str], bytes] | None:
        """The answer, None where there is none or it is an error. An answer with a body is timed apart from a 304."""
        issued = time.time()
        claims: dict[str, Any] = {"sub": self.id, "iat": issued, "exp": issued + TOKEN_SECONDS}
        token = jwt.encode(claims, self.key, algorithm="EdDSA")
        head = f"{method} {path} HTTP/1.1\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n{more}"
        try:
            await self.line.open()
            began = time.monotonic()
            found = await self.line.exchange(head, body)
        except (OSError, EOFError, TimeoutError) as error:
            self.line.close()
            self.measured.wrong[f"{name}: {type(error).__name__}"] += 1
            return None
        label = f"{name} {found[0]}" if name == "snapshot" else name
        self.measured.seconds[label].append(time.monotonic() - began)
        self.measured.bytes_read += len(found[2])
        if found[0] not in (200, 304):
            self.measured.wrong[f"{name}: {found[0]}"] += 1
            return None
        return found
