"""The bytes of a ticket → a picture of the paper, dot for dot at 203 dpi."""

from functools import lru_cache
from importlib.resources import files
from io import BytesIO

import qrcode
from PIL import Image, ImageDraw, ImageFont

from kiosk.devices.escpos_parsing import Command, parse
from kiosk.ticket_layout import COLUMNS

_CELL = (12, 24)
_LINE = 30
_FEED_TO_CUTTER = 72
_MARGIN = 32
"""Empty paper on each side, in dots: 4 mm."""

_PAPER, _INK = (250, 248, 243), (38, 36, 40)
_CODE_PAGES = {0: "cp437", 2: "cp850", 16: "cp1252", 19: "cp858"}
_LEVELS = {
    48: qrcode.ERROR_CORRECT_L,
    49: qrcode.ERROR_CORRECT_M,
    50: qrcode.ERROR_CORRECT_Q,
    51: qrcode.ERROR_CORRECT_H,
}


def picture(ticket: bytes, width_mm: int) -> Image.Image:
    """The paper (RGB) that `ticket` prints on paper of `width_mm`, with its margins and its cut edges."""
    printed = _Roll(COLUMNS[width_mm] * _CELL[0]).print(parse(ticket))
    paper = Image.new("RGB", (printed.width + 2 * _MARGIN, printed.height + 2 * _MARGIN), _PAPER)
    paper.paste(_INK, (_MARGIN, _MARGIN), printed)
    edge = ImageDraw.Draw(paper)
    for left in range(0, paper.width, 8):
        for y, tip in ((0, 4), (paper.height - 1, paper.height - 5)):
            edge.polygon([(left, y), (left + 8, y), (left + 4, tip)], fill=(196, 196, 200))
    return paper


class _Roll:
    """Paper that grows by strips; ink is 255 in pictures of mode L."""

    def __init__(self, dots: int) -> None:
        self._dots = dots
        self._strips: list[Image.Image] = []
        self._row: list[Image.Image] = []
        self._code = (b"", 3, qrcode.ERROR_CORRECT_L)
        self._reset()

    def _reset(self) -> None:
        self._align = 0
        self._size = (1, 1)
        self._bold = self._inverse = self._smooth = False
        self._code_page = "cp437"

    def print(self, commands: list[Command]) -> Image.Image:
        for command in commands:
            self._carry_out(command)
        self._end_row()
        whole = Image.new("L", (self._dots, sum(strip.height for strip in self._strips)))
        top = 0
        for strip in self._strips:
            whole.paste(strip, (0, top))
            top += strip.height
        return whole

    def _carry_out(self, command: Command) -> None:
        first = command.arguments[0] if command.arguments else 0
        match command.name:
            case b"":
                self._write(command.arguments.decode(self._code_page, "replace"))
            case b"\n":
                self._end_row(always=True)
            case b"\x1b@":
                self._reset()
            case b"\x1bt":
                self._code_page = _CODE_PAGES.get(first, "cp437")
            case b"\x1ba":
                self._align = first % 48
            case b"\x1bE":
                self._bold = bool(first & 1)
            case b"\x1d!":
                self._size = ((first >> 4 & 7) + 1, (first & 7) + 1)
            case b"\x1dB":
                self._inverse = bool(first & 1)
            case b"\x1db":
                self._smooth = bool(first & 1)
            case b"\x1bd":
                self._end_row()
                self._feed(first * _LINE)
            case b"\x1bJ":
                self._end_row()
                self._feed(first)
            case b"\x1dv0":
                self._raster(command.arguments)
            case b"\x1d(k":
                self._qr(command.arguments[2:])
            case b"\x1dV":
                self._end_row()
                self._feed(_FEED_TO_CUTTER)

    def _write(self, text: str) -> None:
        width, height = self._size
        # Smoothing begins at four times the size (Epson ESC/POS command reference, GS b).
        drawn_at = min(self._size) if self._smooth and min(self._size) >= 4 else 1
        for character in text:
            cell = _glyph(character, self._bold, drawn_at)
            if self._inverse:
                cell = cell.point(lambda ink: 255 - ink)
            if sum(done.width for done in self._row) + _CELL[0] * width > self._dots:
                self._end_row()
            self._row.append(cell.resize((_CELL[0] * width, _CELL[1] * height), Image.Resampling.NEAREST))

    def _end_row(self, always: bool = False) -> None:
        if not self._row:
            if always:
                self._feed(_LINE)
            return
        height = max(cell.height for cell in self._row)
        row = Image.new("L", (sum(cell.width for cell in self._row), max(height, _LINE)))
        left = 0
        for cell in self._row:
            row.paste(cell, (left, height - cell.height))
            left += cell.width
        self._row.clear()
        self._place(row)

    def _place(self, printed: Image.Image) -> None:
        free = self._dots - printed.width
        strip = Image.new("L", (self._dots, printed.height))
        strip.paste(printed, ((0, free // 2, free)[self._align], 0))
        self._strips.append(strip)

    def _feed(self, dots: int) -> None:
        self._strips.append(Image.new("L", (self._dots, dots)))

    def _raster(self, arguments: bytes) -> None:
        size = (int.from_bytes(arguments[1:3], "little") * 8, int.from_bytes(arguments[3:5], "little"))
        self._end_row()
        self._place(Image.frombytes("1", size, arguments[5:]).convert("L"))

    def _qr(self, arguments: bytes) -> None:
        """GS ( k for QR codes: functions 167 (module), 169 (level), 180 (store), 181 (print)."""
        data, module, level = self._code
        function, value = arguments[1], arguments[2:]
        if function == 67:
            self._code = (data, value[0], level)
        elif function == 69:
            self._code = (data, module, _LEVELS[value[0]])
        elif function == 80:
            self._code = (value[1:], module, level)
        elif function == 81:
            code = qrcode.QRCode(error_correction=level, box_size=1, border=0)
            code.add_data(data)
            rows = code.get_matrix()
            symbol = Image.new("L", (len(rows), len(rows)))
            symbol.putdata([255 * dark for row in rows for dark in row])
            self._end_row()
            self._place(symbol.resize((symbol.width * module, symbol.height * module), Image.Resampling.NEAREST))


@lru_cache(maxsize=512)
def _glyph(character: str, bold: bool, scale: int) -> Image.Image:
    cell = Image.new("L", (_CELL[0] * scale, _CELL[1] * scale))
    drawn = ImageDraw.Draw(cell)
    for shift in range(scale + 1 if bold else 1):
        drawn.text((shift, 0), character, fill=255, font=_font(scale))
    return cell.point(lambda ink: 255 * (ink > 110))


@lru_cache(maxsize=8)
def _font(scale: int) -> ImageFont.FreeTypeFont:
    """DejaVu Sans Mono (free licence), which python-escpos's bar code library brings on every machine."""
    font = (files("barcode") / "fonts" / "DejaVuSansMono.ttf").read_bytes()
    return ImageFont.truetype(BytesIO(font), 20 * scale, layout_engine=ImageFont.Layout.BASIC)
