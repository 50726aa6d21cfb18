"""kiosk-provision technician: the box's root hears a closed list of verbs, from the core's user alone."""

import json
import os
import re
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from boxes import whole_box

from kiosk.box_door import SECONDS, Said, Verb, ask
from kiosk.config import read_settings
from kiosk.doors import listen_at
from kiosk.errors import BoxDoorError, NoBoxDoor
from kiosk.readiness import kept_readiness
from provisioning.bundle import bounded
from provisioning.machine import Machine, Ran
from provisioning.technician import (
    ALLOW_FILE,
    DEEDS,
    FOLDER,
    check_as_told,
    serve,
)

UNITS = Path(__file__).parents[2] / "provisioning/system/etc/systemd/system"
HASH = "jDRX/4NHwGPjhqVj5cqbTGrRgIzOSpmZWZ3uM9wVUHY="
FINDING = {
    "requirement": {"id": "Pencetak", "en": "The printer"}, "verdict": "kept", "measured": "ready", "remedy": None
}  # fmt: skip


@dataclass
class Root:
    """A root that serves at a door, on a box whose commands are kept, and leave what they are told to."""

    folder: Path
    core: int = field(default_factory=os.getuid)
    ran: list[tuple[str, ...]] = field(default_factory=list)
    leaves: dict[str, bytes] = field(default_factory=dict)
    status: int = 0

    @property
    def door(self) -> Path:
        return self.folder / "box.sock"

    def runs(self, command: Sequence[str]) -> Ran:
        self.ran.append(tuple(command))
        for name, content in self.leaves.items():
            (self.folder / name).write_bytes(content)
        return Ran(self.status, "of no use")

    def serves(self) -> threading.Thread:
        listening = listen_at(self.door)
        machine = replace(Machine.at_root(self.folder), run=self.runs)

        def until_nobody_comes() -> None:
            with listening:
                serve(listening, self.core, machine, self.folder, idle=1.0)

        thread = threading.Thread(target=until_nobody_comes, daemon=True)
        thread.start()
        return thread


@pytest.fixture
def root(tmp_path: Path) -> Iterator[Callable[..., Root]]:
    threads = []

    def made(**more: object) -> Root:
        one = Root(tmp_path, **more)  # type: ignore[arg-type]
        threads.append(one.serves())
        return one

    yield made
    for each in threads:
        each.join(5)
        assert not each.is_alive(), "it ends when nobody comes any more"


def said_by(root: Root, raw: bytes) -> bytes:
    with socket.socket(socket.AF_UNIX) as line:
        line.settimeout(10)
        line.connect(str(root.door))
        line.sendall(raw)
        line.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: line.recv(65536), b""))


def test_a_verb_has_systemd_do_what_stands_in_a_unit_of_the_box(root) -> None:
    box = root()
    for verb in (Verb.RESTART_KIOSK, Verb.RESTART_MACHINE, Verb.SWITCH_OFF, Verb.ROLL_BACK):
        assert ask(box.door, verb) == Said({"done": True}, b"")
    assert all(each[0] == "systemctl" for each in box.ran)
    assert [each[-1] for each in box.ran] == [
        "anjungan-ui.service", "reboot.target", "poweroff.target", "anjungan-technician-roll-back.service"
    ]  # fmt: skip


def test_every_verb_has_a_deed_and_every_unit_that_it_starts_is_shipped() -> None:
    assert set(DEEDS) == set(Verb)
    named = {each for deed in DEEDS.values() for each in deed.command if each.startswith("anjungan-")}
    assert all((UNITS / re.sub("@.*[.]", "@.", each)).exists() for each in named)
    for unit, what in (("look@", "%i --walled"), ("refused", "refused")):
        text = (UNITS / f"anjungan-technician-{unit}.service").read_text()
        assert f" technician --tell {what}\n" in text
        # For root alone, and what else is written goes elsewhere.
        assert f"StandardOutput=truncate:{FOLDER}/{what.split()[0]}\nStandardError=journal\n" in text
    assert f"d {FOLDER} 0700 root root -\n" in (UNITS.parents[1] / "tmpfiles.d/anjungan.conf").read_text()
    assert " technician --allow\n" in (UNITS / "anjungan-technician-allow.service").read_text()


def test_the_core_waits_for_longer_than_a_check_may_take() -> None:
    def seconds(unit: str) -> int:
        lines = (UNITS / f"anjungan-{unit}.service").read_text().splitlines()
        return next(int(each.partition("=")[2]) for each in lines if each.startswith("TimeoutStartSec="))

    assert max(seconds("box-check"), seconds("server-check")) + seconds("technician-look@") < SECONDS
    assert seconds("technician-refused") < SECONDS


def test_what_a_check_found_comes_back(root) -> None:
    box = root(leaves={Verb.CHECK: json.dumps([FINDING]).encode()})
    assert ask(box.door, Verb.CHECK).words["findings"] == [FINDING]


def test_which_devices_are_refused_comes_back_and_one_of_them_is_let_in_by_what_usbguard_knows_it_by(root) -> None:
    device = {"kind": "scanner", "name": "HR32", "serial": "", "id": HASH}
    box = root(leaves={Verb.REFUSED: json.dumps([device]).encode()})
    assert ask(box.door, Verb.REFUSED).words["devices"] == [device]
    ask(box.door, Verb.ALLOW, HASH)
    assert [each[-1] for each in box.ran] == [
        "anjungan-technician-refused.service", "anjungan-technician-allow.service"
    ]  # fmt: skip
    assert (box.folder / ALLOW_FILE).read_text() == HASH


def test_a_bundle_comes_back_byte_for_byte(root) -> None:
    content = bytes(range(256)) * 400 + b"\n{}\n"
    box = root(leaves={Verb.BUNDLE: content})
    assert ask(box.door, Verb.BUNDLE).body == content


def test_what_an_earlier_check_left_is_not_told_again(root) -> None:
    box = root()
    (box.folder / Verb.CHECK).write_text("[]")
    with pytest.raises(BoxDoorError):
        ask(box.door, Verb.CHECK)


@pytest.mark.parametrize(
    "raw",
    [b"rm -rf /\n", b"check; reboot\n", b"CHECK\n", b"check extra\n", b"\n", b"", b"x" * 40, b"\xff\xfe\n",
     b"restart-kiosk.service\n", b"../check\n", b"allow\n", b"allow 12\n", b"allow * with-interface *\n",
     b"allow " + HASH.encode() + b" x\n", b"allow " + HASH.encode() + b"\x00\n", b"check " + HASH.encode() + b"\n"],
)  # fmt: skip
def test_anything_but_a_verb_of_the_list_is_not_done(root, raw: bytes) -> None:
    box = root()
    assert said_by(box, raw) in (b'{"done": false}\n', b"")
    assert box.ran == []
    assert ask(box.door, Verb.SWITCH_OFF).words == {"done": True}


def test_another_user_than_the_cores_is_not_heard(root) -> None:
    box = root(core=os.getuid() + 1)
    with pytest.raises(BoxDoorError):
        ask(box.door, Verb.SWITCH_OFF)
    assert box.ran == []


def test_a_command_that_fails_is_told_as_not_done(root) -> None:
    box = root(status=1)
    with pytest.raises(BoxDoorError):
        ask(box.door, Verb.RESTART_MACHINE)


def test_a_box_without_the_door_says_so(tmp_path: Path) -> None:
    with pytest.raises(NoBoxDoor):
        ask(tmp_path / "none.sock", Verb.CHECK)


def test_its_socket_lets_in_the_cores_user_alone_and_its_root_can_do_little() -> None:
    door = (UNITS / "anjungan-technician.socket").read_text().splitlines()
    assert {"ListenStream=/run/anjungan/technician/box.sock", "SocketUser=anjungan-core", "SocketMode=0600"} <= set(
        door
    )
    unit = set((UNITS / "anjungan-technician.service").read_text().splitlines())
    assert {"CapabilityBoundingSet=", "PrivateNetwork=yes", "ProtectSystem=strict", "NoNewPrivileges=yes"} <= unit
    assert "RestrictAddressFamilies=AF_UNIX" in unit


def test_a_check_is_told_in_both_languages_and_the_server_hears_what_is_broken(tmp_path: Path) -> None:
    box = whole_box(tmp_path / "box")
    text = '[central]\nurl = "https://central.example"\nca = "ca.pem"\n\n[data]\ndir = "data"\n'
    config = box.root / "etc/anjungan/kiosk.toml"
    config.parent.mkdir(parents=True, exist_ok=True)
    config.write_text(text)
    folder = read_settings(config).data.dir
    folder.mkdir()
    told = json.loads(check_as_told(Machine.at_root(box.root)))
    assert len(told) > 20
    assert {tuple(each["requirement"]) for each in told} == {("en", "id")}
    broken = [each for each in told if each["verdict"] == "broken"]
    kept = kept_readiness(folder)
    assert kept
    assert len(kept.broken) == len(broken)
    assert all(each["remedy"]["id"] for each in broken)


def test_a_bundle_that_is_too_long_loses_what_is_oldest_of_the_longest_first() -> None:
    parts = {"journal": "old" * 300 + "new", "versions": "1.2.3"}

    def pack(held: dict[str, str]) -> bytes:
        return "".join(held.values()).encode()

    made = bounded(pack, parts, 200)
    assert len(made) <= 200
    assert made.endswith(b"new1.2.3")
