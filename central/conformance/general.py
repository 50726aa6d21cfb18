"""Clauses of every request and answer, and those after which a kiosk or this address is of no use any more."""

import contextlib
import http.client

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from central.conformance.caller import HELP, enrol, joined, post
from central.conformance.clause import Untried, Walk, clause, declined, expect, hold
from central.conformance.enrolling import WRONG_CODE
from central.conformance.line import Answer, date_of
from kiosk.protocol import ENROLMENTS, HEARTBEATS, Unserved

MOST_BYTES = 1024 * 1024
MOST_SNAPSHOT_BYTES = 16 * 1024 * 1024
MOST_ANSWER_BYTES = 256 * 1024
MOST_WRONG_CODES = 10
TRIES = 5
PLANTED = "Zebra7Quartz"


@clause("G1", "HTTPS only")
def _(walk: Walk) -> None:
    walk.kiosk()  # a server is there
    answer = walk.line.in_the_clear()
    hold(answer is None or answer.status >= 300, "no answer, or an error, without TLS", answer and answer.told())


@clause("G2", "answers are JSON in UTF-8, a snapshot of at most 16 MiB, others of at most 256 KiB")
def _(walk: Walk) -> None:
    kiosk = walk.kiosk()
    snapshot, beat, wrong = kiosk.snapshot(), kiosk.heartbeat(), kiosk.snapshot("x")
    for answer, most in ((snapshot, MOST_SNAPSHOT_BYTES), (beat, MOST_ANSWER_BYTES), (wrong, MOST_ANSWER_BYTES)):
        kind = answer.headers.get("content-type", "")
        hold(kind.startswith("application/json") and answer.json() is not None, "JSON", kind or answer.told())
        hold(len(answer.body) <= most, f"at most {most} bytes", len(answer.body))


@clause("G3", "unknown fields are ignored")
def _(walk: Walk) -> None:
    kiosk, more = walk.kiosk(), {"a_field_of_tomorrow": {"x": 1}}
    expect(kiosk.heartbeat(**more), 200)
    expect(kiosk.register(kiosk.epoch, **more), 200)
    facts = kiosk.facts(HELP | more)
    expect(kiosk.deliver(joined(facts)[:-1] + b',"a_field_of_tomorrow":1}'), 200)
    kiosk.accepted += facts


@clause("G4", 'an error is {"detail": "one sentence"}, and repeats nothing of what was sent')
def _(walk: Walk) -> None:
    kiosk = walk.kiosk()
    answers = [
        enrol(walk.line, PLANTED, Ed25519PrivateKey.generate(), name=PLANTED),
        kiosk.register(PLANTED),
        kiosk.heartbeat(at=PLANTED, screen=PLANTED),
        kiosk.deliver(joined([kiosk.facts(PLANTED)[0] | {"previous": PLANTED}])),
        kiosk.snapshot(PLANTED),
        post(walk.line, ENROLMENTS, PLANTED.encode()),
    ]
    for answer in answers:
        declined(answer, *range(400, 500))
        hold(PLANTED not in answer.body.decode("utf-8", "replace"), "nothing of what was sent", answer.told())


@clause("G5", "a body of more than 1 MiB is 413")
def _(walk: Walk) -> None:
    for path in (ENROLMENTS, HEARTBEATS):
        declined(_answer_to_too_much(walk, path), 413)


def _answer_to_too_much(walk: Walk, path: str) -> Answer:
    """A server that answers before it has read everything, and closes, may make its own answer be lost on the way (RFC
    9112, 9.6): it is asked again before none is held against it.
    """
    for _ in range(TRIES - 1):
        with contextlib.suppress(OSError, http.client.HTTPException):
            return post(walk.line, path, b" " * (MOST_BYTES + 1), walk.kiosk().with_token())
    return post(walk.line, path, b" " * (MOST_BYTES + 1), walk.kiosk().with_token())


@clause("G6", "a body that does not say its length is 411")
def _(walk: Walk) -> None:
    headers = walk.kiosk().with_token() | {"Content-Type": "application/json"}
    declined(walk.line.exchange("POST", HEARTBEATS, headers, iter([b"{}"])), 411)


@clause("G7", "every answer bears Date")
def _(walk: Walk) -> None:
    kiosk = walk.kiosk()
    for answer in (kiosk.snapshot(), kiosk.snapshot("x"), kiosk.heartbeat(), kiosk.deliver(b"")):
        hold(date_of(answer) is not None, "Date (RFC 9110, 6.6.1)", answer.headers.get("date", "none"))


@clause("T7", "a revoked kiosk is 403 of the type revoked at each endpoint")
def _(walk: Walk) -> None:
    kiosk = walk.other()
    if walk.revoke is None:
        raise Untried("no command was given that revokes a kiosk (--revoke)")
    walk.revoke(kiosk.id)
    for answer in (kiosk.snapshot(), kiosk.heartbeat(), kiosk.register(1), kiosk.send(*kiosk.facts(HELP))):
        expect(declined(answer, 403), 403, type=Unserved.REVOKED)


@clause("E6", "after ten wrong codes from an address within ten minutes: 429 with Retry-After")
def _(walk: Walk) -> None:
    for _ in range(MOST_WRONG_CODES):
        enrol(walk.line, WRONG_CODE, Ed25519PrivateKey.generate())
    answer = declined(enrol(walk.line, WRONG_CODE, Ed25519PrivateKey.generate()), 429)
    hold(bool(answer.headers.get("retry-after")), "Retry-After", "none")
