"""The second factor of a sign-in: codes of an authenticator app (TOTP, RFC 6238), and recovery codes for its loss."""

import hashlib
import secrets
from datetime import datetime

import pyotp
from pyotp.exceptions import OTPVerificationError
from sqlalchemy import delete
from sqlalchemy.orm import Session

from central.database import OfficerRow
from central.people.passwords import grouped
from central.people.roles import Role, as_text, roles_in
from central.people.rows import RecoveryCodeRow, SignInPolicyRow
from central.qr import qr_element
from kiosk.booking_code import CODE_ALPHABET, normalised_letters

ISSUER = "Anjungan"
RECOVERY_CODES = 10
RECOVERY_LENGTH = 16
STEPS_BESIDE = 1
"""A code of the 30 s before or after is taken too, for clocks that are a little wrong (RFC 6238, 5.2)."""
DEFAULT = frozenset({Role.SUPERVISOR, Role.TECHNICIAN, Role.AUDITOR})
"""Who must have a second factor where the office says nothing else; clerks may."""


def wanted_of(session: Session, officer: OfficerRow) -> bool:
    """Whether the officer's office wants a second factor of one of his roles. An identity server sees to its own."""
    return officer.subject is None and not policy(session, officer.office).isdisjoint(roles_in(officer.roles))


def policy(session: Session, office: str) -> frozenset[Role]:
    """The roles that the office wants a second factor of."""
    row = session.get(SignInPolicyRow, office)
    return roles_in(row.second_factor_roles) if row else DEFAULT


def set_policy(session: Session, office: str, roles: frozenset[Role]) -> None:
    """From now on the office wants a second factor of these roles."""
    session.merge(SignInPolicyRow(office=office, second_factor_roles=as_text(roles)))


def new_secret() -> str:
    """A secret for an authenticator app, base32: 160 bits, as RFC 4226 advises."""
    return pyotp.random_base32()


def picture(secret: str, name: str) -> str:
    """The QR code that authenticator apps scan, as an SVG element."""
    return qr_element(pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=ISSUER))


def step_of(secret: str, code: str, now: datetime) -> int | None:
    """The time step that a code is of, None where it is of none about now. Raises ValueError for a secret that is not
    one of `new_secret`'s kind.
    """
    if len(secret) != 32:
        raise ValueError("a secret has 32 characters")
    try:
        digits = "".join(code.split())
        return pyotp.TOTP(secret).verify_and_get_timecode(digits, for_time=now, valid_window=STEPS_BESIDE)
    except OTPVerificationError:
        return None


def accepts(officer: OfficerRow, code: str, now: datetime) -> bool:
    """Whether it is the officer's code of about now; each is accepted once, and none that is older than it."""
    step = step_of(officer.totp_secret, code, now) if officer.totp_secret else None
    if step is None or step <= officer.totp_step:
        return False
    officer.totp_step = step
    return True


def enrol(session: Session, officer: OfficerRow, secret: str, step: int) -> list[str]:
    """Takes a secret whose code of this step was shown, in place of a former one; returns new recovery codes."""
    officer.totp_secret, officer.totp_step = secret, step
    session.execute(delete(RecoveryCodeRow).where(RecoveryCodeRow.officer == officer.name))
    codes = ["".join(secrets.choice(CODE_ALPHABET) for _ in range(RECOVERY_LENGTH)) for _ in range(RECOVERY_CODES)]
    session.add_all(RecoveryCodeRow(officer=officer.name, hash=_hash(code)) for code in codes)
    return [grouped(code) for code in codes]


def reset(session: Session, officer: OfficerRow) -> None:
    """The officer has no second factor any more, and sets up a new one at the next sign-in if it is wanted."""
    officer.totp_secret, officer.totp_step = None, 0
    session.execute(delete(RecoveryCodeRow).where(RecoveryCodeRow.officer == officer.name))


def recovers(session: Session, officer: OfficerRow, code: str) -> bool:
    """Whether it is one of the officer's recovery codes, which is thereby used up."""
    row = session.get(RecoveryCodeRow, (officer.name, _hash(normalised_letters(code))))
    if row is not None:
        session.delete(row)
    return row is not None


def _hash(code: str) -> str:
    # Codes are of 80 random bits: nobody guesses them from a plain digest.
    return hashlib.sha256(code.encode()).hexdigest()
