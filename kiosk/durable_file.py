"""Small files that are whole or absent after a power cut, and readable by their owner alone (no rules here)."""

import os
from pathlib import Path


def write_private(file: Path, content: bytes, mode: int = 0o600) -> None:
    """Writes the file in the place of an earlier one; with another mode where its folder is private. Raises OSError."""
    temporary = file.with_name(file.name + ".new")
    temporary.unlink(missing_ok=True)
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    temporary.replace(file)
    sync(file.parent)


def sync(path: Path) -> None:
    """Brings a file, or a folder's list of names, to the disk. Raises OSError."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
