"""Booking passes: the key that signs them, its rotation, and the passes that are not to be believed any more.

The private half of the key that signs lies in `pass-key.pem` (0600) in the data folder. A rotation destroys the
former's; its public half is told to the kiosks until the last pass that it signed has expired, or it is retired. The
file says which key signs: the database may have been restored from an older copy, and then follows it.
"""

from base64 import b64encode
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session

from central.database import PassKeyRow, RevokedPassRow
from kiosk.booking_pass import key_id_of, sign_pass
from kiosk.durable_file import write_private
from kiosk.model import Booking, PassKey

PASS_VALID = timedelta(days=10)
"""How long a pass lives at most, and so how long passes of a key may be about whose use is not known here."""


class Declined(Exception):
    """What was asked for cannot be done, in words for who asked."""


class Signer:
    """Signs passes, and notes until when kiosks must know its key. Makes the key if the folder holds none.

    Raises OSError for a file that is not an Ed25519 key, Declined for a retired one. `now` is UTC.
    """

    def __init__(self, session: Session, folder: Path, now: datetime) -> None:
        if not _file(folder).exists():
            _make_key(session, folder, now)
        self._key, self._row = _adopted(session, folder, now)
        self.key_id = self._row.key_id

    def sign(self, booking: Booking, expires: datetime) -> str:
        """The text of the booking's pass. Raises ValueError for a booking that no pass can hold."""
        text = sign_pass(booking, self._key, self.key_id, expires)
        self._row.used_until = max(self._row.used_until or expires, expires)
        return text


def adopt(session: Session, folder: Path, now: datetime) -> None:
    """Tells kiosks the key that the folder holds, if it holds one. Raises as Signer does."""
    if _file(folder).exists():
        _adopted(session, folder, now)


def pass_keys(session: Session, now: datetime) -> tuple[PassKey, ...]:
    """What kiosks verify with: the key that signs, and former ones whose passes have not all expired."""
    alive = or_(PassKeyRow.signs, PassKeyRow.used_until > now)
    wanted = select(PassKeyRow).where(alive, PassKeyRow.retired_at.is_(None))
    return tuple(PassKey(row.key_id, row.public_key) for row in session.scalars(wanted.order_by(PassKeyRow.key_id)))


def all_keys(session: Session) -> tuple[PassKeyRow, ...]:
    """Every key that was not retired, the newest first."""
    wanted = select(PassKeyRow).where(PassKeyRow.retired_at.is_(None))
    return tuple(session.scalars(wanted.order_by(PassKeyRow.made_at.desc(), PassKeyRow.key_id)))


def rotate(session: Session, folder: Path, now: datetime) -> str:
    """A new key signs from now on; returns its id. Kiosks believe it once they have the next snapshot."""
    adopt(session, folder, now)  # the former key is known from here on, even if it never signed
    return _make_key(session, folder, now).key_id


def retire(session: Session, key_id: str, now: datetime) -> None:
    """Passes of this former key are not believed any more, and it never signs again. Raises Declined if there is none
    of that id, or if it is the one that signs.
    """
    row = session.get(PassKeyRow, key_id)
    if row is None or row.retired_at:
        raise Declined(f"there is no pass key {key_id}; see kiosk-central pass-keys")
    if row.signs:
        raise Declined(f"{key_id} is the key that signs; rotate it first")
    row.retired_at = now


def revoke(session: Session, booking: UUID, now: datetime, office: str = "") -> datetime:
    """The booking's passes are not believed any more, at an office or, where none is named, at any. Returns until when
    kiosks are told: by then the last pass of any key has expired. Raises Declined if no pass is alive. The booking need
    not be held here: a deleted one's passes may be about.
    """
    session.execute(delete(RevokedPassRow).where(RevokedPassRow.until <= now))
    until: datetime | None = session.scalar(
        select(func.max(PassKeyRow.used_until)).where(PassKeyRow.retired_at.is_(None))
    )
    if until is None or until <= now:
        raise Declined("no pass of any booking is valid now, so there is nothing to revoke")
    session.merge(RevokedPassRow(booking=str(booking), office=office, until=until))
    return until


def revoked(session: Session, office: str, now: datetime) -> tuple[UUID, ...]:
    """The bookings whose passes are not to be believed at an office though they have not expired."""
    of_office = RevokedPassRow.office.in_(("", office))
    wanted = select(RevokedPassRow.booking).where(of_office, RevokedPassRow.until > now)
    return tuple(UUID(each) for each in session.scalars(wanted.order_by(RevokedPassRow.booking)))


def _file(folder: Path) -> Path:
    return folder / "pass-key.pem"


def _make_key(session: Session, folder: Path, now: datetime) -> PassKeyRow:
    key = Ed25519PrivateKey.generate()
    while session.get(PassKeyRow, key_id_of(key.public_key())):
        key = Ed25519PrivateKey.generate()
    write_private(_file(folder), key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return _signing(session, _row_of(key, now, used_until=None))


def _held_key(file: Path) -> Ed25519PrivateKey:
    try:
        key = load_pem_private_key(file.read_bytes(), None)
    except (ValueError, TypeError):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise OSError(f"{file} is not an Ed25519 key; put it aside, and a new one is made")
    return key


def _adopted(session: Session, folder: Path, now: datetime) -> tuple[Ed25519PrivateKey, PassKeyRow]:
    """The file's key as the one that signs, also where the database does not know it: a rotation was cut off between
    the two, or the database was restored from before it. Passes of it may then be about.
    """
    key = _held_key(_file(folder))
    row = session.get(PassKeyRow, key_id_of(key.public_key())) or _row_of(key, now, used_until=now + PASS_VALID)
    if row.retired_at:
        raise Declined(
            f"{_file(folder)} holds the key {row.key_id}, which was retired on {row.retired_at:%Y-%m-%d}; put the file"
            " aside, and run kiosk-central rotate-pass-key for a new one"
        )
    return key, _signing(session, row)


def _row_of(key: Ed25519PrivateKey, now: datetime, used_until: datetime | None) -> PassKeyRow:
    public = key.public_key()
    return PassKeyRow(
        key_id=key_id_of(public),
        public_key=b64encode(public.public_bytes_raw()).decode(),
        made_at=now,
        used_until=used_until,
        signs=True,
    )


def _signing(session: Session, row: PassKeyRow) -> PassKeyRow:
    """The row, kept as that of the one key that signs."""
    session.execute(update(PassKeyRow).where(PassKeyRow.key_id != row.key_id).values(signs=False))
    row.signs = True
    session.add(row)
    session.flush()
    return row
