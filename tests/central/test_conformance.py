"""`kiosk-central conform` passes a server that keeps the protocol, and catches each way in which one does not."""

import json
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import delete
from test_central_commands import serving
from test_central_commands import tls as tls

from central.__main__ import main
from central.app import create_app
from central.conformance.clause import Verdict, Walk, tried
from central.conformance.line import Answer
from central.conformance.report import clauses
from central.database import KioskRow, database_file
from central.demo import load_demo
from central.enrolment import new_code
from central.tries import TryRow

PROTOCOL = Path(__file__).parent.parent.parent / "docs" / "protocol.md"
BEFORE = {"E1", "E2", "P1"}
"""What enrols the two kiosks that the others speak as."""
REVOKE = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute('UPDATE kiosks SET revoked = 1 WHERE id = ?', sys.argv[2:]); c.commit()"  # noqa: E501


@dataclass(frozen=True)
class Asked:
    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes | Iterable[bytes] | None


Serve = Callable[[Asked], Answer]
Spoil = Callable[[Asked, Serve], Answer]


@dataclass
class Spoilt:
    """The true server, with something in front that answers its own way."""

    http: TestClient
    spoil: Spoil = lambda asked, serve: serve(asked)
    in_clear: Answer | None = None

    def exchange(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes | Iterable[bytes] | None
    ) -> Answer:
        return self.spoil(Asked(method, path, headers, body), self._serve)

    def _serve(self, asked: Asked) -> Answer:
        found = self.http.request(asked.method, asked.path, headers=dict(asked.headers), content=asked.body)
        date = format_datetime(datetime.now(UTC), usegmt=True)
        told = {name.lower(): value for name, value in found.headers.items()} | {"date": date}
        return Answer(found.status_code, told, found.content)

    def in_the_clear(self) -> Answer | None:
        return self.in_clear


@pytest.fixture
def office(data: Path):
    app = create_app(data, lambda: datetime.now(UTC))
    # A walk speaks to servers that are not ours, so on the true clock; a kiosk is told the bookings of a few days.
    with app.state.writing.begin() as session:
        load_demo(session, data, None, datetime.now(UTC), at_any_hour=False, public_url="https://central.example")
    with TestClient(app, base_url="https://central.example") as http:
        yield http


def walk_over(http: TestClient, **spoilt: Any) -> Walk:
    def revoke(kiosk: str) -> None:
        with http.app.state.writing.begin() as session:
            session.get_one(KioskRow, kiosk).revoked = True

    with http.app.state.writing.begin() as session:
        codes = [new_code(session, "PYK", "", datetime.now(UTC), "kiosk-central", each) for each in (True, True, False)]
    return Walk(Spoilt(http, **spoilt), codes, revoke)


def broken(walk: Walk, *ids: str) -> set[str]:
    wanted = [each for each in clauses() if each.id in BEFORE | set(ids)]
    return {each.clause.id for each in tried(wanted, walk) if each.verdict is Verdict.BROKEN}


def test_every_clause_has_its_place_in_the_protocol_and_every_place_its_clause() -> None:
    marked = re.findall(r"\[([A-Z]\d+)\]", PROTOCOL.read_text(encoding="utf-8"))
    assert sorted(set(marked)) == sorted(each.id for each in clauses())
    assert len(clauses()) == len({each.id for each in clauses()})


@pytest.mark.usefixtures("sqlite")
def test_the_reference_server_keeps_every_clause(data: Path, tls: Path, capfd) -> None:
    codes = []
    for more in (["--approved"], ["--approved"], []):
        main(["new-code", *more, "--data", str(data)])
        codes.append(capfd.readouterr().out.strip())
    with serving(data, tls) as (_, url):
        revoke = f'{sys.executable} -c "{REVOKE}" {database_file(data)}'
        asked = ["conform", "--server", url, "--ca", str(tls / "ca.pem"), "--code", *codes, "--revoke", revoke]
        assert main([*asked, "--json"]) == 0
    found = json.loads(capfd.readouterr().out)
    assert [each for each in found if each["verdict"] != "kept"] == []
    assert len(found) == len(clauses())


def test_without_a_server_every_clause_is_broken_or_skipped(tls: Path, capfd) -> None:
    asked = ["conform", "--server", "https://localhost:1", "--ca", str(tls / "ca.pem"), "--code", "A", "B"]
    assert main(asked) == 1
    told = capfd.readouterr().out
    assert "broken  E1" in told
    assert "skipped P1" in told
    assert "0 kept" in told


# What follows are servers that are wrong in one way each.


def status(answer: Answer, number: int, **fields: Any) -> Answer:
    return replace(answer, status=number, body=json.dumps({"detail": "no"} | fields).encode())


def changed(answer: Answer, **fields: Any) -> Answer:
    held = answer.json()
    return replace(answer, body=json.dumps(held | fields).encode()) if isinstance(held, dict) else answer


def header(answer: Answer, name: str, value: str | None) -> Answer:
    kept = {each: held for each, held in answer.headers.items() if each != name}
    return replace(answer, headers=kept | ({name: value} if value else {}))


def when(where: str, change: Callable[[Answer], Answer], *statuses: int) -> Spoil:
    """Answers of a path with one of these statuses (or any) are changed."""

    def spoil(asked: Asked, serve: Serve) -> Answer:
        answer = serve(asked)
        return change(answer) if where in asked.path and answer.status in (statuses or (answer.status,)) else answer

    return spoil


def accepting(*statuses: int, path: str = "facts", **fields: Any) -> Spoil:
    """A server that takes what it should decline."""
    return when(path, lambda answer: status(answer, 200, **fields), *statuses)


def believing(asked: Asked, serve: Serve) -> Answer:
    """A server that never looks at a token: any is as good as a good one."""
    answer = serve(asked)
    return replace(answer, status=200) if answer.status == 401 else answer


def one_by_one(asked: Asked, serve: Serve) -> Answer:
    """A server that takes each fact of a batch by itself."""
    try:
        facts = json.loads(asked.body or b"")["facts"] if asked.path.endswith("/facts") else []
    except (TypeError, ValueError):
        facts = []
    for each in facts[:-1]:
        answer = serve(replace(asked, body=json.dumps({"facts": [each]}).encode()))
        if answer.status != 200:
            return answer
    return serve(replace(asked, body=json.dumps({"facts": facts[-1:]}).encode())) if facts else serve(asked)


def repeating(asked: Asked, serve: Serve) -> Answer:
    """A server whose errors repeat what was sent."""
    answer = serve(asked)
    sent = asked.body.decode() if isinstance(asked.body, bytes) else ""
    return changed(answer, detail=sent or "no") if answer.status >= 400 else answer


def reading_before_believing(asked: Asked, serve: Serve) -> Answer:
    answer = serve(asked)
    return status(answer, 422) if asked.path.endswith("/facts") and answer.status == 401 else answer


def taking_any_length(asked: Asked, serve: Serve) -> Answer:
    return serve(replace(asked, body=asked.body if isinstance(asked.body, bytes | None) else b"".join(asked.body)))


def forgetting_fields(asked: Asked, serve: Serve) -> Answer:
    """A server that keeps of a fact only what it knows."""
    if asked.path.endswith("/facts") and isinstance(asked.body, bytes) and b'"more"' in asked.body:
        held = json.loads(asked.body)
        for each in held["facts"]:
            each.pop("more", None)
        return serve(replace(asked, body=json.dumps(held).encode()))
    return serve(asked)


class OnlyOnce:
    """A server that never answers the same enrolment again."""

    def __init__(self) -> None:
        self._answered: set[Any] = set()

    def __call__(self, asked: Asked, serve: Serve) -> Answer:
        if asked.path.endswith("/enrolments") and asked.body in self._answered:
            return status(serve(asked), 403)
        self._answered.add(asked.body)
        return serve(asked)


def named(held: Any) -> Any:
    held["bookings"][0]["applicants"][0]["masked_name"] = "Budi Santoso"
    return held


def without_surveys(held: Any) -> Any:
    for each in held["queue"]:
        each["surveyed"] = False
    return held


def snapshot_with(change: Callable[[Any], Any]) -> Spoil:
    return when("snapshot", lambda answer: replace(answer, body=json.dumps(change(answer.json())).encode()), 200)


WRONG: dict[str, tuple[str, Spoil]] = {
    "no kiosk id": ("E1", when("enrolments", lambda answer: changed(answer, kiosk_id="first"), 200)),
    "a digit beyond 999": ("E1", when("enrolments", lambda answer: changed(answer, digit=1000), 200)),
    "codes must be typed exactly": (
        "E2",
        lambda asked, serve: (
            status(serve(asked), 403) if b'"code": " ' in (asked.body or b"") else serve(asked)  # type: ignore[operator]
        ),
    ),
    "a used code is 401": ("E3", when("enrolments", lambda answer: status(answer, 401), 403)),
    "a wrong code is 404": ("E4", when("enrolments", lambda answer: status(answer, 404), 403)),
    "one digit for all": ("E5", when("enrolments", lambda answer: changed(answer, digit=1), 200)),
    "a lost answer is a used code": ("E7", OnlyOnce()),
    "who waits is served": ("E8", when("", lambda answer: status(answer, 200), 403)),
    "who waits is told nothing": ("E8", when("", lambda answer: changed(answer, type=None), 403)),
    "a series of its own making": ("P1", when("epochs", lambda answer: changed(answer, series=777), 200)),
    "drawn below ten": ("P3", when("epochs", lambda answer: changed(answer, series=answer.json()["series"] % 10), 200)),
    "claims are not believed": (
        "P4",
        lambda asked, serve: serve(
            replace(asked, body=re.sub(rb'"series": \d+', b'"series": null', asked.body or b""))  # type: ignore[arg-type]
            if "epochs" in asked.path
            else asked
        ),
    ),
    "an epoch of nothing": ("P6", accepting(422, path="epochs", series=1)),
    "no WWW-Authenticate": ("T1", when("", lambda answer: header(answer, "www-authenticate", None), 401)),
    "403 for strangers": ("T1", when("", lambda answer: status(answer, 403), 401)),
    "any key is believed": ("T2", believing),
    "any algorithm is believed": ("T3", believing),
    "claims are not needed": ("T4", believing),
    "tokens that live for ever": ("T5", believing),
    "tokens of any time": ("T6", believing),
    "no leeway": ("T6", when("snapshot", lambda answer: status(answer, 401), 200)),
    "revoked kiosks are heard": ("T7", when("", lambda answer: status(answer, 200), 403)),
    "no end to wrong codes": ("E6", when("enrolments", lambda answer: status(answer, 403), 429)),
    "no word when to come back": ("E6", when("", lambda answer: header(answer, "retry-after", None), 429)),
    "no ETag": ("S1", when("snapshot", lambda answer: header(answer, "etag", None))),
    "a weak ETag": ("S1", when("snapshot", lambda answer: header(answer, "etag", 'W/"a"'))),
    "another office's data": (
        "S1",
        snapshot_with(lambda held: held | {"office": held["office"] | {"id": "AGM"}}),
    ),
    "a snapshot without rules": ("S1", snapshot_with(lambda held: held | {"rules": []})),
    "never 304": ("S2", lambda asked, serve: serve(replace(asked, headers=plain(asked)))),
    "always 304": ("S3", when("snapshot", lambda answer: replace(answer, status=304, body=b""), 200)),
    "the queue in another order": ("S4", snapshot_with(lambda held: held | {"queue": backwards(held["queue"])})),
    "the queue empty": ("S5", snapshot_with(lambda held: held | {"queue": []})),
    "surveys that are not told": ("S6", snapshot_with(without_surveys)),
    "everybody waits twice": ("S7", snapshot_with(lambda held: held | {"queue": held["queue"] * 2})),
    "names in full": ("S8", snapshot_with(named)),
    "keys of another kind": (
        "S9",
        snapshot_with(lambda held: held | {"pass_keys": [{"key_id": "ab", "public_key": "AAAA"}]}),
    ),
    "a clock without a zone": ("H1", when("heartbeats", lambda answer: changed(answer, at="2026-11-24T01:00:00"), 200)),
    "a clock that is wrong": ("H1", when("heartbeats", lambda answer: changed(answer, at="2026-01-01T00:00:00Z"), 200)),
    "unknown printers are refused": (
        "H2",
        lambda asked, serve: status(serve(asked), 422) if b"holiday" in (asked.body or b"") else serve(asked),  # type: ignore[operator]
    ),
    "any heartbeat will do": ("H3", accepting(422, path="heartbeats")),
    "up_to is the first": ("F1", when("facts", lambda answer: changed(answer, up_to=1), 200)),
    "a gap that says nothing": ("F3", when("facts", lambda answer: status(answer, 409), 409)),
    "a gap that is taken": ("F3", accepting(409)),
    "a fork that is taken": ("F4", accepting(409)),
    "a fork that looks like a gap": ("F4", when("facts", lambda answer: changed(answer, expected=1), 409)),
    "ids that may stand twice": ("F5", accepting(409)),
    "a chain that is not looked at": ("F6", accepting(409)),
    "batches taken in parts": ("F7", one_by_one),
    "digests of what is known": ("F8", forgetting_fields),
    "dead letters refused": (
        "F9",
        lambda asked, serve: (
            status(serve(asked), 422) if b"greeted" in (asked.body or b"") else serve(asked)  # type: ignore[operator]
        ),
    ),
    "any envelope will do": ("F10", accepting(422)),
    "any batch will do": ("F11", accepting(422)),
    "any JSON will do": ("F12", accepting(422)),
    "no end to a batch": ("F13", accepting(413)),
    "read before believed": ("F14", reading_before_believing),
    "undated facts refused": (
        "F15",
        lambda asked, serve: (
            status(serve(asked), 422) if b'"at":null' in (asked.body or b"") else serve(asked)  # type: ignore[operator]
        ),
    ),
    "up_to is forgotten": ("F16", when("epochs", lambda answer: changed(answer, up_to=0), 200)),
    "answers that are not JSON": ("G2", when("heartbeats", lambda answer: replace(answer, body=b"OK"), 200)),
    "answers of another type": ("G2", when("", lambda answer: header(answer, "content-type", "text/html"))),
    "only known fields": (
        "G3",
        lambda asked, serve: status(serve(asked), 422) if b"tomorrow" in (asked.body or b"") else serve(asked),  # type: ignore[operator]
    ),
    "errors that repeat": ("G4", repeating),
    "errors in their own words": ("G4", when("", lambda answer: replace(answer, body=b'{"error":1}'), 403, 422)),
    "no end to a body": ("G5", when("", lambda answer: status(answer, 422), 413)),
    "bodies without a length": ("G6", taking_any_length),
    "no Date": ("G7", when("", lambda answer: header(answer, "date", None))),
}


def plain(asked: Asked) -> Mapping[str, str]:
    return {name: value for name, value in asked.headers.items() if name != "If-None-Match"}


def backwards(queue: list[Any]) -> list[Any]:
    return [each | {"ahead": len(queue) - each["ahead"]} for each in queue]


@pytest.mark.parametrize("way", WRONG)
def test_a_server_that_is_wrong_in_one_way_is_caught_by_its_clause(office: TestClient, way: str) -> None:
    caught_by, spoil = WRONG[way]
    assert broken(walk_over(office), caught_by) == set()
    with office.app.state.writing.begin() as session:
        session.execute(delete(TryRow))
    assert caught_by in broken(walk_over(office, spoil=spoil), caught_by)


def test_a_server_that_speaks_in_the_clear_is_caught(office: TestClient) -> None:
    assert broken(walk_over(office), "G1") == set()
    assert broken(walk_over(office, in_clear=Answer(200, {}, b"{}")), "G1") == {"G1"}
