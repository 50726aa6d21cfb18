"""A pass has one form. Whatever else the office's own key may have signed, or a stranger's, is refused."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID

import base45
import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from samples import KEY, KEY_ID, OPEN, OTHER_KEY, a_pass, booking, family, snapshot

from kiosk.booking_code import read
from kiosk.booking_pass import PARTY, BookingPass, sign_pass, verifying_keys
from kiosk.model import Applicant, PassKey, Reason, Refusal

KEYS = verifying_keys(snapshot().pass_keys)
EDDSA = b"\xa1\x01\x27"
UNREADABLE, FORGED = Refusal(Reason.UNREADABLE), Refusal(Reason.FORGED)
GOOD = base45.b45decode(a_pass(family(1, 3))[5:])


def text_of(signed: bytes) -> str:
    return "ANJ1:" + base45.b45encode(signed).decode()


def signed_by_the_office(claims: bytes, protected: bytes = EDDSA, unprotected: Any = None, tag: int = 18) -> str:
    """A message with a good signature, however odd the rest of it is."""
    signature = KEY.sign(cbor2.dumps(["Signature1", protected, b"", claims]))
    headers = {4: bytes.fromhex(KEY_ID)} if unprotected is None else unprotected
    return text_of(cbor2.dumps(cbor2.CBORTag(tag, [protected, headers, claims, signature])))


def claims_with(**changes: Any) -> dict[Any, Any]:
    one = {"exp": 1795510000, "cti": bytes(16), "office": "PYK", "start": 29925210, "number": "A001", "party": 2}
    one |= changes
    return {4: one["exp"], 7: one["cti"], -65537: [one["office"], one["start"], one["number"], one["party"]]}


def test_what_these_tests_sign_is_believed_when_nothing_is_odd() -> None:
    found = read(signed_by_the_office(cbor2.dumps(claims_with())), KEYS, OPEN)
    assert isinstance(found, BookingPass)
    assert found.numbers == ("A-001", "A-002")


@given(st.integers(0, len(GOOD) - 1), st.integers(1, 255))
def test_no_changed_byte_is_believed(place: int, change: int) -> None:
    changed = GOOD[:place] + bytes([GOOD[place] ^ change]) + GOOD[place + 1 :]
    assert read(text_of(changed), KEYS, OPEN) in (UNREADABLE, FORGED)


@given(st.integers(0, len(GOOD) - 1), st.binary(min_size=1, max_size=40))
def test_nothing_may_be_missing_or_more(cut: int, more: bytes) -> None:
    assert read(text_of(GOOD[:cut]), KEYS, OPEN) == UNREADABLE
    assert read(text_of(GOOD + more), KEYS, OPEN) == UNREADABLE


@pytest.mark.parametrize("changes", [
    {"exp": 1795510000.0}, {"exp": True}, {"exp": -1}, {"exp": 0}, {"exp": 2**63}, {"exp": None}, {"exp": "1795510000"},
    {"exp": 4102444800}, {"exp": 1577836799},
    {"cti": bytes(15)}, {"cti": bytes(17)}, {"cti": "0123456789abcdef"}, {"cti": UUID(int=5)},
    {"cti": [0] * 16},
    {"office": ""}, {"office": "PYKPYKP"}, {"office": 7}, {"office": b"PYK"}, {"office": "pyk"}, {"office": "P\u202eK"},
    {"start": 29925210.0}, {"start": True}, {"start": -1}, {"start": 2**40}, {"start": 0},
    {"number": "A1"}, {"number": ""}, {"number": "a001"}, {"number": "A-001"}, {"number": "A9999999"}, {"number": 7},
    {"number": "A999999"},
    {"party": True}, {"party": 0}, {"party": 6}, {"party": 2.0}, {"party": -1}, {"party": 2**64}, {"party": None},
], ids=str)  # fmt: skip
def test_claims_that_no_office_can_mean_are_refused_though_its_key_signed_them(changes: dict[str, Any]) -> None:
    assert read(signed_by_the_office(cbor2.dumps(claims_with(**changes))), KEYS, OPEN) == UNREADABLE


SOUND = cbor2.dumps(claims_with())
OTHER_FORMS = {
    "another claim": cbor2.dumps(claims_with() | {1: "x"}),
    "a claim twice": b"\xa4" + SOUND[1:] + SOUND[1:7],
    "another order": cbor2.dumps(dict(reversed(claims_with().items()))),
    "no end in sight": b"\xbf" + SOUND[1:] + b"\xff",
    "more behind them": SOUND + b"\x00",
    "a tag around them": b"\xd8\x3d" + SOUND,
    "a longer number": SOUND[:-1] + b"\x18\x02",
    "a shared reference": b"\xd8\x1c" + SOUND,
    "none": cbor2.dumps({}),
}


@pytest.mark.parametrize("claims", OTHER_FORMS.values(), ids=OTHER_FORMS.keys())
def test_claims_have_one_form(claims: bytes) -> None:
    assert read(signed_by_the_office(claims), KEYS, OPEN) == UNREADABLE


KID = bytes.fromhex(KEY_ID)
OTHER_MESSAGES = {
    "no algorithm": signed_by_the_office(SOUND, b""),
    "the algorithm is not protected": signed_by_the_office(SOUND, b"", {1: -8, 4: KID}),
    "the algorithm twice": signed_by_the_office(SOUND, EDDSA, {1: -8, 4: KID}),
    "ES256 in name": signed_by_the_office(SOUND, cbor2.dumps({1: -7})),
    "HMAC in name": signed_by_the_office(SOUND, cbor2.dumps({1: 5})),
    "critical headers": signed_by_the_office(SOUND, cbor2.dumps({1: -8, 2: [99], 99: 1})),
    "the key id is protected": signed_by_the_office(SOUND, cbor2.dumps({1: -8, 4: KID}), {}),
    "one header more, not under the signature": signed_by_the_office(SOUND, EDDSA, {4: KID, 99: 1}),
    **{f"COSE tag {tag}": signed_by_the_office(SOUND, tag=tag) for tag in (16, 17, 61, 96, 97, 98)},
    "no tag": text_of(GOOD[1:]),
    "a CWT tag around it": text_of(b"\xd8\x3d" + GOOD),
    "a tag in two bytes": text_of(b"\xd8\x12" + GOOD[1:]),
    "an array without an end": text_of(b"\xd2\x9f" + GOOD[2:] + b"\xff"),
    "the key id twice": text_of(GOOD[:6] + b"\xa2\x04\x43" + KID + GOOD[7:]),
}


@pytest.mark.parametrize("text", OTHER_MESSAGES.values(), ids=OTHER_MESSAGES.keys())
def test_a_good_signature_does_not_help_a_message_of_another_form(text: str) -> None:
    assert read(text, KEYS, OPEN) == UNREADABLE


CBOR = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.binary(max_size=20) | st.text(max_size=10)
    | st.sampled_from([EDDSA, KID, SOUND]),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(st.integers(-9, 9) | st.text(max_size=3), inner, max_size=3)
    | st.builds(cbor2.CBORTag, st.integers(0, 300), inner),
    max_leaves=12,
)  # fmt: skip
NEARLY_A_PASS = st.builds(
    lambda *parts: cbor2.CBORTag(18, list(parts)),
    st.just(EDDSA) | CBOR, st.just({4: KID}) | CBOR, st.just(SOUND) | CBOR, st.binary(min_size=64, max_size=64) | CBOR,
)  # fmt: skip


@given(CBOR | NEARLY_A_PASS)
def test_no_structure_without_a_signature_is_believed_and_none_raises(structure: Any) -> None:
    assert isinstance(read(text_of(cbor2.dumps(structure)), KEYS, OPEN), Refusal)


@given(CBOR)
def test_whatever_the_office_signs_that_is_no_claims_is_refused_and_does_not_raise(structure: Any) -> None:
    assert isinstance(read(signed_by_the_office(cbor2.dumps(structure)), KEYS, OPEN), Refusal)


@given(st.text(max_size=300))
def test_no_text_behind_the_prefix_is_believed_and_none_raises(text: str) -> None:
    assert isinstance(read("ANJ1:" + text, KEYS, OPEN), Refusal)


def test_a_scanner_in_caps_lock_does_no_harm_and_no_other_change_of_the_text_is_taken() -> None:
    text = a_pass(booking())
    assert isinstance(read(text.swapcase(), KEYS, OPEN), BookingPass)
    assert isinstance(read(text + "\r\n", KEYS, OPEN), BookingPass)
    for other in (text + " ", " " + text, text.replace("ANJ1:", "ANJ1: "), text + text, text + "\u0130"):
        assert isinstance(read(other, KEYS, OPEN), Refusal), other


def test_expiry_is_the_second_that_was_signed_and_is_not_judged_without_a_clock() -> None:
    until = OPEN.replace(microsecond=0)
    text = a_pass(booking(), expires=until)
    assert isinstance(read(text, KEYS, until - timedelta(microseconds=1)), BookingPass)
    assert read(text, KEYS, until) == Refusal(Reason.EXPIRED)
    assert isinstance(read(text, KEYS, None), BookingPass)
    assert read(a_pass(booking(), key=OTHER_KEY, expires=until), KEYS, None) == FORGED


def test_a_key_that_is_none_leaves_the_others_as_they_are() -> None:
    good = snapshot().pass_keys
    bad = (PassKey("0a0b0c", "AAAA"), PassKey("not hex", good[0].public_key), PassKey("0a0b0d", "no base64!"))
    keys = verifying_keys((*bad, *good))
    assert set(keys) == {KID}
    assert isinstance(read(a_pass(booking()), keys, OPEN), BookingPass)


@pytest.mark.parametrize("changes", [
    {"office": "PYKPYKP"}, {"office": "pyk"}, {"office": ""},
    {"applicants": tuple(Applicant("X", f"A-{number:03}") for number in range(PARTY + 1))},
    {"applicants": (Applicant("X", "A-001"), Applicant("X", "A-003"))},
    {"applicants": (Applicant("X", "W1-001"),)},
], ids=str)  # fmt: skip
def test_a_booking_that_no_pass_can_hold_is_not_signed(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="pass"):
        a_pass(booking(1, **changes))


def five_from(first: int) -> tuple[Applicant, ...]:
    return tuple(Applicant("X***", f"Z-{first + step:03}") for step in range(PARTY))


def test_a_pass_is_under_200_characters_or_is_not_signed() -> None:
    made = booking(1, office="ABCDEF", slot=time(23, 59), applicants=five_from(995))
    text = sign_pass(made, KEY, KEY_ID, datetime(2099, 12, 31, tzinfo=UTC))
    assert len(text) < 200
    assert isinstance(read(text, KEYS, OPEN), BookingPass)
    with pytest.raises(ValueError, match="203 characters"):
        a_pass(booking(1, office="ABCDEF", applicants=five_from(999995)))


def test_a_key_with_a_foreign_letter_in_it_verifies_nothing() -> None:
    (good,) = snapshot().pass_keys
    assert len(verifying_keys([replace(good, public_key=f"*{good.public_key}")])) == 0
