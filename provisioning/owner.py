"""Doing something as the one whom a folder belongs to, so that what root makes there is not root's."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def as_owner_of(folder: Path) -> Iterator[None]:
    """For root, files are made as the folder's owner; for anybody else, and without the folder, nothing changes."""
    owner = folder.stat() if folder.exists() else None
    if owner is None or os.geteuid() != 0 or owner.st_uid == 0:
        yield
        return
    former = os.getegid()
    os.setegid(owner.st_gid)
    os.seteuid(owner.st_uid)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(former)
