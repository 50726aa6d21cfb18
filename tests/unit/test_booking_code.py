import logging
from datetime import date, time, timedelta
from random import Random
from uuid import UUID

import base45
import cbor2
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from samples import KEY_ID, OPEN, OTHER_KEY, a_pass, booking, family, snapshot

from kiosk.booking_code import (
    CODE_ALPHABET,
    CODE_LENGTH,
    Code,
    Reference,
    make_code,
    normalised_code,
    read,
    second_factor_hash,
)
from kiosk.booking_pass import BookingPass, verifying_keys
from kiosk.model import Applicant, Reason, Refusal
from kiosk.numbering import following

KEYS = verifying_keys(snapshot().pass_keys)


@given(
    st.uuids(), st.text("ABCXYZ", min_size=1, max_size=6), st.dates(date(2020, 1, 1), date(2090, 1, 1)),
    st.integers(0, 1439), st.sampled_from("ABCXYZ"), st.integers(1, 999), st.integers(1, 5),
)  # fmt: skip
def test_a_pass_says_what_was_signed_in_under_200_characters(
    booking_id: UUID, office: str, day: date, minutes: int, letter: str, first: int, party: int
) -> None:
    numbers = tuple(following(f"{letter}-{first:03}", step) for step in range(party))
    slot = time(*divmod(minutes, 60))
    made = booking(
        1,
        id=booking_id,
        office=office,
        day=day,
        slot=slot,
        applicants=tuple(Applicant("X***", each) for each in numbers),
    )
    text = a_pass(made)
    assert len(text) < 200
    assert read(text, KEYS, OPEN) == BookingPass(booking_id, office, day, slot, numbers)


@given(st.data())
def test_no_changed_character_is_believed(data: st.DataObject) -> None:
    text = a_pass(family(1, 3))
    place = data.draw(st.integers(5, len(text) - 1))
    character = data.draw(
        st.sampled_from("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:").filter(lambda c: c != text[place])
    )
    assert isinstance(read(text[:place] + character + text[place + 1 :], KEYS, OPEN), Refusal)


def test_a_pass_of_another_key_is_forged() -> None:
    assert read(a_pass(booking(), key=OTHER_KEY), KEYS, OPEN) == Refusal(Reason.FORGED)
    assert read(a_pass(booking()), {}, OPEN) == Refusal(Reason.FORGED)


def test_an_expired_pass_is_expired() -> None:
    assert read(a_pass(booking(), expires=OPEN - timedelta(seconds=1)), KEYS, OPEN) == Refusal(Reason.EXPIRED)


def nested(depth: int) -> bytes:
    return b"\x81" * depth + b"\x00"


HOSTILE = {
    "ten megabytes": "A" * 10_000_000,
    "a long pass": "ANJ1:" + "A" * 10_000_000,
    "NUL": "ANJ1:\x00\x00",
    "right-to-left marks": "ABC\u202e\u2066DEF",
    "nested CBOR": "ANJ1:" + base45.b45encode(nested(150)).decode(),
    "a CBOR tag of nothing": "ANJ1:" + base45.b45encode(cbor2.dumps(cbor2.CBORTag(18, []))).decode(),
    "a CBOR number": "ANJ1:" + base45.b45encode(cbor2.dumps(7)).decode(),
    "no base45": "ANJ1:\x7f!!",
    "SQL": "'; DROP TABLE tickets; --",
    "a URL": "https://evil.example/?a=1",
    "another country's certificate": "HC1:6BFOXN%TSMAHN-H3YS1IK47ES6IXJR4E47X5*T917VF+UOGIS1RYZV:X9",
    "nothing": "",
    "only a prefix": "ANJ1:",
    "a terminal's escape": "\x1b[2J\x1b]0;x\x07",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_text_is_refused_without_a_trace_in_the_log(text: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        assert isinstance(read(text, KEYS, OPEN), Refusal)
    assert caplog.text == ""


@given(st.text() | st.binary().map(lambda data: "ANJ1:" + base45.b45encode(data).decode()))
@example(
    "ANJ1:" + base45.b45encode(cbor2.dumps(cbor2.CBORTag(18, [b"", {4: bytes.fromhex(KEY_ID)}, b"", b""]))).decode()
)
def test_reading_never_raises_and_never_believes(text: str) -> None:
    assert not isinstance(read(text, KEYS, OPEN), BookingPass)


@given(st.text(CODE_ALPHABET, min_size=10, max_size=10))
def test_a_typed_code_is_meant_whatever_its_case_gaps_and_lookalikes(code: str) -> None:
    typed = code.lower().replace("0", "o").replace("1", "l")
    assert normalised_code(f" {typed[:5]}-{typed[5:]} ") == code
    assert read(f"{typed[:5]}-{typed[5:]}", KEYS, OPEN) == Code(code)


def test_another_systems_text_is_a_reference() -> None:
    assert read("MPASPOR-000000001", KEYS, OPEN) == Reference("MPASPOR-000000001")


def test_a_new_code_is_read_as_it_was_made_and_uses_the_whole_alphabet() -> None:
    made = [make_code(Random(seed)) for seed in range(99)]
    assert all(len(each) == CODE_LENGTH and normalised_code(each) == each for each in made)
    assert len(set(made)) == 99
    assert set("".join(made)) == set(CODE_ALPHABET)


def test_the_hash_of_the_digits_is_the_one_that_bookings_hold_already() -> None:
    # Whoever changes this turns away everybody whose booking was made before.
    assert second_factor_hash(UUID(int=1), "1234") == "84d00234130107c2f4e07a2d88399ad3"
