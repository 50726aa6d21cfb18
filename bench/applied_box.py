"""kiosk-provision apply on a true Debian 12 with systemd as its first process (systemd-nspawn --boot).

The first run makes a bare box a kiosk's, the second changes nothing, also after a new start; runs that are killed at
random moments come to the same end; and check finds the lock-down in force. Needs root, systemd-container and
mmdebstrap, and Debian's packages for the first run. A container has no kernel of its own, so SysRq and USB stay out.
"""

import argparse
import json
import random
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from container import Container, until

from provisioning.manifest import Manifest
from provisioning.plan import PLACED

CODE = Path(__file__).parent.parent
BESIDE = ("systemd", "systemd-sysv", "dbus", "udev", "python3", "python3-venv", "iproute2", "kmod")
CONFIG = """
central = { url = "https://localhost:1", ca = "central-ca.pem" }
data = { dir = "/var/lib/anjungan" }
printer = { url = "tcp://10.0.0.9:9100" }
"""
PROGRAM = """#!/opt/anjungan/current/bin/python
import sys
from provisioning.__main__ import main
sys.exit(main())
"""
PROVISION = "/opt/anjungan/current/bin/kiosk-provision"
KILLED = -9
"""How a command inside ends that was killed: nsenter(1) does as it did."""
IN_FORCE = ("applied", "firewall", "packages", "ports", "root")
"""What check has to find kept in a container, where there is neither a kiosk nor a kernel of one's own."""
AFTER_A_START = ("consoles", "units")
"""What runs until then, and what does not."""


class Box(Container):
    """The booted container, with this checkout."""

    def __init__(self, root: Path) -> None:
        site = next((Path(sys.prefix) / "lib").glob("python3.*")) / "site-packages"
        bound = (f"--bind-ro={CODE}:/srv/code", f"--bind-ro={site}:/srv/site")
        super().__init__(root, "--private-network", *bound)
        until(self.is_booted, "the boot")


def make_root(root: Path) -> None:
    """A bare Debian with what the manifest names, and this checkout as the installed version."""
    if not root.exists():
        wanted = f"--include={','.join((*BESIDE, *Manifest.load().packages))}"
        subprocess.run(["mmdebstrap", "--variant=minbase", wanted, "bookworm", str(root)], check=True)
    version = root / "opt/anjungan/versions/dev"
    if not version.exists():
        venv = ["chroot", str(root), "python3", "-m", "venv", "--without-pip", "/opt/anjungan/versions/dev"]
        subprocess.run(venv, check=True)
        (root / "opt/anjungan/current").symlink_to("versions/dev")
    (version / "lib/python3.11/site-packages/anjungan.pth").write_text("/srv/code\n/srv/site\n")
    (version / "bin/kiosk-provision").write_text(PROGRAM)
    (version / "bin/kiosk-provision").chmod(0o755)
    for folder in ("srv/code", "srv/site"):
        (root / folder).mkdir(parents=True, exist_ok=True)
    (root / "root/kiosk.toml").write_text(CONFIG)


def apply(box: Box, *options: str, seconds: float = 300) -> "subprocess.CompletedProcess[str]":
    return box.runs(PROVISION, "apply", "--config", "/root/kiosk.toml", *options, seconds=seconds)


def make_bare(root: Path) -> None:
    """Takes away what apply has put there, but for the users and packages."""
    for place in (root / PLACED).read_text().splitlines() if (root / PLACED).exists() else ():
        (root / place).unlink(missing_ok=True)
    shutil.rmtree((root / PLACED).parent, ignore_errors=True)


def tried(root: Path, kills: int, seed: int) -> list[str]:
    """What went wrong."""
    chance, problems = random.Random(seed), []
    box = Box(root)
    for count in range(kills):
        make_bare(root)
        after = chance.uniform(0.3, 2.0)
        status = apply(box, seconds=after).returncode
        how = f"killed after {after:.2f} s" if status == KILLED else f"it ended by itself with {status}"
        rest, again = apply(box), apply(box)
        print(f"{count + 1} of {kills}: {how}; the repeat: {said_last(rest)}; then {said_last(again)}", flush=True)
        problems += [] if said_last(again) == "0 changes" else [f"{how}: {rest.stderr}{again.stdout}{again.stderr}"]
    make_bare(root)
    made = apply(box)
    print(made.stdout + made.stderr, flush=True)
    for when in ("again", "after a new start"):
        said = said_last(apply(box))
        print(f"{when}: {said}", flush=True)
        problems += [] if said == "0 changes" else [f"{when} it was not without changes: {said}"]
        problems += found_broken(box, IN_FORCE if when == "again" else (*IN_FORCE, *AFTER_A_START))
        if when == "again":
            box.close()
            box = Box(root)
    consoles = box.runs("pgrep", "--list-full", "agetty|sshd").stdout.strip()
    problems += [f"a console runs: {consoles}"] if consoles else []
    box.close()
    return problems


def said_last(ran: "subprocess.CompletedProcess[str]") -> str:
    """The last line of what it said."""
    return (ran.stdout + ran.stderr).strip().rpartition("\n")[2]


def found_broken(box: Box, wanted: Sequence[str]) -> list[str]:
    """Of what a container can keep, what check finds not kept."""
    ran = box.runs(PROVISION, "check", "--json")
    found = {each["name"]: each for each in json.loads(ran.stdout)}
    for each in found.values():
        print(f"  {each['verdict']:8} {each['name']}: {each['measured']}", flush=True)
    return [f"{name}: {found[name]['measured']}" for name in wanted if found[name]["verdict"] != "kept"]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root", type=Path, required=True, metavar="DIR", help="the box; made where it is not there")
    parser.add_argument("--kills", type=int, default=5, help="runs that are killed first")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    make_root(arguments.root)
    problems = tried(arguments.root, arguments.kills, arguments.seed)
    for problem in problems:
        print(f"NOT {problem}")
    print(f"{len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
