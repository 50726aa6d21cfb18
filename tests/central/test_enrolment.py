"""A one-time code makes one kiosk; tokens are believed for as long as they say, and no longer."""

from base64 import b64encode, urlsafe_b64encode

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select

from central.database import CodeRow, EpochRow
from kiosk.protocol import ENROLMENTS, SNAPSHOT, TOKEN_LEEWAY_SECONDS, TOKEN_SECONDS


def body(code: str, name: str = "") -> dict[str, str]:
    key = Ed25519PrivateKey.generate().public_key()
    return {"code": code, "public_key": b64encode(key.public_bytes_raw()).decode(), "name": name}


def test_a_code_makes_one_kiosk_and_then_none(http, code) -> None:
    once = code("Anjungan Lobi")
    enrolled = http.post(ENROLMENTS, json=body(once)).json()
    assert (enrolled["name"], enrolled["digit"], enrolled["office"]) == ("Anjungan Lobi", 1, "PYK")
    assert http.post(ENROLMENTS, json=body(once)).status_code == 403


def test_a_code_may_be_typed_carelessly(http, code) -> None:
    careless = code().lower().replace("-", " ").replace("0", "o")
    assert http.post(ENROLMENTS, json=body(careless)).status_code == 200


def test_the_database_does_not_hold_the_code(http, code) -> None:
    once = code().replace("-", "")
    with http.app.state.reading() as session:
        (row,) = session.scalars(select(CodeRow))
    assert once not in row.hash
    assert len(row.hash) == 64


def test_a_code_ends_after_a_day(http, code, clock) -> None:
    once = code()
    clock.forward(hours=24, seconds=1)
    assert http.post(ENROLMENTS, json=body(once)).status_code == 403


def test_digits_are_given_in_order_and_do_not_end_with_nine(enrol) -> None:
    assert [enrol().digit for _ in range(12)] == list(range(1, 13))


def test_when_every_number_is_in_use_no_kiosk_is_enrolled_and_the_code_stays_good(http, code, kiosk) -> None:
    with http.app.state.writing.begin() as session:
        for number in range(2, 1000):
            session.add(
                EpochRow(office="PYK", kiosk=kiosk.id, epoch=number, series=number, registered_at=kiosk.clock.now())
            )
    once = code()
    answer = http.post(ENROLMENTS, json=body(once))
    assert answer.status_code == 403
    assert "no series" in answer.json()["detail"]
    with http.app.state.writing.begin() as session:
        session.delete(session.get(EpochRow, (kiosk.id, 500)))
    assert http.post(ENROLMENTS, json=body(once)).json()["digit"] == 500


def test_a_broken_public_key_does_not_use_the_code_up(http, code) -> None:
    once = code()
    for broken in ("", "AAAA", "not base64", "é"):
        assert http.post(ENROLMENTS, json=body(once) | {"public_key": broken}).status_code == 403
    assert http.post(ENROLMENTS, json=body(once)).status_code == 200


def test_who_guesses_codes_must_wait(http, code, clock) -> None:
    for _ in range(10):
        assert http.post(ENROLMENTS, json=body("0000000000")).status_code == 403
    answer = http.post(ENROLMENTS, json=body(code()))
    assert answer.status_code == 429
    clock.forward(seconds=int(answer.headers["Retry-After"]))
    assert http.post(ENROLMENTS, json=body(code())).status_code == 200


@pytest.mark.parametrize("authorization", ["", "Bearer", "Bearer x.y.z", "Basic cGV0dWdhczpwZXR1Z2Fz", "Bearer é"])
def test_no_token_is_no_kiosk(http, authorization: str) -> None:
    answer = http.get(SNAPSHOT, headers={"Authorization": authorization.encode()})
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize(
    "claims",
    [
        b'{"sub":"\\ud800"}',
        b'{"sub":"\\u0000"}',
        b'{"sub":7}',
        b'{"sub":null}',
        b'{"sub":{}}',
        b"{}",
        b"[]",
        b"7",
        b"\xff",
        b'{"sub":' + b"[" * 20_000 + b"]" * 20_000 + b"}",
    ],
)
def test_a_token_of_nobody_is_not_believed(http, claims: bytes) -> None:
    head, said = (urlsafe_b64encode(each).rstrip(b"=") for each in (b'{"alg":"EdDSA","typ":"JWT"}', claims))
    answer = http.get(SNAPSHOT, headers={"Authorization": b"Bearer " + head + b"." + said + b".AAAA"})
    assert answer.status_code == 401


def test_a_token_signed_with_another_key_is_not_believed(kiosk, http) -> None:
    forged = kiosk.token(Ed25519PrivateKey.generate())
    assert http.get(SNAPSHOT, headers={"Authorization": f"Bearer {forged}"}).status_code == 401


def test_a_token_of_another_algorithm_is_not_believed(kiosk, http) -> None:
    now = kiosk.clock.now().timestamp()
    claims = {"sub": kiosk.id, "iat": now, "exp": now + 60}
    for token in (jwt.encode(claims, "", "none"), jwt.encode(claims, "0" * 32, "HS256")):
        assert http.get(SNAPSHOT, headers={"Authorization": f"Bearer {token}"}).status_code == 401


def test_a_token_is_believed_within_the_leeway_of_a_wrong_clock(kiosk, clock, http) -> None:
    headers = kiosk.headers()
    clock.forward(seconds=TOKEN_SECONDS + TOKEN_LEEWAY_SECONDS - 1)
    assert http.get(SNAPSHOT, headers=headers).status_code == 200
    clock.forward(seconds=2)
    assert http.get(SNAPSHOT, headers=headers).status_code == 401
    clock.forward(seconds=-(TOKEN_SECONDS + 2 * TOKEN_LEEWAY_SECONDS + 2))
    assert http.get(SNAPSHOT, headers=headers).status_code == 401


def test_a_token_that_lives_longer_than_allowed_is_not_believed(kiosk, http) -> None:
    for token in (
        kiosk.token(seconds=TOKEN_SECONDS + 1),
        kiosk.token(iat="soon"),
        kiosk.token(exp=None),
        kiosk.token(exp=10**400),
    ):
        assert http.get(SNAPSHOT, headers={"Authorization": f"Bearer {token}"}).status_code == 401


def test_a_revoked_kiosk_is_refused(kiosk, officer) -> None:
    assert officer.post(f"/officers/kiosks/{kiosk.id}/revoke").status_code == 303
    assert kiosk.get(SNAPSHOT).status_code == 403
    assert "dicabut" in officer.get("/officers").text
