"""A sample of bench/updated_box.py: the true units and the true update in a booted container over this machine's own
files; the versions only stand in for true ones.
"""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import trustme
from built_versions import CODE, VERSIONS, layered
from container import Container, until, what_is_missing
from update_site import NEW, OLD, Publisher, serving

from provisioning.updates.release import Release, pack
from provisioning.updates.units import UNITS
from provisioning.updates.versions import BROUGHT, LINKS, Versions

SYSTEM = CODE / "provisioning/system"
KIOSK = """#!/usr/bin/python3
import os, pathlib, pwd, socket, sys, time

FAILS = "%s"
word = sys.argv[1]
if word in ("core", "ui", "sync"):
    line = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    line.connect(os.environ["NOTIFY_SOCKET"])
    while True:
        line.send(b"READY=1\\nWATCHDOG=1")
        time.sleep(1)
if word == "rehearse":
    assert pwd.getpwuid(os.getuid()).pw_name == "anjungan-core"
    assert len(socket.if_nameindex()) == 1
    assert pathlib.Path(os.environ["CREDENTIALS_DIRECTORY"], "anjungan.store-key").read_text() == "a key"
    pathlib.Path("/var/lib/anjungan/practice").write_text("of the core")
elif word == "screens":
    pathlib.Path(sys.argv[3]).mkdir()
elif word == "check":
    assert os.getuid() == 0
    assert pathlib.Path("/var/lib/anjungan/identity.json").exists()
sys.exit("it says so itself" if word == FAILS else 0)
"""
PROVISION = """#!/usr/bin/python3
import sys
sys.path[:0] = ["/srv/code", "/srv/site"]
from provisioning.__main__ import main
sys.exit(main())
"""
SCREEN = '#!/bin/sh\nexec "$@"\n'
ONLY_THE_KIOSK = "[Unit]\nRequires=basic.target\nAfter=basic.target\nWants=anjungan.target\n"


def why_not() -> str:
    if what_is_missing():
        return what_is_missing()
    python = subprocess.run(["/usr/bin/python3", "-V"], capture_output=True, text=True).stdout.strip()
    is_same = python.startswith(f"Python 3.{sys.version_info.minor}.")
    return "" if is_same else f"what is installed for Python {sys.version_info.minor} does not serve {python}"


def version(folder: Path, fails: str = "nothing") -> Path:
    (folder / "bin").mkdir(parents=True)
    for name, text in (("kiosk", KIOSK % fails), ("kiosk-provision", PROVISION)):
        (folder / "bin" / name).write_text(text)
        (folder / "bin" / name).chmod(0o755)
    return folder


def fill(root: Path, url: str, ca: Path, trusted_root: bytes) -> None:
    """Makes the container an enrolled kiosk that was told to take NEW."""
    shutil.copytree(SYSTEM / "etc/systemd/system", root / "etc/systemd/system", dirs_exist_ok=True)
    shutil.copytree(SYSTEM / "etc/sysusers.d", root / "etc/sysusers.d", dirs_exist_ok=True)
    subprocess.run(["systemd-sysusers", f"--root={root}", "anjungan.conf"], check=True)
    version(root / VERSIONS / OLD)
    for link in ("current", "proven"):
        (root / "opt/anjungan" / link).symlink_to(f"versions/{OLD}")
    for place, text in (
        ("usr/libexec/anjungan/screen", SCREEN),
        ("etc/systemd/system/try.target", ONLY_THE_KIOSK),
        ("etc/anjungan/update-root.json", trusted_root.decode()),
        ("etc/anjungan/ca.pem", ca.read_text()),
        ("etc/anjungan/kiosk.toml", f'[central]\nurl = "{url}"\nca = "ca.pem"\n[data]\ndir = "/var/lib/anjungan"\n'),
        ("var/lib/anjungan/identity.json", "{}"),
        ("var/lib/anjungan/wanted-version.json", json.dumps({"version": NEW})),
    ):
        (root / place).parent.mkdir(parents=True, exist_ok=True)
        (root / place).write_text(text)
    (root / "usr/libexec/anjungan/screen").chmod(0o755)
    subprocess.run(["chroot", str(root), "chown", "-R", "anjungan-core:anjungan", "/var/lib/anjungan"], check=True)
    (root / "var/lib/anjungan").chmod(0o700)


def test_a_version_that_the_image_brought_is_left_where_it_is_when_others_have_come(tmp_path: Path) -> None:
    """An image's /opt/anjungan is an overlay, whose lower folders cannot be renamed."""
    if what_is_missing():
        pytest.skip(what_is_missing())
    for each in (OLD, "0.2.0", "0.3.0"):
        version(tmp_path / ("image" if each == OLD else "data") / "versions" / each)
    (tmp_path / "image" / BROUGHT).write_text(f"{OLD}\n")
    with layered(tmp_path / "image", tmp_path / "data", tmp_path / "seen") as folder:
        versions = Versions(folder)
        for link in LINKS:
            versions.point(link, "0.3.0")
        versions.sweep()
        assert {each.name for each in (folder / "versions").iterdir()} == {OLD, "0.3.0"}


@pytest.fixture
def site(tmp_path: Path, authority: trustme.CA, ca: Path) -> Iterator[tuple[Container, Path]]:
    """A booted kiosk, and its root folder, with a NEW version to take whose practice visit fails."""
    if why_not():
        pytest.skip(why_not())
    publisher = Publisher(tmp_path, at=tmp_path / "updates")
    release = Release(NEW)
    pack(version(tmp_path / "new", "rehearse"), tmp_path / release.file)
    publisher.repository.stage_release(tmp_path / release.file, release)
    publisher.publish()
    with ExitStack() as stack:
        _, url = stack.enter_context(serving(tmp_path, authority))
        memory = Path(stack.enter_context(TemporaryDirectory(dir="/dev/shm", prefix="updated-")))
        try:
            root = stack.enter_context(layered(Path("/"), memory / "upper", memory / "root"))
        except subprocess.CalledProcessError as error:
            pytest.skip(f"this machine's files cannot be layered over: {error}")
        fill(root, url, ca, publisher.trusted_root)
        packages = next((Path(sys.prefix) / "lib").glob("python3.*")) / "site-packages"
        bound = [f"--bind-ro={CODE}:/srv/code", f"--bind-ro={packages}:/srv/site"]
        box = Container(root, "--machine=anjungan-sample", *bound, "--", "--unit=try.target")
        stack.callback(box.close)
        yield box, root


def test_the_units_probe_both_versions_and_take_back_the_one_that_fails(site: tuple[Container, Path]) -> None:
    box, root = site
    until(lambda: all(box.is_active(each) for each in UNITS), "the kiosk")
    seal = "printf 'a key' | systemd-creds encrypt --with-key=host --name=anjungan.store-key - "
    sealed = "/etc/credstore.encrypted/anjungan.store-key"
    assert box.runs("sh", "-ec", f"mkdir -p {Path(sealed).parent}; {seal} {sealed}").returncode == 0
    box.runs("systemctl", "start", "--no-block", "anjungan-update.service")
    refused = root / "var/lib/anjungan-update/refused.json"
    until(lambda: refused.exists() or box.of("anjungan-update.service", "ActiveState") == "failed", "the end")
    said = box.says("journalctl", "-u", "anjungan-update", "-o", "cat")
    assert refused.exists(), said
    assert json.loads(refused.read_text()) == {
        NEW: "a practice visit ends with a ticket: no (status 1: it says so itself)"
    }
    until(lambda: all(box.is_active(each) for each in UNITS), "the former version")
    assert (root / "opt/anjungan/current").readlink().name == OLD
    assert (root / "var/lib/anjungan/practice").read_text() == "of the core"
