"""`kiosk-provision reset`: keys and data are overwritten and removed, and it is proved that nothing of them is left.

Keys go first: what they encrypted cannot be read from then on, wherever the power goes. A flash disk may keep former
copies of a block that no program can reach; they are of no use without the keys, and are discarded (fstrim) where the
disk takes that.
"""

import argparse
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from kiosk.config import read_settings
from kiosk.durable_file import sync
from kiosk.errors import ConfigError
from kiosk.identity import KEY_FILE
from kiosk.store_key import CREDENTIAL
from kiosk.store_key import KEY_FILE as STORE_KEY_FILE
from provisioning.box_files import CONFIG
from provisioning.encrypted_data import destroy_keys, is_encrypted
from provisioning.machine import BoxError, Machine
from provisioning.plan import SEALED_KEY

DATA = ("var/lib/anjungan", "var/lib/anjungan-sync", SEALED_KEY)
"""What a reset takes, beside the data folder of the configuration: folders are emptied, files removed."""
SEARCHED = ("etc", "var", "opt/anjungan", "root", "home", "tmp")
"""Where it looks for what may be left of the keys."""
WORD = "WIPE"
BLOCK = 1024 * 1024
UNITS = ("anjungan.target", "anjungan-ui.service", "anjungan-core.service", "anjungan-sync.service")


@dataclass(frozen=True)
class Proof:
    """What was wiped, what is left of it, and where the keys are still to be found among `searched` files."""

    files: int
    size: int
    left: tuple[Path, ...]
    keys_in: tuple[Path, ...]
    searched: int

    @property
    def holds(self) -> bool:
        return not self.left and not self.keys_in


def add_command(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    one = commands.add_parser("reset", help="wipe this kiosk's keys and data, and prove it")
    one.set_defaults(run=reset)
    one.add_argument("--root", type=Path, default=Path("/"), metavar="DIR", help="where the box's files start")
    one.add_argument("--yes", action="store_true", help="do not ask")


def wipe(machine: Machine, places: list[Path], overwrite: Callable[[Path], int] | None = None) -> Proof:
    """Wipes files, and all that is in folders, and looks for what is left. Raises OSError. `overwrite` takes a file off
    the disk and returns its size in bytes.
    """
    files = sorted((each for place in places for each in _files(place)), key=_keys_first)
    secrets = [secret for each in files if _is_key(each) for secret in _secrets(each)]
    size = sum((overwrite or overwritten)(each) for each in files)
    for place in places:
        _remove_folders(place)
    left = tuple(each for place in places for each in _files(place))
    keys_in, searched = _search(machine, secrets)
    return Proof(len(files), size, left, keys_in, searched)


def reset(arguments: argparse.Namespace, ask: Callable[[str], str] = input) -> int:
    """The command; `ask` shows a question and returns what was typed."""
    machine = Machine.at_root(arguments.root)
    places = _places(machine)
    for place in places:
        print(f"will be wiped: {place}")
    stays = "settings of this box and later versions go too" if is_encrypted(machine) else "the configuration stays"
    print(f"what was not sent to the central server yet is lost; {stays}")
    if not arguments.yes and ask(f"type {WORD} to go on: ").strip() != WORD:
        raise BoxError("nothing was wiped")
    if machine.is_up:
        machine.run(("systemctl", "stop", *UNITS))
    if is_encrypted(machine):
        destroy_keys(machine)
        print("the data partition's keys are destroyed; it is made anew at the next start")
    try:
        proof = wipe(machine, places)
    except OSError as error:
        raise BoxError(f"{error.filename}: {error.strerror}; as root, run it again: it goes on from here") from error
    if machine.is_up:
        machine.run(("fstrim", "--all", "--quiet"))
    for each in proof.left:
        print(f"still there: {each}")
    for each in proof.keys_in:
        print(f"holds a key: {each}")
    print(f"{proof.files} files of {proof.size} bytes overwritten and removed; {len(proof.left)} left of them")
    print(f"the keys are in {len(proof.keys_in)} of {proof.searched} files searched")
    print("wiped: revoke this kiosk on the page of the fleet" if proof.holds else "NOT wiped")
    return 0 if proof.holds else 1


def _places(machine: Machine) -> list[Path]:
    places = [machine.at(each) for each in DATA]
    try:
        places.append(machine.here(read_settings(machine.at(CONFIG)).data.dir))
    except ConfigError:
        print(f"/{CONFIG} cannot be read: only the usual folders are wiped")
    return [each for place, each in enumerate(places) if each.exists() and each not in places[:place]]


def _files(place: Path) -> Iterator[Path]:
    if place.is_dir() and not place.is_symlink():
        yield from (each for each in sorted(place.rglob("*")) if each.is_symlink() or not each.is_dir())
    elif place.is_symlink() or place.exists():
        yield place


def _is_key(file: Path) -> bool:
    return file.name in (KEY_FILE, STORE_KEY_FILE, CREDENTIAL)


def _keys_first(file: Path) -> tuple[bool, str]:
    return not _is_key(file), str(file)


def _secrets(file: Path) -> list[bytes]:
    """What would betray a key: each of its lines but PEM's own."""
    lines = file.read_bytes().splitlines()
    return [line for line in lines if len(line) >= 32 and not line.startswith(b"-----")]


def overwritten(file: Path) -> int:
    """Fills the file with noise, brings that to the disk, and removes it; returns its size in bytes."""
    size = 0
    if file.is_file() and not file.is_symlink():
        size = file.stat().st_size
        with open(file, "r+b", buffering=0) as stream:
            for start in range(0, size, BLOCK):
                stream.write(os.urandom(min(BLOCK, size - start)))
            os.fsync(stream.fileno())
    file.unlink()
    sync(file.parent)
    return size


def _remove_folders(place: Path) -> None:
    """The empty folders below a folder; the folder itself stays, with its owner."""
    if place.is_dir():
        for each in sorted(place.rglob("*"), reverse=True):
            if each.is_dir() and not each.is_symlink():
                each.rmdir()
        sync(place)


def _search(machine: Machine, secrets: list[bytes]) -> tuple[tuple[Path, ...], int]:
    """The files that hold one of the secrets, and how many were looked through."""
    holding, searched = [], 0
    for place in SEARCHED:
        for file in _files(machine.at(place)):
            if file.is_symlink() or not file.is_file():
                continue
            try:
                content = file.read_bytes()
            except OSError:
                continue
            searched += 1
            holding += [file] if any(secret in content for secret in secrets) else []
    return tuple(holding), searched
