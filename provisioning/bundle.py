"""`kiosk-provision bundle`: what support needs to see, in one file without personal data.

The kiosk's log has no field that could hold any (docs/log.md); lines that are not of that log are left out and counted.
What other programs said of the kiosk's units goes through the same blotting as a comment does.
"""

import argparse
import gzip
import io
import json
import platform
import tarfile
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from pathlib import Path

from kiosk import event_log
from kiosk.comment import cleaned, without_numbers
from kiosk.config import read_settings
from kiosk.errors import ConfigError
from kiosk.event_log import LogEvent
from kiosk.log_file import name_of
from provisioning.box_files import CONFIG, USB_DEVICES
from provisioning.check import as_json, findings_of
from provisioning.detect import in_words
from provisioning.disk import Disk, put_file
from provisioning.hardware import hardware_of
from provisioning.machine import BoxError, Machine
from provisioning.manifest import Manifest

JOURNAL_LINES = 5000
LINE_LENGTH = 1000
"""More of a line is cut, so that whatever a program says the bundle stays below 20 MB, and packed far below."""
UNITS = "anjungan*"
EVENTS = {name_of(each) for each in vars(event_log).values() if isinstance(each, type) and issubclass(each, LogEvent)}
"""All that the kiosk's log can hold."""


def add_command(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    one = commands.add_parser("bundle", help="put logs, checks and versions into one file for support")
    one.set_defaults(run=_bundle)
    one.add_argument("--root", type=Path, default=Path("/"), metavar="DIR", help="where the box's files start")
    one.add_argument("--out", type=Path, required=True, metavar="FILE", help="a .tar.gz")


def parts_of(machine: Machine) -> dict[str, str]:
    """The files of the bundle by their names."""
    own = (place for place in (CONFIG, USB_DEVICES) if machine.at(place).exists())
    journal = ("journalctl", f"--unit={UNITS}", f"--lines={JOURNAL_LINES}", "--no-pager", "--utc")
    return {
        "check.json": as_json(findings_of(machine), "en") + "\n",
        "versions.txt": "".join(f"{line}\n" for line in _versions(machine)),
        "hardware.txt": "".join(f"{line}\n" for line in in_words(hardware_of(machine))),
        "units.txt": _said(machine, "systemctl", "list-units", "--all", "--no-pager", "--plain", UNITS),
        "journal.txt": _said(machine, *journal),
        **{Path(place).name: machine.text(place) + "\n" for place in own},
        **_logs(machine),
    }


def packed(parts: Mapping[str, str], made_at: int) -> bytes:
    """A .tar.gz of the parts; `made_at` is in s since 1970."""
    file = io.BytesIO()
    with gzip.GzipFile(fileobj=file, mode="wb", mtime=made_at) as squeezed, tarfile.open(fileobj=squeezed, mode="w") as tar:  # fmt: skip  # noqa: E501
        for name in sorted(parts):
            content = parts[name].encode()
            entry = tarfile.TarInfo(f"anjungan/{name}")
            entry.size, entry.mtime, entry.mode = len(content), made_at, 0o600
            tar.addfile(entry, io.BytesIO(content))
    return file.getvalue()


def _bundle(arguments: argparse.Namespace) -> int:
    machine = Machine.at_root(arguments.root)
    parts = parts_of(machine)
    try:
        put_file(Disk(), arguments.out.absolute(), packed(parts, int(machine.now().timestamp())), 0o600)
    except OSError as error:
        raise BoxError(f"{arguments.out} cannot be written: {error.strerror}") from error
    print(f"written: {arguments.out} ({', '.join(sorted(parts))})")
    return 0


def _versions(machine: Machine) -> Iterator[str]:
    yield f"anjungan {version('anjungan')}"
    yield f"python {platform.python_version()}"
    yield machine.text("proc/version")
    yield machine.text("etc/os-release").partition("\n")[0]
    current = machine.at("opt/anjungan/current")
    yield f"current: {current.readlink()}" if current.is_symlink() else "current: not installed as a version"
    for entry in machine.text("var/lib/dpkg/status").split("\n\n"):
        said = dict(line.split(": ", 1) for line in entry.splitlines() if ": " in line and not line.startswith(" "))
        if said.get("Package") in Manifest.load().packages:
            yield f"{said['Package']} {said.get('Version', '?')}"


def _said(machine: Machine, *command: str) -> str:
    """What a program of the box says, line by line without long numbers."""
    if not machine.is_up:
        return "the box is not running\n"
    lines = machine.run(command).said.splitlines()
    return "".join(f"{without_numbers(cleaned(line))[:LINE_LENGTH]}\n" for line in lines[-JOURNAL_LINES:])


def _logs(machine: Machine) -> dict[str, str]:
    """The kiosk's log and its old files, line by line as far as they are of the closed list."""
    try:
        folder = machine.here(read_settings(machine.at(CONFIG)).data.dir) / "log"
    except ConfigError:
        return {}
    logs = {}
    for file in sorted(folder.glob("kiosk.jsonl*")):
        lines = file.read_text("ascii", errors="replace").splitlines()
        kept = [line for line in lines if _is_event(line)]
        passed_over = len(lines) - len(kept)
        logs[file.name] = "".join(f"{line}\n" for line in kept)
        if passed_over:
            logs[f"{file.name}.left-out"] = f"{passed_over} lines are not of the kiosk's log\n"
    return logs


def _is_event(line: str) -> bool:
    try:
        said = json.loads(line)
        return isinstance(said, dict) and said.get("event") in EVENTS
    except ValueError:
        return False
