"""Sockets of this machine alone (AF_UNIX): who listens at them, and who is at the other end (no rules here)."""

import os
import pwd
import socket
import struct
from contextlib import suppress
from pathlib import Path

from kiosk.errors import ConfigError

RUN = Path("/run/anjungan")
"""Of an installed kiosk: each process has a folder of its own in it, which its unit makes."""
WINDOW_DOOR = Path("core/window.sock")
"""Where the core hears its window."""
CENTRAL_DOOR = Path("sync/central.sock")
"""Where the sync process hears the core."""
WAITING = 16
_CREDENTIALS = struct.Struct("3i")


def listen_at(door: Path) -> socket.socket:
    """A listening socket in the place of one that an earlier process left. Its folder's mode says who may come in,
    `peer_of` who it is. Raises ConfigError.
    """
    made = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        with suppress(FileNotFoundError):
            door.unlink()
        made.bind(str(door))
        door.chmod(0o666)
        made.listen(WAITING)
    except OSError as error:
        made.close()
        raise ConfigError([f"nobody can listen at {door}: {error.strerror}; make its folder for this user"]) from error
    return made


def peer_of(line: socket.socket) -> int:
    """The user (uid) of the process at the other end, as the kernel saw it when it connected (unix(7), SO_PEERCRED)."""
    found = line.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
    user: int = _CREDENTIALS.unpack(found)[1]
    return user


def user_of(name: str) -> int:
    """The uid of a user, of this process for "". Raises ConfigError."""
    if not name:
        return os.getuid()
    try:
        return pwd.getpwnam(name).pw_uid
    except KeyError:
        raise ConfigError([f"there is no user {name}; provision the kiosk, or leave --peer out"]) from None
