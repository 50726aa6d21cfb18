"""Clauses of the facts: taken once, in order, and never lost for what one of them holds."""

import json
from typing import Any
from uuid import uuid4

from central.conformance.caller import HELP, Caller, Fact, joined
from central.conformance.clause import Deviation, Walk, clause, declined, expect, hold
from central.conformance.line import Answer
from kiosk.protocol import BATCH_BYTES, BATCH_FACTS, canonical

NOBODYS = "0" * 64


@clause("F1", "facts are acknowledged up to the last of the batch, also a full one")
def _(walk: Walk) -> None:
    kiosk = walk.kiosk()
    for batch in (kiosk.facts(HELP), None):
        batch = batch or kiosk.facts(*[HELP] * BATCH_FACTS)
        expect(kiosk.send(*batch), 200, epoch=kiosk.epoch, up_to=batch[-1]["seq"])


@clause("F2", "a repeat is a success, and changes nothing; a batch may be repeats, then new facts")
def _(walk: Walk) -> None:
    kiosk = walk.kiosk()
    old = kiosk.facts(HELP, HELP)
    for batch in (old, old, old[:1], [*old, *_after(kiosk, old)]):
        expect(kiosk.send(*batch), 200, up_to=batch[-1]["seq"])
    _hold_last(kiosk)


@clause("F3", "a gap is 409 with the seq that is wanted next")
def _(walk: Walk) -> None:
    kiosk = walk.kiosk()
    missing, ahead = kiosk.facts(HELP, HELP)
    expect(declined(kiosk.send(ahead), 409), 409, expected=missing["seq"])
    expect(kiosk.send(missing, ahead), 200)


@clause("F4", "another fact at a place is a fork: 409 without expected, and nothing of its batch is taken")
def _(walk: Walk) -> None:
    kiosk = walk.kiosk()
    old, new = kiosk.facts(HELP, HELP)
    expect(kiosk.send(old), 200)
    for change in ({"body": {"kind": "help_called", "step": "OTHER"}}, {"at": None}, {"more": 1}):
        _forks(kiosk.send(old | change, new))
    _hold_last(kiosk)


@clause("F5", "an id that stands at another place, also of another kiosk, is a fork")
def _(walk: Walk) -> None:
    kiosk, other = walk.kiosk(), walk.other()
    (known,) = kiosk.facts(HELP)
    expect(kiosk.send(known), 200)
    for each in (kiosk, other):
        _forks(each.send(*each.facts(HELP, id=known["id"])))
        _hold_last(each)


@clause("F6", "a fact whose previous is not the digest of the fact before it is a fork")
def _(walk: Walk) -> None:
    kiosk = walk.kiosk()
    expect(kiosk.send(*kiosk.facts(HELP)), 200)
    for previous in (NOBODYS, ""):
        _forks(kiosk.send(*kiosk.facts(HELP, previous=previous)))
    first = kiosk.facts(HELP)[0] | {"seq": 1, "epoch": kiosk.epoch + 1, "previous": NOBODYS}
    _forks(kiosk.deliver(joined([first])))
    _hold_last(kiosk)


@clause("F7", "a batch is taken whole or not at all")
def _(walk: Walk) -> None:
    kiosk = walk.kiosk()
    sound, broken = kiosk.facts(HELP, HELP)
    _forks(kiosk.send(sound, broken | {"previous": NOBODYS}))
    _hold_last(kiosk)


@clause("F8", "a digest is of the whole fact, unknown fields included, whatever its JSON looked like")
def _(walk: Walk) -> None:
    kiosk = walk.kiosk()
    (fact,) = kiosk.facts(HELP, more={"ü": [1.0, 1e21, "\u2028"]})
    expect(kiosk.deliver(json.dumps({"facts": [fact]}, indent=3).encode()), 200)
    expect(kiosk.send(fact), 200)
    _forks(kiosk.send({name: value for name, value in fact.items() if name != "more"}))
    expect(kiosk.send(*kiosk.facts(HELP)), 200)


@clause("F9", "a body that cannot be applied is a dead letter: kept, acknowledged, and holding up nothing behind it")
def _(walk: Walk) -> None:
    kiosk = walk.kiosk()
    bodies: list[Any] = [None, 5, "words", [], {}, {"kind": "greeted"}, {"kind": "rated", "rating": "x", "score": 9}]
    bodies += [{"kind": "paper_moved", "ticket": str(uuid4()), "state": "printed"}, {"kind": "a\0" * 30}, _deep(290)]
    bodies += [kiosk.walk_in(7, number="seven"), kiosk.walk_in(8, masked_name="n" * 101), HELP]
    batch = kiosk.facts(*bodies)
    expect(kiosk.send(*batch), 200, up_to=batch[-1]["seq"])
    expect(kiosk.send(*batch), 200, up_to=batch[-1]["seq"])


@clause("F10", "a fact without a sound id, epoch, seq, previous or at is 422")
def _(walk: Walk) -> None:
    kiosk = walk.kiosk()
    (fact,) = kiosk.facts(HELP)
    wrong: list[dict[str, Any]] = [{"id": "x"}, {"epoch": 0}, {"epoch": "1"}, {"seq": 0}, {"seq": 1.5}]
    wrong += [{"previous": "A" * 64}, {"previous": None}, {"at": "today"}, {"at": "2026-11-24T01:00:00"}]
    wrong += [{"at": "1999-12-31T23:59:59Z"}, {"at": "9000-01-01T00:00:00Z"}]
    for change in wrong:
        _is_no_batch(kiosk, joined([fact | change]), change)
    for name in fact:
        if name != "body":
            lacking = {each: value for each, value in fact.items() if each != name}
            _is_no_batch(kiosk, joined([lacking]), f"no {name}")
    _hold_last(kiosk)


@clause("F11", "what is not 1 to 100 facts of one epoch, each the next after the one before, is 422")
def _(walk: Walk) -> None:
    kiosk = walk.kiosk()
    facts = kiosk.facts(*[HELP] * (BATCH_FACTS + 1))
    for batch in ([], facts, [facts[0], facts[1] | {"epoch": kiosk.epoch + 1}], facts[:2][::-1], facts[:3:2]):
        _is_no_batch(kiosk, joined(batch), f"{len(batch)} facts")
    for content in (b"", b"[]", b"{}", b'{"facts":{}}', b'{"facts":[5]}', joined(facts[:1])[:-1], b"\xff"):
        _is_no_batch(kiosk, content, content)


@clause("F12", "what is not I-JSON (RFC 7493) is 422: a name twice, NaN, an integer beyond 2^53 - 1, half a character")
def _(walk: Walk) -> None:
    kiosk = walk.kiosk()
    for value in (b'{"kind":1,"kind":1}', b"NaN", b"9007199254740993", b'"\\ud800"'):
        content = joined(kiosk.facts("here")).replace(b'"here"', value)
        _is_no_batch(kiosk, content, value)
    _hold_last(kiosk)


@clause("F13", "a batch of more than 256 KiB is 413, one of less is taken")
def _(walk: Walk) -> None:
    kiosk = walk.kiosk()
    (fact,) = kiosk.facts({"kind": "long", "words": ""})
    room = BATCH_BYTES - len(joined([fact]))
    long = kiosk.facts({"kind": "long", "words": "w" * room})
    declined(kiosk.deliver(joined(kiosk.facts({"kind": "long", "words": "w" * (room + 1)}))), 413)
    expect(kiosk.send(*long), 200)


@clause("F14", "nothing of a batch is read before its sender's token was believed")
def _(walk: Walk) -> None:
    declined(walk.kiosk().deliver(b"{", {}), 401)
    declined(walk.kiosk().deliver(b"w" * (BATCH_BYTES + 1), {}), 401)


@clause("F15", "facts without a time, and of an epoch that was never registered, are taken")
def _(walk: Walk) -> None:
    kiosk = walk.kiosk()
    (fact,) = kiosk.facts(HELP, at=None)
    expect(kiosk.send(fact), 200)
    unregistered = fact | {"id": str(uuid4()), "epoch": kiosk.epoch + 2, "seq": 1, "previous": ""}
    expect(kiosk.deliver(joined([unregistered])), 200, epoch=kiosk.epoch + 2, up_to=1)


@clause("F16", "up_to of an epoch is the last seq that is held of it")
def _(walk: Walk) -> None:
    kiosk = walk.kiosk()
    expect(kiosk.send(*kiosk.facts(HELP)), 200)
    expect(kiosk.register(kiosk.epoch, kiosk.series), 200, up_to=kiosk.accepted[-1]["seq"])


def _after(kiosk: Caller, facts: list[Fact]) -> list[Fact]:
    """A fact that follows from these, which may have been sent by then."""
    held = [*kiosk.accepted, *facts]
    return Caller(**vars(kiosk) | {"accepted": held}).facts(HELP)


def _forks(answer: Answer) -> None:
    declined(answer, 409)
    hold(answer.field("expected") is None, "409 without expected", answer.told())


def _hold_last(kiosk: Caller) -> None:
    """Nothing more is held than was acknowledged: the next fact follows from it, the one after it would be a gap."""
    wanted = len(kiosk.accepted) + 1
    (_, beyond) = kiosk.facts(HELP, HELP)
    answer = kiosk.deliver(joined([beyond]))
    if answer.status != 409 or answer.field("expected") != wanted:
        raise Deviation(f"nothing beyond seq {wanted - 1} held (409, expected {wanted})", answer.told())


def _is_no_batch(kiosk: Caller, content: bytes, what: object) -> None:
    answer = kiosk.deliver(content)
    try:
        declined(answer, 422)
    except Deviation as error:
        raise Deviation(f"{error.expected} for {what!r}"[:200], error.seen) from error


def _deep(levels: int) -> Any:
    body: Any = canonical({}).decode()
    for _ in range(levels):
        body = [body]
    return {"kind": "deep", "body": body}
