import pytest

from kiosk.comment import without_numbers


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("NIK saya 1375014711470047, tolong", "NIK saya …, tolong"),
        ("1375 0147 1147 0047", "…"),
        ("wa 0812-4711-4711 ya", "wa … ya"),
        ("+62 812.4711.4711", "…"),
        ("paspor X4711471 hilang", "paspor … hilang"),
        ("paspor x 4711471.", "paspor …."),
        ("0812, 3456, 7890", "…"),
        ("0812  3456  7890", "…"),
        ("081,234,567,890", "…"),
        ("b 1234 567", "…"),
    ],
)
def test_what_names_a_person_is_blotted_out(written: str, kept: str) -> None:
    assert without_numbers(written) == kept


@pytest.mark.parametrize(
    "text",
    [
        "A-014 menunggu 2 jam",
        "24-11-2026 pukul 08.30",
        "antre 1, 2, 3 jam\n2024 2025",
        "bayar Rp 1.000.000",
        "rp650000",
        "loket 3, 4 dan 5",
        "12345678",
    ],
)
def test_dates_fees_times_and_tickets_stay(text: str) -> None:
    assert without_numbers(text) == text
