"""A pseudo-terminal under a name of one's choice, as a serial device for the drivers."""

import os
import tty
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def pseudo_terminal(link: Path) -> Iterator[int]:
    """The descriptor of the device's side; `link` leads to the side that a driver opens, and is removed at the end.

    FileExistsError if something other than a link is at `link` already.
    """
    device, opened = os.openpty()
    tty.setraw(opened)
    if link.is_symlink():
        link.unlink()
    link.symlink_to(os.ttyname(opened))
    try:
        # `opened` stays open, so that the line outlives a driver that closes its side.
        yield device
    finally:
        link.unlink(missing_ok=True)
        os.close(device)
        os.close(opened)
