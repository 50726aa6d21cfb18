"""`kiosk-provision update` and `roll-back`: another version of the appliance, and the way back."""

import argparse
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from kiosk.config import Settings, read_settings
from kiosk.errors import ConfigError
from kiosk.wanted_version import keep_refused, wanted_version
from provisioning.machine import Machine
from provisioning.slots import booted_slot
from provisioning.updates.errors import NotTaken, UpdateError
from provisioning.updates.health import PROBES, NoUnits
from provisioning.updates.memory import Memory
from provisioning.updates.release import CODE, SYSTEM, Release, order
from provisioning.updates.source import Offer, Source
from provisioning.updates.system import Rauc
from provisioning.updates.units import Units
from provisioning.updates.update import Choice, Updating
from provisioning.updates.versions import Versions

ROOT = Path("/")
REPOSITORY = "/updates"
"""Where the central server serves the repository, unless another address is named."""


def add_command(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds them to the command line."""
    update = commands.add_parser("update", help="take the version that the central server wants, or another one")
    update.set_defaults(run=_or_say_why(_update))
    which = update.add_mutually_exclusive_group()
    which.add_argument("--version", type=_version, metavar="X.Y.Z", help="this one")
    which.add_argument("--channel", metavar="NAME", help="the newest of a channel (stable)")
    which.add_argument(
        "--bundle", type=Path, metavar="FILE", help="this system, into the other slot of an image's disk"
    )
    which.add_argument("--resume", action="store_true", help="only end what a power cut left half done (at each start)")
    update.add_argument("--again", action="store_true", help="also a version that was taken back before")
    update.add_argument("--repository", metavar="URL", help=f"the repository; else the central server's {REPOSITORY}")
    back = commands.add_parser("roll-back", help="take back what was taken last: a version, or an image's system")
    back.set_defaults(run=_or_say_why(_roll_back))
    for one in (update, back):
        one.add_argument("--root", type=Path, default=ROOT, metavar="DIR", help="the box's / is there (%(default)s)")


def _version(text: str) -> str:
    try:
        order(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
    return text


def _or_say_why(run: Callable[[argparse.Namespace], int]) -> Callable[[argparse.Namespace], int]:
    """A command that ends with 1 and a sentence where no update could be made."""

    def saying(arguments: argparse.Namespace) -> int:
        try:
            return run(arguments)
        except UpdateError as error:
            print(f"kiosk-provision: {error}", file=sys.stderr)
        except OSError as error:
            print(f"kiosk-provision: the disk does not let it ({error}); the kiosk runs what it ran", file=sys.stderr)
        return 1

    return saying


def _say(sentence: str) -> None:
    print(sentence, flush=True)


def _updating(arguments: argparse.Namespace) -> tuple[Updating, Memory]:
    root: Path = arguments.root
    memory = Memory(root / "var/lib/anjungan-update")
    running = Units(time.sleep) if root == ROOT else NoUnits()
    versions, config = Versions(root / "opt/anjungan"), root / "etc/anjungan/kiosk.toml"
    system = Rauc() if _has_slots(arguments) else None
    return Updating(versions, memory, config, running, PROBES, lambda: datetime.now(UTC), _say, system), memory


def _has_slots(arguments: argparse.Namespace) -> bool:
    return booted_slot(Machine.at_root(arguments.root)) is not None


def _update(arguments: argparse.Namespace) -> int:
    updating, memory = _updating(arguments)
    with updating.alone():
        if arguments.resume:
            trial = updating.settle(started=True)
            _say(f"{updating.current} runs" + (", on trial" if trial else ""))
            _tell_what_was_taken_back(arguments, memory)
            return 0
        settings = read_settings(arguments.root / "etc/anjungan/kiosk.toml")
        if arguments.again:
            memory.forgive_all()
        if arguments.bundle:
            updating.install_system(arguments.bundle)
            return 0
        choose = _choice(arguments, settings, updating.current, memory.refused())
        try:
            return 0 if updating.update(lambda: _source(arguments, settings, memory), choose) else 1
        finally:
            _tell_the_kiosk(settings, memory)


def _tell_what_was_taken_back(arguments: argparse.Namespace, memory: Memory) -> None:
    """The way back was made, whatever its configuration is like."""
    with suppress(ConfigError):
        _tell_the_kiosk(read_settings(arguments.root / "etc/anjungan/kiosk.toml"), memory)


def _tell_the_kiosk(settings: Settings, memory: Memory) -> None:
    """What became of the version that the central server wants, for it to be told."""
    wanted = wanted_version(settings.data.dir) or ""
    problem = memory.refused().get(wanted)
    keep_refused(settings.data.dir, *((wanted, problem) if problem else ("", "")))


def _source(arguments: argparse.Namespace, settings: Settings, memory: Memory) -> Source:
    url = arguments.repository or settings.central.url + REPOSITORY
    if not url.startswith("https://"):
        raise ConfigError([f"--repository: {url} does not start with https://"])
    return Source(url, settings.central.ca, memory.folder / "seen", arguments.root / "etc/anjungan/update-root.json")


def _choice(
    arguments: argparse.Namespace, settings: Settings, current: str, refused: Mapping[str, str]
) -> Choice | None:
    """What is to be taken of what is offered; None where nothing is wanted, so that nobody need be asked."""
    has_slots = _has_slots(arguments)
    if arguments.channel:
        return lambda offers: _newest(_for_this_machine(offers, has_slots), arguments.channel, current)
    version = arguments.version or wanted_version(settings.data.dir)
    if version is None or version == current:
        return None
    if not arguments.version and version in refused:
        _say(f"{version} is wanted, and was taken back ({refused[version]}); it is taken again with --again")
        return None
    return lambda offers: _named(_for_this_machine(offers, has_slots), version)


def _for_this_machine(offers: Sequence[Offer], has_slots: bool) -> list[Offer]:
    """Of one version the system comes first, for a box that can take it: the appliance is in it."""
    kinds = (SYSTEM, CODE) if has_slots else (CODE,)
    mine = [each for each in offers if each.release.machine == Release("0.0.0").machine and each.release.kind in kinds]
    return sorted(mine, key=lambda each: (order(each.release.version), each.release.kind == SYSTEM), reverse=True)


def _named(offers: Sequence[Offer], version: str) -> Offer:
    for each in offers:
        if each.release.version == version:
            return each
    raise NotTaken(f"the repository does not offer {version} for this kind of machine; ask its publisher")


def _newest(offers: Sequence[Offer], channel: str, current: str) -> Offer | None:
    found = [each for each in offers if each.release.channel == channel]
    if not found:
        raise NotTaken(f"the repository offers nothing for the channel {channel}; look at its name")
    return found[0] if order(found[0].release.version) > order(current) else None


def _roll_back(arguments: argparse.Namespace) -> int:
    updating, memory = _updating(arguments)
    with updating.alone():
        updating.roll_back()
        _tell_what_was_taken_back(arguments, memory)
    return 0
