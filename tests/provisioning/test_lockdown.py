"""The lock-down's files do what docs/lockdown.md says of them: by the programs that read them, where they are here."""

import os
import re
import shutil
import subprocess
import sys
from ast import literal_eval
from configparser import ConfigParser
from pathlib import Path

import pytest
from test_detect import SERVER

from provisioning.__main__ import main
from provisioning.box_files import CONFIG, PRINTER_RULES, USB_DEVICES, USB_RULES, following
from provisioning.image.root import SYSTEM
from provisioning.manifest import UNITS, Manifest
from provisioning.slots import COMMAND_LINE, LOADER

ROOT = Path(__file__).parent.parent.parent
PAGE = ROOT / "docs/lockdown.md"
MANIFEST = Manifest.load()
IDS = {"anjungan-core": 64001, "anjungan-sync": 64002, "anjungan-ui": 64003, "systemd-timesync": 64004}
CONFIGURED = f'[central]\nurl = "{SERVER}"\nca = "ca.pem"\n[data]\ndir = "d"\n[printer]\nurl = "tcp://10.9.0.2:9100"\n'


def settings_of(place: str) -> dict[str, str]:
    """The lines of a file of `key = value`, sections left out."""
    lines = [
        line.partition("=") for line in MANIFEST.files[place].decode().splitlines() if not line.startswith(("#", "["))
    ]
    return {key.strip(): value.strip() for key, _, value in lines if value}


def read_by_systemd(place: str) -> dict[str, str]:
    parser = ConfigParser(interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(MANIFEST.files[place].decode())
    return dict(parser[parser.sections()[0]])


# ------------------------------------------------------------ keys


def test_no_console_waits_behind_the_screen_and_none_is_made() -> None:
    assert {"getty@.service", "autovt@.service", "serial-getty@.service", "console-getty.service"} <= {*MANIFEST.masked}
    seats = read_by_systemd("etc/systemd/logind.conf.d/anjungan.conf")
    assert (seats["NAutoVTs"], seats["ReserveVT"]) == ("0", "0")
    assert all(MANIFEST.links()[f"{UNITS}/{each}"] == "/dev/null" for each in MANIFEST.masked)


def test_the_display_never_switches_terminals() -> None:
    xorg = MANIFEST.files["etc/X11/xorg.conf.d/10-anjungan.conf"].decode()
    assert all(f'Option "{each}" "true"' in xorg for each in ("DontVTSwitch", "DontZap"))
    started = [
        (place, line)
        for place, content in MANIFEST.files.items()
        for line in content.decode().splitlines()
        if "/usr/bin/cage" in line
    ]
    assert [place for place, _ in started] == ["usr/libexec/anjungan/screen"]
    for _, line in started:
        # cage switches terminals only where it is given leave to (cage(1), -s).
        assert not re.search(r"\bcage\s+(-\w*\s+)*-\w*s", line), line


def test_no_key_commands_the_kernel_or_the_service_manager() -> None:
    kernel = settings_of("etc/sysctl.d/90-anjungan.conf")
    assert (kernel["kernel.sysrq"], kernel["kernel.ctrl-alt-del"]) == ("0", "0")
    assert "ctrl-alt-del.target" in MANIFEST.masked
    assert read_by_systemd("etc/systemd/system.conf.d/anjungan.conf")["CtrlAltDelBurstAction"] == "none"
    seats = read_by_systemd("etc/systemd/logind.conf.d/anjungan.conf")
    assert {seats[f"Handle{key}Key"] for key in ("Reboot", "Suspend", "Hibernate")} == {"ignore"}
    # Until the kernel's settings are read from the file, its command line's hold; before them it has no keyboard.
    assert {"sysctl.kernel.sysrq=0", "sysctl.kernel.ctrl-alt-del=0", "i8042.nokbd"} <= {
        *(SYSTEM / COMMAND_LINE).read_text("utf-8").split()
    }


def test_a_power_key_is_heard_of_the_boxs_own_button_alone() -> None:
    rules = MANIFEST.files["etc/udev/rules.d/73-anjungan-power.rules"].decode()
    # After the rule that gives every keyboard to systemd-logind: a later name.
    assert "70-power-switch.rules" < "73-anjungan-power.rules"
    assert 'ENV{ID_PATH}!="acpi-*", TAG-="power-switch"' in rules


def test_a_keyboard_is_left_alone_by_what_feeds_the_window() -> None:
    rules = MANIFEST.files["etc/udev/rules.d/70-anjungan.rules"].decode()
    rule = next(line for line in rules.splitlines() if "LIBINPUT_IGNORE_DEVICE" in line)
    assert 'ENV{ID_INPUT_KEY}=="1"' in rule
    assert 'ENV{ID_INPUT_TOUCHSCREEN}!="1"' in rule
    assert rule.endswith('ENV{LIBINPUT_IGNORE_DEVICE}="1"')


def test_a_boot_that_fails_offers_no_shell() -> None:
    for unit in ("emergency", "rescue"):
        lines = MANIFEST.files[f"{UNITS}/{unit}.service.d/anjungan.conf"].decode().splitlines()
        assert lines.index("ExecStart=") < lines.index("ExecStart=/usr/libexec/anjungan/cannot-start")
        assert "StandardInput=null" in lines
    shown = MANIFEST.files["usr/libexec/anjungan/cannot-start"].decode()
    assert "Silakan ke loket" in shown
    assert "Please go to a counter" in shown
    assert shown.endswith("sleep 120\nexec systemctl --force reboot\n")
    assert "debug-shell.service" in MANIFEST.masked


def test_the_boot_loader_offers_no_editor_and_no_other_system() -> None:
    assert {"timeout 0", "editor no", "auto-entries no", "auto-firmware no"} <= {*LOADER.splitlines()}


# ------------------------------------------------------------ plugs


@pytest.mark.parametrize("module", ["usb-storage", "uas", "firewire-ohci", "thunderbolt", "btusb"])
def test_the_kernel_has_no_driver_for_what_a_stranger_plugs_in(module, tmp_path) -> None:
    file = MANIFEST.files["etc/modprobe.d/anjungan.conf"].decode()
    assert f"install {module} /bin/false\n" in file
    if shutil.which("modprobe"):
        (tmp_path / "anjungan.conf").write_text(file)
        asked = ["modprobe", "--config", str(tmp_path), "--dry-run", "--verbose", module]
        assert "/bin/false" in subprocess.run(asked, capture_output=True, text=True).stdout


def test_usbguard_knows_no_device_but_those_listed_and_takes_none_for_granted() -> None:
    daemon = settings_of("etc/usbguard/usbguard-daemon.conf")
    assert daemon["ImplicitPolicyTarget"] == "block"
    assert daemon["PresentDevicePolicy"] == daemon["InsertedDevicePolicy"] == "apply-policy"
    assert daemon["AuthorizedDefault"] == "none"
    assert daemon["RuleFile"] == f"/{USB_RULES}"
    assert MANIFEST.mode("etc/usbguard/usbguard-daemon.conf") == MANIFEST.mode(USB_RULES) == 0o600


def test_before_usbguard_runs_the_kernel_uses_no_usb_device_unless_none_is_listed() -> None:
    assert "usbcore.authorized_default=0" in (SYSTEM / COMMAND_LINE).read_text("utf-8").split()
    rules = (SYSTEM / "etc/udev/rules.d/74-anjungan-usb.rules").read_text("utf-8").splitlines()
    (rule,) = [each for each in rules if not each.startswith("#")]
    # The list may lie where udev cannot look when it starts: until that is known, nothing is let in.
    unit = (SYSTEM / f"{UNITS}/anjungan-usb-open.service").read_text("utf-8").splitlines()
    mark = next(each for each in unit if each.startswith("ExecStart=/bin/touch ")).split()[1]
    assert rule.endswith(f'TEST=="{mark}", TEST!="/{USB_RULES}", ATTR{{authorized}}="1"')
    assert {"RequiresMountsFor=/etc/anjungan", f"ConditionPathExists=!/{USB_RULES}"} <= {*unit}


def test_a_printer_that_turns_into_a_keyboard_is_another_device(tmp_path) -> None:
    listed = b'[[device]]\nid = "04b8:0e15"\nserial = "X4"\ninterfaces = ["07:01:02"]\n'
    rules = following({USB_DEVICES: listed})[USB_RULES].decode()
    assert all("with-interface equals {" in line for line in rules.splitlines() if line.startswith("allow"))
    assert not re.search(r"03:0[01]:01", rules)
    if shutil.which("usbguard-rule-parser"):
        (tmp_path / "rules").write_text("".join(f"{each}\n" for each in rules.splitlines() if each.startswith("allow")))
        parsed = subprocess.run(["usbguard-rule-parser", "-f", str(tmp_path / "rules")], capture_output=True, text=True)
        assert parsed.returncode == 0, parsed.stderr


def test_without_a_list_of_its_devices_a_box_does_not_shut_out_its_own_panel() -> None:
    drop_in = read_by_systemd(f"{UNITS}/usbguard.service.d/anjungan.conf")
    assert drop_in["ConditionPathExists"] == f"/{USB_RULES}"


# ------------------------------------------------------------ network

WIRED = r"""
rules=$1 python=$2
ip link set lo up
unshare --net sleep 60 & other=$!
until [ "$(readlink /proc/$other/ns/net)" != "$(readlink /proc/$$/ns/net)" ]; do sleep 0.05; done
ip link add inside type veth peer name outside netns $other
there="nsenter --target $other --net"
ip address add 10.9.0.1/24 dev inside
ip link set inside up
$there ip address add 10.9.0.2/24 dev outside
$there ip link set outside up
nft --file "$rules" || exit 9
listen='import socket, sys, time
lines = [socket.create_server(("", int(port))) for port in sys.argv[1:]]
time.sleep(60)'
"$python" -c "$listen" 22 8080 & here=$!
$there "$python" -c "$listen" 8443 9100 & away=$!
until [ $(ss -ltnH | wc -l) -eq 2 ] && [ $($there ss -ltnH | wc -l) -eq 2 ]; do sleep 0.05; done
reach='import socket, sys
try:
    socket.create_connection((sys.argv[1], int(sys.argv[2])), 0.5)
    print(sys.argv[3], "reached")
except OSError:
    print(sys.argv[3], "shut")'
$there "$python" -c "$reach" 10.9.0.1 22 in-22
$there "$python" -c "$reach" 10.9.0.1 8080 in-8080
for port in 8443 9100; do
  setpriv --reuid=64001 --clear-groups "$python" -c "$reach" 10.9.0.2 $port core-$port
  setpriv --reuid=64002 --clear-groups "$python" -c "$reach" 10.9.0.2 $port sync-$port
  setpriv --reuid=64003 --clear-groups "$python" -c "$reach" 10.9.0.2 $port ui-$port
done
kill $here $away $other
"""
"""Two boxes on one cable; the first has the kiosk's firewall. Both listen; then each way is tried."""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can wire two networks")
@pytest.mark.skipif(not shutil.which("nft"), reason="needs nft (package nftables)")
@pytest.mark.skipif(
    not all(map(shutil.which, ("ip", "ss", "nsenter", "unshare", "setpriv"))), reason="needs iproute2, util-linux"
)
def test_nothing_comes_in_and_each_user_gets_only_where_it_has_to(tmp_path) -> None:
    printer = following({CONFIG: CONFIGURED.encode()})[PRINTER_RULES].decode()
    text = MANIFEST.files["etc/nftables.conf"].decode().replace('include "/etc/nftables.d/*.nft"', printer)
    for name, number in IDS.items():
        text = text.replace(f'"{name}"', str(number))
    (tmp_path / "rules.nft").write_text(text)
    (tmp_path / "try.sh").write_text(WIRED)
    command = ["unshare", "--net", "sh", str(tmp_path / "try.sh"), str(tmp_path / "rules.nft"), sys.executable]
    tried = subprocess.run(command, capture_output=True, text=True, timeout=60)
    said = dict(line.split() for line in tried.stdout.splitlines() if line.endswith(("reached", "shut")))
    assert said == {
        "in-22": "shut", "in-8080": "shut", "core-8443": "shut", "core-9100": "reached", "sync-8443": "reached",
        "sync-9100": "reached", "ui-8443": "shut", "ui-9100": "shut",
    }, tried.stderr  # fmt: skip


def test_the_firewall_drops_by_default() -> None:
    text = MANIFEST.files["etc/nftables.conf"].decode()
    policies = dict(re.findall(r"hook (\w+) .*policy (\w+);", text))
    assert policies == {"input": "drop", "forward": "drop", "output": "drop"}
    assert "ssh.service" in MANIFEST.masked
    assert "ssh.socket" in MANIFEST.masked


# ------------------------------------------------------------ files


def test_what_is_in_memory_is_not_read_or_written_down_by_others() -> None:
    kernel = settings_of("etc/sysctl.d/90-anjungan.conf")
    for name, value in {
        "kernel.core_pattern": "|/bin/false", "fs.suid_dumpable": "0", "kernel.yama.ptrace_scope": "2",
        "kernel.kexec_load_disabled": "1", "kernel.unprivileged_bpf_disabled": "1", "kernel.dmesg_restrict": "1",
    }.items():  # fmt: skip
        assert kernel[name] == value


def test_what_the_environment_says_to_kivy_is_not_heard() -> None:
    said = {"KIVY_WINDOW": "egl_rpi", "KIVY_NO_CONFIG": "0", "KIVY_HOME": "/tmp/theirs", "KCFG_MODULES_INSPECTOR": "1"}
    code = (
        "import os; from kiosk.__main__ import prepare_kivy;"
        "prepare_kivy((320, 320), False);"
        "print({each: os.environ[each] for each in os.environ if each[:5] in ('KIVY_', 'KCFG_')})"
    )
    command = [sys.executable, "-c", code]
    ran = subprocess.run(command, env=os.environ | said, capture_output=True, text=True, check=True)
    ours = {"KIVY_NO_ARGS": "1", "KIVY_NO_CONFIG": "1", "KIVY_LOG_MODE": "PYTHON", "KIVY_HOME": "/nonexistent"}
    ours["KIVY_IMAGE"] = "sdl2"
    assert literal_eval(ran.stdout.splitlines()[-1]) == ours


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give folders away")
@pytest.mark.skipif(not shutil.which("systemd-tmpfiles"), reason="needs systemd-tmpfiles (package systemd)")
def test_the_kiosks_folders_are_its_users_alone(tmp_path) -> None:
    (tmp_path / "etc").mkdir()
    assert main(["apply", "--root", str(tmp_path)]) == 0
    subprocess.run(["systemd-tmpfiles", f"--root={tmp_path}", "--create", "anjungan.conf"], check=True)
    ids = {line.split(":")[0]: int(line.split(":")[2]) for line in (tmp_path / "etc/passwd").read_text().splitlines()}
    for place, user in (("var/lib/anjungan", "anjungan-core"), ("var/lib/anjungan-sync", "anjungan-sync")):
        found = (tmp_path / place).stat()
        assert (found.st_uid, found.st_mode & 0o777) == (ids[user], 0o700)


# ------------------------------------------------------------ the page


def test_the_attack_list_names_files_that_are_shipped_and_tests_that_are_there() -> None:
    rows = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| ") and "`" in line]
    assert len(rows) >= 20
    for row in rows:
        _, attack, _, files, tests, live, _ = (cell.strip() for cell in row.split("|"))
        assert live, f"{attack}: say what was tried live, or – where nothing was"
        for named in re.findall(r"`([^`]+)`", files):
            if named.startswith(("/etc/", "/usr/")):
                assert named[1:] in MANIFEST.files or named[1:] in (USB_RULES, PRINTER_RULES), f"{attack}: {named}"
            elif named.endswith((".service", ".target", ".socket")):
                assert named in MANIFEST.masked, f"{attack}: {named}"
            else:
                assert (ROOT / named).exists(), f"{attack}: {named}"
        named_tests = re.findall(r"`(tests/\S+\.py)(?:::(\w+))?`", tests)
        assert named_tests, attack
        for file, name in named_tests:
            assert f"def {name or 'test_'}" in (ROOT / file).read_text(encoding="utf-8"), f"{attack}: {name}"
