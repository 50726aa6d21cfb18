"""The core's side of the line to the box's root, which does a closed list of things for a technician who is in.

One line asks (a Verb; ALLOW with the device that it is about), one line of JSON answers, and what may follow it is the
bundle (provisioning/technician.py).
"""

import json
import socket
from enum import StrEnum
from pathlib import Path
from typing import Any, NamedTuple

from kiosk.errors import BoxDoorError, NoBoxDoor

BOX_DOOR = Path("technician/box.sock")
"""Where the box's root listens, in the folder of sockets."""
LONGEST_ANSWER = 2 * 1024 * 1024
"""In bytes: a bundle is half of it at most."""
SECONDS = 100.0
"""Less than a technician's screen waits. A check, which looks at everything, takes some 20 s on a small box."""
PIECE = 64 * 1024


class Verb(StrEnum):
    """All that the box's root does for a technician at the kiosk."""

    CHECK = "check"
    BUNDLE = "bundle"
    REFUSED = "refused"
    ALLOW = "allow"
    RESTART_KIOSK = "restart-kiosk"
    RESTART_MACHINE = "restart-machine"
    SWITCH_OFF = "switch-off"
    ROLL_BACK = "roll-back"


class Said(NamedTuple):
    """What the box's root answered: its words, and the bytes after them."""

    words: dict[str, Any]
    body: bytes


def ask(door: Path, verb: Verb, about: str = "", seconds: float = SECONDS) -> Said:
    """Has the box's root do one thing; `about` is the RefusedDevice.id to ALLOW. Raises NoBoxDoor or BoxDoorError."""
    line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    line.settimeout(seconds)
    with line:
        try:
            line.connect(str(door))
        except OSError as error:
            raise NoBoxDoor(f"nobody listens at {door}; run kiosk-provision apply") from error
        try:
            line.sendall(f"{verb} {about}".strip().encode() + b"\n")
            answer = _all_of(line)
        except OSError as error:
            raise BoxDoorError(f"{verb}: no answer ({type(error).__name__})") from error
    return _read(verb, answer)


def _all_of(line: socket.socket) -> bytes:
    held = bytearray()
    while piece := line.recv(PIECE):
        held += piece
        if len(held) > LONGEST_ANSWER:
            raise OSError("the answer is too long")
    return bytes(held)


def _read(verb: Verb, answer: bytes) -> Said:
    head, _, body = answer.partition(b"\n")
    try:
        words = json.loads(head)
    except ValueError as error:
        raise BoxDoorError(f"{verb}: the answer is no JSON") from error
    if not isinstance(words, dict) or words.get("done") is not True:
        raise BoxDoorError(f"{verb} was not done; look at the journal of anjungan-technician")
    return Said(words, body)
