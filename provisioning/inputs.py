"""What a box is touched and typed on, by /proc/bus/input/devices."""

import re
from dataclasses import dataclass
from pathlib import Path

from provisioning.machine import Machine

EV_ABS = 0x03
PROP_DIRECT = 0x01
KEY_A, KEY_UP, KEY_DOWN = 30, 103, 108
SELECTS = (28, 96, 0x161, 0x160)
"""KEY_ENTER, KEY_KPENTER, KEY_SELECT, KEY_OK."""
BTN_LEFT = 0x110
BTN_TOOL_FINGER, BTN_TOUCH = 0x145, 0x14A
SW_HEADPHONE_INSERT = 2
WORD_BITS = 64
"""Of a word of a bitmap there, on a 64-bit kernel."""


@dataclass(frozen=True)
class Input:
    """An input device. `event` is the name of its device file; the rest are bitmaps of linux/input-event-codes.h."""

    name: str
    id: str
    event: str
    kinds: int
    props: int
    keys: int
    switches: int

    @property
    def is_touch_panel(self) -> bool:
        """What is touched and is no touchpad; also an old panel that says of a finger that it is a pen."""
        is_touched = _has(self.keys, BTN_TOUCH) or _has(self.props, PROP_DIRECT)
        return _has(self.kinds, EV_ABS) and is_touched and not _has(self.keys, BTN_TOOL_FINGER)

    @property
    def is_absolute_pointer(self) -> bool:
        """A mouse that says where it is, not how far it went, as some touch panels and emulators call themselves."""
        return _has(self.kinds, EV_ABS) and _has(self.keys, BTN_LEFT) and not _has(self.keys, BTN_TOOL_FINGER)

    @property
    def is_keyboard(self) -> bool:
        return _has(self.keys, KEY_A)

    @property
    def is_keypad(self) -> bool:
        """Up, down and select without letters, as docs/devices.md wants it."""
        has_arrows = _has(self.keys, KEY_UP) and _has(self.keys, KEY_DOWN)
        return has_arrows and any(_has(self.keys, each) for each in SELECTS) and not self.is_keyboard

    @property
    def is_headphones(self) -> bool:
        return _has(self.switches, SW_HEADPHONE_INSERT)


def inputs_of(machine: Machine) -> list[Input]:
    """All that have a device file."""
    entries = machine.text("proc/bus/input/devices").split("\n\n")
    return [each for each in map(_input, entries) if each.event]


def _input(entry: str) -> Input:
    maps = {name: _bitmap(words) for name, words in re.findall(r"^B: (\w+)=([0-9a-f ]+)$", entry, re.MULTILINE)}
    name = re.search(r'^N: Name="(.*)"', entry, re.MULTILINE)
    who = re.search(r"Vendor=([0-9a-f]{4}) Product=([0-9a-f]{4})", entry)
    event = re.search(r"^H: Handlers=.*?\b(event\d+)", entry, re.MULTILINE)
    return Input(
        name[1].strip() if name else "",
        f"{who[1]}:{who[2]}" if who else "",
        event[1] if event else "",
        maps.get("EV", 0),
        maps.get("PROP", 0),
        maps.get("KEY", 0),
        maps.get("SW", 0),
    )


def _bitmap(words: str) -> int:
    found = 0
    for word in words.split():
        found = found << WORD_BITS | int(word, 16)
    return found


def _has(bitmap: int, bit: int) -> bool:
    return bool(bitmap >> bit & 1)


def stable_name(machine: Machine, folders: tuple[str, ...], device: str) -> str:
    """A device file by a name that stays the same after a restart, where udev made one in one of the folders of /dev;
    else by its own.
    """
    for folder in folders:
        for link in machine.found(f"dev/{folder}", "*"):
            if link.is_symlink() and Path(link.readlink()).name == device.rpartition("/")[2]:
                return f"/dev/{folder}/{link.name}"
    return f"/dev/{device}"
