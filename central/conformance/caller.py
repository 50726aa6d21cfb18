"""A kiosk's side of the wire, for asking what a good kiosk asks and what it never would."""

import json
import time
from base64 import b64encode
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from central.conformance.line import Answer, Line
from kiosk.protocol import ENROLMENTS, EPOCHS, FACTS, HEARTBEATS, SNAPSHOT, TOKEN_SECONDS, canonical, digest

Fact = dict[str, Any]


def enrol(line: Line, code: str, key: Ed25519PrivateKey, **more: Any) -> Answer:
    """Asks for a kiosk's identity with a one-time code."""
    public = b64encode(key.public_key().public_bytes_raw()).decode()
    return post(line, ENROLMENTS, {"code": code, "public_key": public, "name": "Conformance"} | more)


def post(line: Line, path: str, body: Any, headers: dict[str, str] | None = None) -> Answer:
    """Sends JSON, or bytes as they are."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return line.exchange("POST", path, {"Content-Type": "application/json"} | (headers or {}), content)


def joined(facts: Iterable[Fact]) -> bytes:
    """A batch as a kiosk sends it."""
    return b'{"facts":[' + b",".join(canonical(each) for each in facts) + b"]}"


@dataclass
class Caller:
    """An enrolled kiosk. Facts are made one after the other; `accepted` are those that the server has acknowledged."""

    line: Line
    id: str
    key: Ed25519PrivateKey
    digit: int
    office: str
    epoch: int = 0
    series: int = 0
    accepted: list[Fact] = field(default_factory=list)
    now: Callable[[], float] = time.time

    def token(self, key: Any = None, algorithm: str = "EdDSA", lacks: str = "", **claims: Any) -> str:
        """A good token, but for what is given and the claim that it lacks."""
        issued = self.now()
        whole = {"sub": self.id, "iat": issued, "exp": issued + TOKEN_SECONDS} | claims
        told = {name: value for name, value in whole.items() if name != lacks}
        return jwt.encode(told, self.key if key is None else key, algorithm=algorithm)

    def with_token(self, token: str = "") -> dict[str, str]:
        return {"Authorization": f"Bearer {token or self.token()}"}

    def snapshot(self, token: str = "", **headers: str) -> Answer:
        return self.line.exchange("GET", SNAPSHOT, self.with_token(token) | headers, None)

    def register(self, epoch: Any, series: Any = None, **more: Any) -> Answer:
        return post(self.line, EPOCHS, {"epoch": epoch, "series": series} | more, self.with_token())

    def heartbeat(self, **more: Any) -> Answer:
        beat = {"at": self.time(), "version": "1", "screen": "WELCOME", "printer": "ready", "scanner_ready": True}
        return post(self.line, HEARTBEATS, beat | {"owed": 0} | more, self.with_token())

    def deliver(self, content: bytes, headers: dict[str, str] | None = None) -> Answer:
        """A batch's bytes, with a good token unless other headers are given."""
        return post(self.line, FACTS, content, self.with_token() if headers is None else headers)

    def send(self, *facts: Fact) -> Answer:
        answer = self.deliver(joined(facts))
        if answer.status == 200:
            held = {each["seq"] for each in self.accepted}
            self.accepted += [each for each in facts if each["seq"] not in held]
        return answer

    def time(self, ago: float = 0) -> str:
        return (datetime.fromtimestamp(self.now(), UTC) - timedelta(seconds=ago)).isoformat()

    def today(self) -> date:
        """The day at the office, in UTC where the server does not tell its time zone."""
        office = self.snapshot().field("office")
        zone = office.get("time_zone", "UTC") if isinstance(office, dict) else "UTC"
        return datetime.fromtimestamp(self.now(), ZoneInfo(zone)).date()

    def facts(self, *bodies: Any, **more: Any) -> list[Fact]:
        """The next facts of the chain, not sent yet."""
        last = self.accepted[-1] if self.accepted else None
        made: list[Fact] = []
        for body in bodies:
            before = made[-1] if made else last
            made.append(
                {
                    "id": str(uuid4()),
                    "epoch": self.epoch,
                    "seq": before["seq"] + 1 if before else 1,
                    "previous": digest(canonical(before)) if before else "",
                    "at": self.time(),
                    "body": body,
                }
                | more
            )
        return made

    def walk_in(self, count: int, ago: float = 0, **more: Any) -> dict[str, Any]:
        """What is recorded of a walk-in's ticket with that number of the day."""
        ticket = {
            "id": str(uuid4()), "number": f"W{self.series}-{count:03}", "day": self.today().isoformat(), "service": "",
            "masked_name": "", "issued_at": self.time(ago), "state": "issued", "booking": None, "slot": None,
            "priority": None, "late": False, "prints": 0, "language": "id",
        }  # fmt: skip
        return {"kind": "walk_in_issued", "ticket": ticket | more}


HELP = {"kind": "help_called", "step": "WELCOME"}


def enrolled(line: Line, answer: Answer, key: Ed25519PrivateKey) -> Caller:
    """The kiosk of an answer to its enrolment. Raises ValueError where the answer is not one."""
    try:
        held = answer.json()
        return Caller(line, str(UUID(held["kiosk_id"])), key, int(held["digit"]), str(held["office"]))
    except (TypeError, KeyError, ValueError) as error:
        raise ValueError(answer.told()) from error
