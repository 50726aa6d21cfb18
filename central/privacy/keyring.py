"""The keys of what is sealed in the database: Fernet keys, one a line, the newest first.

They come from the systemd credential `anjungan.data-keys` (systemd.exec(5), LoadCredentialEncrypted=), or else from the
file `data-keys` (0600) in the data folder. The database knows their ids, so that nobody seals with a key that the other
processes do not have, and a lost one is noticed at once.
"""

import hashlib
import os
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path

import sqlalchemy as sa
from cryptography.fernet import Fernet, InvalidToken
from sqlalchemy import Connection

from kiosk.durable_file import write_private

CREDENTIAL = "anjungan.data-keys"
KEY_FILE = "data-keys"
MARK = "s1."
"""What is sealed begins with it, then come the key's id, a dot and the Fernet token."""
REMEMBERED = 4096
"""So many opened values are remembered: the tickets of a day are read again and again."""
KNOWN = sa.table("data_keys", sa.column("id", sa.String))


class DataKeyMissing(OSError):
    """What is sealed in the database cannot be opened with the keys at hand; the message says what to do."""


class SealBroken(Exception):
    """A sealed value was changed, or cut off: no key opens it."""


class Keyring:
    """The data keys of a folder. Another process may put a new one first at any time: the file is looked at again
    whenever it changed.
    """

    def __init__(self, file: Path) -> None:
        """Raises OSError for a file that is absent, readable by others, or holds something else."""
        self.file = file
        self._open_token = lru_cache(REMEMBERED)(self._opened)
        self._read()

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of the keys, that of the one that seals first."""
        self._follow()
        return tuple(self._by_id)

    def seal(self, text: str) -> str:
        """The text as it may lie in the database: encrypted and authenticated."""
        self._follow()
        newest, fernet = self._sealing
        return f"{MARK}{newest}.{fernet.encrypt(text.encode()).decode()}"

    def open(self, held: str) -> str:
        """What was sealed. What was never sealed, from before there were keys, is as it is. Raises DataKeyMissing or
        SealBroken.
        """
        return self._open_token(held) if held.startswith(MARK) else held

    def _opened(self, held: str) -> str:
        key_id, _, token = held.removeprefix(MARK).partition(".")
        if key_id not in self._by_id:
            self._read()
        if key_id not in self._by_id:
            raise missing([key_id], self.file)
        try:
            return self._by_id[key_id].decrypt(token.encode()).decode()
        except InvalidToken as error:
            raise SealBroken("a sealed value was changed after it was written") from error

    def _follow(self) -> None:
        if _stamp(self.file) != self._stamp:
            self._read()

    def _read(self) -> None:
        self._stamp = _stamp(self.file)
        self._by_id = {key_id(each): Fernet(each) for each in _keys_in(self.file)}
        # In one piece: another thread may be sealing just now.
        self._sealing = next(iter(self._by_id.items()))


def unlocked(connection: Connection, folder: Path, environment: Mapping[str, str] = os.environ) -> Keyring:
    """The keyring of a database, inside the transaction that may write. A new database gets its first key. Raises
    DataKeyMissing where the database was sealed with a key that is not at hand.
    """
    file = key_file(folder, environment)
    known = set(connection.scalars(sa.select(KNOWN.c.id)))
    if not known and not file.exists():
        write_keys(file, [Fernet.generate_key()])
    if not file.exists():
        raise missing(known, file)
    ring = Keyring(file)
    if lost := known.difference(ring.ids):
        raise missing(lost, file)
    new = [{"id": each} for each in ring.ids if each not in known]
    if new:
        connection.execute(KNOWN.insert(), new)
    return ring


def key_file(folder: Path, environment: Mapping[str, str] = os.environ) -> Path:
    """Where the keys are: the credential where there is one."""
    credentials = environment.get("CREDENTIALS_DIRECTORY")
    credential = Path(credentials) / CREDENTIAL if credentials else None
    return credential if credential and credential.exists() else folder / KEY_FILE


def key_id(key: bytes) -> str:
    """What a key is called: the first 8 hex digits of its SHA-256."""
    return hashlib.sha256(key).hexdigest()[:8]


def write_keys(file: Path, keys: list[bytes]) -> None:
    """Writes the file anew, whole or not at all."""
    write_private(file, b"".join(each + b"\n" for each in keys))


def missing(key_ids: Iterable[str], file: Path) -> DataKeyMissing:
    """The error for keys that are not at hand."""
    return DataKeyMissing(
        f"the database is sealed with the data key {', '.join(sorted(key_ids))}, which {file} does not hold; put back"
        " the keys that were backed up with it (lines of several files may be joined in one, the newest first)."
        " Without them nobody can read what is sealed"
    )


def _stamp(file: Path) -> tuple[int, int]:
    found = file.stat()
    return found.st_ino, found.st_mtime_ns


def _keys_in(file: Path) -> list[bytes]:
    if file.name == KEY_FILE and file.stat().st_mode & 0o077:
        raise OSError(f"{file} can be read by others; give it mode 0600, and rotate the key")
    keys = file.read_bytes().split()
    try:
        for each in keys:
            Fernet(each)
    except ValueError as error:
        raise OSError(f"{file} holds something else than data keys; put back the file that was backed up") from error
    if not keys:
        raise OSError(f"{file} is empty; put back the file that was backed up")
    return keys
