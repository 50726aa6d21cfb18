"""Follows the technician's guide by the letter: from a fresh Debian 12 to a kiosk that serves, and to a wiped one.

The commands are read out of the guide, in the order in which it has them typed, and run as root in a booted container
(systemd-nspawn --boot) with a network of its own; the central server and the printer are outside. What the guide leaves
to the technician's eyes and hands is done here: the copied checkout, the corrected kiosk.toml, the code; and the
office's approval of the kiosk. Says which command fails, and how long it takes from the typed code until the kiosk
serves. What the guide does from a rescue system is done to the box's files once it is switched off. Needs root,
mmdebstrap, systemd-container and slirp4netns; Debian's packages and the wheels come from where this machine's apt and
pip take them. A container has no kernel, screen and devices of its own, so what check says of these is not held against
it.
"""

import argparse
import json
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

from emulated_office import ADDRESS, PORT, Office, prepare
from guide_text import PAGES, in_english, sections_of
from sqlalchemy import create_engine, text

from kiosk.devices.simulated_printer import SimulatedPrinter
from kiosk.devices.simulator_programs import serve

CODE = Path(__file__).parent.parent
BY_HAND, RESCUE = 4, (11, 12, 13)
"""Sections that are followed: on the box itself, and from a rescue system."""
TOOLS = {"mmdebstrap": "mmdebstrap", "systemd-nspawn": "systemd-container", "slirp4netns": "slirp4netns"}
NAME_SERVER = "10.0.2.3"
"""Of slirp4netns's network, in which this machine is emulated_office.ADDRESS."""
OF_THIS_MACHINE = ("/etc/pip.conf", "/etc/xdg/pip", "/etc/ssl/certs/ca-certificates.crt")
"""Where wheels come from, and whom this machine trusts for it: the box is behind the same network."""
CHECKOUT = "/root/anjungan"
SHELL = """. {state} 2>/dev/null; {command}
status=$?; {{ export -p; printf 'cd %q\\n' "$PWD"; }} >{state}; exit $status"""
"""One shell for all commands, as the technician has it."""
ROOT_ENVIRONMENT = ("env", "-i", "HOME=/root", "USER=root", "LANG=C.UTF-8", "TERM=dumb", "TZ=")
NO_SCREEN = "[Service]\nEnvironment=WLR_BACKENDS=headless\n"
NOT_IN_A_CONTAINER = {"clock", "ctrl-alt-del", "units"}
"""What check may find broken here: there is no clock, no kernel, and no USB for USBGuard."""
UNTIL_THE_REBOOT = {"consoles", "keyboard"}
"""What the guide says is so until then."""
COMMAND_SECONDS = 1200.0
BOOT_SECONDS = 300.0
ASKED_SECONDS = 180.0
"""From the typed code until it serves, at most."""


def what_is_missing() -> str:
    """Why the guide cannot be followed here; "" where it can."""
    missing = [package for program, package in TOOLS.items() if shutil.which(program) is None]
    return f"not installed: {', '.join(missing)}" if missing else ""


def until(holds: Callable[[], object], what: str, seconds: float = BOOT_SECONDS) -> float:
    """Waits; returns for how many s. Raises TimeoutError."""
    began = time.monotonic()
    while not holds():
        if time.monotonic() - began > seconds:
            raise TimeoutError(f"waited in vain for {what}")
        time.sleep(0.2)
    return time.monotonic() - began


@contextmanager
def network(name: str) -> Iterator[Path]:
    """A network of the box's own, that outlives its starts; this machine is at ADDRESS in it."""
    subprocess.run(["ip", "netns", "add", name], check=True)
    place = Path("/run/netns", name)
    subprocess.run(["ip", "netns", "exec", name, "ip", "link", "set", "lo", "up"], check=True)
    command = ["slirp4netns", "--configure", "--mtu=1500", "--netns-type=path", str(place), "tap0"]
    going = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield place
    finally:
        going.terminate()
        going.wait()
        subprocess.run(["ip", "netns", "delete", name], check=True)


Ran = subprocess.CompletedProcess[str]


class Shell:
    """A root's shell in the namespaces of a process. It keeps its folder and its variables in the file `state`."""

    def __init__(self, namespaces: str, state: str) -> None:
        self._namespaces, self._state = namespaces.split(), state

    def runs(self, process: str, script: str, typed: str = "", seconds: float = COMMAND_SECONDS) -> Ran:
        """Runs a script apart from what the shell keeps; `typed` is what it reads."""
        inside = [*ROOT_ENVIRONMENT, "timeout", "--signal=KILL", str(seconds), "bash", "--login", "-c", script]
        entered = ["nsenter", "-t", process, *self._namespaces, *inside]
        return subprocess.run(entered, input=typed, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def types(self, process: str, command: str, typed: str = "") -> Ran:
        """Runs a command after those before it."""
        return self.runs(process, SHELL.format(command=command, state=self._state), typed)


class Box:
    """The booted container, as who sits before it has it."""

    def __init__(self, root: Path, net: Path) -> None:
        shared = [f"--bind-ro={each}" for each in OF_THIS_MACHINE if Path(each).exists()]
        self._shell = Shell("-m -u -i -n -p", "/run/technician")
        self._command = [
            "systemd-nspawn", "-q", "-D", str(root), "--boot", "--register=no", "--keep-unit", "--link-journal=no",
            "--resolv-conf=off", "--timezone=off", f"--network-namespace-path={net}", "--capability=CAP_NET_ADMIN",
            *shared,
        ]  # fmt: skip
        self._start()

    def _start(self) -> None:
        quiet = subprocess.DEVNULL
        self._nspawn = subprocess.Popen(self._command, stdin=quiet, stdout=quiet, stderr=quiet)
        until(lambda: self.first() and self._is_up(), "the boot")

    def reboot(self) -> None:
        """systemd-nspawn ends with the container that reboots; whoever runs it starts it anew."""
        self.types("reboot")
        self._nspawn.wait(BOOT_SECONDS)
        self._start()

    def _is_up(self) -> bool:
        return self.runs("systemctl is-system-running").stdout.strip() in ("running", "degraded")

    def first(self) -> str:
        """The container's first process."""
        pid = self._nspawn.pid
        found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return found[0] if found else ""

    def runs(self, script: str) -> Ran:
        return self._shell.runs(self.first(), script)

    def types(self, command: str) -> Ran:
        return self._shell.types(self.first(), command)

    def close(self) -> None:
        self.runs("systemctl poweroff --force")
        self._nspawn.wait(BOOT_SECONDS)


def make_root(root: Path) -> None:
    """A fresh Debian 12 as its installer leaves it with the standard system utilities and no desktop."""
    wanted = "--include=systemd-sysv,dbus,udev"
    subprocess.run(["mmdebstrap", "--quiet", "--variant=standard", wanted, "bookworm", str(root)], check=True)
    (root / "etc/resolv.conf").unlink(missing_ok=True)
    (root / "etc/resolv.conf").write_text(f"nameserver {NAME_SERVER}\n")


def bring(office: Path, root: Path) -> None:
    """Step 4.2's beginning: the checkout on the box, and what came from the office in it."""
    inside = root / CHECKOUT.lstrip("/")
    inside.mkdir()
    kept = subprocess.run(["git", "-C", str(CODE), "archive", "HEAD"], check=True, capture_output=True)
    subprocess.run(["tar", "-x", "-C", str(inside)], input=kept.stdout, check=True)
    shutil.copy(office / "central-ca.pem", inside / "authority.pem")
    shutil.copy(office / "update-root.json", inside)


class Technician:
    """Types what the guide says, and does what it leaves to eyes and hands."""

    def __init__(self, box: Box, root: Path, office: Office, printer: int) -> None:
        self._box, self._root, self._office, self._printer = box, root, office, printer
        self._code_typed = 0.0
        version = re.search(r'^version = "(.*)"', (CODE / "pyproject.toml").read_text(), re.MULTILINE)
        assert version
        self._words = {"VERSION": version[1], "CENTRAL": f"{ADDRESS}:{PORT}"}

    def follow(self, command: str) -> float:
        """One command of the guide; returns how many s it took. Raises RuntimeError where it fails."""
        has_code = "CODE" in command
        if has_code:
            self._words["CODE"] = self._office.code(approved=False)
            self._code_typed = time.monotonic()
        for word, stands_for in self._words.items():
            command = re.sub(rf"\b{word}\b", stands_for, command)
        began = time.monotonic()
        if command == "reboot":
            return self._reboot()
        done = self._approved(command) if has_code else self._box.types(command)
        took = time.monotonic() - began
        self._judge(command, done.returncode, done.stdout)
        if "detect" in command:
            self._correct()
        return took

    def _approved(self, command: str) -> Ran:
        """Step 5.3: while the command waits, an officer approves the kiosk, by the letters that the command says."""
        over, letters = Event(), ""

        def officer() -> None:
            nonlocal letters
            while not letters and not over.wait(0.5):
                letters = self._office.approve()

        approving = Thread(target=officer)
        approving.start()
        done = self._box.types(command)
        over.set()
        approving.join()
        if not letters or letters not in done.stdout:
            raise RuntimeError(f"{command}\nsaid other letters than {letters!r}:\n{done.stdout}")
        return done

    def _judge(self, command: str, status: int, said: str) -> None:
        if "kiosk-provision check" in command:
            print(said, flush=True)
            status = 1 if broken_in(self._box) - NOT_IN_A_CONTAINER - UNTIL_THE_REBOOT else 0
        if status:
            raise RuntimeError(f"{command}\nended with {status}:\n{said[-3000:]}")

    def _correct(self) -> None:
        """Step 4.4: the printer on the network stands in no box's list."""
        file = self._root / CHECKOUT.lstrip("/") / "kiosk.toml"
        file.write_text(f'{file.read_text()}\n[printer]\nurl = "tcp://{ADDRESS}:{self._printer}"\n')

    def _reboot(self) -> float:
        """Step 4.8, up to a kiosk that serves. There is no screen to be seen, so the window's compositor is told."""
        for unit in ("ui", "fallback"):
            drop_ins = self._root / f"etc/systemd/system/anjungan-{unit}.service.d"
            drop_ins.mkdir(exist_ok=True)
            (drop_ins / "headless.conf").write_text(NO_SCREEN)
        began = time.monotonic()
        self._box.reboot()
        return time.monotonic() - began

    def seconds_to_serving(self) -> float:
        """From the typed code until the window is drawn and the central server has heard from the kiosk."""
        until(lambda: self._box.runs("systemctl is-active anjungan-ui").stdout.strip() == "active", "the window")
        until(lambda: self._office_hears(), "the kiosk at the server")
        return time.monotonic() - self._code_typed

    def _office_hears(self) -> bool:
        engine = create_engine(f"sqlite:///{self._office.database}")
        try:
            with engine.connect() as connection:
                found = (
                    connection.execute(text("SELECT heartbeat FROM kiosks WHERE heartbeat IS NOT NULL")).scalars().all()
                )
        finally:
            engine.dispose()
        return any('"printer":"ready"' in each for each in found)


def broken_in(box: Box) -> set[str]:
    """What check finds broken, by its name."""
    said = box.runs("/opt/anjungan/current/bin/kiosk-provision check --json 2>/dev/null").stdout
    return {each["name"] for each in json.loads(said) if each["verdict"] == "broken"}


def followed(root: Path, net: Path, office: Office, printer: int, language: str) -> float:
    """Follows the section in a box; returns the s from the typed code to serving."""
    section = next(each for each in sections_of(PAGES[language]) if each.number == BY_HAND)
    box = Box(root, net)
    try:
        technician = Technician(box, root, office, printer)
        for command in section.commands:
            took = technician.follow(in_english(command))
            print(f"ok {took:6.1f} s  {command}", flush=True)
        took, broken = technician.seconds_to_serving(), broken_in(box)
        print(f"once it serves check finds broken: {', '.join(sorted(broken)) or 'nothing'}", flush=True)
        if broken - NOT_IN_A_CONTAINER:
            raise RuntimeError(f"check finds broken: {', '.join(broken - NOT_IN_A_CONTAINER)}")
        return took
    finally:
        box.close()


def rescued(root: Path, language: str) -> None:
    """Follows what the guide does to a box that is switched off. Raises RuntimeError where a command fails."""
    with tempfile.TemporaryDirectory() as folder:
        shell = Shell("-m", f"{folder}/technician")
        # Its mounts are its own, and gone with it.
        held = subprocess.Popen(["unshare", "--mount", "--propagation=private", "sleep", "infinity"])
        try:
            mounts, own = Path(f"/proc/{held.pid}/ns/mnt"), Path("/proc/self/ns/mnt")
            until(lambda: mounts.readlink() != own.readlink(), "a place for its mounts")
            for section in sections_of(PAGES[language]):
                for command in section.commands if section.number in RESCUE else ():
                    meant = in_english(command).replace("mount /dev/sdXN", f"mount --rbind {root}")
                    done = shell.types(str(held.pid), meant, "WIPE\n")
                    print(f"    {done.stdout.strip().splitlines()[-1:]}", flush=True)
                    # A box that is switched off lacks what only a running one has.
                    if done.returncode not in ((0, 1) if meant.endswith(" check") else (0,)):
                        raise RuntimeError(f"{meant}\nended with {done.returncode}:\n{done.stdout[-3000:]}")
                    print(f"ok  {command}", flush=True)
        finally:
            held.kill()
            held.wait()


@contextmanager
def office_with_printer(folder: Path) -> Iterator[tuple[Office, int]]:
    """The central server and a network printer, with its port."""
    prepare(folder)
    office, stop = Office(folder), Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        serving = Thread(target=serve, args=(SimulatedPrinter(on_ticket=lambda _: None), listener, stop))
        serving.start()
        try:
            yield office, listener.getsockname()[1]
        finally:
            stop.set()
            serving.join()
            office.stop()


def main() -> int:
    """The command line; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bare", type=Path, required=True, metavar="DIR", help="the fresh Debian; made if absent")
    parser.add_argument("--language", choices=PAGES, default="en", help="of the guide that is followed")
    arguments = parser.parse_args()
    missing = what_is_missing()
    if missing:
        print(missing, file=sys.stderr)
        return 2
    if not arguments.bare.exists():
        make_root(arguments.bare)
    with tempfile.TemporaryDirectory(dir=arguments.bare.parent) as name:
        root, office_folder = Path(name, "box"), Path(name, "office")
        subprocess.run(["cp", "--archive", "--reflink=auto", str(arguments.bare), str(root)], check=True)
        with office_with_printer(office_folder) as (office, printer), network("anjungan-guide") as net:
            bring(office_folder, root)
            try:
                took = followed(root, net, office, printer, arguments.language)
                rescued(root, arguments.language)
            except (RuntimeError, TimeoutError) as problem:
                print(f"NOT {problem}")
                return 1
    is_quick = took <= ASKED_SECONDS
    print(f"{'ok ' if is_quick else 'NOT'} {took:.1f} s from the typed code to serving (at most {ASKED_SECONDS:.0f})")
    return 0 if is_quick else 1


if __name__ == "__main__":
    sys.exit(main())
