"""One-time codes and kiosks' tokens."""

import hashlib
import secrets
from base64 import b64decode
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import select
from sqlalchemy.orm import Session

from central.database import CodeRow, KioskRow
from central.epochs import NoSeriesLeft, next_digit
from central.snapshot import office_snapshot
from kiosk.booking_code import CODE_ALPHABET, CODE_LENGTH, normalised_code
from kiosk.protocol import TOKEN_LEEWAY_SECONDS, TOKEN_SECONDS, Enrolled, Enrolment, Unserved

CODE_VALID = timedelta(hours=24)


class NotEnrolled(Exception):
    """The code or the key is not accepted."""


class NotServed(Exception):
    """The kiosk is known, and is told nothing; `type` says why."""

    def __init__(self, type_: Unserved, message: str) -> None:
        super().__init__(message)
        self.type = type_


def new_code(session: Session, office: str, name: str, now: datetime, officer: str, approved: bool = False) -> str:
    """A one-time code for a kiosk of that name in an office, which has to be approved unless the code says that it is;
    only the code's hash is kept.
    """
    code = "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))
    row = CodeRow(hash=_hash(code), office=office, name=name, expires=now + CODE_VALID, used=False)
    row.officer, row.approved = officer, approved
    session.add(row)
    return f"{code[:5]}-{code[5:]}"


def enrol(session: Session, enrolment: Enrolment, now: datetime) -> Enrolled:
    """Makes a kiosk of a code's bearer; asked again for the same code with the same key, it is the same one. Raises
    NotEnrolled for a wrong, used or expired code or a broken key.
    """
    row = session.get(CodeRow, _hash(normalised_code(enrolment.code) or ""))
    made = session.get(KioskRow, row.kiosk) if row and row.kiosk else None
    if made and made.public_key == enrolment.public_key and not made.revoked:
        return _enrolled(made)
    if row is None or row.used or row.expires < now:
        raise NotEnrolled("the enrolment code is wrong, used or expired; ask for a new one")
    office = office_snapshot(session, row.office)
    if office is None:
        raise NotEnrolled("no office is loaded on the central server yet; load one first")
    if _public_key(enrolment.public_key) is None:
        raise NotEnrolled("the public key is not an Ed25519 key")
    # Each kiosk has a digit of its own, for good: two series of walk-in numbers are never mixed up.
    try:
        digit = next_digit(session, row.office)
    except NoSeriesLeft as error:
        raise NotEnrolled(str(error)) from error
    _end_former(session, row.office, enrolment.public_key)
    name = enrolment.name.strip()[:40] or row.name or f"Kiosk {digit}"
    kiosk = KioskRow(
        id=str(uuid4()), office=row.office, name=name, digit=digit, public_key=enrolment.public_key, revoked=False,
        approved=row.approved, enrolled_at=now, code_by=row.officer,
    )  # fmt: skip
    session.add(kiosk)
    row.used, row.kiosk = True, kiosk.id
    return _enrolled(kiosk)


def _enrolled(kiosk: KioskRow) -> Enrolled:
    return Enrolled(
        kiosk_id=UUID(kiosk.id), name=kiosk.name, digit=kiosk.digit, office=kiosk.office, approved=kiosk.approved
    )


def _end_former(session: Session, office: str, public_key: str) -> None:
    """Who lost the answer and comes with another code is waited for once."""
    of_key = select(KioskRow).where(KioskRow.office == office, KioskRow.public_key == public_key)
    for each in session.scalars(of_key):
        each.revoked = each.revoked or each.waits


def kiosk_of(session: Session, token: str, now: datetime) -> KioskRow:
    """The kiosk that a token names. Raises NotEnrolled where it cannot be believed, NotServed for a kiosk that is
    revoked or not approved.
    """
    kiosk = session.get(KioskRow, _subject(token))
    key = _public_key(kiosk.public_key) if kiosk else None
    if kiosk is None or key is None:
        raise NotEnrolled("this kiosk is not known")
    # Time is checked here, because the clock is the caller's.
    options: Any = {"require": ["sub", "iat", "exp"], "verify_exp": False, "verify_iat": False, "verify_nbf": False}
    try:
        claims = jwt.decode(token, key, algorithms=["EdDSA"], options=options)
        issued, expires = float(claims["iat"]), float(claims["exp"])
    except (jwt.InvalidTokenError, TypeError, ValueError, OverflowError) as error:
        raise NotEnrolled("the token cannot be believed") from error
    at = now.timestamp()
    in_time = issued - TOKEN_LEEWAY_SECONDS <= at <= expires + TOKEN_LEEWAY_SECONDS
    if not in_time or expires - issued > TOKEN_SECONDS:
        raise NotEnrolled("the token is of another time; set the kiosk's clock")
    if kiosk.revoked:
        told = "this kiosk was revoked" if kiosk.approved else "this kiosk was not approved"
        raise NotServed(Unserved.REVOKED, told)
    if not kiosk.approved:
        raise NotServed(Unserved.WAITING, "this kiosk waits for its approval on the page of the fleet")
    return kiosk


def _subject(token: str) -> str:
    """The id that the token claims to be of, "" where it claims none; nothing is believed yet."""
    try:
        return str(UUID(jwt.decode(token, options={"verify_signature": False})["sub"]))
    except (jwt.InvalidTokenError, ValueError, TypeError, AttributeError, LookupError):
        return ""


def _public_key(text: str) -> Ed25519PublicKey | None:
    try:
        return Ed25519PublicKey.from_public_bytes(b64decode(text, validate=True))
    except ValueError:
        return None


def _hash(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
