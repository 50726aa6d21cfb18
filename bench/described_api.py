"""Asks every endpoint of the kiosks' API what its own description allows, and what it forbids (schemathesis).

    .venv/bin/python bench/described_api.py --count 2000 [--seed N] [--postgres]

`--count` is of each endpoint, half of it sound and half of it not. A sound enrolment has a true code, and a sound batch
of facts is made a chain of a real kiosk, so that they are taken. A violation is an answer of 500 or more, a status or a
content type that the description does not name, or a body of another form. The control is the same server with one
fault that only some heartbeats wake; it must be found. Ends with 1 on a violation, or if the control finds none.
"""

import argparse
import contextlib
import sys
import time
from base64 import b64encode
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, given, seed, settings
from postgres import cluster
from schemathesis import Case, GenerationMode, openapi
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from sqlalchemy import delete
from sqlalchemy.orm import Session
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from central.app import create_app
from central.conformance.caller import Caller, enrol, enrolled
from central.conformance.line import Answer
from central.database import for_writing, open_database
from central.demo import load_demo
from central.enrolment import new_code
from central.people.login import add_officer
from central.people.roles import STAFF
from central.tries import TryRow
from kiosk.protocol import ENROLMENTS, FACTS, HEARTBEATS, canonical, digest

CHECKS: list[Any] = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
PLANTED = b'"facts_held_back":true'


def now() -> datetime:
    return datetime.now(UTC)


class Line:
    """The application, asked in its own process."""

    def __init__(self, http: TestClient) -> None:
        self._http = http

    def exchange(self, method: str, path: str, headers: Any, body: Any) -> Answer:
        found = self._http.request(method, path, headers=dict(headers), content=body)
        return Answer(found.status_code, found.headers, found.content)

    def in_the_clear(self) -> None:
        return None


class Faulty:
    """ASGI middleware, for the control: it fails at some heartbeats."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        woken = False

        async def received() -> Any:
            nonlocal woken
            message = await receive()
            woken |= PLANTED in message.get("body", b"").replace(b" ", b"")
            return message

        async def sent(message: Message) -> None:
            if woken and scope["path"] == HEARTBEATS:
                raise RuntimeError("planted")
            await send(message)

        await self._app(scope, received, sent)


@dataclass
class Outcome:
    """How often each endpoint answered with which status, and what was wrong."""

    answers: Counter[tuple[str, int]] = field(default_factory=Counter)
    violations: Counter[str] = field(default_factory=Counter)


def asked(app: FastAPI, count: int, chance: int, only: str = "") -> Outcome:
    """Asks each endpoint, or the one at the path, `count` questions; the same ones for the same `chance`."""
    outcome = Outcome()
    with TestClient(app, base_url="https://central.example", raise_server_exceptions=False) as http:
        kiosk = _enrolled(app, http)
        schema = openapi.from_dict(app.openapi())
        schema.app = app
        for found in schema.get_all_operations():
            assert isinstance(found, Ok)
            operation = found.ok()
            if only not in ("", operation.path):
                continue
            for mode in GenerationMode:
                strategy = operation.as_strategy(generation_mode=mode)
                ask = _asking(app, http, kiosk, mode, outcome)
                _repeat(strategy, ask, max(1, count // 2), chance)
    return outcome


def _repeat(strategy: Any, ask: Callable[[Case[Any]], None], count: int, chance: int) -> None:
    @seed(chance)
    @settings(
        max_examples=count,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=strategy)
    def each(case: Case[Any]) -> None:
        ask(case)

    each()


def _asking(
    app: FastAPI, http: TestClient, kiosk: Caller, mode: GenerationMode, outcome: Outcome
) -> Callable[[Case[Any]], None]:
    def ask(case: Any) -> None:
        body, path = case.body, case.operation.path
        if path == ENROLMENTS and mode is GenerationMode.POSITIVE:
            body |= _identity(app)
        if path == FACTS and mode is GenerationMode.POSITIVE:
            _chain(kiosk, case)
        try:
            answer = case.call(headers=kiosk.with_token())
            outcome.answers[path, answer.status_code] += 1
            if path == FACTS and answer.status_code == 200:
                kiosk.accepted += body["facts"]
            case.validate_response(answer, checks=CHECKS)
        except (Failure, FailureGroup) as error:
            outcome.violations[f"{case.operation.label}: {error}"[:300]] += 1
        except UnicodeEncodeError:
            return  # a description allows names and values that HTTP cannot send
        except Exception as error:  # noqa: BLE001 (whatever the server could not cope with: its client would get a 500)
            outcome.violations[f"{case.operation.label}: {type(error).__name__} is a 500"] += 1

    return ask


def _identity(app: FastAPI) -> dict[str, str]:
    """A code and a key that can be enrolled, under whatever name."""
    with app.state.writing.begin() as session:
        session.execute(delete(TryRow))
        code = new_code(session, "PYK", "", now(), "kiosk-central", approved=True)
    public = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    return {"code": code, "public_key": b64encode(public).decode()}


def _chain(kiosk: Caller, case: Case[Any]) -> None:
    """Makes a sound batch follow from what the kiosk has sent; not one that no kiosk could have digested."""
    batch: Any = case.body
    with contextlib.suppress(ValueError):
        facts = kiosk.facts(*(each["body"] for each in batch["facts"]))
        digest(canonical(facts[-1]))
        batch["facts"] = facts


def _enrolled(app: FastAPI, http: TestClient) -> Caller:
    with app.state.writing.begin() as session:
        code = new_code(session, "PYK", "", now(), "kiosk-central", approved=True)
    key = Ed25519PrivateKey.generate()
    line = Line(http)
    kiosk = enrolled(line, enrol(line, code, key), key)
    kiosk.epoch = 7
    return kiosk


def office_app(folder: Path, url: str = "") -> FastAPI:
    """A server with the demo office."""
    engine = open_database(folder, url)
    with Session(for_writing(engine)) as session, session.begin():
        load_demo(session, folder, None, now(), at_any_hour=True, public_url="https://antrean.example")
        add_officer(session, "PYK", "petugas", "menara-pagi-rantau", STAFF)
    engine.dispose()
    return create_app(folder, now, url)


@contextlib.contextmanager
def _database(wanted: bool) -> Iterator[str]:
    if not wanted:
        yield ""
        return
    with cluster() as server:
        yield server.url(server.create())


def main() -> int:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--count", type=int, default=2000, metavar="N", help="questions to each endpoint (%(default)s)")
    words.add_argument("--seed", type=int, default=0, metavar="N", help="(%(default)s)")
    words.add_argument("--postgres", action="store_true", help="on PostgreSQL instead of SQLite")
    chosen = words.parse_args()
    began = time.monotonic()
    with _database(chosen.postgres) as url, TemporaryDirectory() as folder:
        outcome = asked(office_app(Path(folder), url), chosen.count, chosen.seed)
    with TemporaryDirectory() as folder:
        spoilt = office_app(Path(folder))
        spoilt.add_middleware(Faulty)
        control = asked(spoilt, 100, chosen.seed, HEARTBEATS)
    for (path, status), count in sorted(outcome.answers.items()):
        print(f"{path:<24}{status}{count:>8}")
    print(
        f"{outcome.answers.total()} answers in {time.monotonic() - began:.0f} s; violations: {len(outcome.violations)}"
    )
    for words_, count in outcome.violations.most_common():
        print(f"{count:>6} × {words_}")
    found = sum(count for told, count in control.violations.items() if told.endswith("a 500"))
    print(f"control, with a fault planted: {found} found")
    return 1 if outcome.violations or not found else 0


if __name__ == "__main__":
    sys.exit(main())
