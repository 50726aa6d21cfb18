"""A configuration whose printer, scanner or screen is not this box's, completed with what detect finds there."""

import json
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from kiosk.config import Settings, settings_from
from kiosk.errors import ConfigError
from provisioning.apply import apply
from provisioning.box_files import CONFIG
from provisioning.detect import printer_lines, scanner_lines, screen_lines
from provisioning.disk import Disk
from provisioning.hardware import Hardware
from provisioning.machine import Machine
from provisioning.plan import own_plan

TABLE = re.compile(r"^\s*\[\[?\s*(?P<name>[A-Za-z_]+)[\s.\]]", re.MULTILINE)
DEVICE_FILES = ("serial", "camera", "file")
PROPOSED: dict[str, Callable[[Hardware], Iterator[str]]] = {
    "printer": printer_lines, "scanner": scanner_lines, "screen": screen_lines,
}  # fmt: skip
LISTS = {"scanner"}
KEPT = ("width_mm", "bottom_mm", "motion", "turn")


def completed(text: str, folder: Path, machine: Machine, found: Hardware) -> str:
    """The configuration (TOML; its relative paths start at `folder`) with those tables anew that name nothing of this
    box, as far as there is something to put there; else as it is. Raises ConfigError.
    """
    raw = tomllib.loads(text)
    settings = settings_from(raw, folder)
    changed = text
    for name in _strange(settings, machine, found):
        proposed = tomllib.loads("\n".join(PROPOSED[name](found))).get(name)
        if proposed:
            changed = _with_tables(changed, name, _merged(raw.get(name), proposed))
    if not _is_otherwise_alike(raw, changed):
        raise ConfigError(["the configuration is written in a way that cannot be completed; write its tables plainly"])
    settings_from(tomllib.loads(changed), folder)
    return changed


def complete(machine: Machine, config: Path, found: Hardware, disk: Disk) -> bool:
    """The box's configuration names its own devices, as far as it can be completed; returns whether it changed."""
    new = text = config.read_text(encoding="utf-8")
    with suppress(ConfigError):
        new = completed(text, config.parent, machine, found)
    if new == text:
        return False
    apply(machine, own_plan(machine, {CONFIG: new.encode()}), disk)
    return True


def turned(text: str) -> str:
    """The configuration with the picture turned by another 90 degrees, clockwise. Raises ConfigError."""
    return _with_screen(text, "turn", (tomllib.loads(text).get("screen", {}).get("turn", 0) + 90) % 360)


def laid(text: str, settings: Settings, found: Hardware) -> str:
    """The configuration with the panel's own size, where it names that of a picture which stands upright on it. Raises
    ConfigError.
    """
    sizes, size = [each.size for each in found.screens], settings.screen.size
    return _with_screen(text, "size", size[::-1]) if size not in sizes and size[::-1] in sizes else text


def _with_screen(text: str, key: str, value: object) -> str:
    screen = tomllib.loads(text).get("screen", {}) | {key: value}
    changed = _with_tables(text, "screen", [screen])
    if key not in tomllib.loads(changed).get("screen", {}):
        raise ConfigError([f"[screen] {key}: write the table [screen] plainly, then it can be set from the screen"])
    return changed


def _is_otherwise_alike(raw: dict[str, Any], changed: str) -> bool:
    """Whether nothing but the proposed tables is another."""
    try:
        now = tomllib.loads(changed)
    except tomllib.TOMLDecodeError:
        return False
    return all(raw.get(name) == now.get(name) for name in {*raw, *now} - {*PROPOSED})


def is_there(url: str, machine: Machine, found: Hardware) -> bool:
    """Whether a device's URL names something of this box; of what is on the network nobody knows from here."""
    parts = urlsplit(url)
    if parts.scheme == "usb":
        return url.removeprefix("usb://") in {each.id for each in found.usb}
    return parts.scheme not in DEVICE_FILES or machine.at(unquote(parts.path)).exists()


def _strange(settings: Settings, machine: Machine, found: Hardware) -> Iterator[str]:
    """Tables that name nothing of this box."""
    if settings.printer is None or not is_there(settings.printer.url, machine, found):
        yield "printer"
    if not any(is_there(each.url, machine, found) for each in settings.scanner):
        yield "scanner"
    sizes = [each.size for each in found.screens]
    if sizes and not {settings.screen.size, settings.screen.size[::-1]} & {*sizes}:
        yield "screen"


def _merged(own: Any, proposed: Any) -> list[dict[str, Any]]:
    """The proposed tables; of a single one, what was written of the kiosk's furniture and paper stays."""
    if isinstance(proposed, list):
        return proposed
    kept = {key: value for key, value in (own or {}).items() if key in KEPT}
    return [proposed | kept]


def _with_tables(text: str, name: str, tables: Iterable[dict[str, Any]]) -> str:
    """The text with these tables at its end, in the place of all of that name."""
    starts = [*TABLE.finditer(text)]
    ends = [each.start() for each in starts[1:]] + [len(text)]
    kept = text[: starts[0].start()] if starts else text
    for each, end in zip(starts, ends, strict=True):
        kept += "" if each["name"] == name else text[each.start() : end]
    head = f"[[{name}]]" if name in LISTS else f"[{name}]"
    written = ("\n".join([head, *(f"{key} = {json.dumps(value)}" for key, value in each.items())]) for each in tables)
    return "\n\n".join([kept.rstrip(), *written]) + "\n"
