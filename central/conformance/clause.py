"""A clause of the protocol that a server can be held to, and what was found."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from http.client import HTTPException
from typing import Any

from central.conformance.caller import Caller
from central.conformance.line import Answer, Line


class Verdict(StrEnum):
    """SKIPPED: the clause could not be tried, as something that it needs is missing."""

    KEPT = "kept"
    BROKEN = "broken"
    SKIPPED = "skipped"


class Deviation(Exception):
    """The server did something else than the protocol says."""

    def __init__(self, expected: str, seen: str) -> None:
        super().__init__(f"expected {expected}; seen {seen}")
        self.expected, self.seen = expected, seen


class Untried(Exception):
    """The clause cannot be tried; the message says what is missing."""


@dataclass
class Walk:
    """What the clauses share: the way to the server, the codes, the two kiosks that the first clauses enrol, and how to
    revoke one.
    """

    line: Line
    codes: list[str]
    revoke: Callable[[str], None] | None = None
    first: Caller | None = None
    second: Caller | None = None

    def kiosk(self) -> Caller:
        """The first kiosk, its epoch registered. Raises Untried."""
        return _ready(self.first)

    def other(self) -> Caller:
        """The second kiosk, its epoch registered. Raises Untried."""
        return _ready(self.second)


def _ready(kiosk: Caller | None) -> Caller:
    if kiosk is None:
        raise Untried("no kiosk could be enrolled with the codes that were given")
    if not kiosk.series:
        raise Untried("the kiosk's epoch could not be registered")
    return kiosk


@dataclass(frozen=True)
class Clause:
    """`id` is that of docs/protocol.md."""

    id: str
    says: str
    check: Callable[[Walk], None]


@dataclass(frozen=True)
class Finding:
    clause: Clause
    verdict: Verdict
    expected: str = ""
    seen: str = ""


CLAUSES: list[Clause] = []


def clause(id_: str, says: str) -> Callable[[Callable[[Walk], None]], Callable[[Walk], None]]:
    """Notes a check as that of a clause, in the order in which they are walked through."""

    def noted(check: Callable[[Walk], None]) -> Callable[[Walk], None]:
        CLAUSES.append(Clause(id_, says, check))
        return check

    return noted


def tried(clauses: Iterable[Clause], walk: Walk) -> Iterable[Finding]:
    """Tries one clause after the other."""
    for each in clauses:
        try:
            each.check(walk)
        except Deviation as error:
            yield Finding(each, Verdict.BROKEN, error.expected, error.seen)
        except Untried as error:
            yield Finding(each, Verdict.SKIPPED, seen=str(error))
        except (OSError, HTTPException) as error:
            yield Finding(each, Verdict.BROKEN, "an answer", f"{type(error).__name__}: {error}")
        else:
            yield Finding(each, Verdict.KEPT)


def expect(answer: Answer, *statuses: int, **fields: Any) -> Answer:
    """The answer, if it has one of the statuses and these fields (None: absent or null). Raises Deviation."""
    wanted = " or ".join(str(each) for each in statuses)
    if fields:
        wanted += " with " + ", ".join(f"{name} {value!r}" for name, value in fields.items())
    if answer.status not in statuses or any(answer.field(name) != value for name, value in fields.items()):
        raise Deviation(wanted, answer.told())
    return answer


def declined(answer: Answer, *statuses: int) -> Answer:
    """The answer, if it is an error as the protocol words them: `{"detail": "one sentence"}`. Raises Deviation."""
    expect(answer, *statuses)
    detail = answer.field("detail")
    if not isinstance(detail, str) or not detail or "\n" in detail:
        raise Deviation(f'{answer.status} with {{"detail": "one sentence"}}', answer.told())
    return answer


def hold(kept: bool, expected: str, seen: object) -> None:
    """Raises Deviation unless kept."""
    if not kept:
        raise Deviation(expected, str(seen)[:300])
