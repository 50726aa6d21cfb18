"""`kiosk-provision repository`: the publisher's side of updates."""

import argparse
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from provisioning.updates import repository as made
from provisioning.updates.errors import RepositoryError
from provisioning.updates.release import CODE, STABLE, SYSTEM, Release, pack

_RENEW = f"renew it within {made.LASTS['timestamp'].days} days, or kiosks stop to believe it"


def add_command(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds it to the command line."""
    verbs = commands.add_parser("repository", help="make, sign and publish releases").add_subparsers(
        required=True, metavar="VERB"
    )
    _add_keys_and_root(verbs)
    add = _verb(verbs, "add", "stage a release", _add)
    add.add_argument("--version", required=True, metavar="X.Y.Z")
    add.add_argument("--oldest", default="0.0.0", metavar="X.Y.Z", help="the oldest version it may follow at once")
    add.add_argument("--channel", default=STABLE, help="(%(default)s)")
    add.add_argument("--machine", default=Release("0.0.0").machine, help="as uname -m says it (%(default)s)")
    add.add_argument(
        "content", type=Path, help="the version's folder, made where it will lie on the kiosk; or a system's bundle"
    )
    withdraw = _verb(verbs, "withdraw", "stage that a release is not offered any more", _withdraw)
    withdraw.add_argument("file", help="the archive's name")
    sign = _verb(verbs, "sign", "add a publisher's signature to what is staged", _sign)
    sign.add_argument("--key", type=Path, required=True, metavar="FILE")
    publish = _verb(verbs, "publish", "publish what is staged and signed", _publish)
    renew = _verb(verbs, "renew", "make what is published believed for another week; by a timer, each day", _renew)
    for one in (publish, renew):
        one.add_argument("--online-key", type=Path, required=True, metavar="FILE")


def _add_keys_and_root(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    key = verbs.add_parser("new-key", help="make a publisher's key, and its public part beside it")
    key.set_defaults(run=_or_say_why(_new_key))
    key.add_argument("file", type=Path)
    new = _verb(verbs, "new", "stage the first root, or the next one, each year or with other keys", _new)
    new.add_argument("--key", type=Path, action="append", required=True, metavar="FILE.pub", help="three or more")
    new.add_argument("--online-key", type=Path, required=True, metavar="FILE.pub", help="of the publishing machine")


def _verb(
    verbs: "argparse._SubParsersAction[argparse.ArgumentParser]",
    name: str,
    text: str,
    run: Callable[[argparse.Namespace], int],
) -> argparse.ArgumentParser:
    one = verbs.add_parser(name, help=text)
    one.set_defaults(run=_or_say_why(run))
    one.add_argument("--in", dest="repository", type=Path, required=True, metavar="DIR", help="the repository")
    return one


def _or_say_why(run: Callable[[argparse.Namespace], int]) -> Callable[[argparse.Namespace], int]:
    def saying(arguments: argparse.Namespace) -> int:
        try:
            return run(arguments)
        except (RepositoryError, OSError, ValueError) as error:
            print(f"kiosk-provision: {error}", file=sys.stderr)
            return 1

    return saying


def _repository(arguments: argparse.Namespace) -> made.Repository:
    return made.Repository(arguments.repository, lambda: datetime.now(UTC))


def _new_key(arguments: argparse.Namespace) -> int:
    key = made.new_key(arguments.file)
    print(f"{arguments.file}: keep it away from the network; {arguments.file}{made.PUBLIC}: key {key.keyid[:12]}…")
    return 0


def _new(arguments: argparse.Namespace) -> int:
    publishers = [made.read_public(each) for each in arguments.key]
    _repository(arguments).stage_root(publishers, made.read_public(arguments.online_key))
    print(f"staged; have it signed by {made.THRESHOLD} of them, then publish it")
    return 0


def _add(arguments: argparse.Namespace) -> int:
    kind = SYSTEM if arguments.content.is_file() else CODE
    release = Release(arguments.version, arguments.channel, arguments.oldest, arguments.machine, kind)
    if kind == SYSTEM:
        _repository(arguments).stage_release(arguments.content, release)
    else:
        with tempfile.TemporaryDirectory() as folder:
            archive = Path(folder, release.file)
            pack(arguments.content, archive)
            _repository(arguments).stage_release(archive, release)
    print(f"{release.file} is staged; have it signed by {made.THRESHOLD} publishers, then publish it")
    return 0


def _withdraw(arguments: argparse.Namespace) -> int:
    _repository(arguments).withdraw_release(arguments.file)
    print("staged")
    return 0


def _sign(arguments: argparse.Namespace) -> int:
    print(f"signed: {', '.join(_repository(arguments).sign(made.read_key(arguments.key)))}")
    return 0


def _publish(arguments: argparse.Namespace) -> int:
    _repository(arguments).publish(made.read_key(arguments.online_key))
    print(f"published; {_RENEW}")
    return 0


def _renew(arguments: argparse.Namespace) -> int:
    _repository(arguments).renew(made.read_key(arguments.online_key))
    print(f"renewed; {_RENEW}")
    return 0
