"""A booking as pictures: its QR code, and a card of a wallet's size to keep on the phone or print."""

from dataclasses import dataclass
from datetime import date, time
from io import BytesIO
from pathlib import Path

import qrcode
import reportlab
from PIL import Image, ImageDraw, ImageFont
from qrcode.constants import ERROR_CORRECT_M
from qrcode.image.svg import SvgPathImage

from central.booking.dates import day_words
from central.languages import LANGUAGES
from kiosk.model import Language

FONTS = Path(reportlab.__file__).parent / "fonts"
"""Bitstream Vera, which Pillow's own font is no match for: that one has not even a dash."""
CARD = (1011, 638)
"""ISO/IEC 7810 ID-1, 85.6 × 54 mm, at 300 dots per inch."""
DOTS_PER_INCH = 300
MARGIN = 40
QR_SIDE = 470
BOLD_FROM, SMALLEST = 38, 14
NAVY, INK, SOFT, PAPER = "#12284b", "#14213a", "#4c5870", "#ffffff"


@dataclass(frozen=True)
class Wallet:
    """What the card shows."""

    office: str
    service: str
    numbers: tuple[str, ...]
    day: date
    start: time
    code: str
    pass_text: str


def _code(text: str) -> "qrcode.QRCode[SvgPathImage]":
    # Unsplit, a pass is alphanumeric as a whole, and so at most of version 8.
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, box_size=10, border=4, image_factory=SvgPathImage)
    code.add_data(text, optimize=0)
    code.make(fit=True)
    return code


def qr_svg(text: str) -> bytes:
    """The text's QR code (level M, with its quiet zone of four modules) as SVG."""
    written = BytesIO()
    _code(text).make_image().save(written)
    return written.getvalue()


def qr_png(text: str) -> bytes:
    """The same as PNG, 12 dots a module."""
    return _png(_qr_picture(text, 12))


def _qr_picture(text: str, dots: int) -> Image.Image:
    modules = _code(text).get_matrix()
    side = len(modules)
    picture = Image.new("1", (side, side), 1)
    picture.putdata([0 if dark else 1 for row in modules for dark in row])
    return picture.resize((side * dots, side * dots), Image.Resampling.NEAREST)


def wallet_png(wallet: Wallet, language: Language, words: dict[str, str]) -> bytes:
    """The card as PNG; `words` are the booking site's in that language."""
    card = Image.new("RGB", CARD, PAPER)
    draw = ImageDraw.Draw(card)
    draw.rectangle((0, 0, CARD[0], 96), NAVY)
    _line(draw, (MARGIN, 62), wallet.office, 38, PAPER, CARD[0] - 2 * MARGIN)
    left, right = MARGIN, CARD[0] - QR_SIDE - MARGIN
    width = right - left
    first, last = wallet.numbers[0], wallet.numbers[-1]
    number = first if first == last else f"{first} – {last.rpartition('-')[2]}"
    _line(draw, (left, 150), words["number"], 28, SOFT, width)
    _line(draw, (left, 245), number, 92, INK, width)
    _line(draw, (left, 320), day_words(words).long(wallet.day), 36, INK, width)
    _line(draw, (left, 398), wallet.start.strftime(LANGUAGES[language].time), 64, INK, width)
    _line(draw, (left, 460), wallet.service, 32, INK, width)
    _line(draw, (left, 530), words["typing_code"], 26, SOFT, width)
    _line(draw, (left, 588), f"{wallet.code[:5]}-{wallet.code[5:]}", 48, INK, width)
    picture = _qr_picture(wallet.pass_text, 1)
    dots = QR_SIDE // picture.width
    card.paste(picture.resize((picture.width * dots,) * 2, Image.Resampling.NEAREST), (right, 130))
    return _png(card)


def _line(draw: ImageDraw.ImageDraw, at: tuple[int, int], text: str, size: int, colour: str, width: int) -> None:
    """A line of text above a point of its baseline, made smaller until it fits into `width`."""
    name = "VeraBd.ttf" if size >= BOLD_FROM else "Vera.ttf"
    font = ImageFont.truetype(FONTS / name, size)
    while size > SMALLEST and draw.textlength(text, font=font) > width:
        size -= 1
        font = ImageFont.truetype(FONTS / name, size)
    draw.text(at, text, fill=colour, font=font, anchor="ls")


def _png(picture: Image.Image) -> bytes:
    written = BytesIO()
    picture.save(written, "PNG", dpi=(DOTS_PER_INCH, DOTS_PER_INCH), optimize=True)
    return written.getvalue()
