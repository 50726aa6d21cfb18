"""What can go wrong between a kiosk and its central server, by name, and the answers that others give in its place."""

import gzip
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from enum import StrEnum
from random import Random
from typing import Any

HUGE_BYTES = 17 * 1024 * 1024
"""More than any answer of docs/protocol.md may have."""

Headers = tuple[tuple[bytes, bytes], ...]


class Fault(StrEnum):
    """One exchange's fault; the value is the verb that asks for it."""

    NONE = "none"
    # The line fails before a request is heard. A kiosk that speaks after one of the three certificates trusts too much.
    RESET = "reset"
    SILENT = "silent"
    GARBAGE = "garbage"
    OTHER_NAME = "other name"
    OTHER_AUTHORITY = "other authority"
    EXPIRED = "expired"
    # The server does not get the request, or gets it in another way than it was sent.
    CUT_REQUEST = "cut request"
    HALF_REQUEST = "half request"
    HELD_BACK = "held back"
    TWICE = "twice"
    REPLAY = "replay"
    # The server does its work, and the kiosk does not hear of it, or not all.
    LOST_ANSWER = "lost answer"
    CUT_ANSWER = "cut answer"
    HALF_ANSWER = "half answer"
    SLOW = "slow"
    WRONG_TYPE = "wrong type"
    TRUNCATED_GZIP = "truncated gzip"
    # Somebody else answers; the server hears nothing.
    HTML = "html"
    REDIRECT = "redirect"
    UNAUTHORIZED = "401"
    FORBIDDEN = "403"
    CONFLICT = "409"
    EXPECTED = "409 expected"
    TOO_LARGE = "413"
    TOO_MANY = "429"
    BROKEN = "500"
    UNAVAILABLE = "503"
    NO_JSON = "no json"
    WRONG_SHAPE = "wrong shape"
    HUGE = "huge"
    GZIP_BOMB = "gzip bomb"
    # Acknowledgements of what was not taken.
    UP_TO = "up to"
    OTHER_EPOCH = "other epoch"


BAD_CERTIFICATES = frozenset({Fault.OTHER_NAME, Fault.OTHER_AUTHORITY, Fault.EXPIRED})
ACKNOWLEDGEMENTS = frozenset({Fault.UP_TO, Fault.OTHER_EPOCH, Fault.EXPECTED})
"""They speak of facts, so they befall no other request."""


@dataclass(frozen=True)
class Request:
    """A request as it was heard, headers in lower case."""

    method: str
    target: str
    headers: Headers
    body: bytes

    def facts(self) -> list[dict[str, Any]]:
        """The facts that it carries, none if it is about something else, or malformed."""
        try:
            facts = json.loads(self.body)["facts"] if self.target.endswith("/facts") else []
        except (ValueError, TypeError, LookupError, RecursionError):
            return []
        sound = isinstance(facts, list) and all(
            isinstance(each, dict) and {"epoch", "seq"} <= set(each) for each in facts
        )
        return facts if sound else []


@dataclass(frozen=True)
class Answer:
    """An answer with its whole body; length and connection are said when it is sent."""

    status: int
    body: bytes = b""
    headers: Headers = ((b"content-type", b"application/json"),)


def random_plan(random: Random, share: float, faults: Sequence[Fault] = tuple(Fault)[1:]) -> Callable[[], Fault]:
    """One of the faults for each `share` (0 to 1) of the exchanges, each as often as any other."""
    return lambda: random.choice(faults) if random.random() < share else Fault.NONE


def given(fault: Fault, request: Request, random: Random) -> Answer | None:
    """What somebody answers in the server's place, None where the server itself is asked."""
    make = _GIVEN.get(fault)
    return make(request, random) if make else None


def changed(fault: Fault, answer: Answer, random: Random) -> Answer:
    """The server's answer as the fault lets it arrive."""
    if fault is Fault.WRONG_TYPE:
        return replace(answer, headers=((b"content-type", b"text/plain"),))
    if fault is Fault.TRUNCATED_GZIP:
        whole = gzip.compress(answer.body)
        headers = (*answer.headers, (b"content-encoding", b"gzip"))
        return replace(answer, body=whole[: random.randrange(len(whole) // 2)], headers=headers)
    return answer


def _html(request: Request, random: Random) -> Answer:
    page = b"<!doctype html><title>Wi-Fi</title><p>Please log in to use the network."
    return Answer(200, page, ((b"content-type", b"text/html"),))


def _redirect(request: Request, random: Random) -> Answer:
    return Answer(random.choice((301, 302, 303, 307, 308)), headers=((b"location", b"/elsewhere"),))


def _refusal(status: int, *headers: tuple[bytes, bytes]) -> Callable[[Request, Random], Answer]:
    body = json.dumps({"detail": f"the fault proxy says {status}"}).encode()
    return lambda request, random: Answer(status, body, ((b"content-type", b"application/json"), *headers))


def _later(status: int) -> Callable[[Request, Random], Answer]:
    """Retry-After in both of its forms (RFC 9110, 10.2.3), and in some that are none."""

    def answer(request: Request, random: Random) -> Answer:
        dates = (datetime.now(UTC) + timedelta(seconds=each) for each in (-5, 7, 10**9))
        sound = [b"0", b"7", *(format_datetime(each, usegmt=True).encode() for each in dates)]
        absurd = [b"-5", b"soon", b"", b"1e9", b"9" * 400, b"Wed, 99 Nov 99999 00:00:00 GMT", b"0.5"]
        return _refusal(status, (b"retry-after", random.choice(sound + absurd)))(request, random)

    return answer


def _expected(request: Request, random: Random) -> Answer:
    """A gap that is none: a place that was sent before, a later one, or nonsense."""
    last = request.facts()[-1]["seq"]
    expected: object = random.choice(
        (1, random.randint(1, last), last + 1, last + 1000, 0, -1, 2**70, "1", None, [], True)
    )
    return Answer(409, json.dumps({"detail": "the fault proxy sees a gap", "expected": expected}).encode())


def _wrong_shape(request: Request, random: Random) -> Answer:
    shapes = (b"null", b"[]", b'{"a": 1}', b'{"epoch": "x", "up_to": null}', b'"ok"', b"[" * 5000, b'{"up_to": 1e400}')
    return Answer(200, random.choice(shapes))


def _no_json(request: Request, random: Random) -> Answer:
    return Answer(200, random.choice((b"", b'{"epoch":', b"\xff\xfe\x00", b"OK")))


def _huge(request: Request, random: Random) -> Answer:
    return Answer(200, b" " * HUGE_BYTES)


def _gzip_bomb(request: Request, random: Random) -> Answer:
    headers = ((b"content-type", b"application/json"), (b"content-encoding", b"gzip"))
    return Answer(200, gzip.compress(b" " * HUGE_BYTES, 9), headers)


def _up_to(request: Request, random: Random) -> Answer:
    """More than was sent, or less than was sent before; never a fact of this request, which no kiosk could tell from
    the truth.
    """
    facts = request.facts()
    first, last = facts[0]["seq"], facts[-1]["seq"]
    up_to = random.choice((last + 1, last + 1000, 2**70, first - 1, 0, -1, None, last + 0.5))
    return Answer(200, json.dumps({"epoch": facts[-1]["epoch"], "up_to": up_to}).encode())


def _other_epoch(request: Request, random: Random) -> Answer:
    last = request.facts()[-1]
    epoch = random.choice((last["epoch"] + 1, last["epoch"] - 1, 0, None))
    return Answer(200, json.dumps({"epoch": epoch, "up_to": last["seq"]}).encode())


_GIVEN: dict[Fault, Callable[[Request, Random], Answer]] = {
    Fault.HTML: _html,
    Fault.REDIRECT: _redirect,
    Fault.UNAUTHORIZED: _refusal(401, (b"www-authenticate", b"Bearer")),
    Fault.FORBIDDEN: _refusal(403),
    Fault.CONFLICT: _refusal(409),
    Fault.EXPECTED: _expected,
    Fault.TOO_LARGE: _refusal(413),
    Fault.TOO_MANY: _later(429),
    Fault.BROKEN: _refusal(500),
    Fault.UNAVAILABLE: _later(503),
    Fault.NO_JSON: _no_json,
    Fault.WRONG_SHAPE: _wrong_shape,
    Fault.HUGE: _huge,
    Fault.GZIP_BOMB: _gzip_bomb,
    Fault.UP_TO: _up_to,
    Fault.OTHER_EPOCH: _other_epoch,
}
