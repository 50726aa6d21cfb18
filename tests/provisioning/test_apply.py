"""kiosk-provision apply: a bare box becomes a kiosk; again changes nothing; where the power goes, a repeat ends it."""

import os
import shutil
import signal
import tomllib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from power import MeteredDisk, Power, PowerCut, QuickDisk, cut, fresh, killed, tree

from provisioning import manifest
from provisioning.__main__ import main
from provisioning.apply import apply
from provisioning.box_files import PANEL, PRINTER_DROP_IN, REPORT_DROP_IN, TOUCH_RULES
from provisioning.disk import Disk
from provisioning.machine import BoxError, Machine, Ran, run
from provisioning.manifest import Manifest
from provisioning.plan import PLACED, READERS, own_plan, plan, version_links

pytestmark = pytest.mark.skipif(not shutil.which("systemd-sysusers"), reason="needs systemd-sysusers (package systemd)")
KIOSK = b"""[central]
url = "https://central.example"
ca = "central-ca.pem"

[data]
dir = "/var/lib/anjungan"

[printer]
url = "tcp://10.0.0.9:9100"
"""
USB = b"""[[device]]
name = "receipt printer"
id = "04b8:0e27"
serial = "X4DR012345"
interfaces = ["07:01:02"]
"""
GIVEN = {"etc/anjungan/kiosk.toml": KIOSK, "etc/anjungan/usb-devices.toml": USB}
MANIFEST = Manifest.load()
FEW = replace(
    MANIFEST,
    files={place: MANIFEST.files[place] for place in (
        "etc/nftables.conf", "etc/sysctl.d/90-anjungan.conf", "etc/sysusers.d/anjungan.conf",
        "etc/systemd/system/anjungan-report.timer", "etc/systemd/system/usbguard.service.d/anjungan.conf",
    )},
    masked=MANIFEST.masked[:2],
    enabled={"nftables.service": "sysinit.target"},
)  # fmt: skip
"""Of each kind something, so that a box can be made a hundred times."""
OF_BOTH = {PLACED, "etc/passwd", "etc/group", "etc/shadow", "etc/gshadow"}
"""What may be neither as before nor as in the end while apply is under way."""


@pytest.fixture
def box(tmp_path: Path) -> Path:
    """A bare Debian, as far as apply looks at it."""
    root = tmp_path / "box"
    (root / "etc").mkdir(parents=True)
    (root / "etc/passwd").write_text("root:x:0:0:root:/root:/bin/bash\n")
    (root / "etc/group").write_text("root:x:0:\n")
    (root / "etc/nftables.conf").write_text("#!/usr/sbin/nft -f\nflush ruleset\n")
    return root


def applied(root: Path, *options: str) -> int:
    return main(["apply", "--root", str(root), *options])


class Running:
    """A box that is up: what it is told to do is noted, and goes well, or ends with `status`."""

    def __init__(self, root: Path) -> None:
        self.told: list[tuple[str, ...]] = []
        self.status = 0
        self.machine = Machine(root, self._run, is_up=True)
        self.store_key = root / "var/lib/anjungan/store.key"
        self.store_key.parent.mkdir(parents=True)
        self.store_key.write_text("in use")

    def _run(self, command: Sequence[str]) -> Ran:
        if command[0] == "systemd-sysusers":
            return run(command)
        self.told.append(tuple(command))
        return Ran(self.status, "it did not go well" if self.status else "")

    def apply(self, manifest: Manifest = MANIFEST) -> int:
        return apply(self.machine, plan(self.machine, manifest, GIVEN), Disk())


def test_the_second_run_changes_nothing(box, capsys) -> None:
    assert applied(box) == 0
    before = tree(box)
    stamps = {each: each.lstat().st_mtime_ns for each in box.rglob("*")}
    capsys.readouterr()
    assert applied(box) == 0
    assert capsys.readouterr().out == "0 changes\n"
    assert tree(box) == before
    assert {each: each.lstat().st_mtime_ns for each in box.rglob("*")} == stamps


def test_every_file_of_the_system_is_at_its_place(box) -> None:
    applied(box)
    for place, content in MANIFEST.files.items():
        assert (box / place).read_bytes() == content
        assert (box / place).stat().st_mode & 0o7777 == MANIFEST.mode(place)
    users = (box / "etc/passwd").read_text()
    assert all(f"anjungan-{each}:" in users for each in ("core", "sync", "ui"))
    assert "nologin" in users


def test_everything_of_the_system_is_shipped_with_the_package() -> None:
    package = Path(manifest.__file__).parent
    project = tomllib.loads((package.parent / "pyproject.toml").read_text())
    patterns = project["tool"]["setuptools"]["package-data"]["provisioning"]
    shipped = {each for pattern in patterns for each in package.glob(pattern)}
    assert {package / "system" / place for place in MANIFEST.files} <= shipped
    assert set(package.glob("*.toml")) <= shipped


def test_a_dry_run_shows_the_difference_and_changes_nothing(box, capsys) -> None:
    before = tree(box)
    assert applied(box, "--dry-run") == 0
    said = capsys.readouterr().out
    assert "--- /etc/nftables.conf\n+++ /etc/nftables.conf\n" in said
    assert "+\t\ttype filter hook input priority filter; policy drop;" in said
    assert "user anjungan-core" in said
    assert "/etc/systemd/system/getty@.service -> /dev/null" in said
    assert tree(box) == before
    applied(box)
    (box / "etc/sysctl.d/90-anjungan.conf").chmod(0o666)
    capsys.readouterr()
    applied(box, "--dry-run")
    assert "mode become" in capsys.readouterr().out
    applied(box)
    applied(box, "--dry-run")
    assert capsys.readouterr().out.endswith("nothing to change\n")


def test_what_somebody_changed_is_put_right(box) -> None:
    applied(box)
    right = tree(box)
    (box / "etc/sysctl.d/90-anjungan.conf").write_text("kernel.sysrq = 1\n")
    (box / "etc/systemd/system/getty@.service").unlink()
    (box / "etc/nftables.conf").unlink()
    (box / "etc/nftables.conf").symlink_to("/dev/null")
    applied(box)
    assert tree(box) == right


def test_what_a_version_has_no_more_is_taken_away(box) -> None:
    older = replace(
        MANIFEST, files={**MANIFEST.files, "etc/systemd/system/old.timer": b"[Install]\nWantedBy=timers.target\n"}
    )
    machine = Machine(box)
    apply(machine, plan(machine, older), Disk())
    assert (box / "etc/systemd/system/timers.target.wants/old.timer").is_symlink()
    (box / "etc/systemd/system/somebody-elses.timer").write_text("")
    apply(machine, plan(machine, MANIFEST), Disk())
    assert not (box / "etc/systemd/system/old.timer").exists()
    assert not (box / "etc/systemd/system/timers.target.wants/old.timer").is_symlink()
    assert (box / "etc/systemd/system/somebody-elses.timer").exists()
    assert plan(machine, MANIFEST) == []


# ------------------------------------------------------------ power cuts


def steps_of(box: Path, manifest: Manifest = MANIFEST) -> int:
    """How many steps the whole of apply takes."""
    power = Power(-1, cut)
    machine = Machine(box, power.run)
    apply(machine, plan(machine, manifest, GIVEN), MeteredDisk(power, loses=False))
    return power.taken


@pytest.fixture
def half_done(box: Path) -> Path:
    """A box of an older version: something to add, to change and to take away."""
    machine = Machine(box)
    old = dict.fromkeys(list(MANIFEST.files)[::3], b"# of an older version\n") | {"etc/sysctl.d/old.conf": b""}
    apply(machine, plan(machine, replace(MANIFEST, files=old)), Disk())
    return box


@pytest.mark.parametrize("loses", [True, False], ids=["what was not settled is lost", "what was written stays"])
def test_wherever_the_power_goes_a_repeat_comes_to_the_same_end(box, tmp_path, loses) -> None:
    old = {
        "etc/sysctl.d/90-anjungan.conf": b"# older\n",
        "etc/sysctl.d/old.conf": b"",
        "etc/nftables.conf": b"# older\n",
    }
    apply(Machine(box), plan(Machine(box), replace(FEW, files=old)), Disk())
    whole = fresh(box, tmp_path / "whole")
    steps = steps_of(whole, FEW)
    end = tree(whole)
    assert steps > 40
    assert "etc/sysctl.d/old.conf" not in end
    for each in range(steps):
        root = fresh(box, tmp_path / "cut")
        power = Power(each, cut)
        machine, disk = Machine(root, power.run), MeteredDisk(power, loses)
        with pytest.raises(PowerCut):
            apply(machine, plan(machine, FEW, GIVEN), disk)
        disk.lose()
        again = Machine(root)
        apply(again, plan(again, FEW, GIVEN), QuickDisk())
        assert tree(root) == end, f"cut after {each} of {steps} steps"
        assert plan(again, FEW, GIVEN) == []


def test_what_a_version_that_was_cut_off_left_is_taken_away_by_another_one(box) -> None:
    newer = replace(FEW, files={**FEW.files, "etc/anjungan-first.conf": b"of a version that was given up\n"})
    power = Power(steps_of(fresh(box, box.parent / "whole"), newer) // 2, cut)
    with pytest.raises(PowerCut):
        apply(Machine(box, power.run), plan(Machine(box, power.run), newer, GIVEN), MeteredDisk(power, loses=True))
    assert (box / "etc/anjungan-first.conf").exists()
    apply(Machine(box), plan(Machine(box), FEW, GIVEN), Disk())
    assert not (box / "etc/anjungan-first.conf").exists()


def test_what_apply_says_it_did_is_on_the_disk(half_done) -> None:
    power = Power(-1, cut)
    machine, disk = Machine(half_done, power.run), MeteredDisk(power, loses=True)
    apply(machine, plan(machine, MANIFEST, GIVEN), disk)
    end = tree(half_done)
    disk.lose()
    assert tree(half_done) == end


def test_a_process_that_is_killed_leaves_no_half_file(half_done, tmp_path) -> None:
    whole = fresh(half_done, tmp_path / "whole")
    before, steps = tree(half_done), steps_of(whole)
    end = tree(whole)
    for each in range(0, steps, 11):
        root = fresh(half_done, tmp_path / "cut")
        child = os.fork()
        if child == 0:
            power = Power(each, killed)
            machine = Machine(root, power.run)
            apply(machine, plan(machine, MANIFEST, GIVEN), MeteredDisk(power, loses=False))
            os._exit(0)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
        for place, found in tree(root).items():
            if place not in OF_BOTH and not place.endswith(".new"):
                assert found in (before.get(place), end.get(place)), place
        again = Machine(root)
        apply(again, plan(again, MANIFEST, GIVEN), QuickDisk())
        assert tree(root) == end


# ------------------------------------------------------------ a box that is up


def test_what_runs_reads_what_is_new_once(box) -> None:
    running = Running(box)
    running.apply(replace(MANIFEST, packages=()))
    assert running.told == [command for reader in READERS for command in reader.commands]
    running.told.clear()
    assert running.apply(replace(MANIFEST, packages=())) == 0
    files = {**MANIFEST.files, "etc/sysctl.d/99-more.conf": b"vm.swappiness = 1\n"}
    running.apply(replace(MANIFEST, packages=(), files=files))
    assert running.told == [("systemctl", "restart", "systemd-sysctl.service")]


def test_what_could_not_be_read_is_read_by_the_repeat(box) -> None:
    running = Running(box)
    running.status = 1
    with pytest.raises(BoxError, match="it did not go well"):
        running.apply(replace(MANIFEST, packages=()))
    running.status = 0
    running.told.clear()
    running.apply(replace(MANIFEST, packages=()))
    assert running.told == [command for reader in READERS for command in reader.commands]


def test_a_store_key_is_sealed_once_and_never_over_one_that_is_in_use(box) -> None:
    running = Running(box)
    running.apply(replace(MANIFEST, packages=()))
    assert not [command for command in running.told if "systemd-creds" in " ".join(command)]
    running.store_key.unlink()
    running.apply(replace(MANIFEST, packages=()))
    sealed = [command[-1] for command in running.told if command[0] == "sh" and "systemd-creds" in command[2]]
    assert sealed == ["/etc/credstore.encrypted/anjungan.store-key"]
    (box / sealed[0][1:]).parent.mkdir()
    (box / sealed[0][1:]).write_text("sealed")
    assert running.apply(replace(MANIFEST, packages=())) == 0


def test_a_program_is_one_and_a_list_of_rules_is_not(box) -> None:
    files = {**MANIFEST.files, "usr/libexec/anjungan/try": b"#!/bin/sh\n"}
    machine = Machine(box)
    apply(machine, plan(machine, replace(MANIFEST, files=files)), Disk())
    assert (box / "usr/libexec/anjungan/try").stat().st_mode & 0o777 == 0o755
    assert (box / "etc/nftables.conf").stat().st_mode & 0o777 == 0o644


def test_only_packages_that_are_missing_are_installed(box) -> None:
    (box / "var/lib/dpkg").mkdir(parents=True)
    entries = [f"Package: {each}\nStatus: install ok installed\nVersion: 1\n" for each in MANIFEST.packages]
    entries[0] = entries[0].replace("install ok installed", "deinstall ok config-files")
    (box / "var/lib/dpkg/status").write_text("\n".join(entries))
    running = Running(box)
    running.apply()
    installed = next(command for command in running.told if "apt-get" in command)
    assert installed[-1] == MANIFEST.packages[0]
    assert installed[-2].startswith("--option")


# ------------------------------------------------------------ what is of this box


def test_the_boxs_own_files_become_rules(box) -> None:
    machine = Machine(box)
    apply(machine, plan(machine, MANIFEST, GIVEN | {"etc/anjungan/panel.toml": b"touch_rotation = 90\n"}), Disk())
    rules = (box / "etc/anjungan/usb-rules.conf").read_text()
    assert 'allow id 04b8:0e27 serial "X4DR012345" with-interface equals { 07:01:02 }\n' in rules
    assert "allow with-interface equals { 09:00:00 }\n" in rules
    assert (box / "etc/anjungan/usb-rules.conf").stat().st_mode & 0o7777 == 0o600
    way = (box / "etc/nftables.d/anjungan-printer.nft").read_text()
    assert 'meta skuid "anjungan-core" ip daddr 10.0.0.9 tcp dport 9100 accept' in way
    for who_prints in (PRINTER_DROP_IN, REPORT_DROP_IN):
        assert "PrivateNetwork=no" in (box / who_prints).read_text()
        assert "IPAddressAllow=10.0.0.9\n" in (box / who_prints).read_text()
    assert "0 -1 1 1 0 0" in (box / "etc/udev/rules.d/71-anjungan-touch.rules").read_text()
    # A printer on USB needs no way through the firewall: the rule goes when the configuration changes.
    usb_printer = KIOSK.replace(b"tcp://10.0.0.9:9100", b"usb://04b8:0e27")
    apply(machine, plan(machine, MANIFEST, {"etc/anjungan/kiosk.toml": usb_printer}), Disk())
    assert not (box / "etc/nftables.d/anjungan-printer.nft").exists()
    assert not (box / PRINTER_DROP_IN).exists()
    assert not (box / REPORT_DROP_IN).exists()
    assert (box / "etc/anjungan/usb-rules.conf").exists()


def test_of_a_box_that_keeps_nothing_only_what_is_its_own_is_put_back_and_read(box) -> None:
    running = Running(box)
    given = {PANEL: b"touch_rotation = 90\n"}
    apply(running.machine, own_plan(running.machine, given), Disk())
    assert {place for place, found in tree(box / "etc").items() if found[0] == "file"} == {
        "passwd", "group", "nftables.conf", "anjungan/panel.toml", "udev/rules.d/71-anjungan-touch.rules",
    }  # fmt: skip
    assert [command[0] for command in running.told] == ["sh"]
    assert own_plan(running.machine, {}) == []
    (box / TOUCH_RULES).unlink()
    assert applied(box, "--own") == 0
    assert (box / TOUCH_RULES).exists()
    assert not (box / "etc/sysusers.d").exists()
    apply(running.machine, own_plan(running.machine, {PANEL: b"touch_rotation = 0\n"}), Disk())
    assert not (box / TOUCH_RULES).exists()


@pytest.mark.parametrize(
    ("option", "content", "words"),
    [
        ("--config", b"[central]\n", "[data]: missing"),
        ("--config", KIOSK.replace(b"10.0.0.9", b"printer.lan"), "the firewall needs the printer's address"),
        ("--usb-devices", b'[[device]]\nid = "4b8:e27"\ninterfaces = ["07:01:02"]\n', "device.0.id"),
        ("--usb-devices", USB.replace(b"X4DR012345", b'X\\" with-interface *'), "device.0.serial"),
        ("--panel", b"touch_rotation = 45\n", "touch_rotation"),
    ],
)
def test_a_file_that_cannot_be_used_changes_nothing(box, tmp_path, capsys, option, content, words) -> None:
    file = tmp_path / "given.toml"
    file.write_bytes(content)
    before = tree(box)
    assert applied(box, option, str(file)) == 2
    assert words in capsys.readouterr().err
    assert tree(box) == before


def test_a_link_that_leads_out_of_the_image_is_not_followed(box, tmp_path, capsys) -> None:
    (tmp_path / "host").mkdir()
    (box / "etc/sysctl.d").symlink_to(tmp_path / "host")
    assert applied(box) == 1
    assert "leads out of" in capsys.readouterr().err
    assert list((tmp_path / "host").iterdir()) == []


def test_a_folder_in_the_way_is_named(box, capsys) -> None:
    (box / "etc/sysctl.d/90-anjungan.conf").mkdir(parents=True)
    assert applied(box) == 1
    assert "is a folder, and has to be a file: put it aside" in capsys.readouterr().err


def test_what_installed_itself_becomes_the_current_and_the_proven_version(box: Path) -> None:
    machine, version = Machine(box), box / "opt/anjungan/versions/0.1.0"
    version.mkdir(parents=True)
    apply(machine, version_links(machine, version), Disk())
    assert [(box / "opt/anjungan" / link).readlink() for link in ("current", "proven")] == [Path("versions/0.1.0")] * 2
    assert version_links(machine, version) == []


def test_a_link_that_is_missing_follows_the_one_that_is_there(box: Path) -> None:
    machine, folder = Machine(box), box / "opt/anjungan"
    for name in ("0.1.0", "0.2.0"):
        (folder / "versions" / name).mkdir(parents=True)
    (folder / "current").symlink_to("versions/0.1.0")
    apply(machine, version_links(machine, folder / "versions/0.2.0"), Disk())
    assert [(folder / link).readlink().name for link in ("current", "proven")] == ["0.1.0", "0.1.0"]


def test_a_version_on_trial_and_a_checkout_change_no_link(box: Path) -> None:
    machine, folder = Machine(box), box / "opt/anjungan"
    version = folder / "versions/0.2.0"
    version.mkdir(parents=True)
    assert version_links(machine, box / "root/anjungan/.venv") == []
    (folder / "current").symlink_to("versions/0.2.0")
    trial = box / "var/lib/anjungan-update/trial.json"
    trial.parent.mkdir(parents=True)
    trial.write_text("{}")
    assert version_links(machine, version) == []
