"""Lines of a ticket → ESC/POS bytes, the same for every connection.

The commands are python-escpos's; their meanings are in Epson's ESC/POS command reference (ESC @, ESC t, ESC a, GS !,
GS b, ESC E, GS B, ESC J, GS ( k functions 165 to 181, GS v 0, ESC d, GS V function B).
"""

import io
import textwrap
import unicodedata
from collections.abc import Sequence
from typing import Any, Literal

import qrcode
from PIL import Image

from kiosk.devices import escpos_library
from kiosk.ticket_layout import COLUMNS, Align, Code, Cut, Feed, Line, Picture, Rule, Text

BAND = 24
"""Most dot rows of a picture in one command: a print head of small memory prints them without stopping."""

DOTS_A_COLUMN = 12
_ALIGN = {Align.LEFT: "left", Align.CENTRE: "center", Align.RIGHT: "right"}
_CODE_PAGE = "CP1252"
_LEVEL_M = 1
"""Error correction of 15 %, for paper that is folded (`QR_ECLEVEL_M` of python-escpos)."""
_BYTE_MODE: Literal[4] = 4
_QUIET_ZONE = 4
"""Empty modules on each side of a QR code (ISO/IEC 18004)."""


def dots(width_mm: int) -> int:
    """Dots in a line of paper of `width_mm`, at 203 dpi."""
    return COLUMNS[width_mm] * DOTS_A_COLUMN


def encode(lines: Sequence[Line], width_mm: int) -> bytes:
    """The bytes that print `lines` on paper of `width_mm` (80 or 58). ValueError for a QR code with more than it can
    hold."""
    paper = escpos_library.load().Dummy(profile=_profile(width_mm))
    # A printer that sends status bytes unasked (GS a) would be taken for one that answers.
    paper._raw(b"\x1b@\x1da\x00")
    paper.charcode(_CODE_PAGE)
    for line in lines:
        match line:
            case Text():
                _text(paper, line, width_mm)
            case Rule():
                _picture(paper, Image.new("1", (dots(width_mm), 2), 0))
            case Code():
                _code(paper, line, width_mm)
            case Picture():
                _picture(paper, _black_and_white(line.png, dots(width_mm)))
            case Feed():
                paper.print_and_feed(line.lines)
            case Cut():
                # Function B feeds the ticket past the blade first; the paper stays held by a point until it is taken.
                paper.cut("PART", feed=False)
    return bytes(paper.output)


def module_dots(data: str, most: int, width_mm: int) -> int:
    """The largest module, up to `most` dots, with which a QR code of `data` and its quiet zone fit the paper.

    The printer chooses the version; counting every character as a byte gives the largest that it may choose.
    """
    code = qrcode.QRCode(error_correction=qrcode.ERROR_CORRECT_M)
    code.add_data(qrcode.util.QRData(data.encode(), mode=_BYTE_MODE), optimize=0)
    modules = 17 + 4 * int(code.best_fit()) + 2 * _QUIET_ZONE
    return max(1, min(most, 16, dots(width_mm) // modules))


def _profile(width_mm: int) -> Any:
    from escpos.capabilities import Profile

    profile = Profile()
    profile.profile_data = {**Profile.profile_data, "media": {"width": {"pixels": dots(width_mm)}}}
    return profile


def _text(paper: Any, line: Text, width_mm: int) -> None:
    text = _printable(line.text)
    shrunk = _shrunk(text, line.width, width_mm)
    paper.set(
        align=_ALIGN[line.align],
        bold=line.bold,
        invert=line.inverse,
        smooth=True,
        custom_size=True,
        width=line.width - shrunk,
        height=max(1, line.height - shrunk),
    )
    columns = COLUMNS[width_mm] // (line.width - shrunk)
    rows = [text] if len(text) <= columns else textwrap.wrap(text, columns, break_on_hyphens=False)
    for row in rows or [""]:
        paper.textln(row)


def _shrunk(text: str, width: int, width_mm: int) -> int:
    """How many sizes smaller the text must be so that its longest word, such as a number, is not broken."""
    longest = max((len(word) for word in text.split()), default=1)
    return max(0, width - max(1, COLUMNS[width_mm] // longest))


def _printable(text: str) -> str:
    """Letters that the code page lacks without their accents, and control characters (which would be commands) as
    spaces."""
    return "".join(_printable_character(character) for character in unicodedata.normalize("NFC", text))


def _printable_character(character: str) -> str:
    if unicodedata.category(character) == "Cc":
        return " "
    try:
        character.encode(_CODE_PAGE)
    except UnicodeEncodeError:
        plain = unicodedata.normalize("NFKD", character).encode("ascii", "ignore").decode()
        return plain or ("" if unicodedata.category(character) in ("Mn", "Cf") else "?")
    return character


def _code(paper: Any, line: Code, width_mm: int) -> None:
    paper.set(align="center", custom_size=True, width=1, height=1, bold=False, invert=False)
    size = module_dots(line.data, line.module, width_mm)
    quiet = b"\x1bJ" + bytes((_QUIET_ZONE * size,))
    paper._raw(quiet)
    paper.qr(line.data, ec=_LEVEL_M, size=size, native=True)
    paper._raw(quiet)


def _picture(paper: Any, image: Image.Image) -> None:
    paper.set(align="center", custom_size=True, width=1, height=1, bold=False, invert=False)
    paper.image(image, impl="bitImageRaster", fragment_height=BAND)


def _black_and_white(png: bytes, most: int) -> Image.Image:
    with Image.open(io.BytesIO(png)) as opened:
        picture = opened.convert("RGBA")
    paper = Image.new("RGBA", picture.size, "white")
    grey = Image.alpha_composite(paper, picture).convert("L")
    if grey.width > most:
        grey = grey.resize((most, max(1, round(grey.height * most / grey.width))), Image.Resampling.LANCZOS)
    return grey.convert("1")
