"""The update units on a booted Debian 12, with versions that were really built, from a true central server.

A box is made a kiosk by kiosk-provision apply and enrolled, and takes what a rollout says: a sound version stays; one
whose window does not draw or does not come, whose core dies, or whose practice visit fails is taken back, and the
fleet's page says why. The machine is cut off in mid-trial, once and over and over. A paused rollout is not taken. In
the end the publishers change their keys, and the office its authority. Needs root, systemd-container and mmdebstrap,
and Debian's and Python's packages for the first run.
"""

import argparse
import html
import json
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import trustme
from built_versions import VERSIONS, Fault, Workshop, layered, make_debian
from container import Container, until, what_is_missing
from update_office import ADDRESS, BOX_ADDRESS, BRIDGE, PORT, Office, Publishers, bridge, printer

OLD, NEW = "0.1.0", "0.2.0"
UNITS = ("anjungan-core.service", "anjungan-ui.service", "anjungan-sync.service")
UPDATE = "anjungan-update.service"
PROVISION = "/opt/anjungan/current/bin/kiosk-provision"
MEMORY = "/var/lib/anjungan-update"
NETWORK = f"[Match]\nName=host0\n\n[Network]\nAddress={BOX_ADDRESS}/24\n"
HEADLESS = "[Service]\nEnvironment=WLR_BACKENDS=headless\n"
SOON = "[Timer]\nOnActiveSec=\nOnActiveSec=20s\n"
"""A trial that was cut off goes on after ten minutes, which are not waited for."""
LONGEST_UPDATE = 1800.0
FAULTS = {
    "0.3.0": (
        "its window does not draw",
        Fault("kiosk/screens/ticket.py", "raise RuntimeError('no picture')"),
        "its screens are drawn",
    ),
    "0.4.0": (
        "its window does not come",
        Fault("kiosk/app.py", "import time\nKioskApp.build = lambda self: time.sleep(1e6)"),
        "the kiosk keeps running",
    ),
    "0.5.0": (
        "its core dies at start",
        Fault("kiosk/core.py", "Core.run = lambda self: 1 / 0"),
        "the kiosk keeps running",
    ),
    "0.6.0": (
        "its core dies after a while, again and again",
        Fault(
            "kiosk/core.py",
            "import os, threading\n_run = Core.run\n"
            "Core.run = lambda self: (threading.Timer(6, os._exit, [1]).start(), _run(self))",
        ),
        "the kiosk keeps running",
    ),
    "0.7.0": (
        "its practice visit fails",
        Fault("kiosk/booking_pass.py", "def _verified(signed, keys): return None"),
        "a practice visit ends with a ticket",
    ),
}
"""Versions with a fault: what, where, and what finds it out."""
CUT, CUT_OFTEN = "0.8.0", "0.9.0"
PAUSED = "0.10.0"
"""It is not there, and nobody looks for it."""

Result = tuple[bool, str]


class Box:
    """The kiosk: a folder that is booted, seen from its office."""

    def __init__(self, root: Path, office: Office) -> None:
        self.root, self.office = root, office
        self.start()

    def start(self) -> float:
        """Boots it; returns after how many s the kiosk serves, if it is one."""
        began = time.monotonic()
        self.inside = Container(self.root, "--machine=anjungan-box", f"--network-bridge={BRIDGE}")
        until(self.inside.is_booted, "the boot")
        if (self.root / "var/lib/anjungan/identity.json").exists():
            until(self.serves, "the kiosk", 60)
        return time.monotonic() - began

    def serves(self) -> bool:
        return all(self.inside.is_active(each) for each in UNITS)

    def links(self) -> tuple[str, ...]:
        """What is current, previous and proven."""
        links = [self.root / "opt/anjungan" / each for each in ("current", "previous", "proven")]
        return tuple(each.readlink().name if each.is_symlink() else "" for each in links)

    def hears_of(self, version: str | None) -> None:
        """Waits until the kiosk was told what it is to have."""

        def told() -> bool:
            file = self.root / "var/lib/anjungan/wanted-version.json"
            return file.exists() and json.loads(file.read_text())["version"] == version

        until(told, f"a sign of life that is answered with {version}")

    def update(self) -> tuple[str, str]:
        """What the timer does each night; how the unit ended, and what it said."""
        self.inside.runs("systemctl", "reset-failed", UPDATE)
        before = self._marked()
        self.inside.runs("systemctl", "start", UPDATE, seconds=LONGEST_UPDATE)
        return self.inside.of(UPDATE, "Result"), self.said(before)

    def begin_update(self) -> None:
        # One that is about to end would take this for itself.
        until(lambda: self.inside.of(UPDATE, "ActiveState") in ("inactive", "failed"), "the update before")
        self.inside.runs("systemctl", "start", "--no-block", UPDATE)

    def on_trial(self) -> bool:
        return (self.root / MEMORY[1:] / "trial.json").exists()

    def refused(self) -> dict[str, str]:
        file = self.root / MEMORY[1:] / "refused.json"
        told: dict[str, str] = json.loads(file.read_text()) if file.exists() else {}
        return told

    def _marked(self) -> str:
        return self.inside.says("journalctl", "-u", UPDATE, "-n", "1", "--show-cursor", "-o", "cat").rpartition(": ")[2]

    def said(self, after: str) -> str:
        """What updates said since a mark, with times."""
        since = [f"--after-cursor={after}"] if after.startswith("s=") else []
        return self.inside.says("journalctl", "-u", UPDATE, "-o", "short-unix", "--no-hostname", *since)

    def has_version(self, version: str) -> bool:
        """Whether the kiosk's page says so, soon."""
        return self.is_shown(f"Versi {version} Pencetak")

    def is_shown(self, words: str) -> bool:
        """Whether the kiosk's page says it, soon."""
        try:
            until(lambda: " ".join(words.split()) in html.unescape(self.office.page_of_the_kiosk()), words, 90)
        except TimeoutError:
            print(self.office.page_of_the_kiosk(), flush=True)
            return False
        return True


def make_box(upper: Path, workshop: Workshop, office: Office) -> None:
    """What a technician brings to the box before it is made a kiosk, and what stands in for its screen."""
    home = upper / "opt/anjungan"
    shutil.copytree(workshop.place(OLD), upper / VERSIONS / OLD, symlinks=True)
    for link in ("current", "proven"):
        (home / link).symlink_to(f"versions/{OLD}")
    files = {"etc/systemd/network/70-host0.network": NETWORK}
    files |= {f"etc/systemd/system/anjungan-{each}.service.d/headless.conf": HEADLESS for each in ("ui", "fallback")}
    files |= {"etc/systemd/system/anjungan-update-trial.timer.d/soon.conf": SOON}
    for place, text in files.items():
        (upper / place).parent.mkdir(parents=True, exist_ok=True)
        (upper / place).write_text(text)
    for name in ("kiosk.toml", "central-ca.pem"):
        (upper / "root").mkdir(mode=0o700, exist_ok=True)
        shutil.copy(office.ca.with_name(name), upper / "root" / name)
    (upper / "etc/anjungan").mkdir(exist_ok=True)
    shutil.copy(office.publishers.root, upper / "etc/anjungan/update-root.json")


def make_kiosk(box: Box) -> Iterator[Result]:
    """The technician's guide, from apply to the start."""
    box.inside.runs("systemctl", "enable", "--now", "systemd-networkd.service")
    until(lambda: box.inside.runs("bash", "-c", f"echo >/dev/tcp/{ADDRESS}/{PORT}").returncode == 0, "the network")
    options = ("--config", "/root/kiosk.toml", "--ca", "/root/central-ca.pem")
    for command in (("apply", *options), ("enrol", "--code", box.office.code())):
        done = box.inside.runs(PROVISION, *command)
        yield done.returncode == 0, f"{command[0]}: {(done.stdout + done.stderr).strip()[-200:]}"
    box.inside.close()
    seconds = box.start()
    yield box.serves(), f"started anew, it serves after {seconds:.0f} s"
    timers = box.inside.says("systemctl", "list-timers", "--all", "--no-legend")
    yield "anjungan-update.timer" in timers, "the nightly timer waits"
    yield box.has_version(OLD), f"the fleet's page shows {OLD}"


def takes(box: Box) -> Iterator[Result]:
    """A sound version."""
    box.office.wants(NEW)
    box.hears_of(NEW)
    began = time.monotonic()
    result, said = box.update()
    print(said, flush=True)
    yield result == "success", f"{NEW}: the unit ended with {result} after {time.monotonic() - began:.0f} s"
    yield box.links() == (NEW, OLD, NEW), f"current, previous, proven: {box.links()}"
    yield box.serves(), "the kiosk serves"
    yield box.has_version(NEW), f"the fleet's page shows {NEW}"


def takes_back(box: Box, version: str) -> Iterator[Result]:
    """A version with a fault."""
    fault, _, found = FAULTS[version]
    before = box.links()
    box.office.wants(version)
    box.hears_of(version)
    began = time.monotonic()
    result, said = box.update()
    print(said, flush=True)
    reason = box.refused().get(version, "it was not refused")
    yield reason.startswith(found), f"{version}, {fault}: after {time.monotonic() - began:.0f} s {reason!r} ({result})"
    yield box.links() == before, f"current, previous, proven: {box.links()}"
    until(box.serves, "the kiosk", 60)
    yield not box.inside.is_active("anjungan-fallback.service"), "the former version serves"
    yield box.is_shown(reason), "the fleet's page says why"


def goes_on(box: Box) -> Iterator[Result]:
    """The machine is cut off in mid-trial, and goes on with it by itself."""
    box.office.wants(CUT)
    box.hears_of(CUT)
    before = box.links()[0]
    box.begin_update()
    until(box.on_trial, "the trial", LONGEST_UPDATE)
    time.sleep(3)
    box.inside.cut()
    yield box.links() == (CUT, *box.links()[1:]), f"cut off in mid-trial: current is {box.links()[0]}"
    yield True, f"started anew, it serves after {box.start():.0f} s with {box.links()[0]}"
    took = until(lambda: not box.on_trial(), "the end of the trial", LONGEST_UPDATE)
    yield box.links() == (CUT, before, CUT), f"by its timer the trial ended after {took:.0f} s: {box.links()}"
    until(box.serves, "the kiosk", 60)
    yield box.has_version(CUT), f"the fleet's page shows {CUT}"


def goes_back(box: Box) -> Iterator[Result]:
    """The machine is cut off in mid-trial over and over."""
    before = box.links()
    box.office.wants(CUT_OFTEN)
    box.hears_of(CUT_OFTEN)
    box.begin_update()
    until(box.on_trial, "the trial", LONGEST_UPDATE)
    for _ in range(3):
        time.sleep(2)
        box.inside.cut()
        seconds = box.start()
    yield box.links() == before, f"cut off three times in one trial, it serves after {seconds:.0f} s: {box.links()}"
    reason = box.refused().get(CUT_OFTEN, "")
    yield "started 3 times" in reason, f"{CUT_OFTEN}: {reason!r}"
    yield box.is_shown(reason), "the fleet's page says why"


def leaves(box: Box) -> Iterator[Result]:
    """A paused rollout."""
    before = box.links()
    box.office.wants(PAUSED)
    box.office.pauses()
    box.hears_of(None)
    result, said = box.update()
    yield box.links() == before and "no other version is wanted" in said, f"a paused rollout is not taken ({result})"
    box.office.pauses(False)
    box.hears_of(PAUSED)


def follows_the_publishers(box: Box) -> Iterator[Result]:
    """One of them is replaced: the next root is signed by two of the former keys and two of its own."""
    publishers = box.office.publishers
    publishers.new_key("dewi")
    publishers.new_root("budi", "citra", "dewi")
    publishers.publish("anna", "budi", "citra")
    publishers.withdraw(NEW)
    publishers.publish("citra", "dewi")
    box.office.wants(PAUSED)
    box.hears_of(PAUSED)
    _, said = box.update()
    seen = json.loads((box.root / MEMORY[1:] / "seen/root.json").read_text())["signed"]["version"]
    yield "does not offer" in said and seen == 2, f"the next root is believed, and what two of its keys sign: {seen}"


def follows_the_office(box: Box) -> Iterator[Result]:
    """The server's certificate is renewed, then its authority: the kiosk is told of both authorities before."""
    first = box.office.authority
    yield from _still_served(box, "another certificate of the same authority", first)
    vouched = first.create_child_ca()
    yield from _still_served(box, "an authority that the former one vouches for", vouched)
    new = trustme.CA()
    both = first.cert_pem.bytes() + new.cert_pem.bytes()
    (box.root / "root/both.pem").write_bytes(both)
    box.inside.runs(PROVISION, "apply", "--ca", "/root/both.pem")
    box.inside.runs("systemctl", "restart", "anjungan-sync.service")
    yield from _still_served(box, "another authority, which the kiosk knew before", new)
    yield from _still_served(box, "control, an authority that it does not know", trustme.CA(), False)
    box.office.certify(new)


def _still_served(box: Box, what: str, authority: trustme.CA, is_believed: bool = True) -> Iterator[Result]:
    box.office.stop()
    box.office.certify(authority)
    box.office.start()
    found = {each["name"]: each for each in json.loads(box.inside.says(PROVISION, "check", "--json"))}
    central = found["central"]
    yield (central["verdict"] == "kept") is is_believed, f"{what}: {central['measured']}"


def exposures(box: Box) -> Iterator[Result]:
    for unit in ("update", "update-boot", "technician-roll-back", "report", "panel", "again"):
        told = box.inside.says("systemd-analyze", "security", "--no-pager", f"anjungan-{unit}.service").splitlines()
        yield True, f"{unit}: exposure {told[-1].partition(':')[2].split()[0]} (systemd-analyze security)"


def publish(workshop: Workshop, publishers: Publishers, only: list[str]) -> None:
    """Builds and publishes what is not published yet."""
    workshop.build(OLD)
    every = {NEW: None, **{version: each[1] for version, each in FAULTS.items()}, CUT: None, CUT_OFTEN: None}
    wanted = [each for each in every if not publishers.has(each) and (not only or each in (NEW, *only))]
    if wanted:
        workshop.build(NEW)
    for version in wanted:
        if version != NEW:
            workshop.spoil(version, NEW, every[version])
        publishers.release(version, workshop.place(version))
        print(f"{version} is published", flush=True)
        if version != NEW:
            shutil.rmtree(workshop.place(version))


def tried(work: Path, only: list[str]) -> Iterator[Result]:
    """The whole campaign."""
    with ExitStack() as stack:
        debian, workshop = work / "debian", Workshop(work / "made.place", work / "wheels")
        make_debian(debian)
        stack.enter_context(layered(debian, work / "made", work / "made.place"))
        publishers = Publishers(work / "publishers")
        publish(workshop, publishers, only)
        for each in ("office", "box", "box.work"):
            shutil.rmtree(work / each, ignore_errors=True)
        office = Office(work / "office", publishers)
        stack.enter_context(bridge())
        stack.enter_context(printer())
        stack.enter_context(office.serving())
        make_box(work / "box", workshop, office)
        root = stack.enter_context(layered(debian, work / "box", work / "box.place"))
        box = Box(root, office)
        stack.callback(lambda: box.inside.close())
        yield from make_kiosk(box)
        yield from exposures(box)
        if not only or NEW in only:
            yield from takes(box)
        for version in FAULTS:
            if not only or version in only:
                yield from takes_back(box, version)
        for version, step in ((CUT, goes_on), (CUT_OFTEN, goes_back), (PAUSED, leaves)):
            if not only or version in only:
                yield from step(box)
        if not only or "keys" in only:
            yield from follows_the_publishers(box)
            yield from follows_the_office(box)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--work",
        type=Path,
        required=True,
        metavar="DIR",
        help="5 GB; what is built there stays: delete its publishers/ to publish anew",
    )
    parser.add_argument("--only", nargs="*", default=[], metavar="VERSION", help="only these versions")
    arguments = parser.parse_args()
    missing = what_is_missing()
    if missing:
        print(f"updated_box: {missing}", file=sys.stderr)
        return 2
    arguments.work.mkdir(parents=True, exist_ok=True)
    is_good = True
    for good, sentence in tried(arguments.work.resolve(), arguments.only):
        is_good = is_good and good
        print(f"{'ok ' if good else 'NOT'} {sentence}", flush=True)
    return 0 if is_good else 1


if __name__ == "__main__":
    sys.exit(main())
