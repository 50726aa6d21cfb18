"""`kiosk-provision`: enrol."""

import argparse
import logging
import sys
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kiosk.client import enrol
from kiosk.config import read_settings
from kiosk.errors import CentralError, ConfigError
from kiosk.identity import Identity, public_key_text
from kiosk.protocol import Enrolment


def parser() -> argparse.ArgumentParser:
    """The command line."""
    top = argparse.ArgumentParser(prog="kiosk-provision", description="Turns a bare box into a working kiosk.")
    commands = top.add_subparsers(required=True, metavar="COMMAND")
    one = commands.add_parser("enrol", help="exchange a one-time code for this kiosk's identity")
    one.set_defaults(run=_enrol)
    one.add_argument("--server", required=True, metavar="URL", help="the central server, https://…")
    one.add_argument("--ca", type=Path, required=True, metavar="FILE", help="the authority of its certificate, PEM")
    one.add_argument("--code", required=True, help="from kiosk-central new-code")
    one.add_argument("--config", type=Path, required=True, metavar="FILE", help="this kiosk's configuration")
    one.add_argument("--name", default="", help="what officers call this kiosk")
    one.add_argument("--again", action="store_true", help="take a new identity in place of the present one")
    return top


def main(argv: list[str] | None = None) -> int:
    """Runs a command; returns the exit status: 2 for a configuration that cannot be used."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    arguments = parser().parse_args(argv)
    try:
        status: int = arguments.run(arguments)
    except ConfigError as error:
        for problem in error.problems:
            print(f"kiosk-provision: {problem}", file=sys.stderr)
        return 2
    except CentralError as error:
        print(f"kiosk-provision: {error}", file=sys.stderr)
        return 1
    return status


def _enrol(arguments: argparse.Namespace) -> int:
    settings = read_settings(arguments.config)
    if not arguments.server.startswith("https://"):
        raise ConfigError(["--server: must start with https://"])
    if not arguments.ca.is_file():
        raise ConfigError([f"--ca: {arguments.ca} is not a file"])
    if not arguments.again and (settings.data.dir / "identity.json").exists():
        print("kiosk-provision: this kiosk is enrolled already; --again takes a new identity", file=sys.stderr)
        return 1
    key = Ed25519PrivateKey.generate()
    enrolment = Enrolment(code=arguments.code, public_key=public_key_text(key), name=arguments.name)
    enrolled = enrol(arguments.server, arguments.ca, enrolment)
    Identity.create(settings.data.dir, enrolled, key)
    print(f"enrolled as {enrolled.name} of {enrolled.office}; its walk-in numbers start with W{enrolled.digit}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
