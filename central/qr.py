"""A QR code within a page, for a scanner that is held to the screen."""

import qrcode
from qrcode.image.svg import SvgPathImage


def qr_element(text: str) -> str:
    """The QR code of a text, with its quiet zone of four modules (ISO/IEC 18004, 5.3.8), as an SVG element."""
    return str(qrcode.make(text, image_factory=SvgPathImage, border=4).to_string(encoding="unicode"))
