"""What is outside of a booted kiosk that is updated: its office's central server, its printer, and the publishers. All
of it by the commands that people use, on a bridge of its own.
"""

import re
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import trustme
from officer import Officer

from kiosk.devices.simulated_printer import SimulatedPrinter
from kiosk.devices.simulator_programs import serve

BRIDGE, ADDRESS, BOX_ADDRESS = "anjungan0", "10.213.7.1", "10.213.7.2"
PORT, PRINTER_PORT = 8443, 9100
URL = f"https://{ADDRESS}:{PORT}"
PUBLISHERS = ("anna", "budi", "citra")
CONFIG = f"""
central = {{ url = "{URL}", ca = "central-ca.pem" }}
data = {{ dir = "/var/lib/anjungan" }}
screen = {{ size = [720, 1280], pixels_per_mm = 2.2, fullscreen = true }}
printer = {{ url = "tcp://{ADDRESS}:{PRINTER_PORT}" }}
"""


def _command(module: str, *arguments: str) -> list[str]:
    return [sys.executable, "-m", module, *arguments]


def _said(module: str, *arguments: str) -> str:
    """What a command of the project writes. Raises CalledProcessError."""
    done = subprocess.run(_command(module, *arguments), check=True, capture_output=True, text=True)
    return done.stdout.strip()


@contextmanager
def bridge() -> Iterator[None]:
    """The network between the box and what is outside."""
    for command in (
        ["add", BRIDGE, "type", "bridge"],
        ["set", BRIDGE, "up"],
    ):
        subprocess.run(["ip", "link", *command], check=True)
    subprocess.run(["ip", "address", "add", f"{ADDRESS}/24", "dev", BRIDGE], check=True)
    try:
        yield
    finally:
        subprocess.run(["ip", "link", "delete", BRIDGE], check=True)


@contextmanager
def printer() -> Iterator[SimulatedPrinter]:
    """A printer on the network."""
    device, stop = SimulatedPrinter(), threading.Event()
    with socket.create_server((ADDRESS, PRINTER_PORT)) as listener:
        serving = threading.Thread(target=serve, args=(device, listener, stop))
        serving.start()
        try:
            yield device
        finally:
            stop.set()
            serving.join()


class Publishers:
    """Three people with a key each, and the publishing machine, with their repository in `folder`."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._keys, self.repository = folder, folder / "keys", folder / "repository"
        if folder.exists():
            return
        self._keys.mkdir(parents=True)
        for each in (*PUBLISHERS, "online"):
            self.new_key(each)
        self.new_root(*PUBLISHERS)
        self.publish()

    def copied(self, folder: Path) -> "Publishers":
        """The same once more, to be changed; the archives are there once."""
        shutil.copytree(self._folder, folder, ignore=shutil.ignore_patterns("targets"))
        copy = Publishers(folder)
        (copy.repository / "targets").symlink_to(self.repository / "targets")
        copy.publish()
        return copy

    def has(self, version: str) -> bool:
        return any((self.repository / "targets").glob(f"*.anjungan-{version}-*"))

    def new_root(self, *names: str) -> None:
        """Stages a root of these keys."""
        named = [part for each in names for part in ("--key", f"{self._keys / each}.pub")]
        self._do("new", *named, "--online-key", f"{self._keys / 'online'}.pub")

    def new_key(self, name: str) -> None:
        _said("provisioning", "repository", "new-key", str(self._keys / name))

    def publish(self, *signing: str) -> None:
        """Has what is staged signed (by two, unless others are named), and publishes it."""
        for each in signing or PUBLISHERS[:2] if (self.repository / "staged/targets.json").exists() else ():
            self._do("sign", "--key", str(self._keys / each))
        self._do("publish", "--online-key", str(self._keys / "online"))

    def release(self, version: str, folder: Path) -> None:
        self._do("add", "--version", version, str(folder))
        self.publish()

    def withdraw(self, version: str) -> None:
        """Stages that a version is not offered any more, if it is."""
        for each in (self.repository / "targets").glob(f"*.anjungan-{version}-*"):
            self._do("withdraw", each.name.partition(".")[2])

    @property
    def root(self) -> Path:
        """The first root, for the kiosks."""
        return self.repository / "metadata" / "1.root.json"

    def _do(self, verb: str, *arguments: str) -> None:
        _said("provisioning", "repository", verb, "--in", str(self.repository), *arguments)


class Office:
    """The central server in `folder`: the demo office, an officer who may do everything, what publishers offer."""

    def __init__(self, folder: Path, publishers: Publishers) -> None:
        folder.mkdir(parents=True)
        self.data, self.ca = folder / "central", folder / "central-ca.pem"
        self._folder = folder
        self.certify(trustme.CA())
        told = _said("central", "load-demo", "--data", str(self.data), "--at-any-hour")
        self._officer = Officer(URL, self.ca, re.findall(r"password (\S+)", told)[0])
        self.publishers = publishers.copied(folder / "publishers")
        (self.data / "updates").symlink_to(self.publishers.repository)
        (folder / "kiosk.toml").write_text(CONFIG)

    def certify(self, authority: trustme.CA) -> None:
        """Gives the server a certificate of an authority."""
        self.authority = authority
        authority.cert_pem.write_to_path(str(self.ca))
        made = authority.issue_cert(ADDRESS)
        made.private_key_pem.write_to_path(str(self._folder / "key.pem"))
        chain = b"".join(each.bytes() for each in made.cert_chain_pems)
        (self._folder / "cert.pem").write_bytes(chain)

    @contextmanager
    def serving(self) -> Iterator[None]:
        """Serves, until the end."""
        self.start()
        try:
            yield
        finally:
            self.stop()

    def start(self) -> None:
        """Serves, with the certificate that it has by now."""
        certificate = ("--cert", str(self._folder / "cert.pem"), "--key", str(self._folder / "key.pem"))
        where = ("--data", str(self.data), "--host", ADDRESS, "--port", str(PORT))
        command = _command("central", "serve", *where, *certificate)
        self._server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        if "listening" not in (self._server.stdout or sys.stdin).readline():
            raise RuntimeError("the central server does not start")

    def stop(self) -> None:
        self._server.terminate()
        self._server.communicate()

    def code(self) -> str:
        """A code that enrols a kiosk."""
        return _said("central", "new-code", "--approved", "--data", str(self.data), "--name", "Lobi")

    def wants(self, version: str, percent: int = 100) -> None:
        self._officer.rolls_out(version, percent)

    def pauses(self, paused: bool = True) -> None:
        self._officer.pauses(paused)

    def page_of_the_kiosk(self) -> str:
        """The words of the kiosk's own page, where there is one kiosk."""
        (kiosk,) = self._officer.kiosks()
        return self._officer.reads_of(kiosk)
