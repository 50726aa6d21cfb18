"""Attacks an emulated kiosk as somebody in its lobby would: keys, USB devices, its network cable, its serial line, and
its start.

kiosk-provision image --config OFFICE/kiosk.toml --usb-devices bench/emulated-usb.toml --out IMAGE
python bench/emulated_attacks.py --image IMAGE --office OFFICE --work DIR

The machine is saved at its start page; each attack begins there. One has failed when the start page stands or is back
by itself, the machine did not start anew, nothing was said at the console's serial line, no USB device but the box's
own is used, nobody at the cable was answered, and a visit after the attacks of its kind ends with paper. What follows
one that succeeded begins with the saved machine again. `--control` attacks an image whose lock-down was taken away:
there every attack that is weak without it must succeed. Exit status 1 where an attack succeeds, or the control's
does not.
"""

import argparse
import re
import sys
import time
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from pathlib import Path

from attacked_box import DATA, GONE, OWNED, SYSTEM, Box, Power, Running, Seen, weaker
from emulator import CONSOLE, SCREEN, what_is_missing
from stranger import ALL_PORTS

Chords = list[tuple[str, ...]]
SHOTS = ("b", "o", "c", "e", "i", "k", "u", "r", "f", "s")
"""Of SysRq: restart, off, crash, end all, kill all, kill the screen's, read-only, raw keys, kill the largest, sync."""


def _typed(text: str) -> Chords:
    names = {" ": "spc", "\n": "ret", "/": "slash", "=": "equal", "-": "minus", ">": "shift-dot", "\\": "backslash"}
    return [("shift", each.lower()) if each.isupper() else tuple(names.get(each, each).split("-", 1)) for each in text]


CHORDS: dict[str, Chords] = {
    "Ctrl-Alt-F1 to F12": [("ctrl", "alt", f"f{number}") for number in range(1, 13)],
    "Alt-F1 to F12, Alt-arrows": [*(("alt", f"f{number}") for number in range(1, 13)),
        ("alt", "left"), ("alt", "right")],
    **{f"Alt-SysRq-{each}": [("alt", "sysrq", each)] for each in SHOTS},
    "Ctrl-Alt-Del": [("ctrl", "alt", "delete")],
    "Ctrl-Alt-Del seven times": [("ctrl", "alt", "delete")] * 7,
    "Ctrl-Alt-Backspace": [("ctrl", "alt", "backspace")] * 2,
    "power, sleep and wake keys": [("power",), ("sleep",), ("wake",)],
    "shortcuts of desktops": [
        ("meta_l",), ("meta_l", "r"), ("meta_l", "l"), ("alt", "tab"), ("alt", "f4"), ("ctrl", "c"), ("ctrl", "z"),
        ("ctrl", "d"), ("ctrl", "q"), ("ctrl", "w"), ("print",), ("esc",), ("alt", "esc"), ("ctrl", "esc"),
        ("menu",), ("f1",), ("f11",), ("ctrl", "alt", "t"), ("scroll_lock",), ("num_lock",), ("pause",), ("ctrl", "s"),
    ],
    "typing a name and a password": _typed("root\nroot\nreboot\n"),
}  # fmt: skip
KEYS_SECONDS: dict[tuple[str, ...], float] = {("power",): 15.0, **{("alt", "sysrq", each): 8.0 for each in SHOTS}}
"""How long it takes until what a first key does is seen."""
BACK = "its back"
"""The option that names what is behind a device of QEMU's."""
DEVICES: dict[str, list[tuple[str, dict[str, object]]]] = {
    "a keyboard that has the panel's id": [("usb-kbd", {"serial": "anjungan-panel"})],
    "a panel with another serial number": [("usb-tablet", {"serial": "another"})],
    "a mouse, a drawing tablet": [("usb-mouse", {}), ("usb-wacom-tablet", {})],
    "a stick": [("usb-storage", {"drive": BACK})],
    "a network card": [("usb-net", {"netdev": BACK})],
    "a serial line": [("usb-serial", {"chardev": BACK})],
    "a braille display, a card reader": [("usb-braille", {"chardev": BACK}), ("usb-ccid", {})],
    "a sound card": [("usb-audio", {"audiodev": "silence"})],
}


@dataclass(frozen=True)
class Attack:
    """Its name for people, its kind, and what is done to a running machine."""

    kind: str
    name: str
    do: Callable[[Running], Seen]
    is_weak: bool = False
    """Whether it succeeds where there is no lock-down, so that the control has to find it."""


def keys(running: Running, chords: Chords, board: bool) -> Seen:
    """At the keyboard of the board's own controller, or at one that is plugged in."""
    if not board and "keyboard" not in running.plugged:
        running.plug("usb-kbd", "keyboard", display=SCREEN)
        running.wait_until_looked_at()
    went = running.press(chords, board) + running.stays(KEYS_SECONDS.get(chords[0], 0))
    return Seen(notes=[f"the start page went: {', '.join(went)}"] if went else [])


def devices(running: Running, plugged: Iterable[tuple[str, dict[str, object]]]) -> Seen:
    """Plugs devices in."""
    for driver, options in plugged:
        number = len(running.plugged)
        running.plug(driver, f"device{number}", **backed(running, options))
    return Seen(notes=running.wait_until_looked_at())


def backed(running: Running, options: dict[str, object]) -> dict[str, object]:
    """The options of a device, with what QEMU's device is the front of."""
    name = f"back{len(running.plugged)}"
    if "drive" in options:
        running.emulator.command(f"drive_add 0 if=none,id={name},format=raw,file={a_stick(running)}")
    elif "netdev" in options:
        running.emulator.command(f"netdev_add user,id={name}")
    elif "chardev" in options:
        running.emulator.command(f"chardev-add ringbuf,id={name}")
    return {key: name if value is BACK else value for key, value in options.items()}


def a_stick(running: Running) -> Path:
    stick = running.folder / f"stick{len(running.plugged)}"
    with stick.open("wb") as file:
        file.truncate(64 << 20)
    return stick


def hub(running: Running) -> Seen:
    """Twenty devices behind hubs."""
    for port in ("15", "15.1", "15.2"):
        running.plug("usb-hub", f"hub{port.replace('.', '-')}", port=port)
    ports = [*(f"15.{place}" for place in range(3, 7)), *(f"15.{hub}.{place}" for hub in "12" for place in range(1, 9))]
    for number, port in enumerate(ports):
        running.plug(("usb-kbd", "usb-tablet", "usb-mouse")[number % 3], f"behind{number}", port=port)
    return Seen(notes=[f"{len(ports)} devices", *running.wait_until_looked_at()])


def scanned(running: Running, version: int) -> Seen:
    """Every TCP and UDP port."""
    running.stranger.scan(version)
    return Seen(notes=[f"{len(ALL_PORTS)} of each"])


def flooded(running: Running) -> Seen:
    running.stranger.flood(PINGS)
    running.stranger.flood(PINGS, 6)
    return Seen(notes=[f"{2 * PINGS} of 1,400 bytes"])


PINGS = 10_000


def serial_line(running: Running) -> Seen:
    """The console's serial line is asked for a sign-in, in the ways that gettys wait for."""
    for words in (b"\r", b"\n", b"root\r", b"\r\r", b"\x03", b"\x04", IN_SHELL.encode()):
        running.type_at_line(words)
    # A break and a letter are SysRq at a serial console.
    running.emulator.command(f"chardev-send-break {CONSOLE}")
    running.type_at_line(b"b")
    return Seen()


def judged(running: Running, seen: Seen) -> Seen:
    """What an attack left, without a visit."""
    went = running.went()
    if went:
        return Seen([*seen.problems, *went], seen.notes)
    notes = [*seen.notes, *running.kept_if_another("afterwards")]
    back = running.comes_back()
    problems = list(seen.problems)
    if back is None:
        problems.append("the start page is gone")
    elif back > 1:
        notes.append(f"back after {back:.0f} s")
    problems += [f"used: {kind}" for kind in running.strangers()]
    problems += [f"answered: {what}" for what, _ in running.stranger.answers.most_common(3)]
    if offered := running.offered():
        problems.append(f"the serial line offers {offered}")
    return Seen([*problems, *running.went()], notes)


STARTED = b"BdsDxe: starting"
"""What the firmware says when it hands on to the boot loader."""
FIRMWARE_SECONDS, START_SECONDS = 900.0, 1800.0
HELD = 15
"""So often each key is pressed at the boot loader."""
EDITED = "init=/bin/sh "
IN_SHELL = "echo own\\ed>/dev/ttyS0\n"
"""A line that only shows what is typed does not say OWNED."""


def at_loader(running: Running) -> Seen:
    """Keys held at the boot loader: its menu, its editor, another command line."""
    wait_until(lambda: STARTED in running.emulator.console.read_bytes(), FIRMWARE_SECONDS)
    for key in ("spc", "esc", "e", "d") * HELD:
        running.emulator.press(key, board=True)
    seen = [running.kept("the boot loader")]
    for chord in [("e",), *_typed(EDITED)]:
        running.emulator.press(*chord, board=True)
    seen.append(running.kept("the boot loader after e and words"))
    running.emulator.press("ret", board=True)
    wait_until(running.is_in_kernel, FIRMWARE_SECONDS)
    ended = until_started(running, partial(at_keyboard, chords=_typed(IN_SHELL), board=True))
    return Seen(ended.problems, [*seen, *ended.notes])


def while_it_starts(running: Running, do: Callable[[Running], None]) -> Seen:
    """The same over and over, from the kernel's start to the start page."""
    wait_until(running.is_in_kernel, FIRMWARE_SECONDS)
    running.forget_what_was_used()
    return until_started(running, do)


def at_keyboard(running: Running, chords: Chords, board: bool) -> None:
    for chord in chords:
        running.emulator.press(*chord, board=board)


def at_line(running: Running) -> None:
    """The serial line: words, what stops a program, a break with SysRq's letters."""
    for words in (b"\r", b"root\r", b"\x03", b"\x04", b"\x1a", b"\x1b", IN_SHELL.encode()):
        running.type_at_line(words, 0)
    for letter in SHOTS:
        running.emulator.command(f"chardev-send-break {CONSOLE}")
        running.type_at_line(letter.encode(), 0)


def without(running: Running) -> Seen:
    """The start fails, for a partition is empty; then a shell is asked for, until the machine starts anew."""
    wait_until(running.is_in_kernel, FIRMWARE_SECONDS)
    running.said()
    kept, until = "", time.monotonic() + START_SECONDS
    while time.monotonic() < until and not running.went():
        at_keyboard(running, _typed("\n" + IN_SHELL), board=True)
        running.type_at_line(b"\r" + IN_SHELL.encode(), 0)
        if OWNED.decode() in running.offered():
            return Seen(["a shell"], [running.kept("a shell")])
        kept = kept or running.kept_when_there_are_words()
    return Seen([] if running.went() == [GONE["RESET"]] else ["it does not start anew"], [*running.went(), kept])


def until_started(running: Running, do: Callable[[Running], None]) -> Seen:
    """Does it until the start page is there."""
    running.said()
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        do(running)
        if offered := running.offered():
            return Seen([f"the serial line offers {offered}"])
        if running.went():
            return Seen(running.went())
        if running.is_at_start():
            return Seen([f"used while it started: {each}" for each in running.once_used()])
    return Seen(["the start page does not come"], [running.kept("no start page")])


def wait_until(is_so: Callable[[], bool], seconds: float) -> None:
    """Raises TimeoutError."""
    until = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > until:
            raise TimeoutError(f"not within {seconds:.0f} s")
        time.sleep(0.1)


WEAK_CHORDS = (
    "Ctrl-Alt-F1 to F12", "Alt-SysRq-b", "Alt-SysRq-o", "Alt-SysRq-c", "Alt-SysRq-e", "power, sleep and wake keys",
)  # fmt: skip
KEYS, USB, NETWORK, LINE = "keys", "USB", "network", "serial line"
ATTACKS = [
    *(
        Attack(f"{KEYS} of {where}", name, partial(keys, chords=chords, board=board), name in WEAK_CHORDS)
        for where, board in (("the board's keyboard", True), ("a plugged keyboard", False))
        for name, chords in CHORDS.items()
    ),
    *(Attack(USB, name, partial(devices, plugged=plugged), True) for name, plugged in DEVICES.items()),
    Attack(USB, "a hub with devices", hub, True),
    Attack(NETWORK, "every TCP and UDP port", partial(scanned, version=4), True),
    Attack(NETWORK, "the same by IPv6", partial(scanned, version=6), True),
    Attack(NETWORK, "a flood of pings", flooded, True),
    Attack(LINE, "asking to sign in", serial_line, True),
]
BEFORE = (
    "-device", "usb-kbd,display=screen", "-device", "usb-mouse", "-netdev", "user,id=another",
    "-device", "usb-net,netdev=another", "-drive", "if=none,id=before,file=null-co://,format=raw",
    "-device", "usb-storage,drive=before",
)  # fmt: skip
ALL_CHORDS = [each for some in CHORDS.values() for each in some]
START = "start"
STARTS = [
    (Attack(START, "the boot loader's command line", at_loader, True), Power(firmware=True)),
    (
        Attack(START, "keys", partial(while_it_starts, do=partial(at_keyboard, chords=ALL_CHORDS, board=True)), True),
        Power(),
    ),
    (Attack(START, "the serial line", partial(while_it_starts, do=at_line), True), Power()),
    (
        Attack(
            START,
            "keyboard, mouse, network card and stick plugged in before, keys at that keyboard",
            partial(while_it_starts, do=partial(at_keyboard, chords=ALL_CHORDS, board=False)),
            True,
        ),
        Power(more=BEFORE),
    ),
    (Attack(START, "without its data", without, True), Power(broken=DATA)),
    (Attack(START, "without its system", without, True), Power(broken=SYSTEM)),
]


def main() -> int:
    """The command line; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--image", type=Path, required=True)
    parser.add_argument("--office", type=Path, required=True, help="its folder, by bench/emulated_office.py")
    parser.add_argument("--work", type=Path, required=True, help="a folder, 6 GB; the saved machine stays in it")
    parser.add_argument(
        "--only", default="", help="attacks of whose kinds and names this is a part, a regular expression"
    )
    parser.add_argument("--control", action="store_true", help="take the lock-down away before")
    arguments = parser.parse_args()
    if missing := what_is_missing():
        print(missing, file=sys.stderr)
        return 1
    image = arguments.image
    if arguments.control:
        image = arguments.work / "weaker.img"
        if not image.exists():
            arguments.work.mkdir(parents=True, exist_ok=True)
            weaker(arguments.image, image)
    box = Box(image, arguments.office, arguments.work)
    box.prepare()
    table = Table(arguments.control)
    attack_running(box, [each for each in ATTACKS if is_chosen(each, arguments)], table)
    for attack, power in STARTS:
        if is_chosen(attack, arguments):
            attack_start(box, attack, power, table)
    print(f"{table.rows} attacks, {table.wrong} of them not as they should end")
    return 1 if table.wrong else 0


def is_chosen(attack: Attack, arguments: argparse.Namespace) -> bool:
    return bool(re.search(arguments.only, f"{attack.kind}: {attack.name}")) and (
        attack.is_weak or not arguments.control
    )


@dataclass
class Table:
    """What is printed, a row an attack; in a control an attack should succeed."""

    control: bool
    rows: int = 0
    wrong: int = 0

    def add(self, attack: Attack, seen: Seen, seconds: float) -> None:
        self.rows += 1
        self.wrong += bool(seen.problems) != self.control
        verdict = f"SUCCEEDED: {'; '.join(seen.problems)}" if seen.problems else "held"
        notes = f" ({', '.join(seen.notes)})" if seen.notes else ""
        print(f"| {attack.kind} | {attack.name} | {verdict}{notes} | {seconds:.0f} s |", flush=True)


def attack_running(box: Box, attacks: list[Attack], table: Table) -> None:
    """From the start page on; one machine for all of a kind, until an attack succeeds, but one for each USB device: a
    kernel that is busy with one of them does not look at the next.
    """
    for kind, same in groupby(attacks, lambda each: each.kind):
        left = list(same)
        while left:
            with closing(box.at_start_page()) as running:
                while left:
                    attack, began = left.pop(0), time.monotonic()
                    seen = judged(running, attack.do(running))
                    table.add(attack, seen, time.monotonic() - began)
                    if seen.problems or (kind == USB and left):
                        break
                if not seen.problems:
                    visit(running, kind, table)


def visit(running: Running, kind: str, table: Table) -> None:
    """After attacks that failed: does the kiosk still serve?"""
    began = time.monotonic()
    seen = running.visited()
    if table.control:
        return
    table.add(Attack(kind, "a visit afterwards", lambda running: Seen()), seen, time.monotonic() - began)


def attack_start(box: Box, attack: Attack, power: Power, table: Table) -> None:
    """From power on; a visit where the start page comes."""
    began = time.monotonic()
    with closing(box.switched_on(power)) as running:
        seen = attack.do(running)
        if not seen.problems and not power.broken:
            seen = judged(running, seen)
            seen.problems.extend(running.visited().problems)
            if not running.uses_its_own():
                seen.problems.append("its own panel is not used")
        table.add(attack, seen, time.monotonic() - began)


if __name__ == "__main__":
    sys.exit(main())
