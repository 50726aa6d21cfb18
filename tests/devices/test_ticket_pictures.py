"""Tickets rendered from the sent bytes, against the golden pictures in `golden/`.

To renew them after a wanted change: `RENEW_GOLDEN=1 pytest tests/devices/test_ticket_pictures.py`, then look at every
picture.
"""

import io
import os
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageDraw

from kiosk.devices.decoding import decode
from kiosk.devices.escpos_encoding import encode
from kiosk.devices.ticket_picture import picture
from kiosk.ticket_layout import Align, Code, Cut, Feed, Line, Picture, Rule, Text

GOLDEN = Path(__file__).parent / "golden"
TOLERANCE = 0.005
"""Share of dots that may differ: versions of the font's renderer draw some edges by a dot differently."""

ADDRESS = "https://kiosk.example/t/0190a1b2-7c3d-5e4f-8a9b-0c1d2e3f4a5b"


def letterhead() -> bytes:
    drawn = Image.new("L", (240, 90), 255)
    pen = ImageDraw.Draw(drawn)
    pen.ellipse((5, 5, 84, 84), outline=0, width=6)
    pen.polygon([(45, 18), (70, 66), (20, 66)], fill=0)
    for shade in range(130):
        pen.line((100 + shade, 20, 100 + shade, 70), fill=shade * 2)
    png = io.BytesIO()
    drawn.save(png, "PNG")
    return png.getvalue()


def a_booking() -> list[Line]:
    return [
        Picture(letterhead()),
        Text("Kantor Imigrasi Kelas II Non TPI Payakumbuh", bold=True),
        Rule(),
        Text("Nomor antrean / Your number"),
        Text("A-014", width=6, height=6, bold=True),
        Text("S*** R*******", height=2),
        Text("Paspor baru – janji temu 08.30", Align.LEFT),
        Text("Tunggu dipanggil di layar. Please wait for the call on the display.", Align.LEFT),
        Text("24-11-2026 08.12", Align.RIGHT),
        Code(ADDRESS),
        Text("Layar antrean di ponsel Anda"),
        Feed(1),
        Cut(),
    ]


def a_reprint() -> list[Line]:
    return [Text(" CETAK ULANG ", inverse=True, width=2, height=2), Text("W1-007", width=8, height=8), Feed(), Cut()]


@pytest.mark.parametrize("width_mm", [80, 58])
@pytest.mark.parametrize("lines", [a_booking, a_reprint])
def test_a_ticket_looks_as_it_should(lines, width_mm):
    golden = GOLDEN / f"{lines.__name__}_{width_mm}mm.png"
    paper = picture(encode(lines(), width_mm), width_mm)
    if os.environ.get("RENEW_GOLDEN"):
        paper.save(golden, optimize=True)
    with Image.open(golden) as expected:
        assert paper.size == expected.size
        different = (
            ImageChops.difference(paper, expected.convert("RGB")).convert("L").point(lambda level: 255 * (level > 32))
        )
    share = different.histogram()[255] / (paper.width * paper.height)
    assert share <= TOLERANCE, f"{share:.2%} of the dots differ from {golden}"


@pytest.mark.parametrize("width_mm", [80, 58])
def test_the_code_on_the_paper_can_be_read(width_mm):
    assert decode(picture(encode(a_booking(), width_mm), width_mm)) == ADDRESS
