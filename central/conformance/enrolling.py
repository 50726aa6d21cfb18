"""Clauses of enrolment, tokens and epochs."""

import secrets
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from central.conformance.caller import HELP, Caller, enrol, enrolled, post
from central.conformance.clause import Deviation, Untried, Walk, clause, declined, expect, hold
from central.conformance.line import Answer
from kiosk.protocol import EPOCHS, FACTS, HEARTBEATS, SNAPSHOT, TOKEN_LEEWAY_SECONDS, TOKEN_SECONDS, Unserved

LAST_SERIES = 999
FIRST_DRAWN = 10
WRONG_CODE = "00000-00000"


@clause("E1", "a one-time code becomes a kiosk: its id, name, digit (1 to 999) and office")
def _(walk: Walk) -> None:
    walk.first = _enrolled(walk, _code(walk, 0))


@clause("E2", "small letters, hyphens, spaces, and O, I, L for 0, 1, 1 are forgiven in a code")
def _(walk: Walk) -> None:
    code = _code(walk, 1).replace("-", "").lower().replace("0", "o").replace("1", "l")
    walk.second = _enrolled(walk, f" {code[:3]} {code[3:]}")


@clause("E3", "a used code is 403")
def _(walk: Walk) -> None:
    if walk.first is None:
        raise Untried("no code could be used")
    declined(enrol(walk.line, _code(walk, 0), Ed25519PrivateKey.generate()), 403)


@clause("E4", "a wrong code is 403")
def _(walk: Walk) -> None:
    declined(enrol(walk.line, WRONG_CODE, Ed25519PrivateKey.generate()), 403)


@clause("E5", "each kiosk of an office has a digit of its own")
def _(walk: Walk) -> None:
    if walk.first is None or walk.second is None:
        raise Untried("two kiosks are needed; give two codes of one office")
    if walk.first.office != walk.second.office:
        raise Untried("the two codes are of two offices")
    hold(walk.first.digit != walk.second.digit, "two digits", f"{walk.first.digit} twice")


@clause("E7", "who asks again with the same code and the same key is the same kiosk")
def _(walk: Walk) -> None:
    if walk.first is None:
        raise Untried("no code could be used")
    again = enrolled(walk.line, expect(enrol(walk.line, _code(walk, 0), walk.first.key), 200), walk.first.key)
    hold((again.id, again.digit) == (walk.first.id, walk.first.digit), "the same id and digit", again.id)


@clause("E8", "a kiosk that waits for its approval is 403 of the type waiting_for_approval at each endpoint")
def _(walk: Walk) -> None:
    key = Ed25519PrivateKey.generate()
    answer = expect(enrol(walk.line, _code(walk, 2), key), 200)
    if answer.field("approved") is not False:
        raise Untried("the third code's kiosk needs no approval")
    kiosk = enrolled(walk.line, answer, key)
    for each in (kiosk.snapshot(), kiosk.heartbeat(), kiosk.register(1), kiosk.send(*kiosk.facts(HELP))):
        expect(declined(each, 403), 403, type=Unserved.WAITING)


def _code(walk: Walk, place: int) -> str:
    if len(walk.codes) <= place:
        raise Untried(f"it needs {place + 1} codes; {len(walk.codes)} given")
    return walk.codes[place]


def _enrolled(walk: Walk, code: str) -> Caller:
    key = Ed25519PrivateKey.generate()
    answer = expect(enrol(walk.line, code, key), 200)
    try:
        kiosk = enrolled(walk.line, answer, key)
    except ValueError as error:
        raise Deviation("kiosk_id (a UUID), name, digit and office", str(error)) from error
    hold(1 <= kiosk.digit <= LAST_SERIES, "a digit from 1 to 999", kiosk.digit)
    if answer.field("approved") is False:
        raise Untried("this code's kiosk has to be approved; give one whose kiosk need not")
    return kiosk


@clause("P1", "a kiosk's first epoch gets its digit as its series, and nothing of it is held yet")
def _(walk: Walk) -> None:
    for kiosk in (walk.first, walk.second):
        if kiosk is None:
            raise Untried("two kiosks are needed")
        kiosk.epoch = _an_epoch()
        expect(kiosk.register(kiosk.epoch), 200, epoch=kiosk.epoch, series=kiosk.digit, up_to=0)
        kiosk.series = kiosk.digit


@clause("P2", "saying so again changes nothing, whatever series is claimed")
def _(walk: Walk) -> None:
    kiosk = walk.kiosk()
    for claimed in (None, kiosk.series, LAST_SERIES):
        expect(kiosk.register(kiosk.epoch, claimed), 200, series=kiosk.series)


@clause("P3", "every other epoch gets a number from 10 to 999 that is no other epoch's series and no kiosk's digit")
def _(walk: Walk) -> None:
    kiosk, used = walk.kiosk(), {walk.kiosk().series, walk.other().series}
    for _ in range(3):
        series = expect(kiosk.register(_an_epoch()), 200).field("series")
        hold(isinstance(series, int) and FIRST_DRAWN <= series <= LAST_SERIES, "a series from 10 to 999", series)
        hold(series not in used, f"none of {sorted(used)}", series)
        used.add(series)


@clause("P4", "an epoch that is not known keeps the series that it claims, if nobody else has it")
def _(walk: Walk) -> None:
    kiosk, tried = walk.kiosk(), []
    for _ in range(5):
        claimed = FIRST_DRAWN + secrets.randbelow(LAST_SERIES - FIRST_DRAWN)
        tried.append((claimed, expect(kiosk.register(_an_epoch(), claimed), 200).field("series")))
        if claimed == tried[-1][1]:
            return
    raise Deviation("one of five series drawn at random to be free and kept", str(tried))


@clause("P5", "a claimed series that is another's is not given")
def _(walk: Walk) -> None:
    taken = walk.other().series
    series = expect(walk.kiosk().register(_an_epoch(), taken), 200).field("series")
    hold(series != taken, f"another series than {taken}", series)


@clause("P6", "an epoch is an integer from 1 to 2^53 - 1, else 422")
def _(walk: Walk) -> None:
    for epoch in (0, 2**53, "x", None):
        declined(walk.kiosk().register(epoch), 422)


def _an_epoch() -> int:
    return 1 + secrets.randbelow(2**48)


@clause("T1", "without a token that can be believed: 401 with WWW-Authenticate: Bearer, at each endpoint but enrolment")
def _(walk: Walk) -> None:
    for headers in ({}, {"Authorization": "Bearer x"}, {"Authorization": "Basic eDp5"}):
        answers = [walk.line.exchange("GET", SNAPSHOT, headers, None)]
        answers += [post(walk.line, path, {}, headers) for path in (EPOCHS, FACTS, HEARTBEATS)]
        for each in answers:
            _not_believed(each)


@clause("T2", "a token of another key, or of an unknown kiosk, is 401")
def _(walk: Walk) -> None:
    kiosk = walk.kiosk()
    _not_believed(kiosk.snapshot(kiosk.token(Ed25519PrivateKey.generate())))
    _not_believed(kiosk.snapshot(kiosk.token(walk.other().key)))
    _not_believed(kiosk.snapshot(kiosk.token(sub=str(uuid4()))))


@clause("T3", "no other algorithm than EdDSA is taken")
def _(walk: Walk) -> None:
    kiosk = walk.kiosk()
    _not_believed(kiosk.snapshot(kiosk.token("", "none")))
    public = kiosk.key.public_key().public_bytes_raw()
    _not_believed(kiosk.snapshot(kiosk.token(public, "HS256")))


@clause("T4", "sub, iat and exp are all needed")
def _(walk: Walk) -> None:
    for name in ("sub", "iat", "exp"):
        _not_believed(walk.kiosk().snapshot(walk.kiosk().token(lacks=name)))


@clause("T5", "exp is at most 120 s after iat")
def _(walk: Walk) -> None:
    kiosk = walk.kiosk()
    _not_believed(kiosk.snapshot(kiosk.token(exp=kiosk.now() + TOKEN_SECONDS + 60)))


@clause("T6", "a token is believed from 300 s before iat until 300 s after exp, and not outside")
def _(walk: Walk) -> None:
    kiosk = walk.kiosk()
    for shift, believed in ((200, True), (-320, True), (-120 - 2 * TOKEN_LEEWAY_SECONDS, False), (400, False)):
        issued = kiosk.now() + shift
        answer = kiosk.snapshot(kiosk.token(iat=issued, exp=issued + TOKEN_SECONDS))
        expect(answer, 200) if believed else _not_believed(answer)


def _not_believed(answer: Answer) -> None:
    declined(answer, 401)
    scheme = answer.headers.get("www-authenticate", "")
    hold(scheme.lower().startswith("bearer"), "WWW-Authenticate: Bearer", scheme or "no WWW-Authenticate")
