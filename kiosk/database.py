"""The kiosk's encrypted file: SQLCipher with one writer, WAL and synchronous=FULL. What was committed survives a power
cut.

Every fault becomes a StoreError that names it. A connection that failed is never used again, for what SQLite holds in
memory may then differ from the disk: the process ends, and a fresh one opens the file anew.
"""

import errno
import hashlib
import shutil
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from hmac import compare_digest
from pathlib import Path

from sqlcipher3 import dbapi2 as sqlcipher

from kiosk.durable_file import sync, write_private
from kiosk.errors import StoreError
from kiosk.model import StoreFault

KEY_BYTES = 32
WAIT_SECONDS = 2.0
"""How long a start waits for the process before it to let go of the file."""

_FAULTS = {
    sqlcipher.SQLITE_FULL: StoreFault.DISK_FULL,
    sqlcipher.SQLITE_READONLY: StoreFault.READ_ONLY,
    sqlcipher.SQLITE_CANTOPEN: StoreFault.READ_ONLY,
    sqlcipher.SQLITE_PERM: StoreFault.READ_ONLY,
    sqlcipher.SQLITE_CORRUPT: StoreFault.CORRUPT,
    sqlcipher.SQLITE_NOTADB: StoreFault.CORRUPT,
    sqlcipher.SQLITE_BUSY: StoreFault.IN_USE,
    sqlcipher.SQLITE_LOCKED: StoreFault.IN_USE,
}
_REMEDIES = {
    StoreFault.DISK_FULL: "free some space on the disk",
    StoreFault.READ_ONLY: "make the disk writable, and give the folder to the user that the kiosk runs as",
    StoreFault.DISK_ERROR: "replace the disk",
    StoreFault.CORRUPT: "start the kiosk again: it puts the file aside and begins anew from the central server",
    StoreFault.KEY: "put back the key that the file was made with",
    StoreFault.IN_USE: "stop the other program that has it open",
    StoreFault.NEWER: "install the newer version of the kiosk, or put back the copy made before its migration",
    StoreFault.OLD_COPY: "start the kiosk again: it puts the file aside and begins anew from the central server",
}
CACHE_KIB = 512
"""What is kept of the file in memory. Left to itself this SQLite keeps 8 MB, and the process grows until they are full;
a day's look-ups need a few pages.
"""
COPIES_KEPT = 2
"""Of those made before a migration: an update goes one version back, perhaps two. What an older one holds was brought
forward, so nothing is only there.
"""
MOST_ASIDE = 10
"""After so many stores that could not be used it is not the store that is broken. None is ever deleted, for it may hold
what was never sent.
"""
FULL_BELOW_BYTES = 256 * 1024
"""With less room than this SQLite may report a full disk as any error of input and output."""


class Database:
    """The open file. Transactions are taken in turns by the threads.

    A file that is absent is made. `migrations` are SQL scripts, the first of which makes the schema: those that the
    file has not seen yet are applied in one transaction each, after a copy `NAME.before-N` was made.
    """

    def __init__(self, file: Path, key: bytes, migrations: Sequence[str], synchronous: str = "FULL") -> None:
        """Raises StoreError. `key` has KEY_BYTES; only a control that is to lose data has another `synchronous`."""
        self._file, self._key, self._synchronous = file, key, synchronous
        self._turn = threading.RLock()
        self._fault: StoreError | None = None
        try:
            file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._check_key()
            file.touch(mode=0o600)
            self._db = self._connect()
            self._migrate(migrations)
        except (sqlcipher.Error, OSError) as error:
            raise self._store_error(error) from error

    def close(self) -> None:
        """Closes the file; safe to call twice."""
        with self._turn:
            self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[sqlcipher.Connection]:
        """One transaction, undone if its body raises. Raises StoreError for a fault of the file; what breaks a rule of
        the schema is raised as it is (sqlcipher3's IntegrityError).
        """
        with self._turn:
            if self._fault:
                raise self._fault
            try:
                self._db.execute("BEGIN IMMEDIATE")
                try:
                    yield self._db
                except BaseException:
                    if self._db.in_transaction:
                        self._db.execute("ROLLBACK")
                    raise
                self._db.execute("COMMIT")
            except sqlcipher.IntegrityError:
                raise
            except (sqlcipher.Error, OSError) as error:
                self._fault = self._store_error(error)
                raise self._fault from error

    def shrink(self) -> None:
        """Brings what was deleted out of the write-ahead log, and cuts it to nothing. Raises StoreError."""
        with self._turn:
            try:
                self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            except sqlcipher.Error as error:
                self._fault = self._store_error(error)
                raise self._fault from error

    def _connect(self) -> sqlcipher.Connection:
        db = sqlcipher.connect(self._file, isolation_level=None, check_same_thread=False, timeout=WAIT_SECONDS)
        db.execute("PRAGMA cipher_log_level = NONE")
        db.execute(f"PRAGMA key = \"x'{self._key.hex()}'\"")
        db.execute("PRAGMA locking_mode = EXCLUSIVE")
        db.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
        db.execute("PRAGMA journal_mode = WAL")
        db.execute(f"PRAGMA synchronous = {self._synchronous}")
        # A power cut in mid-checkpoint leaves torn pages in the file: first the whole ones that the log holds go there.
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        damages = db.execute("PRAGMA cipher_integrity_check").fetchall()
        sound = db.execute("PRAGMA quick_check(1)").fetchone()
        if damages or sound != ("ok",):
            db.close()
            raise self._error(StoreFault.CORRUPT, "its pages do not add up")
        return db

    def _migrate(self, migrations: Sequence[str]) -> None:
        version = self._version()
        if version > len(migrations):
            self._db.close()
            raise self._error(StoreFault.NEWER, f"its version is {version}, this kiosk knows {len(migrations)}")
        if 0 < version < len(migrations):
            self._copy(version)
        for number in range(version, len(migrations)):
            self._db.executescript(
                f"BEGIN IMMEDIATE; {migrations[number]}; PRAGMA user_version = {number + 1}; COMMIT;"
            )

    def _version(self) -> int:
        return int(self._db.execute("PRAGMA user_version").fetchone()[0])

    def _copy(self, version: int) -> None:
        """Closed meanwhile: a second descriptor on an open file would take SQLite's locks away when it is closed."""
        self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        self._db.close()
        copy = copy_before(self._file, version + 1)
        shutil.copyfile(self._file, copy)
        copy.chmod(0o600)
        sync(copy)
        sync(copy.parent)
        for older in _copies_before(self._file)[:-COPIES_KEPT]:
            older.unlink()
        self._db = self._connect()

    def _check_key(self) -> None:
        """The right key is known by its digest beside the file, so that a wrong one is not taken for a broken file."""
        check = self._file.with_name(self._file.name + ".key-check")
        mine = hashlib.sha256(b"anjungan store key" + self._key).hexdigest()
        if check.exists():
            if not compare_digest(check.read_bytes().strip(), mine.encode()):
                raise self._error(StoreFault.KEY, "it was made with another key")
        elif self._file.exists():
            raise self._error(StoreFault.KEY, f"{check.name} is missing, so the key cannot be told to be right")
        else:
            write_private(check, mine.encode())

    def _store_error(self, error: Exception) -> StoreError:
        return self._error(self._fault_of(error), str(error))

    def _fault_of(self, error: Exception) -> StoreFault:
        if isinstance(error, PermissionError) or getattr(error, "errno", None) == errno.EROFS:
            return StoreFault.READ_ONLY
        fault = _FAULTS.get(getattr(error, "sqlite_errorcode", 0) & 0xFF, StoreFault.DISK_ERROR)
        is_full = fault in (StoreFault.DISK_ERROR, StoreFault.READ_ONLY) and self._room() < FULL_BELOW_BYTES
        return StoreFault.DISK_FULL if is_full else fault

    def _room(self) -> int:
        try:
            return shutil.disk_usage(self._file.parent).free
        except OSError:
            return FULL_BELOW_BYTES

    def _error(self, fault: StoreFault, words: str) -> StoreError:
        return StoreError(fault, f"{self._file} cannot be used ({words}); {_REMEDIES[fault]}")


def is_there(file: Path) -> bool:
    """Whether the file exists. Raises StoreError if the disk does not tell."""
    try:
        return file.exists()
    except OSError as error:
        fault = StoreFault.READ_ONLY if isinstance(error, PermissionError) else StoreFault.DISK_ERROR
        raise StoreError(fault, f"{file} cannot be looked at ({error.strerror}); {_REMEDIES[fault]}") from error


def copy_before(file: Path, migration: int) -> Path:
    """Where a copy of the file is that was made before this migration (from 2 on) was applied."""
    return file.with_name(f"{file.name}.before-{migration}")


def _copies_before(file: Path) -> list[Path]:
    """Those that are there, of the earliest migration first."""
    found = {each.name.rpartition("-")[2]: each for each in file.parent.glob(f"{file.name}.before-*")}
    return [found[number] for number in sorted((each for each in found if each.isdecimal()), key=int)]


def copied_out(file: Path, copy: Path) -> Path:
    """Makes a folder beside that of a store, in which a `copy` stands in the place of its `file`; returns the file in
    it. What was made there before is made anew. Raises StoreError if the disk does not let it.
    """
    folder = _folder_of_copy(file)
    try:
        if folder.exists():
            shutil.rmtree(folder)
        folder.mkdir(mode=0o700)
        check = file.with_name(file.name + ".key-check")
        for source, name in ((copy, file.name), (check, check.name)):
            shutil.copyfile(source, folder / name)
            (folder / name).chmod(0o600)
            sync(folder / name)
        sync(folder)
    except OSError as error:
        raise StoreError(StoreFault.READ_ONLY, f"{copy} cannot be put back: {error.strerror}") from error
    return folder / file.name


def take_copy(file: Path) -> None:
    """Puts the folder that `copied_out` made, if it did, in the place of the store's, which was put aside. Where that
    is still there, what was made is not whole, and is deleted. Raises StoreError if the disk does not let it.
    """
    folder = _folder_of_copy(file)
    try:
        if folder.exists() and file.parent.exists():
            shutil.rmtree(folder)
        elif folder.exists():
            folder.rename(file.parent)
            sync(file.parent.parent)
    except OSError as error:
        raise StoreError(StoreFault.READ_ONLY, f"{file.parent} cannot be put back: {error.strerror}") from error


def _folder_of_copy(file: Path) -> Path:
    return file.parent.with_name(f"{file.parent.name}.copy")


def put_aside(file: Path, now: datetime, fault: StoreFault) -> Path:
    """Takes the folder of a store that cannot be used out of the way, whole and by one step, and returns where it is:
    its name says when and why. The folder must hold nothing but the store; nothing is ever deleted.

    Raises StoreError if the disk does not let it, or MOST_ASIDE are there already.
    """
    folder = file.parent
    if len(_aside(file)) >= MOST_ASIDE:
        words = f"{MOST_ASIDE} stores were put aside already; send them in, take them away, and replace the disk"
        raise StoreError(StoreFault.DISK_ERROR, f"{folder} cannot be used ({fault}): {words}")
    aside = folder.with_name(f"{folder.name}.aside-{now:%Y%m%dT%H%M%S%f}-{fault}")
    try:
        folder.rename(aside)
        sync(aside.parent)
    except OSError as error:
        raise StoreError(StoreFault.READ_ONLY, f"{folder} cannot be put aside: {error.strerror}") from error
    return aside


def last_fault(file: Path) -> StoreFault | None:
    """Why the store before this one was put aside, None if there was none."""
    aside = _aside(file)
    return StoreFault(aside[-1].rpartition("-")[2]) if aside else None


def _aside(file: Path) -> list[str]:
    """The names of the stores that were put aside, the earliest first."""
    return sorted(each.name for each in file.parent.parent.glob(f"{file.parent.name}.aside-*"))
