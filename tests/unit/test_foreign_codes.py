import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.foreign_codes import FORMATS, reference_in

GOOD = "https://daftar.example/r?no=202611240000018"


def test_an_address_of_another_system_holds_its_registration_number() -> None:
    assert reference_in(GOOD, ["nusantara"]) == "202611240000018"
    assert reference_in(f"{GOOD}&lang=id\r\n", ["unknown", "nusantara"]) == "202611240000018"


def test_a_format_that_the_office_does_not_name_is_not_read() -> None:
    assert reference_in(GOOD, []) is None
    assert reference_in(GOOD, ["a format of next year"]) is None


@pytest.mark.parametrize(
    "text",
    [
        "https://daftar.example/r?no=202611240000019",
        "https://daftar.example/r?no=20261124000001",
        "https://daftar.example.evil.example/r?no=202611240000018",
        "https://daftar.example/r?no=202611240000018/../../x",
        "https://daftar.example/r?no=202611240000018&x=<script>",
        "http://daftar.example/r?no=202611240000018",
        "https://daftarXexample/r?no=202611240000018",
        "https://daftar.example/r?no=\u0662\u0660\u0662611240000018",
        GOOD + "&a=" + "a" * 400,
        GOOD + "\n" + GOOD,
        "",
    ],
)
def test_what_is_only_nearly_such_an_address_is_not_read(text: str) -> None:
    assert reference_in(text, FORMATS) is None


@given(st.text() | st.from_regex(r"https://daftar\.example/r\?no=[0-9]{14,16}.*"))
def test_no_text_makes_a_format_raise_or_give_anything_but_15_digits(text: str) -> None:
    found = reference_in(text, FORMATS)
    assert found is None or (len(found) == 15 and found.isdecimal())
