"""The eyes of bench/emulated_usb.py; the bench itself takes an image and a quarter of an hour."""

from emulated_usb import BESIDE_DEVICE, FONT, number_in, rows
from PIL import Image, ImageDraw, ImageFont

PAPER, CARD, INK = "#F5F7FB", "#FFFFFF", "#0B1F3A"


def page() -> tuple[Image.Image, ImageDraw.ImageDraw]:
    picture = Image.new("RGB", (1080, 1920), PAPER)
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 0, 1080, 98), fill=INK)
    return picture, draw


def test_the_number_that_a_technician_is_to_answer_is_read_off_the_screen() -> None:
    for number in ("042917", "385610", "111777"):
        picture, draw = page()
        draw.text((300, 330), "Ketik kode", font=ImageFont.truetype(str(FONT), 60), fill=INK)
        draw.text((260, 430), f"{number[:3]} {number[3:]}", font=ImageFont.truetype(str(FONT), 120), fill=INK)
        assert number_in(picture) == number


def test_buttons_are_told_from_the_page_that_they_lie_on() -> None:
    picture, draw = page()
    assert rows(picture, BESIDE_DEVICE) == []
    for top in (1000, 1200):
        draw.rectangle((40, top, 1040, top + 96), fill=CARD, outline=INK)
    assert [round(each, 2) for each in rows(picture, BESIDE_DEVICE)] == [0.55, 0.65]
