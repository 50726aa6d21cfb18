"""What differs between a box and what it is to be, in the order in which it is changed.

Users come first, then files and links, then packages (whose services then start with our files), and at last what is
running reads what is new. What was done before is left out, so a plan that was cut off is finished by the next.
"""

import hashlib
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from kiosk.database import KEY_BYTES
from kiosk.store_key import CREDENTIAL, KEY_FILE
from provisioning.box_files import CONFIG, MAKERS, PANEL, USB_DEVICES, USB_RULES, following
from provisioning.change import Change, CommandChange, FileChange, LinkChange, Removal
from provisioning.disk import put_file
from provisioning.machine import BoxError, Machine
from provisioning.manifest import Manifest
from provisioning.updates.memory import TRIAL
from provisioning.updates.versions import CURRENT, PROVEN

STATE = "var/lib/anjungan-provision"
PLACED = f"{STATE}/placed"
"""The places that apply filled, one a line, so that a later version can take away what it has no more."""
SYSUSERS = "etc/sysusers.d/"
SEALED_KEY = f"etc/credstore.encrypted/{CREDENTIAL}"
PLAIN_KEY = f"var/lib/anjungan/{KEY_FILE}"
VERSIONS = "opt/anjungan/versions"
UPDATE_TRIAL = f"var/lib/anjungan-update/{TRIAL}"
SEAL_A_KEY = f"""
umask 077
mkdir -p "${{1%/*}}"
od -An -vtx1 -N{KEY_BYTES} /dev/urandom | tr -d ' \\n' | systemd-creds encrypt --name={CREDENTIAL} - "$1.new"
sync "$1.new"
mv "$1.new" "$1"
sync "${{1%/*}}"
"""
"""The key goes from the kernel into the seal, and is in no file."""


RELOAD_DEVICES = """
systemctl is-active --quiet systemd-udevd.service || exit 0
udevadm control --reload
udevadm trigger
"""
"""A container has no devices of its own, and nobody who would read their rules."""


@dataclass(frozen=True)
class Reader:
    """A part of the running system that reads files of these folders, and the commands that have it read them anew."""

    name: str
    folders: tuple[str, ...]
    commands: tuple[tuple[str, ...], ...]


READERS = (
    Reader("units", ("etc/systemd/system/",), (("systemctl", "daemon-reload"),)),
    Reader("manager", ("etc/systemd/system.conf.d/",), (("systemctl", "daemon-reexec"),)),
    Reader("folders", ("etc/tmpfiles.d/",), (("systemd-tmpfiles", "--create", "anjungan.conf"),)),
    Reader("kernel", ("etc/sysctl.d/",), (("systemctl", "restart", "systemd-sysctl.service"),)),
    Reader("firewall", ("etc/nftables",), (("systemctl", "restart", "nftables.service"),)),
    Reader("devices", ("etc/udev/rules.d/",), (("sh", "-euc", RELOAD_DEVICES),)),
    Reader("journal", ("etc/systemd/journald.conf.d/",), (("systemctl", "restart", "systemd-journald.service"),)),
    Reader("seats", ("etc/systemd/logind.conf.d/",), (("systemctl", "try-restart", "systemd-logind.service"),)),
    Reader("time", ("etc/systemd/timesyncd.conf.d/",), (("systemctl", "restart", "systemd-timesyncd.service"),)),
    Reader("usb", ("etc/usbguard/", USB_RULES), (("systemctl", "restart", "usbguard.service"),)),
)


def plan(machine: Machine, manifest: Manifest, given: Mapping[str, bytes] | None = None) -> list[Change]:
    """All changes. `given` are new files of /etc/anjungan by their places. Raises ConfigError or BoxError."""
    new = dict(given or {})
    files = dict(manifest.files) | following(_own_files(machine) | new)
    links = manifest.links()
    wanted = {*files, *links}
    placed = set(machine.text(PLACED).splitlines())
    changes = [
        *_files(machine, manifest, {place: files[place] for place in files if place.startswith(SYSUSERS)}),
        *_users(machine, files),
        *_list(machine, wanted | placed),
        *_files(machine, manifest, new | files),
        *_links(machine, links),
        *version_links(machine, Path(sys.prefix)),
        *_removals(machine, placed - wanted),
        *_list(machine, wanted),
        *_packages(machine, manifest),
        *store_key(machine),
        *_readers(machine, files, links),
    ]
    return _once(changes)


def own_plan(machine: Machine, given: Mapping[str, bytes]) -> list[Change]:
    """Of all changes those that follow from the box's own files, with `given` new ones of /etc/anjungan; and what runs
    reads just that. Raises ConfigError or BoxError.
    """
    new = dict(given)
    files = new | following(_own_files(machine) | new)
    gone = {place for _, place, _ in MAKERS} - {*files}
    changes = [*_files(machine, Manifest.load(), files), *_removals(machine, gone)]
    places = [each.name.partition(" /")[2] for each in changes]
    readers = [each for each in READERS if machine.is_up and any(place.startswith(each.folders) for place in places)]
    return [*changes, *(CommandChange(each.name, "reads them anew", each.commands, machine) for each in readers)]


def packages_missing(machine: Machine, manifest: Manifest) -> list[str]:
    """Packages of the manifest that are not installed, by dpkg's own list (dpkg-query(1))."""
    entries = machine.text("var/lib/dpkg/status").split("\n\n")
    installed = {entry.partition("\n")[0].removeprefix("Package: ") for entry in entries if "\nStatus: install ok installed" in entry}  # fmt: skip  # noqa: E501
    return [each for each in manifest.packages if each not in installed]


def users_missing(machine: Machine, sysusers: str) -> list[str]:
    """What a file of sysusers.d(5) asks for, and the box has not: users, groups, `user in group`."""
    users = {line.partition(":")[0] for line in machine.text("etc/passwd").splitlines()}
    groups = {line.partition(":")[0]: line.rpartition(":")[2].split(",") for line in machine.text("etc/group").splitlines()}  # fmt: skip  # noqa: E501
    missing = []
    for line in sysusers.splitlines():
        match line.split():
            case ["u", name, *_] if name not in users:
                missing.append(f"user {name}")
            case ["g", name, *_] if name not in groups:
                missing.append(f"group {name}")
            case ["m", name, group] if name not in groups.get(group, []):
                missing.append(f"{name} in {group}")
    return missing


def _own_files(machine: Machine) -> dict[str, bytes]:
    """Those of /etc/anjungan that the box has, by their places."""
    return {place: content for place in (CONFIG, PANEL, USB_DEVICES) if (content := _own(machine, place)) is not None}


def _own(machine: Machine, place: str) -> bytes | None:
    try:
        return machine.at(place).read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise BoxError(f"/{place} cannot be read: {error.strerror}") from error


def _files(machine: Machine, manifest: Manifest, files: Mapping[str, bytes]) -> list[Change]:
    changes = (
        FileChange(f"/{place}", _within(machine, place), files[place], manifest.mode(place)) for place in sorted(files)
    )
    return [each for each in changes if each.is_needed()]


def _links(machine: Machine, links: Mapping[str, str]) -> list[Change]:
    changes = (LinkChange(f"/{place}", _within(machine, place), links[place]) for place in sorted(links))
    return [each for each in changes if each.is_needed()]


def version_links(machine: Machine, running: Path) -> list[Change]:
    """`current` and `proven`, where they are missing: what installed itself at /opt/anjungan/versions/X sets them.
    `running` is the folder of the version that plans this. Where an update has set one of them, both are its own.
    """
    places = [f"opt/anjungan/{link}" for link in (CURRENT, PROVEN)]
    is_installed = running.resolve().parent == machine.at(VERSIONS).resolve()
    if not is_installed or machine.at(UPDATE_TRIAL).exists():
        return []
    there = [machine.at(place).readlink().name for place in places if machine.at(place).is_symlink()]
    version = there[0] if there else running.resolve().name
    missing = {place: f"versions/{version}" for place in places if not machine.at(place).is_symlink()}
    return _links(machine, missing)


def _removals(machine: Machine, places: Iterable[str]) -> list[Change]:
    changes = (Removal(f"/{place}", _within(machine, place)) for place in sorted(places))
    return [each for each in changes if each.is_needed()]


def _list(machine: Machine, places: Iterable[str]) -> list[Change]:
    content = "".join(f"{place}\n" for place in sorted(places)).encode()
    change = FileChange(f"/{PLACED}", _within(machine, PLACED), content, 0o644)
    return [change] if change.is_needed() else []


def _users(machine: Machine, files: Mapping[str, bytes]) -> list[Change]:
    sources = [place for place in sorted(files) if place.startswith(SYSUSERS)]
    missing = [each for place in sources for each in users_missing(machine, files[place].decode())]
    if not missing:
        return []
    names = (place.removeprefix(SYSUSERS) for place in sources)
    command = ("systemd-sysusers", f"--root={machine.root.resolve()}", *names)
    return [CommandChange("users", f"made: {', '.join(missing)}", (command,), machine)]


def _packages(machine: Machine, manifest: Manifest) -> list[Change]:
    missing = packages_missing(machine, manifest) if machine.is_up else []
    if not missing:
        return []
    install = (
        "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "install", "--yes", "--no-install-recommends",
        "--option=Dpkg::Options::=--force-confold", *missing,
    )  # fmt: skip
    return [
        CommandChange("packages", f"installed: {', '.join(missing)}", (("dpkg", "--configure", "-a"), install), machine)
    ]


def store_key(machine: Machine) -> list[Change]:
    """The key of the kiosk's store, sealed by the TPM where there is one (systemd-creds(1)), so that it is readable on
    no disk. A store that has a key of its own already keeps it.
    """
    has_key = any(machine.at(each).exists() for each in (SEALED_KEY, PLAIN_KEY))
    if has_key or not machine.is_up:
        return []
    words = f"made, and sealed into /{SEALED_KEY}"
    return [CommandChange("store key", words, (("sh", "-euc", SEAL_A_KEY, "sh", f"/{SEALED_KEY}"),), machine)]


def _readers(machine: Machine, files: Mapping[str, bytes], links: Mapping[str, str]) -> list[Change]:
    """What runs has to read what was changed since it last did; a box that is not up reads all at its start."""
    if not machine.is_up:
        return []
    all_of_it = dict(files) | {place: to.encode() for place, to in links.items()}
    changes: list[Change] = []
    for reader in READERS:
        digest = _digest({place: each for place, each in all_of_it.items() if place.startswith(reader.folders)})
        place = f"{STATE}/read/{reader.name}"
        if machine.text(place) == digest:
            continue
        noted = partial(put_file, file=_within(machine, place), content=f"{digest}\n".encode(), mode=0o644)
        words = f"reads {', '.join(f'/{folder}' for folder in reader.folders)} anew"
        changes.append(CommandChange(reader.name, words, reader.commands, machine, noted))
    return changes


def _digest(files: Mapping[str, bytes]) -> str:
    sums = (f"{place} {hashlib.sha256(files[place]).hexdigest()}\n" for place in sorted(files))
    return hashlib.sha256("".join(sums).encode()).hexdigest()


def _once(changes: list[Change]) -> list[Change]:
    """Without the second of two equal ones."""
    return [each for place, each in enumerate(changes) if each not in changes[:place]]


def _within(machine: Machine, place: str) -> Path:
    """Where a file of the box is from here. Raises BoxError where a link leads out of the box's root."""
    file = machine.at(place)
    if machine.root != Path("/") and not file.parent.resolve().is_relative_to(machine.root.resolve()):
        raise BoxError(f"/{place}: {file.parent} leads out of {machine.root}; make the link relative")
    return file
