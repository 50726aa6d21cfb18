"""Hashes and seals that nobody can make or try out without the data folder's key.

The key lies in `booking-key` (0600) in the data folder. With another key what was hashed before is recognised no more:
limits begin anew, and who was signed in to a booking types its code again.
"""

import hmac
import secrets
from datetime import datetime
from pathlib import Path

import jwt
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from kiosk.durable_file import write_private

KEY_BYTES = 32


class Keyed:
    """The key of a data folder, made if the folder holds none. Raises OSError for a file that is not such a key."""

    def __init__(self, folder: Path) -> None:
        file = folder / "booking-key"
        if not file.exists():
            write_private(file, secrets.token_bytes(KEY_BYTES))
        # Read each time: of two processes that made one at once, the last one's is the key.
        self._key = file.read_bytes()
        if len(self._key) != KEY_BYTES:
            raise OSError(f"{file} is not a key of {KEY_BYTES} bytes; put it aside, and a new one is made")

    def hash(self, kind: str, office: str, text: str) -> str:
        """HMAC-SHA-256 of a text of that kind at that office, the first 128 bits in hex."""
        return hmac.digest(self._key, f"{kind}\0{office}\0{text}".encode(), "sha256").hex()[:32]

    def derived(self, purpose: str, length: int) -> bytes:
        """A key for one purpose alone (HKDF, RFC 5869): nothing follows from it of another purpose's."""
        return HKDF(SHA256(), length, salt=None, info=purpose.encode()).derive(self._key)

    def seal(self, booking: str, until: datetime) -> str:
        """What a browser holds to be known as the one of this booking until then (UTC): a JWT (HS256)."""
        return jwt.encode({"sub": booking, "exp": until.timestamp()}, self._key, "HS256")

    def opened(self, sealed: str, now: datetime) -> str | None:
        """The booking of a seal made here that is not over at `now` (UTC)."""
        try:
            claims = jwt.decode(sealed, self._key, ["HS256"], options={"verify_exp": False, "require": ["sub", "exp"]})
        except jwt.PyJWTError:
            return None
        return str(claims["sub"]) if claims["exp"] > now.timestamp() else None
