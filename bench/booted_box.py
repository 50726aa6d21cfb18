"""The installed units in a booted container: Debian 12 with systemd as its first process (systemd-nspawn --boot).

Each process has its own user, and only sync a network; each comes back when it is killed or hangs, and ends in time
when it is asked to; where the window is given up, the fallback screen stands there until all of it is tried once more;
the store's key is a credential. Needs root, systemd-container and mmdebstrap, and Debian's packages for the first run.
The window is drawn by the true compositor for a panel that is not there (wlroots' headless backend). The container's
network is its own, with the kiosk's firewall; it has no USB, so USBGuard is not there.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench_site import make_data
from container import Container, until, what_is_missing

from provisioning.finding import words as words_of
from provisioning.manifest import Manifest

CODE = Path(__file__).parent.parent
SYSTEM = CODE / "provisioning/system"
PACKAGES = (
    "systemd", "systemd-sysv", "dbus", "udev", "python3", "python3-venv", "cage", "xwayland", "libgl1-mesa-dri",
    "libegl1", "libgles2", "libgl1", "libglx-mesa0", "libmtdev1", "libzbar0", "libusb-1.0-0", "tzdata", "iproute2",
    "nftables", "systemd-timesyncd",
)  # fmt: skip
CONFIG = """
central = { url = "https://localhost:1", ca = "/etc/anjungan/central-ca.pem" }
data = { dir = "/var/lib/anjungan" }
screen = { size = [1280, 720], pixels_per_mm = 2.2, fullscreen = true }
printer = { url = "simulated:" }
scanner = [{ url = "simulated:" }]
"""
PROGRAM = """#!/opt/anjungan/current/bin/python
import sys
from {package}.__main__ import main
sys.exit(main())
"""
PROGRAMS = {"kiosk": "kiosk", "kiosk-provision": "provisioning"}
"""Each with its package."""
UNITS = ("core", "sync", "ui")
LIMITS = {"core": 2.0, "sync": 5.0, "ui": 12.0}
"""Within so many s each is back after it was killed."""
STOP_SECONDS = 5.0
MOST_EXPOSURE = 2.0
SEALED = "/etc/credstore.encrypted/anjungan.store-key"
LOOK = "anjungan-technician-look@{}.service"
LEFT = "/run/anjungan-technician"
WATCHED = {"core": 10.0, "ui": 10.0}
"""WatchdogSec= of each; sync's is a minute, which is not waited for."""


def make_root(root: Path) -> None:
    """Debian 12 with what the units need of it."""
    if not root.exists():
        wanted = f"--include={','.join(PACKAGES)}"
        subprocess.run(["mmdebstrap", "--variant=minbase", wanted, "bookworm", str(root)], check=True)


def install(root: Path) -> None:
    """This checkout as the installed version, with the files of provisioning/system, and an enrolled kiosk's data."""
    shutil.copytree(SYSTEM, root, dirs_exist_ok=True)
    for program in (root / "usr/libexec/anjungan").iterdir():
        program.chmod(0o755)
    version = root / "opt/anjungan/versions/dev"
    if not version.exists():
        subprocess.run(
            ["chroot", root, "python3", "-m", "venv", "--without-pip", "/opt/anjungan/versions/dev"], check=True
        )
        (root / "opt/anjungan/current").symlink_to("versions/dev")
    (version / "lib/python3.11/site-packages/anjungan.pth").write_text("/srv/code\n/srv/site\n")
    for name, package in PROGRAMS.items():
        (version / "bin" / name).write_text(PROGRAM.format(package=package))
        (version / "bin" / name).chmod(0o755)
    for folder in ("srv/code", "srv/site", "etc/anjungan"):
        (root / folder).mkdir(parents=True, exist_ok=True)
    (root / "etc/anjungan/kiosk.toml").write_text(CONFIG)
    for unit in ("ui", "fallback"):
        drop_ins = root / f"etc/systemd/system/anjungan-{unit}.service.d"
        drop_ins.mkdir(exist_ok=True)
        (drop_ins / "headless.conf").write_text("[Service]\nEnvironment=WLR_BACKENDS=headless\n")
    subprocess.run(["systemd-sysusers", f"--root={root}"], check=True)
    # Also the key that a former run has sealed.
    for former in ("var/lib/anjungan", "etc/credstore.encrypted"):
        shutil.rmtree(root / former, ignore_errors=True)
    with tempfile.TemporaryDirectory() as name:
        make_data(Path(name), 3)
        shutil.copytree(Path(name) / "data", root / "var/lib/anjungan")
        shutil.copy(Path(name) / "ca.pem", root / "etc/anjungan/central-ca.pem")
    subprocess.run(["chroot", root, "chown", "-R", "anjungan-core:anjungan", "/var/lib/anjungan"], check=True)
    enabled = ["anjungan.target", "anjungan-technician.socket", "nftables.service"]
    enabled += [f"anjungan-{each}.service" for each in UNITS]
    subprocess.run(["systemctl", f"--root={root}", "--quiet", "enable", *enabled], check=True)
    subprocess.run(["systemctl", f"--root={root}", "--quiet", "mask", "console-getty.service"], check=True)


class Box(Container):
    """The booted container; its units by the last part of their names."""

    def __init__(self, root: Path) -> None:
        site = next((Path(sys.prefix) / "lib").glob("python3.*")) / "site-packages"
        super().__init__(root, "--network-veth", f"--bind-ro={CODE}:/srv/code", f"--bind-ro={site}:/srv/site")
        until(lambda: self.is_active("anjungan.target"), "the boot")

    def of(self, unit: str, name: str) -> str:
        """A property of one of the kiosk's units."""
        return super().of(f"anjungan-{unit}.service", name)

    def is_up(self, unit: str) -> bool:
        return self.of(unit, "ActiveState") == "active"

    def kill(self, unit: str, signal: str) -> None:
        self.says("systemctl", "kill", "--kill-whom=main", f"--signal={signal}", f"anjungan-{unit}.service")

    def seconds_away(self, unit: str, signal: str) -> float:
        """From a signal to a unit's process until systemd heard from the next one that it is ready."""
        before, began = self.of(unit, "MainPID"), time.monotonic()
        self.kill(unit, signal)
        until(lambda: self.of(unit, "MainPID") not in (before, "0") and self.is_up(unit), f"{unit} again")
        return int(self.of(unit, "ActiveEnterTimestampMonotonic")) / 1e6 - began


@contextmanager
def booted(root: Path) -> Iterator[Box]:
    make_root(root)
    install(root)
    box = Box(root)
    try:
        for unit in UNITS:
            until(lambda unit=unit: box.is_up(unit), unit)  # type: ignore[misc]
        yield box
    finally:
        box.close()


Result = tuple[bool, str]


def exposures(box: Box) -> Iterator[Result]:
    """Of every unit that is shipped, with its drop-ins."""
    for name in sorted(each for each in Manifest.load().units() if each.endswith(".service")):
        unit = name.replace("@.", "@check.")
        told = box.says("systemd-analyze", "security", "--no-pager", unit).splitlines()[-1]
        level = float(told.partition(":")[2].split()[0])
        yield level <= MOST_EXPOSURE, f"{unit}: exposure {level} (systemd-analyze security; at most {MOST_EXPOSURE})"


def separation(box: Box) -> Iterator[Result]:
    users = {unit: box.says("stat", "-c", "%U", f"/proc/{box.of(unit, 'MainPID')}") for unit in UNITS}
    yield set(users.values()) == {f"anjungan-{each}" for each in UNITS}, f"users: {', '.join(users.values())}"
    for unit in UNITS:
        links = box.says("nsenter", "-t", box.of(unit, "MainPID"), "-n", "ip", "-o", "link").splitlines()
        has_network = any("LOOPBACK" not in each for each in links)
        yield has_network is (unit == "sync"), f"{unit}: {'a' if has_network else 'no'} network beside loopback"
    for door, user in (("core/window.sock", "anjungan-sync"), ("sync/central.sock", "anjungan-ui")):
        yield _is_refused(box, door, user), f"{user} is refused at {door}"


def _is_refused(box: Box, door: str, user: str) -> bool:
    code = f"import socket; s = socket.socket(socket.AF_UNIX); s.connect('/run/anjungan/{door}'); print(len(s.recv(9)))"
    return box.says("setpriv", f"--reuid={user}", "--regid=anjungan", "--clear-groups", "python3", "-c", code) == "0"


def returns(box: Box) -> Iterator[Result]:
    for unit in UNITS:
        took = box.seconds_away(unit, "KILL")
        yield took < LIMITS[unit], f"{unit}: killed, serves again after {took:.1f} s (at most {LIMITS[unit]:.0f})"
        until(lambda: all(box.is_up(each) for each in UNITS), "all")


def watchdogs(box: Box) -> Iterator[Result]:
    for unit, seconds in WATCHED.items():
        took = box.seconds_away(unit, "STOP")
        most = seconds + LIMITS[unit] + 2
        yield took < most, f"{unit}: hung, serves again after {took:.1f} s (watchdog {seconds:.0f} s)"


def stops(box: Box) -> Iterator[Result]:
    for unit in UNITS:
        began = time.monotonic()
        box.says("systemctl", "stop", f"anjungan-{unit}.service")
        took, result = time.monotonic() - began, box.of(unit, "Result")
        yield took < STOP_SECONDS and result == "success", f"{unit}: stopped in {took:.1f} s ({result})"
    box.says("systemctl", "start", "anjungan.target", *(f"anjungan-{each}.service" for each in UNITS))
    until(lambda: all(box.is_up(each) for each in UNITS), "all")
    stopped = box.says("journalctl", "-o", "cat", "-u", "anjungan-core", "-g", "kiosk_stopped")
    yield bool(stopped), "core: the store was closed in good order"


def fallback(box: Box) -> Iterator[Result]:
    while not box.is_up("fallback"):
        box.kill("ui", "KILL")
        time.sleep(0.2)
    yield not box.is_up("ui"), "ui: killed over and over, the fallback screen stands in its place"
    yield box.is_up("core"), "core: serves meanwhile"
    box.says("systemctl", "start", "anjungan-again.service")
    until(lambda: box.is_up("ui"), "ui")
    yield not box.is_up("fallback"), "ui: is back when all of it is tried once more"


def practises(box: Box) -> Iterator[Result]:
    """As the timer does it at night."""
    began = time.monotonic()
    box.says("systemctl", "start", "anjungan-rehearsal.service")
    took, kept = time.monotonic() - began, box.says("cat", "/var/lib/anjungan/practice-visit.json")
    yield '"failed":""' in kept, f"practice visit: {kept or 'none'}, core away for {took:.1f} s"
    yield box.says("stat", "-c", "%U", "/var/lib/anjungan/practice-visit.json") == "anjungan-core", "kept as the core's"
    until(lambda: box.is_up("core"), "core")
    yield box.is_up("ui"), "core: serves again after the practice visit, the window has waited"


ASKS = """
import hashlib, json, sys
from pathlib import Path
from kiosk.box_door import Verb, ask
said = ask(Path("/run/anjungan/technician/box.sock"), Verb(sys.argv[1]))
print(json.dumps([len(said.words.get("findings", [])), len(said.body), said.body[:2].hex()]))
"""


def _asked(box: Box, verb: str, user: str = "anjungan-core") -> str:
    """What the box's root answers, asked by a user from inside the core's own walls."""
    walls = ("nsenter", "-t", box.of("core", "MainPID"), "-m", "setpriv", f"--reuid={user}", "--regid=anjungan")
    return box.says(*walls, "--clear-groups", "/opt/anjungan/current/bin/python", "-c", ASKS, verb)


def technicians(box: Box) -> Iterator[Result]:
    """What the box's root does for the core, and for nobody else."""
    began = time.monotonic()
    found = _asked(box, "check")
    yield found.startswith("[") and not found.startswith("[0,"), f"check: {found} in {time.monotonic() - began:.1f} s"
    found = _asked(box, "bundle")
    yield found.endswith('"1f8b"]'), f"bundle: {found}"
    found = _asked(box, "refused")
    yield found.startswith("["), f"refused: {found}"
    for user in ("anjungan-ui", "anjungan-sync", "nobody"):
        yield not _asked(box, "check", user), f"{user} cannot ask"
    before = [box.of(each, "MainPID") for each in UNITS]
    yield _asked(box, "restart-kiosk").startswith("["), "restart-kiosk: done"
    until(lambda: all(box.is_up(each) and box.of(each, "MainPID") not in before for each in UNITS), "all of it anew")
    yield True, "restart-kiosk: all three serve again"


Findings = dict[str, tuple[str, str]]


def looks(box: Box) -> Iterator[Result]:
    """What looks at the whole box sees within its walls what root sees without any."""
    free = _findings(box.says("/opt/anjungan/current/bin/kiosk-provision", "check", "--json", "--language", "id"))
    began = time.monotonic()
    box.says("systemctl", "start", LOOK.format("check"))
    walled, took = _findings(box.says("cat", f"{LEFT}/check")), time.monotonic() - began
    other = sorted(name for name in free | walled if free.get(name, "?")[1] != walled.get(name, "?")[1])
    words = f"{len(walled)} requirements judged as without walls in {took:.1f} s"
    yield bool(free) and not other, f"technician-look@check: {words} {other}"
    for name in ("firewall", "machine", "root", "certificate", "central", "store"):
        measured, verdict = walled.get(words_of("requirement", name, "id"), ("", ""))
        yield bool(measured), f"technician-look@check: {name}: {measured} ({verdict})"
    box.says("systemctl", "start", LOOK.format("bundle"))
    names = box.says("tar", "-tzf", f"{LEFT}/bundle").split()
    journal = box.says("tar", "-xzOf", f"{LEFT}/bundle", "anjungan/journal.txt")
    is_whole = "Started anjungan-core.service" in journal and "anjungan/kiosk.jsonl" in names
    yield is_whole, f"technician-look@bundle: {len(names)} files, {len(journal.splitlines())} lines of the journal"
    kept = box.says("stat", "-c", "%U %a", LEFT, f"{LEFT}/check", f"{LEFT}/bundle").splitlines()
    yield kept == ["root 700", "root 600", "root 600"], f"what a technician's units found is root's: {kept}"
    yield from _without_the_box(box, len(walled))


def _without_the_box(box: Box, whole: int) -> Iterator[Result]:
    """Where another unit left nothing, that is told."""
    fails = "/run/systemd/system/anjungan-box-check.service.d"
    box.says("mkdir", "-p", fails)
    box.says("sh", "-c", f"printf '[Service]\nExecStart=\nExecStart=/bin/false\n' >{fails}/fails.conf")
    box.says("systemctl", "daemon-reload")
    box.says("systemctl", "start", LOOK.format("check"))
    found = _findings(box.says("cat", f"{LEFT}/check"))
    measured, verdict = found.get(words_of("requirement", "units", "id"), ("", ""))
    is_told = verdict == "broken" and "left nothing" in measured
    yield len(found) < whole and is_told, f"technician-look@check, the box not looked at: {measured}"
    box.says("rm", "-r", fails)
    box.says("systemctl", "daemon-reload")
    box.says("systemctl", "reset-failed", "anjungan-box-check.service")


def refused(box: Box) -> Iterator[Result]:
    """Without a list of devices nothing is refused; with USBGuard it is tried in the emulator."""
    box.says("systemctl", "start", "anjungan-technician-refused.service")
    told = box.says("cat", f"{LEFT}/refused")
    yield told == "[]", f"technician-refused: {told}"
    box.says("sh", "-c", f"echo {'A' * 44} >{LEFT}/allow")
    box.says("systemctl", "start", "anjungan-technician-allow.service")
    said = box.says("journalctl", "-o", "cat", "-n", "5", "-u", "anjungan-technician-allow")
    yield "no refused device" in said, "technician-allow: a device that is not refused is not let in"


def reports(box: Box) -> Iterator[Result]:
    """As the timer does it in the morning, on a printer that speaks the true bytes."""
    line, tray, config = "/run/bench/printer", "/run/bench/tray", "/etc/anjungan/kiosk.toml"
    box.says("install", "-d", "-o", "anjungan-core", "/run/bench")
    how = ("systemd-run", "--uid=anjungan-core", "--unit=bench-printer", "/opt/anjungan/current/bin/kiosk")
    box.says(*how, "simulate", "printer", "--pty", line, "--tickets", tray)
    until(lambda: box.says("ls", line), "the printer")
    box.says("sed", "-i.kept", f"/^printer/s|simulated:|serial://{line}|", config)
    box.says("systemctl", "restart", "anjungan-core.service")
    until(lambda: box.is_up("core"), "core")
    began = time.monotonic()
    box.says("systemctl", "start", "anjungan-report.service")
    took = time.monotonic() - began
    told = box.says("journalctl", "-o", "cat", "-u", "anjungan-report", "-n", "20")
    paper = box.says("sh", "-c", f"cat {tray}/*.bin | tr -cd '[:print:]\\n'")
    yield "the report was printed" in told, f"report: {told.splitlines()[-3:]} in {took:.1f} s"
    yield "SIAP" in paper and "tembok" not in paper, f"report: on the paper {len(paper)} characters"
    kept = json.loads(box.says("cat", "/var/lib/anjungan/readiness.json"))["broken"]
    is_fault = "anjungan-core.serviceis" in "".join(paper.split())
    yield not is_fault and bool(kept), f"report: the core's own stop is no fault; told to the server: {kept}"
    until(lambda: box.is_up("core"), "core")
    box.says("mv", f"{config}.kept", config)
    box.says("systemctl", "stop", "bench-printer.service")
    box.says("systemctl", "restart", "anjungan-core.service")
    until(lambda: box.is_up("core"), "core")


def zones(box: Box) -> Iterator[Result]:
    """What the report left is set by root, as far as it is the name of a zone."""
    folder = "/run/anjungan-report"
    for name, is_set in (("Asia/Makassar", True), ("../../../etc/shadow", False)):
        box.says("install", "-d", "-o", "anjungan-core", folder)
        box.says("sh", "-c", f"echo {name} >{folder}/zone")
        ran = box.runs("systemctl", "start", "anjungan-zone.service")
        zone = box.says("readlink", "/etc/localtime")
        good = (ran.returncode == 0) is is_set and zone == "/usr/share/zoneinfo/Asia/Makassar"
        yield good, f"zone: asked for {name}, it is {zone}"
    box.says("rm", "-r", folder)


def _findings(told: str) -> Findings:
    """What was measured and judged, by the requirement in Indonesian; a technician is told it in all languages."""
    try:
        rows = [(each["requirement"], (each["measured"], each["verdict"])) for each in json.loads(told)]
        return {(said["id"] if isinstance(said, dict) else said): found for said, found in rows}
    except (ValueError, KeyError, TypeError):
        return {}


def memory(box: Box) -> Iterator[Result]:
    """What all processes of a unit hold, shared parts by their share (a container may have no account of its own)."""
    for unit in UNITS:
        group = box.of(unit, "ControlGroup")
        # By where the processes are told of in one hierarchy, and in several.
        places = [f"/sys/fs/cgroup/{each}{group}/cgroup.procs" for each in ("", "systemd/", "unified/")]
        pids = {pid for place in places for pid in box.says("cat", place).split()}
        told = [line for pid in pids for line in box.says("cat", f"/proc/{pid}/smaps_rollup").splitlines()]
        found = [line.split()[1] for line in told if line.startswith("Pss:")]
        used, high = sum(map(int, found)) / 1024, int(box.of(unit, "MemoryHigh")) / 2**20
        yield 0 < used < high, f"{unit}: {used:.0f} MB in {len(found)} processes (MemoryHigh {high:.0f})"


def credentials(box: Box) -> Iterator[Result]:
    """The key that the store was made with moves from its file to a credential that this box alone can read."""
    file = "/var/lib/anjungan/store.key"
    box.says("mkdir", "-p", "/etc/credstore.encrypted")
    box.says("systemd-creds", "encrypt", "--with-key=host", "--name=anjungan.store-key", file, SEALED)
    box.says("rm", file)
    for is_sound in (True, False):
        if not is_sound:
            # Another box's TPM, or a cleared one: the seal is not opened.
            box.says("sh", "-c", f"cp {SEALED} {SEALED}.sound && head -c 200 /dev/urandom | base64 >{SEALED}")
        yield from _key_is_tried(box, is_sound)
        box.says("systemctl", "restart", "anjungan-core.service")
        until(lambda: box.is_up("core"), "core")
        told = box.says("journalctl", "-o", "cat", "-u", "anjungan-core", "-n", "20").rpartition("kiosk_stopped")[2]
        words = "opens its store with the sealed credential" if is_sound else "says that the seal does not open"
        yield ("kiosk_started" if is_sound else "fault=key") in told, f"core: {words}"
        # With the core stopped, as for the report, so that the store is tried.
        box.says("systemctl", "stop", "anjungan-core.service")
        box.says("systemctl", "start", LOOK.format("check"))
        found = _findings(box.says("cat", f"{LEFT}/check"))
        measured, verdict = found.get(words_of("requirement", "store", "id"), ("", ""))
        yield verdict == ("kept" if is_sound else "broken"), f"technician-look@check: store: {measured} ({verdict})"
    box.says("sh", "-c", f"mv {SEALED}.sound {SEALED} && rm /run/systemd/system/*/without-key.conf")
    box.says("systemctl", "daemon-reload")
    box.says("systemctl", "restart", "anjungan-core.service")
    until(lambda: box.is_up("core"), "core")


def _key_is_tried(box: Box, is_sound: bool) -> Iterator[Result]:
    """As at a start, before the core."""
    box.says("systemctl", "restart", "anjungan-key.service")
    began, ended = (int(box.of("key", f"{name}TimestampMonotonic")) for name in ("InactiveExit", "ActiveEnter"))
    given = box.says("sh", "-c", "ls /run/systemd/system/*/without-key.conf")
    words = f"key: tried in {(ended - began) / 1000:.0f} ms, {'sound' if is_sound else 'given to none'}"
    yield box.of("key", "Result") == "success" and bool(given) is not is_sound, words


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--root", type=Path, default=Path("/var/tmp/anjungan-box"), help="the container; made if absent"
    )
    arguments = parser.parse_args()
    if what_is_missing():
        print(f"booted_box: {what_is_missing()}", file=sys.stderr)
        return 2
    is_good = True
    with booted(arguments.root) as box:
        for check in (
            exposures,
            separation,
            memory,
            returns,
            watchdogs,
            stops,
            practises,
            technicians,
            looks,
            refused,
            zones,
            reports,
            fallback,
            credentials,
        ):
            for good, sentence in check(box):
                is_good = is_good and good
                print(f"{'ok ' if good else 'NOT'} {sentence}", flush=True)
    return 0 if is_good else 1


if __name__ == "__main__":
    sys.exit(main())
