"""The pictures beside the words: glyphs of Material Design Icons by Pictogrammers (Apache-2.0), cut to those used
here: `kiosk/fonts/icons.ttf`.
"""

from enum import StrEnum
from pathlib import Path

FONT = str(Path(__file__).parent.parent / "fonts" / "icons.ttf")


class Icon(StrEnum):
    """Each by what it stands for here."""

    TYPE = "\U000f097b"
    TICKET = "\U000f0913"
    INFORMATION = "\U000f02fd"
    QUEUE = "\U000f027b"
    RATE = "\U000f04d2"
    BACK = "\U000f004d"
    HOME = "\U000f06a1"
    CLOSE = "\U000f0156"
    STAFF = "\U000f0d70"
    TEXT_SIZE = "\U000f027f"
    CONTRAST = "\U000f0197"
    REACH = "\U000f05a4"
    SOUND = "\U000f057e"
    YES = "\U000f012c"
    PRINT = "\U000f1786"
    MORE = "\U000f0140"
    LESS = "\U000f0143"
    DELETE = "\U000f0b5c"
    SEND = "\U000f048a"
    WARNING = "\U000f002a"
    DOCUMENT = "\U000f09ee"
    CLOCK = "\U000f0150"
    ELDERLY = "\U000f1581"
    PREGNANT = "\U000f05cf"
    CHILD = "\U000f068f"
    ANNOUNCEMENT = "\U000f0b23"
    SKIP = "\U000f04ad"
    COMPLAINT = "\U000f0a04"
    SEARCH = "\U000f0349"
    HERE = "\U000f0be2"
    NEXT = "\U000f0054"
    GLAD = "\U000f01f5"
    LANGUAGE = "\U000f059f"
