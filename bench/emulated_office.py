"""The office of an emulated kiosk: its central server outside of the emulator, its printer and its scanner.

`python bench/emulated_office.py DIR` makes its folder anew: certificates, database, a repository of updates with its
publishers' keys, and the configuration that an image is built with.
"""

import re
import secrets
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Thread

import trustme
import uvicorn
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from officer import NAME, Officer
from sqlalchemy.orm import Session
from update_site import PUBLISHERS, Publisher

from central.app import create_app
from central.database import database_file, for_writing, open_database
from central.demo import DEMO_OFFICE, load_demo
from central.enrolment import enrol, new_code
from central.fleet.approval import approve, waiting
from central.fleet.rollout import begin
from central.people.login import add_officer
from central.people.roles import STAFF, SignedIn
from kiosk.devices.simulated_printer import SimulatedPrinter
from kiosk.devices.simulator_programs import converse
from kiosk.identity import Identity, public_key_text
from kiosk.protocol import Enrolment, check_text
from provisioning.updates.errors import RepositoryError
from provisioning.updates.release import Release
from provisioning.updates.repository import Repository, read_key

ADDRESS, PORT = "10.0.2.2", 8443
"""This machine, as QEMU's user network names it to the guest."""
OWN_NAME, PASSWORD = "localhost", "officer.txt"
"""As this machine names itself, and who may do everything there signs in."""
CONFIG = f"""\
[central]
url = "https://{ADDRESS}:{PORT}"
ca = "central-ca.pem"

[data]
dir = "/var/lib/anjungan"

[printer]
url = "serial:///dev/ttyS2?baudrate=115200"

[[scanner]]
url = "serial:///dev/ttyS1?baudrate=9600"

[screen]
size = [1080, 1920]
fullscreen = true
"""
NUMBER = re.compile(rb"\b([A-Z]\d?-\d{3,})\b")


def prepare(folder: Path) -> None:
    """Makes the office's folder: authority, certificate, database of the demo office, and the kiosks' configuration."""
    folder.mkdir(parents=True)
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(folder / "central-ca.pem"))
    authority.issue_cert(ADDRESS, OWN_NAME).private_key_and_cert_chain_pem.write_to_path(str(folder / "server.pem"))
    (folder / "kiosk.toml").write_text(CONFIG)
    data, password = folder / "central", secrets.token_urlsafe(9)
    (folder / PASSWORD).write_text(password)
    with Session(for_writing(open_database(data))) as session, session.begin():
        load_demo(session, data, None, datetime.now(UTC), at_any_hour=True, public_url="https://antrean.example")
        add_officer(session, DEMO_OFFICE, NAME, password, STAFF)
    publisher = Publisher(folder, at=data / "updates")
    (folder / "update-root.json").write_bytes(publisher.trusted_root)


def offer(folder: Path, content: Path, release: Release) -> None:
    """Has the office's publishers offer a release, unless they do."""
    repository = Repository(folder / "central" / "updates", lambda: datetime.now(UTC))
    with suppress(RepositoryError):
        repository.stage_release(content, release)
        for name in PUBLISHERS[:2]:
            repository.sign(read_key(folder / name))
    repository.publish(read_key(folder / "online"))


class Office:
    """The running central server of a prepared folder."""

    def __init__(self, folder: Path) -> None:
        self.data, self.folder = folder / "central", folder
        self._app = create_app(self.data, lambda: datetime.now(UTC))
        started = Event()

        class Server(uvicorn.Server):
            async def startup(self, sockets: list[socket.socket] | None = None) -> None:
                await super().startup(sockets)
                started.set()

        config = uvicorn.Config(self._app, port=PORT, ssl_certfile=folder / "server.pem", log_level="error")
        self._server = Server(config)
        self._thread = Thread(target=self._server.run, daemon=True)
        self._thread.start()
        while not started.wait(0.1):
            if not self._thread.is_alive():
                raise RuntimeError(f"the central server does not start; is port {PORT} taken?")

    @property
    def database(self) -> Path:
        return database_file(self.data)

    def code(self, approved: bool = True) -> str:
        """A new code for a kiosk, as it is typed; its kiosk need not be approved unless that is tried."""
        with self._app.state.writing.begin() as session:
            now = datetime.now(UTC)
            return new_code(session, DEMO_OFFICE, "Lobby 1", now, "kiosk-central", approved).replace("-", "")

    def approve(self) -> str:
        """Has an officer approve a kiosk that waits; returns its letters, "" where none does."""
        with self._app.state.writing.begin() as session:
            for kiosk in waiting(session):
                approve(session, kiosk, SignedIn("Rahma", kiosk.office, frozenset()), datetime.now(UTC))
                return check_text(kiosk.public_key)
        return ""

    def officer(self) -> Officer:
        """Who may do everything on the server's pages."""
        password = (self.folder / PASSWORD).read_text()
        return Officer(f"https://{OWN_NAME}:{PORT}", self.folder / "central-ca.pem", password)

    def enrol(self, folder: Path) -> str:
        """A kiosk's identity in its data folder, as if a code had been typed on it; returns the kiosk's id."""
        key, code = Ed25519PrivateKey.generate(), self.code()
        with self._app.state.writing.begin() as session:
            enrolled = enrol(
                session, Enrolment(code=code, public_key=public_key_text(key), name="Lobby 1"), datetime.now(UTC)
            )
        Identity.create(folder, enrolled, key)
        return str(enrolled.kiosk_id)

    def want(self, version: str) -> None:
        """Has every kiosk of the office told to take a version."""
        with self._app.state.writing.begin() as session:
            begin(session, DEMO_OFFICE, version, 100, "Rahma", datetime.now(UTC))

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join()


class Printer:
    """The printer at the far end of a serial line; `printed` is told of each number that lies in the tray, `tray` holds
    all that was printed.
    """

    def __init__(self, line: socket.socket, printed: Callable[[str], None]) -> None:
        self._line, self._stop = line, Event()
        self._told = printed
        self.tray: list[bytes] = []
        device = SimulatedPrinter(on_ticket=self._cut)
        self._thread = Thread(target=self._converse, args=(device,), daemon=True)
        self._thread.start()

    def _converse(self, device: SimulatedPrinter) -> None:
        with suppress(OSError):
            converse(device, self._line.fileno(), self._stop)

    def _cut(self, ticket: bytes) -> None:
        self.tray.append(ticket)
        number = NUMBER.search(ticket)
        if number:
            self._told(number.group(1).decode())

    def close(self) -> None:
        self._stop.set()
        self._thread.join()
        self._line.close()


if __name__ == "__main__":
    prepare(Path(sys.argv[1]))
