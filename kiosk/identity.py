"""Who this kiosk is: what its enrolment gave it, and the Ed25519 key that never leaves it.

Two files in the data folder: `kiosk.key` (PEM, PKCS #8, readable by its owner alone) and `identity.json`.
"""

from base64 import b64encode
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from pydantic import ValidationError

from kiosk.durable_file import sync, write_private
from kiosk.errors import ConfigError
from kiosk.protocol import TOKEN_SECONDS, Enrolled, check_text

KEY_FILE = "kiosk.key"
IDENTITY_FILE = "identity.json"
ENROL_AGAIN = "enrol this kiosk with kiosk-provision enrol"


class _Kept(Enrolled):
    """identity.json: the enrolment, and the public half of the key that it was made with."""

    public_key: str


@dataclass(frozen=True)
class Identity:
    """An enrolled kiosk. `digit` is its first walk-in series, `office` is its office's id."""

    kiosk_id: UUID
    name: str
    digit: int
    office: str
    key: Ed25519PrivateKey = field(repr=False)

    @classmethod
    def create(cls, folder: Path, enrolled: Enrolled, key: Ed25519PrivateKey) -> "Identity":
        """Writes both files so that they survive a power cut, in the place of any earlier identity.

        Raises ConfigError if they cannot be written.
        """
        # Whether it is approved changes, and is the server's to say.
        kept = _Kept(**enrolled.model_dump(exclude={"approved"}), public_key=public_key_text(key))
        text = kept.model_dump_json(indent=2, exclude={"approved"})
        try:
            folder.mkdir(parents=True, exist_ok=True)
            write_private(folder / KEY_FILE, _pem(key))
            write_private(folder / IDENTITY_FILE, text.encode() + b"\n")
        except OSError as error:
            raise ConfigError([f"[data] dir: {folder} cannot be written: {error.strerror}"]) from error
        return cls._of(kept, key)

    @classmethod
    def load(cls, folder: Path) -> "Identity":
        """The identity written by `create`. Raises ConfigError if there is none or it cannot be trusted."""
        identity_file, key_file = folder / IDENTITY_FILE, folder / KEY_FILE
        try:
            kept = _Kept.model_validate_json(_read(identity_file))
        except ValidationError:
            raise ConfigError([f"{identity_file} is broken; {ENROL_AGAIN}"]) from None
        key = _key(key_file)
        if public_key_text(key) != kept.public_key:
            raise ConfigError([f"{key_file} and {identity_file} do not belong together; {ENROL_AGAIN}"])
        return cls._of(kept, key)

    @classmethod
    def _of(cls, kept: _Kept, key: Ed25519PrivateKey) -> "Identity":
        return cls(kiosk_id=kept.kiosk_id, name=kept.name, digit=kept.digit, office=kept.office, key=key)

    @property
    def check_text(self) -> str:
        """What an officer compares before the kiosk is approved."""
        return check_text(public_key_text(self.key))

    def token(self, now: datetime) -> str:
        """A bearer token valid for TOKEN_SECONDS from `now` (UTC): a JWT (RFC 7519) signed with EdDSA (RFC 8037)."""
        claims = {"sub": str(self.kiosk_id), "iat": now, "exp": now + timedelta(seconds=TOKEN_SECONDS)}
        return jwt.encode(claims, self.key, algorithm="EdDSA")


def enrolment_key(folder: Path) -> Ed25519PrivateKey:
    """The key to enrol with, on the disk before it is used: that of a try whose answer was lost, or else a new one.
    Raises ConfigError if it cannot be written.
    """
    with suppress(ConfigError):
        return _key(folder / KEY_FILE)
    key = Ed25519PrivateKey.generate()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_private(folder / KEY_FILE, _pem(key))
    except OSError as error:
        raise ConfigError([f"[data] dir: {folder} cannot be written: {error.strerror}"]) from error
    return key


def forget(folder: Path) -> None:
    """Takes away who a kiosk is, where it is none: the next enrolment is that of another key. Raises OSError."""
    for name in (IDENTITY_FILE, KEY_FILE):
        (folder / name).unlink(missing_ok=True)
        sync(folder)


def public_key_text(key: Ed25519PrivateKey) -> str:
    """The public half as an Enrolment carries it: 32 bytes, base64."""
    return b64encode(key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()


def _pem(key: Ed25519PrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _key(file: Path) -> Ed25519PrivateKey:
    pem = _read(file)
    if file.stat().st_mode & 0o077:
        raise ConfigError([f"{file} can be read by others, so the key may be known to them; {ENROL_AGAIN}"])
    try:
        key = load_pem_private_key(pem, password=None)
    except (ValueError, TypeError):
        raise ConfigError([f"{file} is broken; {ENROL_AGAIN}"]) from None
    if not isinstance(key, Ed25519PrivateKey):
        raise ConfigError([f"{file} holds a key of another kind; {ENROL_AGAIN}"])
    return key


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except FileNotFoundError:
        raise ConfigError([f"{file} is missing; {ENROL_AGAIN}"]) from None
    except OSError as error:
        raise ConfigError(
            [f"{file} cannot be read: {error.strerror}; give it to the user that the kiosk runs as"]
        ) from error
