"""The key of the kiosk's encrypted file: a systemd credential, or a file that its owner alone can read."""

import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from kiosk.database import KEY_BYTES
from kiosk.durable_file import write_private
from kiosk.errors import StoreError
from kiosk.model import StoreFault

CREDENTIAL = "anjungan.store-key"
KEY_FILE = "store.key"


def store_key(folder: Path, is_new: bool, environment: Mapping[str, str] = os.environ) -> bytes:
    """The 32 bytes, held as 64 hexadecimal digits.

    The credential `anjungan.store-key` (systemd.exec(5), LoadCredentialEncrypted=) comes first; without it the key is
    in `store.key` in the data folder, and made there where `is_new` says that nothing was written with one yet. Raises
    StoreError (KEY) if there is no sound key.
    """
    credentials = environment.get("CREDENTIALS_DIRECTORY")
    credential = Path(credentials) / CREDENTIAL if credentials else None
    if credential and credential.exists():
        return _read(credential)
    file = folder / KEY_FILE
    try:
        if is_new and not file.exists():
            folder.mkdir(parents=True, exist_ok=True)
            write_private(file, f"{secrets.token_hex(KEY_BYTES)}\n".encode())
        elif file.exists() and file.stat().st_mode & 0o077:
            raise StoreError(StoreFault.KEY, f"{file} can be read by others; give it mode 0600, or make the kiosk anew")
    except OSError as error:
        raise StoreError(StoreFault.READ_ONLY, f"{file} cannot be written: {error.strerror}") from error
    return _read(file)


def _read(file: Path) -> bytes:
    try:
        key = bytes.fromhex(file.read_text("ascii"))
    except (OSError, ValueError) as error:
        raise StoreError(StoreFault.KEY, f"{file} holds no key; put back the one that made the store") from error
    if len(key) != KEY_BYTES:
        raise StoreError(StoreFault.KEY, f"{file} holds {len(key)} bytes, not {KEY_BYTES}; put back the right key")
    return key
