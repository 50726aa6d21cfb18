"""`kiosk-provision enrol`: a one-time code becomes this kiosk's identity; the key never leaves the box."""

import argparse
import errno
import os
import ssl
import sys
from collections.abc import Iterator
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kiosk.client import enrol
from kiosk.config import Settings, read_settings
from kiosk.errors import CentralError, CentralRefused, CentralRejected, CentralUnreachable, ConfigError
from kiosk.identity import IDENTITY_FILE, Identity, public_key_text
from kiosk.protocol import Enrolment
from provisioning.machine import BoxError


def add_command(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    one = commands.add_parser("enrol", help="exchange a one-time code for this kiosk's identity")
    one.set_defaults(run=_enrol)
    one.add_argument("--server", required=True, metavar="URL", help="the central server, https://…")
    one.add_argument("--ca", type=Path, required=True, metavar="FILE", help="the authority of its certificate, PEM")
    one.add_argument("--code", required=True, help="from kiosk-central new-code")
    one.add_argument("--config", type=Path, required=True, metavar="FILE", help="this kiosk's configuration")
    one.add_argument("--name", default="", help="what officers call this kiosk")


def _enrol(arguments: argparse.Namespace) -> int:
    settings = _settings(arguments)
    folder = settings.data.dir
    if (folder / IDENTITY_FILE).exists():
        # A new identity with the old store's sequence would look like a gap to the server.
        raise BoxError(f"this kiosk is enrolled already; to enrol it anew, put its folder {folder} aside")
    if settings.central.url != arguments.server.rstrip("/"):
        note = f"by its configuration this kiosk will speak to {settings.central.url}, not to {arguments.server}"
        print(f"kiosk-provision: note: {note}", file=sys.stderr)
    key = Ed25519PrivateKey.generate()
    enrolment = Enrolment(code=arguments.code, public_key=public_key_text(key), name=arguments.name)
    try:
        enrolled = enrol(arguments.server, arguments.ca, enrolment)
    except CentralError as error:
        raise BoxError(sentence_of(error, arguments.server)) from error
    Identity.create(folder, enrolled, key)
    print(f"enrolled as {enrolled.name} of {enrolled.office}; its walk-in numbers start with W{enrolled.digit}")
    return 0


def _settings(arguments: argparse.Namespace) -> Settings:
    """The kiosk's settings. Raises ConfigError with every problem that would stop the enrolment, before it uses the
    code up.
    """
    problems = []
    if not arguments.server.startswith("https://"):
        problems.append(f"--server: {arguments.server} does not start with https://")
    try:
        ssl.create_default_context(cafile=arguments.ca)
    except OSError as error:
        reason = "is not a certificate in PEM" if isinstance(error, ssl.SSLError) else error.strerror
        problems.append(f"--ca: {arguments.ca} cannot be used: {reason}")
    try:
        settings = read_settings(arguments.config)
    except ConfigError as error:
        raise ConfigError([*problems, *error.problems]) from error
    folder = settings.data.dir
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not os.access(folder, os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    except OSError as error:
        problems.append(f"[data] dir: {folder} cannot be written: {error.strerror}")
    if problems:
        raise ConfigError(problems)
    return settings


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
