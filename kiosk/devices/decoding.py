"""The text of a QR code in a picture: zxing-cpp first, then pyzbar, then both on a picture made easier to read."""

import os
import sys
from collections.abc import Callable, Iterable
from functools import cache
from typing import TextIO

import zxingcpp
from PIL import Image, ImageFilter, ImageOps

from kiosk.event_log import SecondOpinionMissing, note

Reader = Callable[[Image.Image], str | None]

SMALL = 1000
"""Pictures with a shorter side under this many pixels are tried at twice their size as well."""


def decode(image: Image.Image, patient: bool = True) -> str | None:
    """The text of the QR code in `image`, None if none can be read.

    A picture of 640 × 480 pixels without a code takes some 15 ms, and 80 ms if `patient`: then copies that are easier
    to read are tried too.
    """
    grey = ImageOps.exif_transpose(image).convert("L")
    text = _zxing(grey) or _zbar()(grey)
    return text or (_decode_patiently(grey) if patient else None)


def decode_file(path: str | os.PathLike[str]) -> str | None:
    """The text of the QR code in a picture's file, None if none can be read; OSError if the file is not a readable
    picture."""
    with Image.open(path) as image:
        try:
            image.load()
        except (SyntaxError, ValueError) as error:
            raise OSError(f"{path} is not a readable picture: {error}") from error
        return decode(image)


def decode_images(paths: Iterable[str | os.PathLike[str]], out: TextIO) -> int:
    """Write a line for each picture: its path, a tab, and its text, or `-`. Returns 1 if a file could not be opened,
    else 0."""
    status = 0
    for path in paths:
        try:
            text = decode_file(path)
        except (OSError, Image.DecompressionBombError) as error:
            print(f"kiosk: {error}", file=sys.stderr)
            text, status = None, 1
        out.write(f"{os.fspath(path)}\t{'-' if text is None else _one_line(text)}\n")
    return status


def _one_line(text: str) -> str:
    return "".join(
        character if character.isprintable() and character != "\\" else character.encode("unicode_escape").decode()
        for character in text
    )


def _decode_patiently(grey: Image.Image) -> str | None:
    """Enlarged (small or faint codes), sharpened (blur), smoothed (cracks); each for the reader that gains by it."""
    eased = ImageOps.autocontrast(grey, cutoff=2)
    if min(grey.size) < SMALL:
        eased = eased.resize((grey.width * 2, grey.height * 2), Image.Resampling.BICUBIC)
    if text := _zxing(eased) or _zxing(eased.filter(ImageFilter.UnsharpMask(radius=6, percent=200, threshold=0))):
        return text
    return _zbar()(grey.filter(ImageFilter.MedianFilter(3)))


def _zxing(image: Image.Image) -> str | None:
    found = zxingcpp.read_barcodes(
        image,
        formats=zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode]),
        text_mode=zxingcpp.TextMode.Plain,
        try_rotate=True,
        try_downscale=True,
    )
    return next((barcode.text for barcode in found if barcode.text), None)


@cache
def _zbar() -> Reader:
    try:
        from pyzbar.pyzbar import ZBarSymbol
        from pyzbar.pyzbar import decode as read
    except ImportError:
        note(SecondOpinionMissing())
        return lambda image: None

    def second_opinion(image: Image.Image) -> str | None:
        found = read(image, symbols=[ZBarSymbol.QRCODE])
        return next((symbol.data.decode("utf-8", "replace") for symbol in found if symbol.data), None)

    return second_opinion
