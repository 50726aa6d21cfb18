"""One-time codes and kiosks' tokens."""

import hashlib
import secrets
from base64 import b64decode
from datetime import datetime, timedelta
from uuid import uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from central.database import CodeRow, KioskRow
from central.snapshot import office_snapshot
from kiosk.booking_code import CODE_ALPHABET, CODE_LENGTH, normalised_code
from kiosk.protocol import TOKEN_LEEWAY_SECONDS, Enrolled, Enrolment

CODE_VALID = timedelta(hours=24)


class NotEnrolled(Exception):
    """The code or the key is not accepted."""


class NotAllowed(Exception):
    """The kiosk is known, and revoked."""


def new_code(session: Session, name: str, now: datetime) -> str:
    """A one-time code for a kiosk of that name; only its hash is kept."""
    code = "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))
    session.add(CodeRow(hash=_hash(code), name=name, expires=now + CODE_VALID, used=False))
    return f"{code[:5]}-{code[5:]}"


def enrol(session: Session, enrolment: Enrolment, now: datetime) -> Enrolled:
    """Makes a kiosk of a code's bearer. Raises NotEnrolled for a wrong, used or expired code or a broken key."""
    row = session.get(CodeRow, _hash(normalised_code(enrolment.code) or ""))
    office = office_snapshot(session)
    if row is None or row.used or row.expires < now or office is None:
        raise NotEnrolled("the enrolment code is wrong, used or expired; ask for a new one")
    try:
        Ed25519PublicKey.from_public_bytes(b64decode(enrolment.public_key, validate=True))
    except ValueError as error:
        raise NotEnrolled("the public key is not an Ed25519 key") from error
    row.used = True
    digit = (session.scalar(select(func.max(KioskRow.digit))) or 0) + 1
    name = enrolment.name or row.name or f"Kiosk {digit}"
    kiosk = KioskRow(id=str(uuid4()), name=name, digit=digit, public_key=enrolment.public_key, revoked=False)
    session.add(kiosk)
    return Enrolled(kiosk_id=kiosk.id, name=name, digit=digit, office=office.office.id)


def kiosk_of(session: Session, token: str, now: datetime) -> KioskRow:
    """The kiosk that a token names. Raises NotEnrolled where it cannot be believed, NotAllowed for a revoked kiosk."""
    try:
        claimed = jwt.decode(token, options={"verify_signature": False}).get("sub", "")
        kiosk = session.get(KioskRow, str(claimed))
        if kiosk is None:
            raise NotEnrolled("this kiosk is not known")
        key = Ed25519PublicKey.from_public_bytes(b64decode(kiosk.public_key))
        claims = jwt.decode(
            token, key, algorithms=["EdDSA"], options={"require": ["sub", "iat", "exp"], "verify_exp": False, "verify_iat": False}
        )  # fmt: skip
    except jwt.InvalidTokenError as error:
        raise NotEnrolled("the token cannot be believed") from error
    at = now.timestamp()
    if not claims["iat"] - TOKEN_LEEWAY_SECONDS <= at <= claims["exp"] + TOKEN_LEEWAY_SECONDS:
        raise NotEnrolled("the token is of another time; set the kiosk's clock")
    if kiosk.revoked:
        raise NotAllowed("this kiosk was revoked")
    return kiosk


def _hash(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
