"""`kiosk-provision enrol`: a one-time code becomes this kiosk's identity; the key never leaves the box.

The code is typed, or held to the kiosk's own scanner as a QR code of `ANJUNGAN-ENROL:https://central.example|CODE` or
of the code alone.
"""

import argparse
import errno
import os
import re
import ssl
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from kiosk.booking_code import normalised_code
from kiosk.client import enrol
from kiosk.config import Settings, read_settings
from kiosk.devices.scanner import Scanner, scanner_for
from kiosk.errors import (
    CentralError,
    CentralRefused,
    CentralRejected,
    CentralUnreachable,
    ConfigError,
    Revoked,
    ScannerError,
)
from kiosk.identity import IDENTITY_FILE, Identity, enrolment_key, forget, public_key_text
from kiosk.protocol import Enrolled, Enrolment
from provisioning.approval import ASK_SECONDS, is_approved
from provisioning.binding import bind, machine_digest
from provisioning.box_files import CONFIG
from provisioning.machine import BoxError, Machine
from provisioning.owner import as_owner_of
from provisioning.zone import zone_kept

SCANNED = re.compile(r"ANJUNGAN-ENROL:(?P<server>https://[^|\s]+)\|(?P<code>\S+)")
SCAN_SECONDS = 120.0
TURN_SECONDS = 0.2
"""How long one scanner is listened to before the next."""


def add_command(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    one = commands.add_parser("enrol", help="exchange a one-time code for this kiosk's identity")
    one.set_defaults(run=_enrol)
    one.add_argument(
        "--config", type=Path, default=Path("/", CONFIG), metavar="FILE", help="this kiosk's configuration"
    )
    code = one.add_mutually_exclusive_group(required=True)
    code.add_argument("--code", help="from kiosk-central new-code, or the page of the fleet")
    code.add_argument("--scan", action="store_true", help="hold the code's QR to the kiosk's own scanner")
    one.add_argument("--server", metavar="URL", help="the central server; left out, the configuration's")
    one.add_argument("--ca", type=Path, metavar="FILE", help="its authority, PEM; left out, the configuration's")
    one.add_argument("--name", default="", help="what officers call this kiosk")


def code_in(text: str, server: str) -> str | None:
    """The enrolment code in what was scanned, None where there is none. Raises BoxError for another server's."""
    found = SCANNED.fullmatch(text.strip())
    if found is None:
        return normalised_code(text)
    if found["server"].rstrip("/") != server:
        raise BoxError(f"that code is of {found['server']}, this kiosk's server is {server}; nothing was sent")
    return normalised_code(found["code"])


def scanned_code(scanners: Sequence[Scanner], server: str, monotonic: Callable[[], float] = time.monotonic) -> str:
    """The first enrolment code that one of the open scanners reads. Raises BoxError after SCAN_SECONDS, or when no
    scanner is left.
    """
    until, left = monotonic() + SCAN_SECONDS, list(scanners)
    while left and monotonic() < until:
        for scanner in tuple(left):
            try:
                text = scanner.read(TURN_SECONDS)
            except ScannerError:
                left.remove(scanner)
                continue
            code = code_in(text, server) if text else None
            if code:
                return code
            if text:
                print("that is no enrolment code", flush=True)
    why = "nothing was scanned" if left else "no scanner answers"
    raise BoxError(f"{why}; type the code instead: kiosk-provision enrol --code CODE")


def _enrol(arguments: argparse.Namespace) -> int:
    settings, server, ca = _settings(arguments)
    folder = settings.data.dir
    if (folder / IDENTITY_FILE).exists():
        # A new identity with the old store's sequence would look like a gap to the server.
        raise BoxError(f"this kiosk is enrolled already; to enrol it anew, put its folder {folder} aside")
    if settings.central.url != server:
        note = f"by its configuration this kiosk will speak to {settings.central.url}, not to {server}"
        print(f"kiosk-provision: note: {note}", file=sys.stderr)
    code = _scan(settings, server) if arguments.scan else arguments.code
    try:
        enrolled = exchange(code, server, ca, folder, arguments.name)
    except CentralError as error:
        raise BoxError(sentence_of(error, server)) from error
    print(f"enrolled as {enrolled.name} of {enrolled.office}; its walk-in numbers start with W{enrolled.digit}")
    if not enrolled.approved:
        await_approval(folder, server, ca)
    if arguments.config == Path("/", CONFIG):
        # Of this box; a kiosk of a workshop's computer leaves that computer's time zone alone.
        print(zone_kept(Machine(), settings))
    return 0


def exchange(code: str, server: str, ca: Path, folder: Path, name: str = "") -> Enrolled:
    """The code becomes an identity in the data folder. Raises CentralError; where no answer came the key stays, so that
    the same code asked again makes the same kiosk.
    """
    with as_owner_of(folder):
        key = enrolment_key(folder)
    try:
        enrolled = enrol(server, ca, Enrolment(code=code, public_key=public_key_text(key), name=name))
    except (CentralRefused, CentralRejected):
        with as_owner_of(folder):
            forget(folder)
        raise
    digest = machine_digest(Machine())
    with as_owner_of(folder):
        bind(folder, digest)
        Identity.create(folder, enrolled, key)
    return enrolled


def await_approval(folder: Path, server: str, ca: Path, pause: Callable[[float], None] = time.sleep) -> None:
    """Says what an officer has to compare, and waits for the approval, or until it is interrupted. Raises BoxError
    where the kiosk is refused; then it has no identity any more.
    """
    print(f"it waits for its approval. Its letters: {Identity.load(folder).check_text}")
    print("ask an officer to open the page of the fleet, compare the letters and approve it;", flush=True)
    print("this goes on by itself then. After Ctrl-C the kiosk waits by itself.", flush=True)
    try:
        while not _is_approved(folder, server, ca):
            pause(ASK_SECONDS)
    except KeyboardInterrupt:
        print("it goes on by itself once it is approved")
    except Revoked:
        with as_owner_of(folder):
            forget(folder)
        raise BoxError("the office did not approve this kiosk; ask there why, then use a new code") from None


def _is_approved(folder: Path, server: str, ca: Path) -> bool:
    """False also while nobody answers. Raises Revoked."""
    try:
        return is_approved(folder, server, ca, datetime.now(UTC))
    except Revoked:
        raise
    except CentralError:
        return False


def _scan(settings: Settings, server: str) -> str:
    scanners = [scanner_for(each.url) for each in settings.scanner]
    print("hold the enrolment code to the scanner", flush=True)
    try:
        for scanner in scanners:
            with suppress(ScannerError):
                scanner.open()
        return scanned_code(scanners, server)
    finally:
        for scanner in scanners:
            scanner.close()


def _settings(arguments: argparse.Namespace) -> tuple[Settings, str, Path]:
    """The kiosk's settings, the server and its authority. Raises ConfigError with every problem that would stop the
    enrolment, before it uses the code up.
    """
    problems, settings = [], None
    if arguments.server and not arguments.server.startswith("https://"):
        problems.append(f"--server: {arguments.server} does not start with https://")
    try:
        settings = read_settings(arguments.config)
    except ConfigError as error:
        problems += error.problems
    ca = arguments.ca or (settings.central.ca if settings else None)
    problems += [*_problems_of_authority(ca), *(_problems_of_folder(settings.data.dir) if settings else ())]
    if problems or settings is None or ca is None:
        raise ConfigError(problems)
    return settings, (arguments.server or settings.central.url).rstrip("/"), ca


def _problems_of_authority(ca: Path | None) -> Iterator[str]:
    try:
        if ca:
            ssl.create_default_context(cafile=ca)
    except OSError as error:
        reason = "is not a certificate in PEM" if isinstance(error, ssl.SSLError) else error.strerror
        yield f"--ca: {ca} cannot be used: {reason}"


def _problems_of_folder(folder: Path) -> Iterator[str]:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not os.access(folder, os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    except OSError as error:
        yield f"[data] dir: {folder} cannot be written: {error.strerror}"


def sentence_of(error: CentralError, server: str) -> str:
    """What went wrong and what to do, for the technician."""
    if isinstance(error, CentralRefused | CentralRejected):
        return str(error)
    if any(isinstance(cause, ssl.SSLCertVerificationError) for cause in _causes(error)):
        return f"{server} has a certificate that --ca does not vouch for; check both, and that nobody is in between"
    wait = error.retry_after if isinstance(error, CentralUnreachable) else None
    later = f"try again in {wait:.0f} s" if wait else "check the address and the network"
    return f"{server}: {error}; {later}"


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error, what it came of, and so on."""
    cause: BaseException | None = error
    while cause:
        yield cause
        cause = cause.__cause__ or cause.__context__
