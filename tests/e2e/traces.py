"""Looks for planted data in bytes, in files and in the words of a screen, in every form that a program may give it."""

import base64
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import quote

SHORT = 6
"""Shorter data is looked for where it stands alone only: four digits are in any long row of hexadecimal ones."""


def forms(text: str) -> list[bytes]:
    """The text in UTF-8 and UTF-16, hexadecimal, percent-encoded, and in base64 at each of its three alignments."""
    plain = text.encode()
    whole = [text.encode("utf-16-le"), plain.hex().encode(), quote(text).encode(), text.replace(" ", "").encode()]
    return [plain, *whole, *(_base64_after(shift, plain) for shift in range(3))]


def _base64_after(before: int, plain: bytes) -> bytes:
    """The characters that these bytes alone decide, where `before` bytes stand before them (RFC 4648: 6 bits each)."""
    first, after_last = -(-before * 8 // 6), (before + len(plain)) * 8 // 6
    return base64.b64encode(b" " * before + plain)[first:after_last]


def is_in(text: str, content: bytes) -> bool:
    """Whether the content holds the text in any form, in capitals or not."""
    small = content.lower()
    if len(text) < SHORT:
        return _stands_alone(text.encode(), small)
    return any(form.lower() in small for form in forms(text))


def _stands_alone(text: bytes, content: bytes) -> bool:
    place = content.find(text)
    while place >= 0:
        around = content[max(0, place - 1) : place], content[place + len(text) : place + len(text) + 1]
        if not any(each.isalnum() or each in (b"-", b"_") for each in around):
            return True
        place = content.find(text, place + 1)
    return False


def is_in_files(text: str, folder: Path, leave_out: Iterable[Path] = ()) -> bool:
    """Whether any file under a folder holds the text, or bears it in its name."""
    left_out = set(leave_out)
    return any(
        is_in(text, str(file.relative_to(folder)).encode() + b"\n" + file.read_bytes())
        for file in folder.rglob("*")
        if file.is_file() and not left_out & {file, *file.parents}
    )


def is_in_words(text: str, words: Iterable[str]) -> bool:
    """Whether a screen shows the text, however it is grouped."""
    return any(_plain(text) in _plain(each) for each in words)


def _plain(text: str) -> str:
    return "".join(text.split()).casefold()
