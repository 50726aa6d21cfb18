"""Files that hold a secret."""

import os
from pathlib import Path


def write_private(file: Path, text: str) -> None:
    """Writes a file that its owner alone may read, whole or not at all."""
    new = file.with_name(file.name + ".new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as stream:
        stream.write(text)
    new.replace(file)
