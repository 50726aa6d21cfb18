"""The contrast of two colours, held against figures of WCAG 2.2 that others published."""

import pytest

from kiosk.theme import colour, contrast

WHITE, BLACK = colour("FFFFFF"), colour("000000")


def test_a_colour_is_read_from_its_hex_code_and_is_opaque() -> None:
    assert colour("FF0080") == (1.0, 0.0, 128 / 255, 1.0)


@pytest.mark.parametrize(
    ("code", "with_white"),
    [
        ("000000", 21.0),
        ("FFFFFF", 1.0),
        ("777777", 4.48),  # the known grey that just misses 4.5
        ("767676", 4.54),  # and the one that just has it
        ("FF0000", 4.00),
        ("00FF00", 1.37),
        ("0000FF", 8.59),
        ("0A0A0A", 19.80),  # below the bend of the sRGB curve
    ],
)
def test_the_contrast_with_white_is_the_published_one_whichever_comes_first(code: str, with_white: float) -> None:
    assert contrast(colour(code), WHITE) == pytest.approx(with_white, abs=0.005)
    assert contrast(WHITE, colour(code)) == contrast(colour(code), WHITE)


def test_black_on_black_cannot_be_read() -> None:
    assert contrast(BLACK, BLACK) == 1.0


def test_a_dark_part_is_on_the_straight_piece_of_the_curve() -> None:
    # 0x0A / 255 / 12.92 = 0.003035: (0.003035 + 0.05) / 0.05.
    assert contrast(colour("0A0A0A"), BLACK) == pytest.approx(1.0607, abs=0.0001)
