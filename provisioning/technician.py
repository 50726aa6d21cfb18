"""`kiosk-provision technician`: what the box's root does for a technician who is in at the kiosk.

A socket of systemd's starts it (anjungan-technician.socket). It hears a closed list of verbs, from the core's user
alone, and has units of the box do them: what they are to do stands in their files, not in what is asked. Of the one
verb that is about something, ALLOW, that is left in a file, which its unit holds to what USBGuard refuses.
"""

import argparse
import json
import os
import re
import socket
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import NamedTuple

from kiosk.box_door import LONGEST_ANSWER, Verb
from kiosk.config import read_settings
from kiosk.doors import peer_of, user_of
from kiosk.errors import ConfigError
from kiosk.protocol import BUNDLE_BYTES
from provisioning.box_files import CONFIG
from provisioning.bundle import bounded, packed, parts_of
from provisioning.check import add_walled_argument, findings_of, keep_for_the_server
from provisioning.disk import Disk, put_file
from provisioning.finding import LANGUAGES, Finding
from provisioning.machine import BoxError, Machine
from provisioning.refused import as_told, let_in

FOLDER = Path("/run/anjungan-technician")
"""Where the units leave what they found, for root alone."""
ALLOW_FILE = "allow"
"""What the unit that lets a device in is told: USBGuard's hash of it."""
HASH = re.compile("[A-Za-z0-9+/=]{40,60}")
PASSED = 3
"""The descriptor of the first socket that systemd passes (sd_listen_fds(3))."""
IDLE_SECONDS = 30.0
CORE_SECONDS = 5.0
"""The core says its verb within so long."""
LONGEST_VERB = 80


class Deed(NamedTuple):
    """How a verb is done: the command, and whether it leaves a file in FOLDER, of the verb's name; `told_as` is what is
    in it by its name in the answer, "" where it follows that.
    """

    command: tuple[str, ...]
    leaves: bool = False
    told_as: str = ""


def _starts(unit: str, *how: str) -> tuple[str, ...]:
    return ("systemctl", *how, "start", unit)


AT_ONCE = ("--no-block", "--job-mode=replace-irreversibly")
DEEDS: Mapping[Verb, Deed] = {
    Verb.CHECK: Deed(_starts("anjungan-technician-look@check.service"), True, "findings"),
    Verb.BUNDLE: Deed(_starts("anjungan-technician-look@bundle.service"), True),
    Verb.REFUSED: Deed(_starts("anjungan-technician-refused.service"), True, "devices"),
    Verb.ALLOW: Deed(_starts("anjungan-technician-allow.service")),
    Verb.RESTART_KIOSK: Deed(
        ("systemctl", "--no-block", "restart", "anjungan-core.service", "anjungan-sync.service", "anjungan-ui.service")
    ),
    Verb.RESTART_MACHINE: Deed(_starts("reboot.target", *AT_ONCE)),
    Verb.SWITCH_OFF: Deed(_starts("poweroff.target", *AT_ONCE)),
    Verb.ROLL_BACK: Deed(_starts("anjungan-technician-roll-back.service", "--no-block")),
}
"""All that can be asked for."""


def add_command(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    one = commands.add_parser("technician", help="do what a technician at the kiosk asks for (its units start it)")
    one.set_defaults(run=_technician)
    one.add_argument("--peer", default="anjungan-core", metavar="USER", help="who alone may ask (%(default)s)")
    one.add_argument("--tell", choices=tuple(TOLD), help="find this out, and write it to the standard output")
    add_walled_argument(one)
    one.add_argument("--allow", action="store_true", help=f"let the device in that {FOLDER / ALLOW_FILE} names")


def _technician(arguments: argparse.Namespace) -> int:
    machine = Machine.at_root(Path("/"), arguments.walled)
    if arguments.tell:
        sys.stdout.buffer.write(TOLD[arguments.tell](machine))
        return 0
    if arguments.allow:
        let_in(machine, machine.text(str(FOLDER / ALLOW_FILE)), Disk())
        return 0
    with _passed_socket() as listening:
        serve(listening, user_of(arguments.peer), machine, FOLDER)
    return 0


def serve(
    listening: socket.socket, core: int, machine: Machine, folder: Path, idle: float = IDLE_SECONDS
) -> None:  # fmt: skip
    """Answers one after the other, until nobody has come for `idle` s; `core` (uid) alone is heard."""
    listening.settimeout(idle)
    while True:
        try:
            line, _ = listening.accept()
        except TimeoutError:
            return
        with line:
            if peer_of(line) == core:
                _attend(line, machine, folder)
            else:
                _say("somebody else than the core came, and was not heard")


def _attend(line: socket.socket, machine: Machine, folder: Path) -> None:
    line.settimeout(CORE_SECONDS)
    try:
        words, body = _done(*_asked(_first_line(line)), machine, folder)
    except (BoxError, OSError, ValueError) as error:
        # What was asked for is not repeated.
        _say(f"not done: {type(error).__name__}" if isinstance(error, ValueError) else f"not done: {error}")
        words, body = {"done": False}, b""
    try:
        line.sendall(json.dumps(words).encode() + b"\n" + body)
    except OSError as error:
        _say(f"the core did not wait for the answer: {error}")


def _first_line(line: socket.socket) -> str:
    held = b""
    while b"\n" not in held and len(held) <= LONGEST_VERB:
        piece = line.recv(LONGEST_VERB)
        if not piece:
            break
        held += piece
    return held.partition(b"\n")[0].decode("ascii")


def _asked(line: str) -> tuple[Verb, str]:
    """A verb, and what it is about: a hash of USBGuard's for ALLOW, nothing for all others. Raises ValueError."""
    verb, blank, about = line.partition(" ")
    if bool(blank) is not (verb == Verb.ALLOW) or (blank and not HASH.fullmatch(about)):
        raise ValueError
    return Verb(verb), about


def _done(verb: Verb, about: str, machine: Machine, folder: Path) -> tuple[dict[str, object], bytes]:
    deed = DEEDS[verb]
    if about:
        put_file(Disk(), folder / ALLOW_FILE, about.encode(), 0o600)
    left = folder / verb if deed.leaves else None
    if left:
        left.unlink(missing_ok=True)
    ran = machine.run(deed.command)
    if ran.status:
        raise BoxError(f"{' '.join(deed.command)}: {ran.said.strip()}")
    _say(f"done: {verb}")
    content = left.read_bytes() if left else b""
    if len(content) > LONGEST_ANSWER // 2:
        raise BoxError(f"what {verb} found is too long")
    if deed.told_as:
        return {"done": True, deed.told_as: json.loads(content)}, b""
    return {"done": True}, content


def check_as_told(machine: Machine) -> bytes:
    """What every check finds, with its words in all languages; the server hears of it with the next sign of life."""
    findings = findings_of(machine)
    with suppress(ConfigError):
        keep_for_the_server(machine, read_settings(machine.at(CONFIG)).data.dir, findings)
    return json.dumps([_told(each) for each in findings], ensure_ascii=False).encode()


def bundle_as_sent(machine: Machine) -> bytes:
    """What support needs, as far as the central server takes it."""
    made_at = int(machine.now().timestamp())
    return bounded(lambda parts: packed(parts, made_at), parts_of(machine), BUNDLE_BYTES)


def refused_as_told(machine: Machine) -> bytes:
    """The USB devices that are refused."""
    return json.dumps([asdict(each) for each in as_told(machine)], ensure_ascii=False).encode()


TOLD: Mapping[str, Callable[[Machine], bytes]] = {
    Verb.CHECK: check_as_told, Verb.BUNDLE: bundle_as_sent, Verb.REFUSED: refused_as_told
}  # fmt: skip
"""What a unit can be asked for, and what makes it. systemd keeps it for root (StandardOutput=)."""


def _told(finding: Finding) -> dict[str, object]:
    def in_each(words: Callable[[str], str]) -> dict[str, str]:
        return {language: words(language) for language in LANGUAGES}

    return {
        "requirement": in_each(finding.requirement_in), "verdict": finding.verdict, "measured": finding.measured,
        "remedy": in_each(finding.remedy_in) if finding.remedy else None,
    }  # fmt: skip


def _passed_socket() -> socket.socket:
    """The one that systemd listens at. Raises BoxError where it did not start this."""
    if os.environ.get("LISTEN_PID") != str(os.getpid()) or os.environ.get("LISTEN_FDS") != "1":
        raise BoxError("anjungan-technician.socket starts this, nobody else")
    return socket.socket(fileno=PASSED)


def _say(sentence: str) -> None:
    print(sentence, flush=True)
